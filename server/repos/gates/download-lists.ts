import type * as api from '../../../api/index.ts'
import type { gated, InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { daySeconds } from '../../kernel/clock.ts'
import { badField } from '../../kernel/errors.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import type { Db } from '../../store/database.ts'
import { type DownloadRow, deleteOldDownloads, listDownloads } from './downloads-store.ts'
import { reportOf } from './report.ts'

type Gated = typeof api.gated
type Reviewing = Permit<'gate.review'>

const batchSize = 1000
const keptSeconds = 400 * daySeconds

/** Lists who downloaded what from the repository, the newest first. */
export async function listGateDownloads(
  db: Db,
  permit: Reviewing,
  { cursor, limit, user }: InputOf<Gated['listGateDownloads']>,
): Promise<ResultOf<Gated['listGateDownloads']>> {
  const last = cursor === undefined ? undefined : rowBefore(cursor)
  const rows = await listDownloads(db, { repoId: permit.repo.id, user, last, most: limit + 1 })
  const page = pageOf(rows, limit, ({ at, hash }) => [at, hash])
  return { items: page.items.map(replyOf), next: page.next }
}

function rowBefore(cursor: string): string[] {
  const keys = decodeCursor(cursor, 2)
  if (/^\d{1,16}$/.test(keys[0] ?? '') && /^[0-9a-f]{64}$/.test(keys[1] ?? '')) return keys
  throw badField('cursor', 'belongs to another list. Start again without it')
}

/** The same as a download, piece by piece. */
export async function exportGateDownloads(
  db: Db,
  permit: Reviewing,
  { format }: InputOf<Gated['exportGateDownloads']>,
): Promise<ResultOf<Gated['exportGateDownloads']>> {
  return reportOf<DownloadRow>(permit.repo, 'downloads', format, {
    rowsAfter: (last) =>
      listDownloads(db, { repoId: permit.repo.id, last: last && [last.at, last.hash], most: batchSize }),
    json: replyOf,
    columns: ['username', 'fullname', 'via', 'path', 'revision', 'first', 'last', 'requests'],
    cells: (row) => [
      row.user,
      row.fullname,
      row.via,
      row.path ?? '',
      row.revision ?? '',
      row.first_at.toISOString(),
      row.last_at.toISOString(),
      String(row.requests),
    ],
  })
}

function replyOf(row: DownloadRow): gated.DownloadRecord {
  return {
    user: row.user,
    userId: row.user_id,
    fullname: row.fullname,
    via: row.via,
    path: row.path,
    revision: row.revision,
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    requests: row.requests,
  }
}

/** Forgets records of downloads that are too old. */
export async function forgetDownloads(db: Db): Promise<void> {
  while ((await deleteOldDownloads(db, { keptSeconds, most: 10_000 })) === 10_000);
}
