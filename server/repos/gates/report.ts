import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { csvHeader, csvLine } from '../../csv/lines.ts'
import { dayOf, now } from '../../kernel/clock.ts'
import type { Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { requestReply, stateNow } from './reply.ts'
import { listAllRequests, type RequestRow } from './store.ts'

type Report = typeof api.gated.accessReport

const batchSize = 1000

/** Writes a report piece by piece, from batches that follow an ID. */
export interface ReportWriting<Row> {
  rowsAfter(last: Row | undefined): Promise<Row[]>
  json(row: Row): unknown
  columns: readonly string[]
  cells(row: Row): readonly string[]
}

/** The pieces of a report in JSON (one list) or CSV; never more than one batch is in memory. */
async function* pieces<Row>(format: 'json' | 'csv', writing: ReportWriting<Row>): AsyncGenerator<string> {
  yield format === 'json' ? '[' : csvHeader(writing.columns)
  let last: Row | undefined
  for (;;) {
    const rows = await writing.rowsAfter(last)
    if (rows.length === 0) break
    const isFirst = last === undefined
    yield format === 'csv'
      ? rows.map((row) => csvLine(writing.cells(row))).join('')
      : `${isFirst ? '' : ','}\n${rows.map((row) => JSON.stringify(writing.json(row))).join(',\n')}`
    last = rows.at(-1)
  }
  yield format === 'json' ? '\n]\n' : ''
}

const contentTypes = { json: 'application/json; charset=utf-8', csv: 'text/csv; charset=utf-8' } as const

/** A report as a download: named after the repository, what it is about, and the day. */
export function reportOf<Row>(
  { namespace, name }: { namespace: string; name: string },
  about: string,
  format: 'json' | 'csv',
  writing: ReportWriting<Row>,
): api.Download {
  return {
    fileName: `${namespace}-${name}-${about}-${dayOf(now())}.${format}`,
    contentType: contentTypes[format],
    chunks: pieces(format, writing),
  }
}

/** Every request of a repository with its answers, as a download; expired access too, with the status `expired`. */
export async function accessReport(
  db: Db,
  permit: Permit<'gate.review'>,
  { format }: InputOf<Report>,
  links: Links,
): Promise<ResultOf<Report>> {
  return reportOf<RequestRow>(permit.repo, 'access-requests', format, {
    rowsAfter: (last) => listAllRequests(db, permit.repo.id, last?.id ?? '', batchSize),
    json: (row) => ({ ...requestReply(row, links), status: stateNow(row) }),
    columns: [
      'username',
      'fullname',
      'email',
      'status',
      'requested',
      'reviewed',
      'reviewed_by',
      'reason',
      'expires',
      'fields',
    ],
    cells: (row) => [
      row.user,
      row.fullname,
      row.email ?? '',
      stateNow(row),
      row.created_at.toISOString(),
      row.handled_at?.toISOString() ?? '',
      row.handled_by ?? '',
      row.reason ?? '',
      row.expires_at?.toISOString() ?? '',
      row.answers.length === 0
        ? ''
        : JSON.stringify(Object.fromEntries(row.answers.map(({ name, answer }) => [name, answer]))),
    ],
  })
}
