import type { audit } from '../../api/index.ts'
import { avatarUrl, type Links } from '../mail/links.ts'
import type { Db } from '../store/database.ts'
import { type EventRow, findPresent } from './store.ts'

type Stored = Omit<audit.AuditEvent, 'author' | 'token' | 'data'> & {
  author: Omit<audit.AuditEvent['author'], 'avatarUrl' | 'deleted'>
  token?: Omit<NonNullable<audit.AuditEvent['token']>, 'deleted'>
  data: Record<string, unknown>
}

/**
 * Events as they are shown and exported: what was recorded, unchanged, plus the picture of the author, whether author
 * and token are gone by now, and the place in the chain. Taking those away again gives what was hashed.
 */
export async function exportedEvents(db: Db, links: Links, rows: EventRow[]): Promise<audit.AuditEvent[]> {
  const events = rows.map((row) => ({ row, event: JSON.parse(row.event) as Stored }))
  const present = await findPresent(db, {
    users: events.map(({ event }) => event.author._id),
    tokens: events.flatMap(({ event }) => event.token?.id ?? []),
  })
  return events.map(({ row, event: { author, token, data, ...event } }) => ({
    ...event,
    author: {
      ...author,
      avatarUrl: avatarUrl(links, author.user),
      ...(author.type === 'user' && !present.users.has(author._id) && { deleted: true }),
    },
    ...(token && { token: { ...token, deleted: !present.tokens.has(token.id) } }),
    data: { ...data, chain: { seq: Number(row.seq), prevHash: row.prevHash, hash: row.hash } },
  }))
}
