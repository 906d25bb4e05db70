import { Mutex } from 'async-mutex'
import { notWhileHeld } from '../../store/held.ts'

/** One after the other: who asks for a turn gets it when the one before has given it back. */
export type Turns = (key: string) => Promise<() => void>

/** Opens a queue for each key; keys that no one waits for take no memory. */
export function openTurns(): Turns {
  const mutexes = new Map<string, Mutex>()
  return async (key) => {
    notWhileHeld('a wait for a turn')
    const mutex = mutexes.get(key) ?? new Mutex()
    mutexes.set(key, mutex)
    const release = await mutex.acquire()
    return () => {
      release()
      if (!mutex.isLocked()) mutexes.delete(key)
    }
  }
}
