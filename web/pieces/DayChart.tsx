import { useElementSize } from '@mantine/hooks'
import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import classes from './DayChart.module.css'
import { heightOf, stepAbove, stepPath } from './steps.ts'
import { sayDay } from './When.tsx'

/** How many there were of each kind on a day. */
export interface ChartDay {
  day: string
  values: number[]
}

interface Chart {
  /** What is drawn; read out by screen readers. */
  label: string
  /** What the values of a day are, the lowest first; at most two. */
  series: string[]
  days: ChartDay[]
  /** A line that the heights should stay below. */
  limit?: { value: number; words: string } | undefined
}

const height = 200
const edges = { top: 14, right: 4, bottom: 22, left: 40 }

/** Numbers of each day, one kind standing on the other; the pointer or the arrow keys tell a single day. */
export function DayChart({ label, series, days, limit }: Chart) {
  const [at, setAt] = useState<number>()
  const { ref, width } = useElementSize<HTMLDivElement>()
  const last = days.length - 1
  const shown = days[at ?? last]
  if (!shown) return null
  const inner = Math.max(width - edges.left - edges.right, 1)
  const move = (event: PointerEvent) => {
    const along = event.clientX - event.currentTarget.getBoundingClientRect().left - edges.left
    setAt(between(Math.floor((along / inner) * days.length), last))
  }
  const press = (event: KeyboardEvent) => {
    const to = keyed(event.key, at ?? last, last)
    if (to === undefined) return
    event.preventDefault()
    setAt(to)
  }
  return (
    <div>
      <Legend series={series} day={shown} />
      <div
        ref={ref}
        className={classes.chart}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at ?? last}
        aria-valuetext={spoken(series, shown)}
        onKeyDown={press}
        onPointerMove={move}
        onPointerLeave={() => setAt(undefined)}
        onBlur={() => setAt(undefined)}
      >
        <Drawing days={days} count={series.length} limit={limit} at={at} width={width} inner={inner} />
      </div>
    </div>
  )
}

function Legend({ series, day }: { series: string[]; day: ChartDay }) {
  return (
    <ul className={classes.legend} aria-hidden>
      {series.map((name, index) => (
        <li key={name}>
          <span className={classes.swatch} data-series={index} />
          {name} <strong>{(day.values[index] ?? 0).toLocaleString('en')}</strong>
        </li>
      ))}
      <li className={classes.day}>{sayDay(day.day)}</li>
    </ul>
  )
}

interface Drawn {
  days: ChartDay[]
  count: number
  limit: Chart['limit']
  at: number | undefined
  width: number
  inner: number
}

function Drawing({ days, count, limit, at, width, inner }: Drawn) {
  const most = Math.max(limit?.value ?? 0, ...days.map(({ values }) => sum(values)))
  const top = stepAbove(most)
  const room = height - edges.top - edges.bottom
  const y = (value: number) => edges.top + heightOf(value, top, room)
  const x = (index: number) => edges.left + (index / days.length) * inner
  const kinds = Array.from({ length: count }, (_, index) => index)
  return (
    <svg className={classes.drawing} height={height} aria-hidden focusable="false">
      {[0, 0.5, 1].map((part) => (
        <g key={part}>
          <line
            className={classes.grid}
            x1={edges.left}
            x2={edges.left + inner}
            y1={y(top * part)}
            y2={y(top * part)}
          />
          <text className={classes.axis} x={edges.left - 8} y={y(top * part) + 4} textAnchor="end">
            {(top * part).toLocaleString('en')}
          </text>
        </g>
      ))}
      {kinds.map((kind) => (
        <path
          key={kind}
          className={classes.series}
          data-series={kind}
          d={stepPath(
            days.map(({ values }) => [y(sum(values.slice(0, kind + 1))), y(sum(values.slice(0, kind)))]),
            x,
          )}
        />
      ))}
      {limit && <Limit limit={limit} y={y(limit.value)} left={edges.left} right={edges.left + inner} />}
      <Days days={days} x={x} width={width} />
      {at !== undefined && (
        <line className={classes.pointer} x1={x(at + 0.5)} x2={x(at + 0.5)} y1={edges.top} y2={height - edges.bottom} />
      )}
    </svg>
  )
}

function Limit(props: { limit: { words: string }; y: number; left: number; right: number }) {
  const { limit, y, left, right } = props
  return (
    <>
      <line className={classes.limit} x1={left} x2={right} y1={y} y2={y} />
      <text className={classes.limitWords} x={right} y={y - 4} textAnchor="end">
        {limit.words}
      </text>
    </>
  )
}

const shortDay = new Intl.DateTimeFormat('en-US', { day: 'numeric', month: 'short', timeZone: 'UTC' })
// Pixels that a day below the chart takes with the space beside it.
const dayWidth = 90

function Days({ days, x, width }: { days: ChartDay[]; x: (index: number) => number; width: number }) {
  const every = Math.max(1, Math.ceil(days.length / Math.max(1, Math.floor(width / dayWidth))))
  const named = days.map(({ day }, index) => ({ day, index })).filter(({ index }) => index % every === 0)
  return named.map(({ day, index }) => (
    <text key={day} className={classes.axis} x={x(index)} y={height - 6}>
      {shortDay.format(new Date(day))}
    </text>
  ))
}

function spoken(series: string[], { day, values }: ChartDay): string {
  return `${sayDay(day)}: ${series.map((name, index) => `${values[index] ?? 0} ${name}`).join(', ')}`
}

function keyed(key: string, at: number, last: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageDown: at - 7,
    PageUp: at + 7,
    Home: 0,
    End: last,
  }
  const to = steps[key]
  return to === undefined ? undefined : between(to, last)
}

function between(index: number, last: number): number {
  return Math.min(Math.max(index, 0), last)
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
