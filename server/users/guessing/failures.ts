import type { Author } from '../../access/author.ts'
import { maskAddress, record } from '../../audit/record.ts'
import { hourSeconds } from '../../kernel/clock.ts'
import { log } from '../../kernel/log.ts'
import { type Db, transaction } from '../../store/database.ts'
import { countOccurrence } from './attempts.ts'

/** Something that attacks are made of. */
export interface Failure {
  type: 'session.fail' | 'session.fail_code' | 'limit.reach'
  /** One plain sentence, without the author. */
  message: string
  /** The account that it is about, where there is one. What was typed is never written down: it may be a password. */
  user: { id: string; name: string } | undefined
  /** What is folded together, such as the name that was typed: an account that exists takes no longer than one that does not. */
  about: string
  data?: Record<string, unknown>
}

const mostAnHour = 200

/**
 * Writes a failure into the log of the instance, and one line of warning. Folded, so that no one can flood either: of one
 * network about one name the first in an hour is written, then the tenth, the hundredth; in all at most 200 of a type.
 */
export async function noteFailure(
  db: Db,
  author: Author,
  { type, message, user, about, data }: Failure,
): Promise<void> {
  const network = maskAddress(author.request.ip)
  const count = await countOccurrence(db, occurrences(type), `${network} ${about}`)
  if (!/^10*$/.test(String(count))) return
  if ((await countOccurrence(db, occurrences('written'), type)) > mostAnHour) return
  log.warn({ type, network, user: user?.name, count, requestId: author.request.id }, message)
  const event = { type, message, data: { ...data, user: user?.name ?? null, count }, scope: 'instance' }
  const named = { ...author, idempotencyKey: undefined }
  await transaction(db, (tx) => record(tx, named, event))
}

function occurrences(name: string) {
  return { name: `event ${name}`, windowSeconds: hourSeconds }
}
