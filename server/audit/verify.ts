import type * as api from '../../api/index.ts'
import { breakAt, type ChainLink, type ChainVerdict, lacksNoted, linkHash, noEvents } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { type Db, keyOf } from '../store/database.ts'
import { instanceScope } from './record.ts'
import { isSealedPlace, sealBreak } from './seal.ts'
import { type ChainEnd, type ChainRow, findChainEnd, findChainRows } from './store.ts'

const batchSize = 1000

/** Recomputes the chain of an organization's events and names the first break. */
export async function verifyAuditLog(
  db: Db,
  permit: Permit<'audit.verify'>,
  { contains }: api.InputOf<typeof api.audit.verifyAuditLog>,
): Promise<ChainVerdict> {
  return verifyChain(db, { scope: permit.org.id, firstType: 'org.create', contains })
}

/** The same for the events of the instance itself. */
export async function verifyInstanceLog(
  db: Db,
  _permit: Permit<'operator.viewAuditLog'>,
  { contains }: api.InputOf<typeof api.operator.verifyInstanceLog>,
): Promise<ChainVerdict> {
  return verifyChain(db, { scope: instanceScope, contains })
}

interface Asked {
  scope: string
  /** The type of the event that the chain begins with. A log that was emptied begins with another one. */
  firstType?: string
  /** A hash noted earlier, which must be in the chain. */
  contains?: string | undefined
}

/** Recomputes one chain, an organization's or the instance's, from the first event to the end it had when asked. */
export async function verifyChain(db: Db, { scope, firstType, contains }: Asked): Promise<ChainVerdict> {
  const end = await findChainEnd(db, scope)
  let before: ChainLink | undefined
  let isNoted = contains === undefined
  const verdict = (firstBreak: ChainVerdict['firstBreak']): ChainVerdict => ({
    intact: firstBreak === null,
    events: before?.seq ?? 0,
    head: before?.hash ?? null,
    firstBreak,
    endProven: firstBreak === null,
  })
  if (end === undefined) return verdict(noEvents)
  for await (const { row, computed } of readChain(db, scope, end.last)) {
    const link = { ...row, seq: Number(row.seq), canonical: row.event }
    const reason =
      breakAt(before, link, computed, 'refused') ??
      differingColumn(row) ??
      otherBeginning(row, firstType) ??
      brokenSeal(db, scope, row)
    if (reason !== undefined) return verdict({ seq: link.seq, reason })
    isNoted ||= link.hash === contains
    before = link
  }
  return verdict(breakAtEnd(end, before) ?? sealAtEnd(db, scope, end) ?? (isNoted ? null : lacksNoted(before)))
}

function otherBeginning(row: ChainRow, firstType: string | undefined): string | undefined {
  if (row.seq !== '1' || firstType === undefined || row.type === firstType) return undefined
  return `the log starts with this event instead of ${firstType}: earlier events were removed`
}

function brokenSeal(db: Db, scope: string, { seq, hash, seal }: ChainRow): string | undefined {
  if (!isSealedPlace(seq)) return undefined
  return sealBreak(keyOf(db), 'audit event', { scope, seq, hash: Buffer.from(hash, 'hex'), seal })
}

function sealAtEnd(db: Db, scope: string, { seq, hash, seal }: ChainEnd): ChainVerdict['firstBreak'] {
  const place = { scope, seq: seq ?? '0', hash: Buffer.from(hash ?? '', 'hex'), seal }
  const reason = sealBreak(keyOf(db), 'audit head', place)
  return reason === undefined ? null : { seq: Number(seq), reason }
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
  return differing && `its column ${differing[0]} differs from the recorded event`
}

function breakAtEnd(end: ChainEnd, last: ChainLink | undefined): ChainVerdict['firstBreak'] {
  const seq = (last?.seq ?? 0) + 1
  if (last === undefined && Number(end.seq ?? 0) === 0) return noEvents
  if (end.seq === null) return { seq, reason: 'the record of the last event is missing' }
  if (Number(end.seq) > (last?.seq ?? 0)) return { seq, reason: 'this event and all later ones are missing' }
  if (Number(end.seq) < (last?.seq ?? 0))
    return { seq: Number(end.seq) + 1, reason: 'it comes after the last recorded event' }
  const same = last === undefined || (end.hash === last.hash && end.prevHash === last.prevHash)
  return same ? null : { seq: last.seq, reason: 'it does not match the record of the last event' }
}
