import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

interface StoredEvent {
  scope: string
  id: string
  createdAt: Date
  type: string
  authorName: string
  ip: string
  canonical: string
}

/** Appends an event to its chain in one statement: moves the head, hashes, inserts. The head stays locked until commit. */
export async function appendEvent(tx: Tx, event: StoredEvent, mark: { actor: string; key: string } | undefined): Promise<void> {
  const { rows } = await sql<{ seq: string }>`
    with head as (
      update audit_heads
      set seq = seq + 1, prev_hash = hash, hash = sha256(hash || convert_to(${event.canonical}::text, 'UTF8'))
      where scope = ${event.scope}
      returning seq, prev_hash, hash
    )
    insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash)
    select ${event.scope}, head.seq, ${event.id}, ${event.createdAt}, ${event.type}, ${event.authorName}, ${event.ip},
      ${event.canonical}, head.prev_hash, head.hash
    from head
    returning seq`.execute(tx)
  if (rows.length === 0) {
    await beginChain(tx, event.scope)
    return appendEvent(tx, event, mark)
  }
  if (mark) await markApplied(tx, mark)
}

// A chain begins with 32 zero bytes; two that begin it at once agree.
async function beginChain(db: Db, scope: string): Promise<void> {
  await sql`insert into audit_heads (scope, seq, prev_hash, hash)
    values (${scope}, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')) on conflict do nothing`.execute(db)
}

async function markApplied(tx: Tx, mark: { actor: string; key: string }): Promise<void> {
  await sql`update idempotency_keys set applied = true where actor = ${mark.actor} and key = ${mark.key}`.execute(tx)
}
