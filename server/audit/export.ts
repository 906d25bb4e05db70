import type * as api from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { dayOf, now } from '../kernel/clock.ts'
import type { Links } from '../mail/links.ts'
import { type Db, transaction } from '../store/database.ts'
import { csvHead, csvRow } from './csv.ts'
import { exportedEvents } from './exported.ts'
import { type EventFilter, parseFilter } from './filter.ts'
import { record } from './record.ts'
import { exportType } from './search.ts'
import { findChainEnd, findEventsFrom } from './store.ts'

const batchSize = 1000

type Result = api.ResultOf<typeof api.audit.exportAuditLog>

/** Exports all matching events, oldest first, piece by piece. The export is recorded first, and so is part of what it exports. */
export async function exportAuditLog(
  db: Db,
  permit: Permit<'audit.export'>,
  input: api.InputOf<typeof api.audit.exportAuditLog>,
  links: Links,
): Promise<Result> {
  const filter = parseFilter(input.q)
  const what = input.q ? `the audit log events that match ${input.q}` : 'the audit log'
  await transaction(db, (tx) =>
    record(tx, permit, {
      type: exportType,
      message: `exported ${what}`,
      data: { q: input.q ?? '', format: input.format },
    }),
  )
  const end = await findChainEnd(db, permit.org.id)
  const events = readEvents(db, { orgId: permit.org.id, filter, upTo: end?.seq ?? '0' }, links)
  const name = `${permit.org.name}-audit-log-${dayOf(now())}`
  if (input.format === 'csv')
    return { fileName: `${name}.csv`, contentType: 'text/csv; charset=utf-8', chunks: asCsv(events) }
  return { fileName: `${name}.json`, contentType: 'application/json; charset=utf-8', chunks: asJson(events) }
}

type Batch = api.audit.AuditEvent[]

// Never more than one batch in memory; what is recorded after the export began is not part of it.
async function* readEvents(
  db: Db,
  { orgId, filter, upTo }: { orgId: string; filter: EventFilter; upTo: string },
  links: Links,
): AsyncGenerator<Batch> {
  let after = '0'
  for (;;) {
    const rows = await findEventsFrom(db, orgId, filter, { after, upTo, limit: batchSize })
    if (rows.length > 0) yield await exportedEvents(db, links, rows)
    if (rows.length < batchSize) return
    after = rows.at(-1)?.seq ?? upTo
  }
}

// One event a line, so that other tools can read the array line by line as well.
async function* asJson(batches: AsyncIterable<Batch>): AsyncGenerator<string> {
  let opening = '[\n'
  for await (const batch of batches) {
    yield opening + batch.map((event) => JSON.stringify(event)).join(',\n')
    opening = ',\n'
  }
  yield opening === '[\n' ? '[]\n' : '\n]\n'
}

async function* asCsv(batches: AsyncIterable<Batch>): AsyncGenerator<string> {
  yield csvHead
  for await (const batch of batches) yield batch.map(csvRow).join('')
}
