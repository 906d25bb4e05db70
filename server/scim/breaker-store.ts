import { liveMembership } from '../access/grants.ts'
import type { Db, Tx } from '../store/database.ts'
import { arrayOf, sql } from '../store/sql.ts'

/** A window in which removals are counted. */
export interface Window {
  began_at: Date
  /** How many members there were when it began. */
  members: number
}

/** Locks the present window of an organization until the transaction ends; one that began before a moment starts again. */
export async function lockWindow(tx: Tx, orgId: string, { at, since }: { at: Date; since: Date }): Promise<Window> {
  const members = sql`(select count(*)::int from memberships m where m.org_id = ${orgId} and ${liveMembership('m', at)})`
  const { rows } = await sql<Window>`
    insert into scim_windows as w (org_id, began_at, members) values (${orgId}, ${at}, ${members})
    on conflict (org_id) do update set
      members = case when w.began_at <= ${since} then excluded.members else w.members end,
      began_at = case when w.began_at <= ${since} then excluded.began_at else w.began_at end
    returning began_at, members`.execute(tx)
  await sql`delete from scim_removals where org_id = ${orgId} and at <= ${since}`.execute(tx)
  return rows[0] ?? { began_at: at, members: 0 }
}

/** Someone who is removed. */
export interface Removal {
  userId: string
  wasAdmin: boolean
}

/** Lists whom SCIM removed in the present window. */
export async function listRemovals(tx: Tx, orgId: string): Promise<Removal[]> {
  const { rows } = await sql<Removal>`
    select user_id "userId", was_admin "wasAdmin" from scim_removals where org_id = ${orgId}`.execute(tx)
  return rows
}

/** Counts people as removed; each counts once. */
export async function insertRemovals(tx: Tx, orgId: string, people: readonly Removal[], at: Date): Promise<void> {
  await sql`insert into scim_removals (org_id, user_id, was_admin, at)
    select ${orgId}, w.id, w.was_admin, ${at}
    from unnest(${arrayOf(people.map(({ userId }) => userId))}, ${people.map(({ wasAdmin }) => wasAdmin)}::boolean[]) w(id, was_admin)
    order by w.id
    on conflict (org_id, user_id) do update set was_admin = scim_removals.was_admin or excluded.was_admin`.execute(tx)
}

/** How the same request was last decided: it waits, or it was denied. */
export async function findDecision(
  tx: Tx,
  { orgId, fingerprint }: { orgId: string; fingerprint: Buffer },
  { at, deniedSince }: { at: Date; deniedSince: Date },
): Promise<'waiting' | 'denied' | undefined> {
  const { rows } = await sql<{ state: 'waiting' | 'denied' }>`select state from scim_held
    where org_id = ${orgId} and fingerprint = ${fingerprint}
      and ((state = 'waiting' and expires_at > ${at}) or (state = 'denied' and decided_at > ${deniedSince}))
    order by id desc limit 1`.execute(tx)
  return rows[0]?.state
}

export interface HeldRequest {
  method: 'PUT' | 'PATCH' | 'DELETE'
  resource: 'User' | 'Group'
  id: string
  body: unknown
}

interface NewHeld {
  id: string
  orgId: string
  fingerprint: Buffer
  request: HeldRequest
  summary: string
  people: number
  at: Date
  expiresAt: Date
}

/** Keeps a removal that waits for an admin; the same request waits once. Tells how many others wait, if it is new. */
export async function insertHeld(tx: Tx, held: NewHeld): Promise<number | undefined> {
  const { id, orgId, fingerprint, request, summary, people, at, expiresAt } = held
  await sql`update scim_held set state = 'expired' where org_id = ${orgId} and state = 'waiting' and expires_at <= ${at}`.execute(
    tx,
  )
  const { rows } = await sql<{ others: number }>`
    insert into scim_held (id, org_id, fingerprint, request, summary, people, created_at, expires_at)
    values (${id}, ${orgId}, ${fingerprint}, ${JSON.stringify(request)}::jsonb, ${summary}, ${people}, ${at}, ${expiresAt})
    on conflict (org_id, fingerprint) where state = 'waiting' do nothing
    returning (select count(*)::int from scim_held o where o.org_id = ${orgId} and o.state = 'waiting') others`.execute(
    tx,
  )
  return rows[0]?.others
}

export interface HeldRow {
  id: string
  state: 'waiting' | 'approved' | 'denied' | 'expired'
  request: HeldRequest
  summary: string
  people: number
  created_at: Date
  expires_at: Date
  decided_at: Date | null
  decided_by: string | null
}

const columns = (
  at: Date,
) => sql`id, case when state = 'waiting' and expires_at <= ${at} then 'expired' else state end state,
  request, summary, people, created_at, expires_at, decided_at, decided_by`

/** Lists the last removals that waited, or wait. */
export async function listHeld(db: Db, orgId: string, { at, limit }: { at: Date; limit: number }): Promise<HeldRow[]> {
  const { rows } = await sql<HeldRow>`select ${columns(at)} from scim_held where org_id = ${orgId}
    order by (state = 'waiting' and expires_at > ${at}) desc, id desc limit ${limit}`.execute(db)
  return rows
}

/** Locks a removal that waits, so that it is decided once. */
export async function lockHeld(tx: Tx, orgId: string, id: string, at: Date): Promise<HeldRow | undefined> {
  const { rows } = await sql<HeldRow>`select ${columns(at)} from scim_held
    where org_id = ${orgId} and id = ${id} for update`.execute(tx)
  return rows[0]
}

/** Writes down what was decided about a removal. */
export async function decideHeld(
  tx: Tx,
  id: string,
  { state, by, at }: { state: 'approved' | 'denied'; by: string; at: Date },
): Promise<void> {
  await sql`update scim_held set state = ${state}, decided_by = ${by}, decided_at = ${at} where id = ${id}`.execute(tx)
}
