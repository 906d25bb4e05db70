import type { recovery } from '../../../api/index.ts'
import { sayDay, When } from '../../pieces/When.tsx'
import classes from './Request.module.css'
import { isAlive } from './words.ts'

type RecoveryRequest = recovery.RecoveryRequest

const toleranceMs = 60_000

/** What happened with a recovery request and what is due, one below the other; what is ahead is drawn hollow. */
export function Timeline({ recoveryRequest }: { recoveryRequest: RecoveryRequest }) {
  const alive = isAlive(recoveryRequest)
  // The clock of the browser may be a little behind.
  const soon = Date.now() + toleranceMs
  const isAhead = (at: string) => alive && Date.parse(at) > soon
  const lastPast = recoveryRequest.timeline.findLastIndex(({ at }) => !isAhead(at))
  return (
    <ol className={classes.timeline} aria-label="Timeline">
      {recoveryRequest.timeline.map(({ at, what }, index) => (
        <li
          key={`${at} ${what}`}
          className={classes.moment}
          data-ahead={isAhead(at) || undefined}
          data-turn={index === lastPast || undefined}
        >
          <div className={classes.what}>{what}</div>
          <div className={classes.at}>
            {isAhead(at) ? 'due ' : ''}
            {sayDay(at)} (<When time={at} />)
          </div>
        </li>
      ))}
    </ol>
  )
}

const dayMs = 86_400_000

/** While the time runs: how much of it is over, with its beginning, its middle and its end. */
export function TimeRunning({ recoveryRequest }: { recoveryRequest: RecoveryRequest }) {
  const { state, effectiveAt, coolDownDays } = recoveryRequest
  if (state !== 'waiting' || effectiveAt === null || coolDownDays === 0) return null
  const end = Date.parse(effectiveAt)
  const begin = end - coolDownDays * dayMs
  const over = Math.min(1, Math.max(0, (Date.now() - begin) / (end - begin)))
  const day = (at: number) => sayDay(new Date(at).toISOString())
  return (
    <div>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={`Waiting period of ${coolDownDays} days`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(over * 100)}
      >
        <span className={classes.fill} style={{ width: `${over * 100}%` }} />
        <span className={classes.half} />
      </div>
      <div className={classes.marks}>
        <span>
          started
          <br />
          {day(begin)}
        </span>
        <span>
          halfway
          <br />
          {day((begin + end) / 2)}
        </span>
        <span>
          takes effect
          <br />
          {day(end)}
        </span>
      </div>
    </div>
  )
}
