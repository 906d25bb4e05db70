import { daySeconds, hourSeconds, minuteSeconds, now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { type Db, keyOf, type Tx } from '../../store/database.ts'
import { addAttempts, addToCount, deleteAttempts, findCounted, takeBackAttempt } from './attempt-store.ts'

/** How often something may be tried in one window of time. */
export interface AttemptLimit {
  name: string
  /** What is limited, for the reference. */
  words: string
  most: number
  windowSeconds: number
}

const quarterHour = 15 * minuteSeconds

/** Everything that is counted so that guessing is slow and no one is flooded with mail. */
export const attemptLimits = {
  signInFromAddress: {
    words: 'Wrong passwords for a username, from one network',
    name: 'sign-in-address',
    most: 10,
    windowSeconds: quarterHour,
  },
  signIn: { words: 'Wrong passwords for a username, in total', name: 'sign-in', most: 100, windowSeconds: quarterHour },
  signInFromNetwork: {
    words: 'Wrong passwords for all usernames, from one network',
    name: 'sign-in-network',
    most: 50,
    windowSeconds: quarterHour,
  },
  signInFromDevice: {
    words: 'Wrong passwords in browsers that the account signed in with before',
    name: 'sign-in-device',
    most: 10,
    windowSeconds: quarterHour,
  },
  signUp: {
    words: 'Sign-ups from one network, without an invitation',
    name: 'sign-up',
    most: 50,
    windowSeconds: hourSeconds,
  },
  password: {
    words: "Wrong passwords when you confirm it's you",
    name: 'password',
    most: 10,
    windowSeconds: quarterHour,
  },
  code: { words: 'Wrong codes for an account', name: 'code', most: 10, windowSeconds: quarterHour },
  resetMail: {
    words: 'Requests for a password reset link, for one address',
    name: 'reset-mail',
    most: 5,
    windowSeconds: hourSeconds,
  },
  invitationMail: {
    words: 'Invitations of one person, from all organizations',
    name: 'invitation-mail',
    most: 10,
    windowSeconds: hourSeconds,
  },
  askedAgain: {
    words: 'Requests for a new invitation, from one network',
    name: 'asked-again',
    most: 30,
    windowSeconds: hourSeconds,
  },
  askedAgainFor: {
    words: 'Emails to admins about a request for a new invitation, for one invitation',
    name: 'asked-again-for',
    most: 1,
    windowSeconds: daySeconds,
  },
  verificationMail: {
    words: 'Sign-ups with one address, and requests to verify it',
    name: 'verification-mail',
    most: 5,
    windowSeconds: hourSeconds,
  },
  deviceCode: {
    words: 'Device sign-ins started from one network',
    name: 'device-code',
    most: 100,
    windowSeconds: quarterHour,
  },
  userCode: {
    words: 'Wrong device sign-in codes, for an account',
    name: 'user-code',
    most: 10,
    windowSeconds: quarterHour,
  },
  userCodeFromNetwork: {
    words: 'Wrong device sign-in codes, from one network',
    name: 'user-code-network',
    most: 50,
    windowSeconds: quarterHour,
  },
  userCodeInTotal: {
    words: 'Wrong device sign-in codes, in total',
    name: 'user-code-total',
    most: 2000,
    windowSeconds: quarterHour,
  },
  leakReport: {
    words: 'Reports of leaked tokens from one network',
    name: 'leak-report',
    most: 60,
    windowSeconds: quarterHour,
  },
  ssoSignIn: { words: 'SSO sign-ins of one account', name: 'sso-sign-in', most: 60, windowSeconds: quarterHour },
  managedSignIn: {
    words: 'Sign-ins to managed accounts from one network',
    name: 'managed-sign-in',
    most: 3000,
    windowSeconds: quarterHour,
  },
  ssoLogout: {
    words: 'SSO logout requests from one network',
    name: 'sso-logout',
    most: 600,
    windowSeconds: quarterHour,
  },
  dnsCheck: { words: 'DNS checks in one organization', name: 'dns-check', most: 30, windowSeconds: hourSeconds },
  dnsCheckByOne: { words: 'DNS checks by one account', name: 'dns-check-one', most: 60, windowSeconds: hourSeconds },
} as const satisfies Record<string, AttemptLimit>

/** Wrong codes after the right password, so that the pause grows: 15 minutes, an hour, a day. */
export const codeAfterPassword = [
  { words: 'Wrong codes after the right password', name: 'code-quarter', most: 3, windowSeconds: quarterHour },
  { words: 'Wrong codes after the right password', name: 'code-hour', most: 5, windowSeconds: hourSeconds },
  { words: 'Wrong codes after the right password', name: 'code-day', most: 10, windowSeconds: daySeconds },
] as const satisfies AttemptLimit[]

/**
 * Counts a try before it is made, so that many at once get no further than many in turn; answers how many there were, and
 * throws `429` beyond the limit.
 * Never inside the transaction of the try: the count must stay when that is rolled back.
 */
export async function countAttempt(db: Db, limit: AttemptLimit, who: string): Promise<number> {
  const count = await countOccurrence(db, limit, who)
  if (count <= limit.most) return count
  const seconds = Math.ceil((windowStart(limit).getTime() - now().getTime()) / 1000) + limit.windowSeconds
  throw new HubError(
    'TooManyRequests',
    `Too many attempts. Try again in ${Math.ceil(seconds / 60)} ${seconds > 60 ? 'minutes' : 'minute'}.`,
    {
      headers: { 'Retry-After': String(seconds) },
    },
  )
}

/** Counts a try, and tells whether it is within the limit. */
export async function mayAttempt(db: Db, limit: AttemptLimit, who: string): Promise<boolean> {
  return (await countOccurrence(db, limit, who)) <= limit.most
}

/** Counts something that happened, and tells how often it has in this window. */
export async function countOccurrence(
  db: Db,
  window: Pick<AttemptLimit, 'name' | 'windowSeconds'>,
  who: string,
): Promise<number> {
  return addToCount(db, counterOf(db, window, who), { windowStart: windowStart(window), by: 1 })
}

/** Which of these may not be tried once more; nothing is counted. */
export async function exhaustedAmong(db: Db, limit: AttemptLimit, whos: readonly string[]): Promise<Set<string>> {
  const keys = new Map(whos.map((who) => [counterOf(db, limit, who), who]))
  const window = { windowStart: windowStart(limit), most: limit.most }
  const counted = await findCounted(db, [...keys.keys()], window)
  return new Set(counted.flatMap((key) => keys.get(key) ?? []))
}

/** Counts a try for each of these, who are all different, in the transaction that tries: undone, it was none. */
export async function countAttempts(tx: Tx, limit: AttemptLimit, whos: readonly string[]): Promise<void> {
  const keys = whos.map((who) => counterOf(tx, limit, who))
  await addAttempts(tx, keys, windowStart(limit))
}

/** Uncounts one try: it was no failure. */
export async function uncountAttempt(db: Db, limit: AttemptLimit, who: string): Promise<void> {
  await takeBackAttempt(db, counterOf(db, limit, who), windowStart(limit))
}

/** Forgets every counted try: the right answer was given. */
export async function forgetAttempts(db: Db, limit: AttemptLimit, who: string): Promise<void> {
  await deleteAttempts(db, counterOf(db, limit, who))
}

function windowStart({ windowSeconds }: Pick<AttemptLimit, 'windowSeconds'>): Date {
  const windowMs = windowSeconds * 1000
  return new Date(Math.floor(now().getTime() / windowMs) * windowMs)
}

// Hashed with a key: a copy of the table does not tell which addresses and accounts were tried.
function counterOf(db: Db, { name }: Pick<AttemptLimit, 'name'>, who: string): string {
  return `${name} ${keyOf(db).sign('attempt', who)}`
}
