import { hourSeconds, minuteSeconds, now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { digest } from '../kernel/secret.ts'
import type { Db, Tx } from '../store/database.ts'
import { addAttempt, addAttempts, deleteAttempts, findCounted, takeBackAttempt } from './attempt-store.ts'

/** How often something may be tried in one window of time. */
export interface AttemptLimit {
  name: string
  most: number
  windowSeconds: number
}

const quarterHour = 15 * minuteSeconds

/** Everything that is counted so that guessing is slow and no one is flooded with mail. */
export const attemptLimits = {
  signInFromAddress: { name: 'sign-in-address', most: 10, windowSeconds: quarterHour },
  signIn: { name: 'sign-in', most: 100, windowSeconds: quarterHour },
  signUp: { name: 'sign-up', most: 50, windowSeconds: hourSeconds },
  password: { name: 'password', most: 10, windowSeconds: quarterHour },
  code: { name: 'code', most: 10, windowSeconds: quarterHour },
  resetMail: { name: 'reset-mail', most: 5, windowSeconds: hourSeconds },
  invitationMail: { name: 'invitation-mail', most: 10, windowSeconds: hourSeconds },
  verificationMail: { name: 'verification-mail', most: 5, windowSeconds: hourSeconds },
} as const satisfies Record<string, AttemptLimit>

/**
 * Counts a try before it is made, so that many at once get no further than many in turn; throws `429` beyond the limit.
 * Never inside the transaction of the try: the count must stay when that is rolled back.
 */
export async function countAttempt(db: Db, limit: AttemptLimit, who: string): Promise<void> {
  if (await mayAttempt(db, limit, who)) return
  const seconds = Math.ceil((windowStart(limit).getTime() - now().getTime()) / 1000) + limit.windowSeconds
  throw new HubError('TooManyRequests', `Too many attempts; try again in ${Math.ceil(seconds / 60)} minutes.`, {
    headers: { 'Retry-After': String(seconds) },
  })
}

/** Counts a try, and tells whether it is within the limit. */
export async function mayAttempt(db: Db, limit: AttemptLimit, who: string): Promise<boolean> {
  return (await addAttempt(db, keyOf(limit, who), windowStart(limit))) <= limit.most
}

/** Which of these may not be tried once more; nothing is counted. */
export async function exhaustedAmong(db: Db, limit: AttemptLimit, whos: readonly string[]): Promise<Set<string>> {
  const keys = new Map(whos.map((who) => [keyOf(limit, who), who]))
  const window = { windowStart: windowStart(limit), most: limit.most }
  const counted = await findCounted(db, [...keys.keys()], window)
  return new Set(counted.flatMap((key) => keys.get(key) ?? []))
}

/** Counts a try for each of these, who are all different, in the transaction that tries: undone, it was none. */
export async function countAttempts(tx: Tx, limit: AttemptLimit, whos: readonly string[]): Promise<void> {
  const keys = whos.map((who) => keyOf(limit, who))
  await addAttempts(tx, keys, windowStart(limit))
}

/** Uncounts one try: it was no failure. */
export async function uncountAttempt(db: Db, limit: AttemptLimit, who: string): Promise<void> {
  await takeBackAttempt(db, keyOf(limit, who), windowStart(limit))
}

/** Forgets every counted try: the right answer was given. */
export async function forgetAttempts(db: Db, limit: AttemptLimit, who: string): Promise<void> {
  await deleteAttempts(db, keyOf(limit, who))
}

function windowStart({ windowSeconds }: AttemptLimit): Date {
  const windowMs = windowSeconds * 1000
  return new Date(Math.floor(now().getTime() / windowMs) * windowMs)
}

// Hashed: the table need not tell which addresses and accounts were tried.
function keyOf(limit: AttemptLimit, who: string): string {
  return `${limit.name} ${digest(who).toString('base64url')}`
}
