/** Counts bytes that are being sent to this process, by whose they will be. It is economy: what is kept is checked in the database. */
export interface Arriving {
  of(ownerId: string): number
  /** Counts bytes until the answer is called. */
  hold(ownerId: string, bytes: number): () => void
}

/** Counts for one process. */
export function openArriving(): Arriving {
  const held = new Map<string, number>()

  function add(ownerId: string, bytes: number): void {
    const sum = (held.get(ownerId) ?? 0) + bytes
    if (sum > 0) held.set(ownerId, sum)
    else held.delete(ownerId)
  }

  return {
    of: (ownerId) => held.get(ownerId) ?? 0,
    hold(ownerId, bytes) {
      add(ownerId, bytes)
      return () => add(ownerId, -bytes)
    },
  }
}
