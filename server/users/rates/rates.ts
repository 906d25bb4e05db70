import { LRUCache } from 'lru-cache'
import type { RateLimit } from '../../../api/rates.ts'
import type { Permit } from '../../access/permit.ts'
import { minuteSeconds, now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { log } from '../../kernel/log.ts'
import type { Caller } from '../../shares/caller.ts'
import { type Db, keyOf } from '../../store/database.ts'
import { addToCount } from '../guessing/attempt-store.ts'
import { type Bucket, bucketWords, type RateLimits } from './limits.ts'
import { findPlans, findRequests } from './rates-store.ts'

/** How many requests each caller may still make; several processes on one database count together. */
export interface Rates {
  /** Counts a request: answers the headers that say what is left, or throws `429`. Without a limit there are none. */
  count(bucket: Bucket, caller: Caller): Promise<Record<string, string>>
  /** What an account has used of each of its limits in this window. */
  usedBy(accountId: string): Promise<Used[]>
}

/** What was used of a limit; `resetAt` is when the window ends. */
export interface Used {
  bucket: Bucket
  limit: number
  used: number
  resetAt: Date
}

/** The requests of one caller in one window, as this process knows them. */
interface Window {
  key: string
  limit: number
  start: number
  /** Taken from the limit by this process, and not used yet. */
  left: number
  /** Taken by all processes, when this one took something last. */
  taken: number
  /** Used before it was taken. */
  owed: number
  taking: Promise<void> | undefined
}

const windowSeconds = 5 * minuteSeconds
const windowMs = windowSeconds * 1000
const mostRemembered = 50_000
// So many times at most a process asks the database in a window for one caller.
const shares = 100

/**
 * Starts counting. A process takes a hundredth of a limit at a time and asks the database again when that is used, so a
 * request costs nothing, and what all processes let through is never more than the limit. The first share of a network is
 * on credit: otherwise each address that a stranger makes up would be a row.
 */
export function openRates(db: Db, limits: RateLimits): Rates {
  const windows = new LRUCache<string, Window>({ max: mostRemembered })

  // The limit of an account is looked up once in a window.
  async function windowOf(bucket: Bucket, caller: Caller): Promise<Window | undefined> {
    const start = Math.floor(now().getTime() / windowMs) * windowMs
    const name = `${bucket} ${caller.id}`
    const known = () => {
      const window = windows.get(name)
      return window?.start === start ? window : undefined
    }
    const window = known()
    if (window !== undefined) return window
    const limit = await limitOf(bucket, caller)
    // Another request may have opened it meanwhile.
    return limit === undefined ? undefined : (known() ?? openWindow(name, { limit, start, caller }))
  }

  async function limitOf(bucket: Bucket, caller: Caller): Promise<number | undefined> {
    if (caller.isAnonymous) return limits.network[bucket]
    const ofPlans = Object.values(limits.plans).some((limit) => limit[bucket] !== undefined)
    const plans = ofPlans ? await findPlans(db, caller.id, now()) : []
    const higher = plans.flatMap((plan) => limits.plans[plan]?.[bucket] ?? [])
    return higher.length > 0 ? Math.max(...higher) : limits.account[bucket]
  }

  function openWindow(
    name: string,
    { limit, start, caller }: { limit: number; start: number; caller: Caller },
  ): Window {
    const credit = caller.isAnonymous ? shareOf(limit) : 0
    const key = counterOf(db, name)
    const window = { key, limit, start, left: credit, taken: credit, owed: credit, taking: undefined }
    windows.set(name, window)
    return window
  }

  // Requests that find nothing left wait for one question to the database, not for one each.
  async function takeOne(window: Window): Promise<boolean> {
    while (window.left === 0) {
      if (window.taken >= window.limit) return false
      window.taking ??= takeShare(db, window).finally(() => (window.taking = undefined))
      await window.taking
    }
    window.left--
    return true
  }

  return {
    async count(bucket, caller) {
      const window = await windowOf(bucket, caller)
      if (window === undefined) return {}
      if (!(await takeOne(window))) throw reached(bucket, caller, window)
      return headersOf(bucket, window)
    },

    async usedBy(accountId) {
      const caller = { id: accountId, isAnonymous: false }
      const opened = (Object.keys(limits.account) as Bucket[]).map(async (bucket) => {
        const window = await windowOf(bucket, caller)
        return window === undefined ? [] : [{ bucket, window }]
      })
      const counted = (await Promise.all(opened)).flat()
      const taken = await findRequests(
        db,
        counted.map(({ window: { key, start } }) => ({ key, start: new Date(start) })),
      )
      return counted.map(({ bucket, window: { key, limit, left, start } }) => {
        const used = Math.max(0, Math.min(limit, taken.get(key) ?? 0) - left)
        return { bucket, limit, used, resetAt: new Date(start + windowMs) }
      })
    },
  }
}

/** Tells what the caller has used of each limit. */
export async function listRateLimits(
  _db: Db,
  permit: Permit<'account.view'>,
  _input: unknown,
  rates: Rates,
): Promise<RateLimit[]> {
  const used = await rates.usedBy(permit.actor.id)
  return used.map(({ resetAt, ...rest }) => ({ ...rest, resetAt: resetAt.toISOString() }))
}

// A database that does not answer stops no one here: the request itself will hear of it.
async function takeShare(db: Db, window: Window): Promise<void> {
  const share = shareOf(window.limit)
  try {
    const all = await addToCount(db, window.key, { windowStart: new Date(window.start), by: share + window.owed })
    window.owed = 0
    window.left = Math.max(0, Math.min(share, window.limit - (all - share)))
    window.taken = Math.min(window.limit, all)
  } catch (error) {
    log.warn({ err: error }, 'could not count requests')
    window.left = share
  }
}

function shareOf(limit: number): number {
  return Math.ceil(limit / shares)
}

// Hashed with a key: a copy of the table does not tell which networks came.
function counterOf(db: Db, name: string): string {
  return `rate ${keyOf(db).sign('attempt', name)}`
}

// The form of draft-ietf-httpapi-ratelimit-headers-09, as huggingface_hub reads it.
function headersOf(bucket: Bucket, { limit, taken, left, start }: Window): Record<string, string> {
  return {
    RateLimit: `"${bucket}";r=${limit - taken + left};t=${secondsLeft(start)}`,
    'RateLimit-Policy': `"fixed window";"${bucket}";q=${limit};w=${windowSeconds}`,
  }
}

function secondsLeft(start: number): number {
  return Math.max(1, Math.ceil((start + windowMs - now().getTime()) / 1000))
}

function reached(bucket: Bucket, { isAnonymous }: Caller, window: Window): HubError {
  const seconds = secondsLeft(window.start)
  const whose = isAnonymous ? 'Your network' : 'You'
  const advice = isAnonymous && bucket !== 'pages' ? ' Sign in, or send an access token, for a higher limit.' : ''
  return new HubError(
    'TooManyRequests',
    `${whose} made ${window.limit.toLocaleString('en')} ${bucketWords[bucket]} within 5 minutes, which is the limit. Try again in ${seconds} seconds.${advice}`,
    { headers: { ...headersOf(bucket, window), 'Retry-After': String(seconds) } },
  )
}
