import { createHash } from 'node:crypto'
import { HubError } from '../kernel/errors.ts'
import type { InstanceKey } from '../kernel/secret.ts'
import { type Db, keyOf, sendWithNext, type Tx } from '../store/database.ts'
import { arrayOf, containing, sql } from '../store/sql.ts'
import type { EventFilter } from './filter.ts'
import { isSealedPlace, sealBreak, sealOf } from './seal.ts'

interface StoredEvent {
  id: string
  createdAt: Date
  type: string
  authorName: string
  ip: string
  canonical: string
}

/** Events of one chain, appended together. */
interface StoredEvents {
  scope: string
  events: readonly StoredEvent[]
}

// What is written at once: large statements take the process a while to put together.
const eventsPerInsert = 250

/**
 * Appends events to their chain, in their order: locks its head, hashes and seals here, and writes them a few hundred at
 * a time. The head stays locked until the transaction ends. The key never goes to the database, so the head is read in a
 * round trip of its own; what is written last goes with the commit.
 */
export async function appendEvents(
  tx: Tx,
  { scope, events }: StoredEvents,
  mark: AppliedMark | undefined,
): Promise<void> {
  const seal = sealer(keyOf(tx), scope)
  let head = await lockHead(tx, scope)
  for (let from = 0; from < events.length; from += eventsPerInsert)
    head = await insertAfter(tx, seal, head, {
      events: events.slice(from, from + eventsPerInsert),
      isLast: from + eventsPerInsert >= events.length,
    })
  if (mark) await markApplied(tx, mark)
}

async function insertAfter(
  tx: Tx,
  seal: Sealer,
  head: Head,
  { events, isLast }: { events: StoredEvents['events']; isLast: boolean },
): Promise<Head> {
  const places = placesAfter(head, events)
  const last = places.at(-1)
  if (last === undefined) return head
  const { scope } = seal
  const end = { ...last, seal: seal.end(head, last) }
  const write = sql`
    with head as (
      update audit_heads set seq = ${end.seq}, prev_hash = ${end.prevHash}, hash = ${end.hash}, seal = ${end.seal}
      where scope = ${scope}
    )
    insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
    select ${scope}, e.* from unnest(
      ${places.map(({ seq }) => seq)}::bigint[], ${arrayOf(events.map(({ id }) => id))},
      ${events.map(({ createdAt }) => createdAt)}::timestamptz[], ${arrayOf(events.map(({ type }) => type))},
      ${arrayOf(events.map(({ authorName }) => authorName))}, ${arrayOf(events.map(({ ip }) => ip))},
      ${arrayOf(events.map(({ canonical }) => canonical))},
      ${places.map(({ prevHash }) => prevHash)}::bytea[], ${places.map(({ hash }) => hash)}::bytea[],
      ${places.map(seal.event)}::bytea[]) e`
  if (isLast) await sendWithNext(tx, write.compile(tx))
  else await write.execute(tx)
  return end
}

/** Seals the places of one chain. */
interface Sealer {
  scope: string
  /** The seal at the new end. One that did not hold stays: an event after it must not hide that the log was rewritten. */
  end(before: Head, place: Place): Buffer | null
  event(place: Place): Buffer | null
}

function sealer(key: InstanceKey, scope: string): Sealer {
  return {
    scope,
    end(before, place) {
      const isNew = before.seq === '0' && before.seal === null
      const holds = isNew || sealBreak(key, 'audit head', { ...before, scope }) === undefined
      return holds ? sealOf(key, 'audit head', { ...place, scope }) : before.seal
    },
    event: (place) => (isSealedPlace(place.seq) ? sealOf(key, 'audit event', { ...place, scope }) : null),
  }
}

interface Place {
  seq: string
  prevHash: Buffer
  hash: Buffer
}

interface Head extends Place {
  seal: Buffer | null
}

async function lockHead(tx: Tx, scope: string): Promise<Head> {
  const read = sql<Head>`select seq, prev_hash "prevHash", hash, seal from audit_heads where scope = ${scope} for update`
  const [found] = (await read.execute(tx)).rows
  if (found) return found
  await beginChain(tx, scope)
  return lockHead(tx, scope)
}

function placesAfter(head: Place, events: StoredEvents['events']): Place[] {
  let { hash: prevHash } = head
  return events.map(({ canonical }, index) => {
    const hash = createHash('sha256').update(prevHash).update(canonical, 'utf8').digest()
    const place = { seq: String(BigInt(head.seq) + BigInt(index) + 1n), prevHash, hash }
    prevHash = hash
    return place
  })
}

// A chain begins with 32 zero bytes; two that begin it at once agree.
async function beginChain(db: Db, scope: string): Promise<void> {
  await sql`insert into audit_heads (scope, seq, prev_hash, hash)
    values (${scope}, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')) on conflict do nothing`.execute(
    db,
  )
}

/** Which request with an `Idempotency-Key` a change belongs to. */
export interface AppliedMark {
  actor: string
  key: string
  claim: string
}

// An attempt that was taken over meanwhile must not write as well: its transaction ends here.
async function markApplied(tx: Tx, { actor, key, claim }: AppliedMark): Promise<void> {
  const { numAffectedRows } = await sql`update idempotency_keys set applied = true
    where actor = ${actor} and key = ${key} and claim = ${claim}`.execute(tx)
  if (numAffectedRows === 0n)
    throw new HubError('RequestInProgress', 'Another request with the same Idempotency-Key has replaced this one.')
}

