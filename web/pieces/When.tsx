import { useSyncExternalStore } from 'react'
import { sayExactly } from './moments.ts'

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const utc = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' })
const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'long' })

// A moment as people say it: `3 hours ago`, `in 2 days`, `just now`.
function sayWhen(time: Date, now: number): string {
  const seconds = (time.getTime() - now) / 1000
  const step = steps.find(([, size]) => Math.abs(seconds) >= size)
  if (!step) return seconds > 5 ? 'in a moment' : 'just now'
  const count = seconds / step[1]
  // What was just set to end in 7 days ends in 7 days, not in 6.
  return relative.format(count > 0 ? Math.round(count) : Math.trunc(count), step[0])
}

/** The date alone: `March 4, 2026`. */
export function sayDay(time: string): string {
  return day.format(new Date(time))
}

/** The date and the time in UTC: `March 4, 2026 at 10:12:33 AM UTC`. */
export function sayMoment(time: string): string {
  return `${utc.format(new Date(time))} UTC`
}

/** A moment relative to now, kept current, with the exact time on hover. */
export function When({ time }: { time: string }) {
  const now = useSyncExternalStore(onEachMinute, currentMinute)
  const date = new Date(time)
  return (
    <time dateTime={time} title={sayExactly(time)}>
      {sayWhen(date, Math.max(now, Date.now()))}
    </time>
  )
}

const currentMinute = () => Math.floor(Date.now() / 60_000) * 60_000

function onEachMinute(changed: () => void): () => void {
  const timer = setInterval(changed, 30_000)
  return () => clearInterval(timer)
}
