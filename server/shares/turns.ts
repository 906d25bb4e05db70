import { setImmediate } from 'node:timers/promises'

// Longer than this nothing keeps the process from its other work.
const turnMs = 3
const lookEvery = 16

/** Collects what takes long to make, and lets other work of the process have its turn in between. */
export async function inTurns<Item>(items: Iterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  let begun = performance.now()
  for (const item of items) {
    collected.push(item)
    if (collected.length % lookEvery !== 0 || performance.now() - begun <= turnMs) continue
    await setImmediate()
    begun = performance.now()
  }
  return collected
}

/** For a loop of its own: awaited in each round, it lets other work of the process have its turn now and then. */
export function openTurns(): () => Promise<void> | undefined {
  let begun = performance.now()
  let rounds = 0
  return () => {
    rounds++
    if (rounds % lookEvery !== 0 || performance.now() - begun <= turnMs) return undefined
    return setImmediate().then(() => {
      begun = performance.now()
    })
  }
}

let last: Promise<void> = Promise.resolve()

/**
 * Waits for a turn of the event loop of one's own. For what takes milliseconds in one piece, such as starting a process:
 * when many come at once, others are heard in between.
 */
export function ownTurn(): Promise<void> {
  last = last.then(() => setImmediate())
  return last
}
