/** One after the other: who asks for a turn gets it when the one before has given it back. */
export type Turns = (key: string) => Promise<() => void>

/** Opens a queue for each key; keys that nobody waits for take no memory. */
export function openTurns(): Turns {
  const last = new Map<string, Promise<void>>()
  return async (key) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = last.get(key)
    last.set(key, promise)
    await before
    return () => {
      if (last.get(key) === promise) last.delete(key)
      resolve()
    }
  }
}
