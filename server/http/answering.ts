import type { Caller } from '../shares/caller.ts'
import { openSlots } from '../shares/slots.ts'
import type { AnyOperation } from './dialects/dialect.ts'

// Each of a hundred long lists at once would let everyone else wait for a few milliseconds of all the others. So few of
// one caller at a time cost that caller nothing: there is one main thread. Those behind them wait for seconds at most.
const places = openSlots({
  places: 64,
  share: { held: 6, waiting: 5000, anonymousHeld: 48, anonymousWaiting: 8000 },
  mostWaiting: 10_000,
  longestWaitMs: 60_000,
})

/** Makes an answer; of one caller's answers that are read from many rows or objects, a few are in the making at once. */
export async function inShareOf<T>(caller: Caller, operation: AnyOperation, make: () => Promise<T>): Promise<T> {
  if (!isMadeAtOnce(operation)) return make()
  const leave = await places.enter(caller)
  try {
    return await make()
  } finally {
    leave()
  }
}

// In memory as a whole, before anything of it is sent: how fast it is taken does not matter.
function isMadeAtOnce({ method, kind = 'json' }: AnyOperation): boolean {
  return method === 'get' && (kind === 'json' || kind === 'page' || kind === 'headed')
}
