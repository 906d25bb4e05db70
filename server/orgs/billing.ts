import type * as api from '../../api/index.ts'
import type { InputOf, Plan, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { csvHeader, csvLine } from '../csv/lines.ts'
import { dayOf, now } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { dayAfter, invoiceLines, type Period, periodOf } from './invoice.ts'
import {
  countDay,
  deleteDaysBefore,
  findPrices,
  keepMost,
  listDays,
  type Prices,
  type SeatDay,
} from './seat-days-store.ts'
import { usedSeats } from './seats.ts'
import { countSeats, findSeatPolicy } from './seats-store.ts'

type Billing = typeof api.billing
type BillingPermit = Permit<'billing.view'>

const keptDays = 400

/** Counts the seats of every organization; of each day the count stays when most were used. Asked for every hour. */
export async function countSeatDays(db: Db): Promise<void> {
  const today = dayOf(now())
  await countDay(db, today, now())
  await deleteDaysBefore(db, dayAfter(today, -keptDays))
}

/** Shows the seats of an organization: used, reserved and free, and how many there were over time. */
export async function getSeats(
  db: Db,
  permit: BillingPermit,
  { days }: InputOf<Billing['getSeats']>,
): Promise<ResultOf<Billing['getSeats']>> {
  const { today, limit, history } = await readSeats(db, permit, Math.max(days, daysOfMonth))
  const from = dayAfter(today.day, 1 - days)
  return {
    plan: today.plan,
    limit,
    used: today.used,
    members: today.members,
    pending: today.pending,
    free: limit === null ? null : Math.max(0, limit - today.used),
    billed: mostSince(history, periodOf(today.day).from),
    history: history.filter(({ day }) => day >= from).map(({ day, members, pending }) => ({ day, members, pending })),
  }
}

const daysOfMonth = 31

interface SeatsRead {
  /** As they are now. */
  today: SeatDay
  limit: number | null
  /** Up to and with today. */
  history: SeatDay[]
}

// What was not counted yet is counted now, so that a change shows at once, and kept, so that what was shown never falls.
async function readSeats(db: Db, { org }: BillingPermit, days: number): Promise<SeatsRead> {
  const day = dayOf(now())
  const [policy, counted, kept] = await Promise.all([
    findSeatPolicy(db, org.id),
    countSeats(db, org.id, now()),
    listDays(db, org.id, dayAfter(day, 1 - days)),
  ])
  const plan = policy?.plan ?? org.plan
  const today = { day, plan, ...counted, used: usedSeats(plan, counted) }
  const before = kept.filter((row) => row.day < day)
  const earlier = kept.find((row) => row.day === day)
  const rises = earlier === undefined || today.used > earlier.used
  if (rises) await keepMost(db, org.id, today)
  const most = rises || today.used === earlier.used ? today : earlier
  return { today, limit: policy?.limit ?? null, history: [...before, most] }
}

function mostSince(history: readonly SeatDay[], from: string): number {
  return Math.max(0, ...history.filter(({ day }) => day >= from).map(({ used }) => used))
}

/** Shows what the next invoice would say. Days on the free plan cost nothing. */
export async function previewInvoice(db: Db, permit: BillingPermit): Promise<ResultOf<Billing['previewInvoice']>> {
  const [{ today, history }, prices] = await Promise.all([readSeats(db, permit, daysOfMonth), findPrices(db)])
  const period = periodOf(today.day)
  const seatPrice = priceOf(prices, today.plan)
  const lines = today.plan === 'free' ? [] : invoiceLines(period, paidDays(history, period), seatPrice)
  return {
    plan: today.plan,
    currency: prices.currency,
    seatPrice,
    period,
    lines,
    total: lines.reduce((sum, { amount }) => sum + amount, 0),
    nextPeriodTotal: seatPrice * today.used,
  }
}

function priceOf(prices: Prices, plan: Plan): number {
  return plan === 'free' ? 0 : prices[plan]
}

function paidDays(history: readonly SeatDay[], period: Period): SeatDay[] {
  return history.filter(({ day, plan }) => day >= period.from && plan !== 'free')
}

/** Writes the seats of each day as CSV. */
export async function exportSeats(db: Db, permit: BillingPermit): Promise<ResultOf<Billing['exportSeats']>> {
  const { history } = await readSeats(db, permit, keptDays)
  return {
    fileName: `${permit.org.name}-seats.csv`,
    contentType: 'text/csv; charset=utf-8',
    chunks: seatLines(history),
  }
}

async function* seatLines(history: readonly SeatDay[]): AsyncIterable<string> {
  yield csvHeader(['day', 'plan', 'members', 'pending', 'used'])
  for (const { day, plan, ...count } of history)
    yield csvLine([day, plan, String(count.members), String(count.pending), String(count.used)])
}
