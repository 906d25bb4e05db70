import { HubError } from '../kernel/errors.ts'

interface Waiting {
  who: string
  start: () => void
  refuse: (error: Error) => void
}

/** Places for processes. Who waits is served in turn, caller by caller: one with a hundred requests holds up nobody else. */
export interface Slots {
  /** Waits for a place and answers how to give it back; throws `503` when too many wait, or it takes too long. */
  enter(who: string): Promise<() => void>
}

const mostWaiting = 200
const longestWaitMs = 20_000

/** So many places at once. */
export function openSlots(places: number): Slots {
  let free = places
  // One queue per caller, in the order in which the callers are served next.
  const queues = new Map<string, Waiting[]>()
  let waiting = 0

  function next(): void {
    const [who, queue] = queues.entries().next().value ?? []
    const first = queue?.shift()
    if (who === undefined || queue === undefined || first === undefined) return void free++
    queues.delete(who)
    if (queue.length > 0) queues.set(who, queue)
    waiting--
    first.start()
  }

  function leaver(): () => void {
    let left = false
    return () => {
      if (left) return
      left = true
      next()
    }
  }

  function give(who: string, entry: Waiting): void {
    const queue = queues.get(who)
    const index = queue?.indexOf(entry) ?? -1
    if (queue === undefined || index < 0) return
    queue.splice(index, 1)
    if (queue.length === 0) queues.delete(who)
    waiting--
    entry.refuse(busy())
  }

  return {
    async enter(who) {
      if (free > 0) {
        free--
        return leaver()
      }
      if (waiting >= mostWaiting) throw busy()
      waiting++
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => give(who, entry), longestWaitMs)
        const done =
          <T extends unknown[]>(end: (...args: T) => void) =>
          (...args: T) => {
            clearTimeout(timer)
            end(...args)
          }
        const entry: Waiting = { who, start: done(resolve), refuse: done(reject) }
        const queue = queues.get(who)
        if (queue) queue.push(entry)
        else queues.set(who, [entry])
      })
      return leaver()
    },
  }
}

function busy(): HubError {
  return new HubError('Unavailable', 'The hub is busy with other git requests; try again shortly.', {
    headers: { 'Retry-After': '5' },
  })
}
