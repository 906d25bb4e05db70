import type { ReactNode } from 'react'
import { sized } from '../../../../api/index.ts'
import classes from './Bars.module.css'

interface Bar {
  key: string
  label?: ReactNode
  about?: string
  bytes: number
}

/** Amounts of storage side by side, as bars with their numbers. */
export function Bars({ label, bars, total }: { label: string; bars: Bar[]; total: number }) {
  return (
    <ul className={classes.bars} aria-label={label}>
      {bars.map((bar) => {
        const share = total === 0 ? 0 : (bar.bytes / total) * 100
        return (
          <li key={bar.key} className={classes.bar}>
            {bar.label !== undefined && (
              <span className={classes.label}>
                {bar.label} {bar.about && <span className={classes.about}>{bar.about}</span>}
              </span>
            )}
            <span className={classes.track} aria-hidden>
              <span className={classes.fill} style={{ width: `${share}%` }} />
            </span>
            <span className={classes.amount}>
              {sized(bar.bytes)} <span className={classes.about}>{percentWords(share)}</span>
            </span>
          </li>
        )
      })}
    </ul>
  )
}

function percentWords(percent: number): string {
  if (percent > 0 && percent < 1) return '<1%'
  return `${Math.round(percent)}%`
}
