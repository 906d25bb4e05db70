/** A bounded memory of what never changes; what was not asked for longest goes first. */
export interface Kept<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value, bytes: number): void
}

// What an entry costs beside its content.
const entryBytes = 300

/** Opens a memory of so many bytes; a value above `mostEach` is not kept. */
export function openKept<Value>(mostBytes: number, mostEach: number): Kept<Value> {
  const entries = new Map<string, { value: Value; bytes: number }>()
  let held = 0

  function drop(key: string): void {
    held -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      // A Map keeps the order of insertion: the one just used moves to its end.
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    set(key, value, bytes) {
      if (bytes > mostEach) return
      drop(key)
      entries.set(key, { value, bytes: bytes + entryBytes })
      held += bytes + entryBytes
      for (const oldest of entries.keys()) {
        if (held <= mostBytes) break
        drop(oldest)
      }
    },
  }
}
