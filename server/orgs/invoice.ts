import type * as api from '../../api/index.ts'
import { dayOf } from '../kernel/clock.ts'

/** A day, and how many seats were used on it at once. */
export interface UsedSeats {
  day: string
  used: number
}

export interface Period {
  from: string
  /** The first day after it. */
  to: string
}

type Line = api.billing.Invoice['lines'][number]

const dayMs = 86_400_000

/** A day so many days later. */
export function dayAfter(day: string, days: number): string {
  return dayOf(new Date(Date.parse(day) + days * dayMs))
}

/** The month that a day is in. */
export function periodOf(day: string): Period {
  const [year = 0, month = 1] = day.split('-').map(Number)
  return { from: dayOf(new Date(Date.UTC(year, month - 1, 1))), to: dayOf(new Date(Date.UTC(year, month, 1))) }
}

/**
 * The lines of an invoice: the seats of the first day, then those added later, each from its day to the end of the
 * period. Freed seats are billed to the end of it, and filling one of them again costs nothing more.
 */
export function invoiceLines(period: Period, days: readonly UsedSeats[], price: number): Line[] {
  const whole = daysBetween(period.from, period.to)
  const lines: Line[] = []
  let billed = 0
  for (const { day, used } of days) {
    if (used <= billed) continue
    const seats = used - billed
    const left = daysBetween(day, period.to)
    const description = day === period.from ? 'Seats for the whole month' : `Seats added on ${day}`
    lines.push({
      description,
      seats,
      from: day,
      to: period.to,
      days: left,
      amount: Math.round((seats * price * left) / whole),
    })
    billed = used
  }
  return lines
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs)
}
