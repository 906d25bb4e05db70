import { HubError } from '../../kernel/errors.ts'
import { notWhileHeld } from '../../store/held.ts'

/** Places for processes. Who waits is served in turn, caller by caller: one with a hundred requests holds up no one else. */
export interface Slots {
  /** Waits for a place and answers how to give it back; throws `503` when too many wait, or it takes too long. */
  enter(who: string): Promise<() => void>
}

/** What one caller may take of the places, and of the queue for them. */
export interface Share {
  held: number
  waiting: number
}

const mostWaiting = 200
const longestWaitMs = 20_000

/** So many places at once; without a share one caller may take all of them. */
export function openSlots(places: number, share: Share = { held: places, waiting: mostWaiting }): Slots {
  let free = places
  const held = new Map<string, number>()
  const queue = openQueue()
  const mayTake = (who: string) => free > 0 && (held.get(who) ?? 0) < share.held

  function take(who: string): () => void {
    free--
    held.set(who, (held.get(who) ?? 0) + 1)
    let left = false
    return () => {
      if (left) return
      left = true
      giveBack(who)
    }
  }

  function giveBack(who: string): void {
    free++
    const others = (held.get(who) ?? 0) - 1
    if (others > 0) held.set(who, others)
    else held.delete(who)
    queue.next(mayTake)?.start()
  }

  return {
    async enter(who) {
      notWhileHeld('a wait for a slot')
      if (mayTake(who)) return take(who)
      if (queue.size() >= mostWaiting || queue.size(who) >= share.waiting) throw busy()
      const { promise, resolve, reject } = Promise.withResolvers<() => void>()
      // Taken when its turn comes, not when the caller goes on later: no one else gets in between
      const entry = { who, start: () => resolve(take(who)) }
      const timer = setTimeout(() => queue.remove(entry) && reject(busy()), longestWaitMs)
      queue.add(entry)
      return promise.finally(() => clearTimeout(timer))
    },
  }
}

interface Waiting {
  who: string
  start: () => void
}

// One queue per caller, in the order in which the callers are served next.
function openQueue() {
  const queues = new Map<string, Waiting[]>()
  let waiting = 0

  return {
    size: (who?: string) => (who === undefined ? waiting : (queues.get(who)?.length ?? 0)),
    add(entry: Waiting): void {
      waiting++
      queues.set(entry.who, [...(queues.get(entry.who) ?? []), entry])
    },
    next(mayTake: (who: string) => boolean): Waiting | undefined {
      const [who, queue] = [...queues].find(([who]) => mayTake(who)) ?? []
      const first = queue?.shift()
      if (who === undefined || queue === undefined || first === undefined) return undefined
      waiting--
      queues.delete(who)
      if (queue.length > 0) queues.set(who, queue)
      return first
    },
    remove(entry: Waiting): boolean {
      const queue = queues.get(entry.who)
      const index = queue?.indexOf(entry) ?? -1
      if (queue === undefined || index < 0) return false
      waiting--
      queue.splice(index, 1)
      if (queue.length === 0) queues.delete(entry.who)
      return true
    },
  }
}

function busy(): HubError {
  return new HubError('Unavailable', 'The hub is busy with other requests; try again shortly.', {
    headers: { 'Retry-After': '5' },
  })
}
