import { setImmediate } from 'node:timers/promises'

// Longer than this nothing keeps the process from its other work. A request asks the database several times, and may wait
// so long each time.
const turnMs = 3
const lookEvery = 16

/** Maps many items one after the other, and lets other work of the process have its turn in between. */
export async function mapPaced<Item, Result>(
  items: readonly Item[],
  map: (item: Item, index: number) => Result,
): Promise<Result[]> {
  const results: Result[] = []
  // Whatever went before has had a turn of its own
  if (items.length > lookEvery) await setImmediate()
  let begun = performance.now()
  for (const [index, item] of items.entries()) {
    if (index % lookEvery === 0 && performance.now() - begun > turnMs) {
      await setImmediate()
      begun = performance.now()
    }
    results.push(map(item, index))
  }
  return results
}
