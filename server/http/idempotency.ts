import type { Author, KeyedRequest } from '../access/author.ts'
import { HubError } from '../kernel/errors.ts'
import type { InstanceKey } from '../kernel/secret.ts'
import type { Db } from '../store/database.ts'
import type { ProcessRow } from '../store/processes.ts'
import { type Claim, claimKey, dropClaim, findKey, keepReply, releaseKey } from './store.ts'

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

/** Which process works on a request, its claims at work, and how to learn that another process is gone. */
export type Workplace = Pick<ProcessRow, 'id' | 'whenGone'> & { inHand: Set<string> }

/**
 * Answers a mutation once per key and caller: the first time the work is done, afterwards its reply is repeated for a
 * day. A refused attempt leaves the key free, and so does a process that is gone before it changed anything. The mark
 * that the work was done is written in its own transaction, so that a crash before the reply was kept cannot do it twice.
 */
export async function once(
  db: Db,
  { author, at, key }: { author: Author; at: Workplace; key: InstanceKey },
  request: KeyedRequest & { text: string },
  work: () => Promise<KeptReply>,
): Promise<KeptReply> {
  // Keyed: a copy of the database does not let anyone test which passwords or tokens a body held
  const hash = Buffer.from(key.sign('idempotency', request.text), 'base64url')
  const claim = { actor: author.actor?.id ?? '', key: request.key, claim: request.claim }
  const attempt = { ...claim, hash, process: at.id }
  const claimed = (await claimKey(db, attempt)) || (await takeOver(db, at, attempt))
  if (!claimed) return repeat(db, key, attempt)
  at.inHand.add(claim.claim)
  try {
    const reply = await work()
    await keepReply(db, { ...claim, status: reply.status, body: key.seal(reply.body) })
    return reply
  } catch (error) {
    await releaseKey(db, claim)
    throw error
  } finally {
    at.inHand.delete(claim.claim)
  }
}

// A process that still works keeps its claims however long. The row of one that is gone is deleted, and its claims with
// it; what this process could not release, because the database was away, it lets go now.
async function takeOver(db: Db, at: Workplace, attempt: Claim & { hash: Buffer; process: string }): Promise<boolean> {
  const kept = await findKey(db, attempt)
  if (!kept?.process || !kept.claim || !kept.request_hash.equals(attempt.hash)) return false
  const isFree =
    kept.process === at.id
      ? !at.inHand.has(kept.claim) && (await dropClaim(db, kept.claim))
      : await at.whenGone(kept.process, async () => undefined)
  return isFree && claimKey(db, attempt)
}

async function repeat(
  db: Db,
  key: InstanceKey,
  asked: { actor: string; key: string; hash: Buffer },
): Promise<KeptReply> {
  const kept = await findKey(db, asked)
  if (kept === undefined)
    throw new HubError(
      'RequestInProgress',
      'The first request with this Idempotency-Key has just been refused. Send it again.',
    )
  if (!kept.request_hash.equals(asked.hash))
    throw new HubError(
      'Unprocessable',
      'Idempotency-Key: has already been used for a different request. Use a new key.',
    )
  if (kept.status !== null && kept.reply !== null) return { status: kept.status, body: key.open(kept.reply) }
  const sentence = kept.applied
    ? 'The first request with this Idempotency-Key was applied, but its response was lost.'
    : 'The first request with this Idempotency-Key is still in progress. Try again shortly.'
  throw new HubError('RequestInProgress', sentence, { body: { applied: kept.applied } })
}
