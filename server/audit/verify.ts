import { breakAt, type ChainLink, type ChainVerdict, linkHash } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import type { Db } from '../store/database.ts'
import { type ChainEnd, type ChainRow, findChainEnd, findChainRows } from './store.ts'

const batchSize = 1000

/** Recomputes the chain of an organization's events and names the first break. */
export async function verifyAuditLog(db: Db, permit: Permit<'audit.verify'>): Promise<ChainVerdict> {
  return verifyChain(db, permit.org.id)
}

/** Recomputes one chain, an organization's or the installation's, from the first event to the end it had when asked. */
export async function verifyChain(db: Db, scope: string): Promise<ChainVerdict> {
  const end = await findChainEnd(db, scope)
  let before: ChainLink | undefined
  const verdict = (firstBreak: ChainVerdict['firstBreak']): ChainVerdict => ({
    intact: firstBreak === null,
    events: before?.seq ?? 0,
    head: before?.hash ?? null,
    firstBreak,
  })
  if (end === undefined) return verdict(null)
  for await (const { row, computed } of readChain(db, scope, end.last)) {
    const link = { ...row, seq: Number(row.seq), canonical: row.event }
    const reason = breakAt(before, link, computed, 'refused') ?? differingColumn(row)
    if (reason !== undefined) return verdict({ seq: link.seq, reason })
    before = link
  }
  return verdict(breakAtEnd(end, before))
}

async function* readChain(db: Db, scope: string, upTo: string): AsyncGenerator<{ row: ChainRow; computed: string }> {
  for (let after: string | undefined; ; ) {
    const rows = await findChainRows(db, scope, { after, upTo, limit: batchSize })
    const hashes = await Promise.all(rows.map((row) => linkHash(row.prevHash, row.event)))
    for (const [index, row] of rows.entries()) yield { row, computed: hashes[index] ?? '' }
    if (rows.length < batchSize) return
    after = rows.at(-1)?.seq
  }
}

// The columns that are searched say the same as the event that is hashed.
function differingColumn(row: ChainRow): string | undefined {
  const event = JSON.parse(row.event) as {
    _id: string
    createdAt: string
    type: string
    author: { user: string }
    ip?: string
  }
  const differing = Object.entries({
    id: event._id === row.id,
    created_at: event.createdAt === row.createdAt.toISOString(),
    type: event.type === row.type,
    author_name: event.author.user === row.authorName,
    ip: (event.ip ?? '') === (row.ip ?? ''),
  }).find(([, same]) => !same)
  return differing && `its column ${differing[0]} is not what was recorded`
}

function breakAtEnd(end: ChainEnd, last: ChainLink | undefined): ChainVerdict['firstBreak'] {
  const seq = (last?.seq ?? 0) + 1
  if (end.seq === null) return { seq, reason: 'the end of the chain is missing' }
  if (Number(end.seq) > (last?.seq ?? 0)) return { seq, reason: 'the events from here to the end are missing' }
  if (Number(end.seq) < (last?.seq ?? 0))
    return { seq: Number(end.seq) + 1, reason: 'it stands after the end of the chain' }
  const same = last === undefined || (end.hash === last.hash && end.prevHash === last.prevHash)
  return same ? null : { seq: last.seq, reason: 'the end of the chain does not match it' }
}