/** An event with its place in the chain; hashes in hexadecimal. */
export interface EventRow {
  seq: string
  event: string
  prevHash: string
  hash: string
}

const placeColumns = sql`seq, event, encode(prev_hash, 'hex') as "prevHash", encode(hash, 'hex') as hash`

/** Matching events below a place in the chain, newest first. */
export async function findNewestEvents(
  db: Db,
  scope: string,
  filter: EventFilter,
  page: { before: string | undefined; without: string; limit: number },
): Promise<EventRow[]> {
  const below = page.before === undefined ? sql`` : sql` and seq < ${page.before}`
  const without = page.without === '' ? sql`` : sql` and type <> ${page.without}`
  const { rows } = await sql<EventRow>`select ${placeColumns} from audit_events
    where scope = ${scope}${below}${without}${matching(filter)} order by seq desc limit ${page.limit}`.execute(db)
  return rows
}

/** Matching events after a place in the chain, oldest first. */
export async function findEventsFrom(
  db: Db,
  scope: string,
  filter: EventFilter,
  page: { after: string; upTo: string; limit: number },
): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`select ${placeColumns} from audit_events
    where scope = ${scope} and seq > ${page.after} and seq <= ${page.upTo}${matching(filter)} order by seq limit ${page.limit}`.execute(
    db,
  )
  return rows
}

// One text for each set of filters, whatever their values.
function matching({ authors, ips, types, tokens, after, before, words }: EventFilter) {
  return sql.join(
    [
      ...(authors.length > 0 ? [sql` and lower(author_name) = any(${arrayOf(authors)})`] : []),
      ...(ips.length > 0 ? [sql` and ip = any(${arrayOf(ips)})`] : []),
      ...(types.length > 0 ? [sql` and type = any(${arrayOf(types)})`] : []),
      ...(tokens.length > 0
        ? [sql` and array[event::jsonb#>>'{token,id}', event::jsonb#>>'{token,last4}'] && ${arrayOf(tokens)}`]
        : []),
      ...(after ? [sql` and created_at >= ${after}`] : []),
      ...(before ? [sql` and created_at < ${before}`] : []),
      ...(words.length > 0
        ? [sql` and event ilike all(${arrayOf(words.map((word) => containing(asInJson(word))))})`]
        : []),
    ],
    sql``,
  )
}

// The text that is searched is JSON, where a quotation mark stands as \".
function asInJson(word: string): string {
  return JSON.stringify(word).slice(1, -1)
}

/** Which of these accounts and access tokens still exist. */
export async function findPresent(
  db: Db,
  ids: { users: string[]; tokens: string[] },
): Promise<{ users: Set<string>; tokens: Set<string> }> {
  const { rows } = await sql<{ id: string; kind: 'user' | 'token' }>`
    select id, 'user' as kind from users where id = any(${arrayOf([...new Set(ids.users)])}) and state <> 'deleted'
    union all select id, 'token' from access_tokens where id = any(${arrayOf([...new Set(ids.tokens)])})`.execute(db)
  const of = (kind: string) => new Set(rows.filter((row) => row.kind === kind).map((row) => row.id))
  return { users: of('user'), tokens: of('token') }
}

/** Where a chain says it ends, and the last event there is. */
export interface ChainEnd {
  /** Null when the row that marks the end is missing. */
  seq: string | null
  prevHash: string | null
  hash: string | null
  seal: Buffer | null
  last: string
}

export async function findChainEnd(db: Db, scope: string): Promise<ChainEnd | undefined> {
  const { rows } = await sql<ChainEnd>`
    select head.seq, encode(head.prev_hash, 'hex') as "prevHash", encode(head.hash, 'hex') as hash, head.seal, coalesce(last.seq, 0)::text as last
    from (select max(seq) as seq from audit_events where scope = ${scope}) last
    left join audit_heads head on head.scope = ${scope}
    where head.seq is not null or last.seq is not null`.execute(db)
  return rows[0]
}

export interface ChainRow extends EventRow {
  id: string
  createdAt: Date
  type: string
  authorName: string
  ip: string | null
  seal: Buffer | null
}

/** All events of a chain between two places, oldest first, with the columns that copy them. */
export async function findChainRows(
  db: Db,
  scope: string,
  page: { after: string | undefined; upTo: string; limit: number },
): Promise<ChainRow[]> {
  const above = page.after === undefined ? sql`` : sql` and seq > ${page.after}`
  const { rows } =
    await sql<ChainRow>`select ${placeColumns}, id, created_at as "createdAt", type, author_name as "authorName", ip, seal
    from audit_events where scope = ${scope}${above} and seq <= ${page.upTo} order by seq limit ${page.limit}`.execute(
      db,
    )
  return rows
}

/** Events of some types by one person, since a moment. */
export interface AskedEvent {
  author: string
  types: readonly string[]
  since: Date
}

/** Whether there is such an event in a log. */
export async function hasEvent(db: Db, scope: string, { author, types, since }: AskedEvent): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select exists (select from audit_events
    where scope = ${scope} and type = any(${arrayOf(types)}) and lower(author_name) = ${author.toLowerCase()}
      and created_at >= ${since}::timestamptz) found`.execute(db)
  return rows[0]?.found ?? false
}
