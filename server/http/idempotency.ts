import { createHash } from 'node:crypto'
import type { AnyPermit, Hub } from '../access/permit.ts'
import { HubError } from '../kernel/errors.ts'
import type { Db } from '../store/database.ts'
import { claimKey, findKey, keepReply, releaseKey } from './store.ts'

/** A reply as it was given the first time. */
export interface KeptReply {
  status: number
  body: string
}

/** Reads the `Idempotency-Key` header; throws `400` for one that is no short printable text. */
export function idempotencyKeyOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header === 'string' && /^[\x21-\x7e]{1,200}$/.test(header)) return header
  throw new HubError('BadRequest', 'Idempotency-Key: must have 1 to 200 printable characters.')
}

/**
 * Answers a mutation once per key and caller: the first time the work is done, afterwards its reply is repeated for a
 * day. A refused attempt leaves the key free. The mark that the work was done is written in its own transaction, so
 * that a crash before the reply was kept cannot do it twice.
 */
export async function once(
  db: Db,
  permit: AnyPermit,
  request: { key: string; text: string },
  work: () => Promise<KeptReply>,
): Promise<KeptReply> {
  const actor = permit.actor?.id ?? ''
  const hash = createHash('sha256').update(request.text).digest()
  const claimed = await claimKey(db, { actor, key: request.key, hash })
  if (!claimed) return repeat(db, permit.hub, { actor, key: request.key, hash })
  try {
    const reply = await work()
    await keepReply(db, { actor, key: request.key, status: reply.status, body: permit.hub.key.seal(reply.body) })
    return reply
  } catch (error) {
    await releaseKey(db, { actor, key: request.key })
    throw error
  }
}

async function repeat(db: Db, hub: Hub, asked: { actor: string; key: string; hash: Buffer }): Promise<KeptReply> {
  const kept = await findKey(db, asked)
  if (kept === undefined)
    throw new HubError(
      'RequestInProgress',
      'The first request with this Idempotency-Key was just refused; send it again.',
    )
  if (!kept.request_hash.equals(asked.hash))
    throw new HubError('Unprocessable', 'Idempotency-Key: was used for another request.')
  if (kept.status !== null && kept.reply !== null) return { status: kept.status, body: hub.key.open(kept.reply) }
  const sentence = kept.applied
    ? 'The first request with this Idempotency-Key was carried out, but its reply was lost.'
    : 'The first request with this Idempotency-Key is still being worked on.'
  throw new HubError('RequestInProgress', sentence, { body: { applied: kept.applied } })
}
