import { sql } from 'kysely'
import type { Db } from './database.ts'

/**
 * Has everything that was committed before written to the disk, once for all who ask while one such write is under way:
 * that one may have begun too early for them, so they share the next.
 */
export function openFlusher(db: Db): () => Promise<void> {
  let underWay = Promise.resolve()
  let next: Promise<void> | undefined

  function begin(): Promise<void> {
    next = undefined
    const flushed = flush(db)
    underWay = flushed.catch(() => undefined)
    return flushed
  }

  return () => {
    next ??= underWay.then(begin)
    return next
  }
}

// The log is written in order: when the record of this statement is on the disk, so is all before it, and where
// PostgreSQL waits for a replica, it is there as well.
async function flush(db: Db): Promise<void> {
  await sql`select pg_logical_emit_message(true, 'guildhall', '')`.execute(db)
}
