import { VisuallyHidden } from '@mantine/core'
import classes from './WeekBars.module.css'

interface Bars {
  label: string
  /** What is counted, as it follows a number: `active members`. */
  unit: string
  weeks: { from: string; count: number }[]
  /** As high as a bar gets. */
  most: number
}

const shortDay = new Intl.DateTimeFormat('en-US', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** A number a week, as bars with their numbers above. */
export function WeekBars({ label, unit, weeks, most }: Bars) {
  return (
    <ol className={classes.bars} aria-label={label}>
      {weeks.map(({ from, count }) => (
        <li key={from} className={classes.bar}>
          <span className={classes.room}>
            <span className={classes.amount}>
              {count.toLocaleString('en')}
              <VisuallyHidden component="span"> {unit} in the week from </VisuallyHidden>
            </span>
            <span className={classes.fill} style={{ height: `${share(count, most)}%` }} aria-hidden />
          </span>
          <span className={classes.week}>{shortDay.format(new Date(from))}</span>
        </li>
      ))}
    </ol>
  )
}

// The number above a bar needs room as well.
const highest = 85

function share(count: number, most: number): number {
  return most === 0 ? 0 : Math.round((count / most) * highest)
}
