import type * as api from '../../../api/index.ts'
import { peopleCsv } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { record } from '../../audit/record.ts'
import { csvHeader, csvLine } from '../../csv/lines.ts'
import { dayOf, now } from '../../kernel/clock.ts'
import { type Db, transaction } from '../../store/database.ts'
import { type ExportRow, findExportRows } from './export-store.ts'
import { findVisibleAddresses } from './list-store.ts'

const batchSize = 1000

const columns = [
  'username',
  'fullname',
  'role',
  'groups',
  'source',
  'joined',
  'last_active',
  'two_factor',
  'expires',
  'verified_email',
]

/** Exports every member as CSV, piece by piece. The export takes what is known of people out of the hub, and is recorded. */
export async function exportMembers(
  db: Db,
  permit: Permit<'member.export'>,
): Promise<api.ResultOf<typeof api.bulk.exportMembers>> {
  await transaction(db, (tx) =>
    record(tx, permit, { type: 'org.members.export', message: 'exported the members as CSV', data: { format: 'csv' } }),
  )
  return {
    fileName: `${permit.org.name}-members-${dayOf(now())}.csv`,
    contentType: 'text/csv; charset=utf-8',
    chunks: linesOf(db, permit),
  }
}

// Never more than one batch in memory.
async function* linesOf(db: Db, { org }: Permit<'member.export'>): AsyncGenerator<string> {
  yield csvHeader(columns)
  const at = now()
  let after = ''
  for (;;) {
    const rows = await findExportRows(db, { orgId: org.id, after, limit: batchSize, at })
    const ids = rows.map(({ id }) => id)
    // No one's address is anybody's business but those in a domain that is verified as the organization's
    const addresses = org.isVerified && ids.length > 0 ? await findVisibleAddresses(db, org.id, ids) : new Map()
    if (rows.length > 0) yield rows.map((row) => csvLine(cellsOf(row, addresses.get(row.id)))).join('')
    if (rows.length < batchSize) return
    after = rows.at(-1)?.membershipId ?? ''
  }
}

function cellsOf(row: ExportRow, address: string | undefined): string[] {
  return [
    row.user,
    row.fullname,
    row.role,
    peopleCsv.groupsCell(row.groups),
    row.source,
    row.joinedAt.toISOString(),
    row.lastActiveAt?.toISOString() ?? '',
    row.hasTwoFactor ? 'yes' : 'no',
    row.expiresAt?.toISOString() ?? '',
    address ?? '',
  ]
}
