import type { Caller } from '../shares/caller.ts'
import { openRoom, openSlots } from '../shares/slots.ts'
import type { AnyOperation } from './dialects/dialect.ts'

// Each of a hundred long lists at once would let everyone else wait for a few milliseconds of all the others. So few of
// one caller at a time cost that caller nothing: there is one main thread. Those behind them wait for seconds at most.
const places = openSlots({
  places: 64,
  share: { held: 6, waiting: 5000, anonymousHeld: 48, anonymousWaiting: 8000 },
  mostWaiting: 10_000,
  longestWaitMs: 60_000,
})

// Bytes of answers that are made and not taken yet, half of them for one caller
const untaken = openRoom(64 * 1024 * 1024)

/** Says that an answer is in memory as a whole, and how large it is: what is left is to send it. */
export type Made = (bytes: number) => void

/**
 * Makes an answer, and sends it; of one caller's answers that are read from many rows or objects, a few are in the making at
 * once. One that is made gives back its place, however slowly it is taken, as long as there is room for it.
 */
export async function inShareOf<T>(
  caller: Caller,
  operation: AnyOperation,
  answer: (made: Made) => Promise<T>,
): Promise<T> {
  if (!isMadeAtOnce(operation)) return answer(() => undefined)
  const leave = await places.enter(caller)
  let taken = 0
  const made = (bytes: number) => {
    if (taken > 0 || !untaken.take(caller, bytes)) return
    taken = bytes
    leave()
  }
  try {
    return await answer(made)
  } finally {
    leave()
    untaken.giveBack(caller, taken)
  }
}

// In memory as a whole, before anything of it is sent.
function isMadeAtOnce({ method, kind = 'json' }: AnyOperation): boolean {
  return method === 'get' && (kind === 'json' || kind === 'page' || kind === 'headed')
}
