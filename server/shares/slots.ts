import { HubError } from '../kernel/errors.ts'
import { type Caller, currentCaller } from './caller.ts'

/** Places for what is scarce. Who waits is served in turn, caller by caller: one with a hundred requests holds up no one else. */
export interface Slots {
  /** Waits for a place and answers how to give it back; throws `503` when too many wait, or it takes too long. */
  enter(caller?: Caller): Promise<() => void>
}

/** What one caller, and what all anonymous callers together may take of the places and of the queue for them. */
export interface Share {
  held: number
  waiting: number
  anonymousHeld: number
  anonymousWaiting: number
}

export interface SlotOptions {
  places: number
  /** Half of all places and of the queue for one caller, three quarters for the anonymous, unless said. */
  share?: Partial<Share>
  mostWaiting?: number
  longestWaitMs?: number
}

const usual = { mostWaiting: 200, longestWaitMs: 20_000 }

/** So many places at once. */
export function openSlots(options: SlotOptions): Slots {
  const { places, mostWaiting, longestWaitMs } = { ...usual, ...options }
  const share = { ...shareOf(places, mostWaiting), ...options.share }
  const held = openCounts()
  const queue = openQueue()
  const mayTake = (who: Caller) =>
    held.all() < places && held.of(who) < share.held && !(who.isAnonymous && held.anonymous() >= share.anonymousHeld)
  const mayWait = (who: Caller) =>
    queue.counts.all() < mostWaiting &&
    queue.counts.of(who) < share.waiting &&
    !(who.isAnonymous && queue.counts.anonymous() >= share.anonymousWaiting)

  function take(who: Caller): () => void {
    held.add(who, 1)
    let left = false
    return () => {
      if (left) return
      left = true
      held.add(who, -1)
      queue.next(mayTake)?.start()
    }
  }

  return {
    async enter(who = currentCaller()) {
      if (mayTake(who)) return take(who)
      if (!mayWait(who)) throw busy()
      const { promise, resolve, reject } = Promise.withResolvers<() => void>()
      // Taken when its turn comes, not when the caller goes on later: no one else gets in between
      const entry = { who, start: () => resolve(take(who)) }
      const timer = setTimeout(() => queue.remove(entry) && reject(busy()), longestWaitMs)
      queue.add(entry)
      return promise.finally(() => clearTimeout(timer))
    },
  }
}

function shareOf(places: number, mostWaiting: number): Share {
  const part = (of: number, share: number) => Math.max(1, Math.floor(of * share))
  return {
    held: part(places, 1 / 2),
    waiting: part(mostWaiting, 1 / 2),
    anonymousHeld: part(places, 3 / 4),
    anonymousWaiting: part(mostWaiting, 3 / 4),
  }
}

function openCounts() {
  const counts = new Map<string, number>()
  let [all, anonymous] = [0, 0]
  return {
    all: () => all,
    anonymous: () => anonymous,
    of: (who: Caller) => counts.get(who.id) ?? 0,
    add(who: Caller, count: number): void {
      all += count
      if (who.isAnonymous) anonymous += count
      const now = (counts.get(who.id) ?? 0) + count
      if (now > 0) counts.set(who.id, now)
      else counts.delete(who.id)
    },
  }
}

interface Waiting {
  who: Caller
  start: () => void
}

// One queue per caller, in the order in which the callers are served next.
function openQueue() {
  const queues = new Map<string, Waiting[]>()
  const counts = openCounts()

  function take(entry: Waiting): Waiting[] {
    counts.add(entry.who, -1)
    return (queues.get(entry.who.id) ?? []).filter((other) => other !== entry)
  }

  return {
    counts,
    add(entry: Waiting): void {
      counts.add(entry.who, 1)
      queues.set(entry.who.id, [...(queues.get(entry.who.id) ?? []), entry])
    },
    next(mayTake: (who: Caller) => boolean): Waiting | undefined {
      const first = [...queues.values()].flatMap(([one]) => one ?? []).find(({ who }) => mayTake(who))
      if (first === undefined) return undefined
      const rest = take(first)
      // To the end of the line of callers
      queues.delete(first.who.id)
      if (rest.length > 0) queues.set(first.who.id, rest)
      return first
    },
    remove(entry: Waiting): boolean {
      if (!queues.get(entry.who.id)?.includes(entry)) return false
      const rest = take(entry)
      if (rest.length > 0) queues.set(entry.who.id, rest)
      else queues.delete(entry.who.id)
      return true
    },
  }
}

/** The refusal when others hold everything that a request needs. */
export function busy(): HubError {
  return new HubError('Unavailable', 'The server is busy. Try again shortly.', {
    headers: { 'Retry-After': '5' },
  })
}

/** An amount of something, of which one caller may take only a part. */
export interface Room {
  /** Whether so much of it is left for this caller; then it is taken. */
  take(caller: Caller, amount: number): boolean
  giveBack(caller: Caller, amount: number): void
}

/** So much in all, half of it for one caller. */
export function openRoom(most: number): Room {
  const held = openCounts()
  return {
    take(caller, amount) {
      if (held.all() + amount > most || held.of(caller) + amount > most / 2) return false
      held.add(caller, amount)
      return true
    },
    giveBack: (caller, amount) => held.add(caller, -amount),
  }
}
