import type * as api from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { HubError } from '../kernel/errors.ts'
import { decodeCursor, pageOf } from '../kernel/page.ts'
import type { Links } from '../mail/links.ts'
import type { Db } from '../store/database.ts'
import { exportedEvents } from './exported.ts'
import { type EventFilter, parseFilter } from './filter.ts'
import { instanceScope } from './record.ts'
import { type AskedEvent, findNewestEvents, hasEvent } from './store.ts'

type Events = api.ResultOf<typeof api.audit.searchAuditLog>
type From = { cursor?: string | undefined; limit: number }

/** The type of the event that an export leaves. */
export const exportType = 'org.audit_log.export'

/** The audit log of an organization, newest first; exports are left out unless asked for. */
export async function searchAuditLog(
  db: Db,
  permit: Permit<'audit.search'>,
  input: api.InputOf<typeof api.audit.searchAuditLog>,
  links: Links,
): Promise<Events> {
  const filter = parseFilter(input.q)
  const withExports = input.includeExports === true || filter.types.includes(exportType)
  return page(db, { scope: permit.org.id, links, filter, without: withExports ? '' : exportType }, input)
}

/** The events of accounts and of the installation itself, newest first. */
export async function instanceAuditLog(
  db: Db,
  _permit: Permit<'operator.viewAuditLog'>,
  input: api.InputOf<typeof api.operator.instanceAuditLog>,
  links: Links,
): Promise<Events> {
  const filter = parseFilter(input.q)
  return page(db, { scope: instanceScope, links, filter, without: '' }, input)
}

/** Whether someone, by this username, left an event of one of these types in the log of an organization since a moment. */
export function hasEventBy(db: Db, orgId: string, asked: AskedEvent): Promise<boolean> {
  return hasEvent(db, orgId, asked)
}

interface Search {
  scope: string
  links: Links
  filter: EventFilter
  without: string
}

async function page(db: Db, { scope, links, filter, without }: Search, { cursor, limit }: From): Promise<Events> {
  const before = cursor === undefined ? undefined : seqOf(cursor)
  const rows = await findNewestEvents(db, scope, filter, { before, without, limit: limit + 1 })
  const { items, next } = pageOf(rows, limit, (row) => [row.seq])
  return { items: await exportedEvents(db, links, items), next }
}

function seqOf(cursor: string): string {
  const [seq = ''] = decodeCursor(cursor, 1)
  if (!/^\d{1,18}$/.test(seq)) throw new HubError('BadRequest', 'cursor: is invalid. Start again without it.')
  return seq
}
