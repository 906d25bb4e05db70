import type { joining, OrgRole, requests } from '../../../api/index.ts'
import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import type { PersonRow } from '../entrance/invitations-store.ts'

export interface RequestRow {
  id: string
  user_id: string
  user: PersonRow
  is_active: boolean
  message: string
  source: 'request' | 'domain'
  state: requests.RequestState
  role: OrgRole | null
  reason: string
  created_at: Date
  decided_at: Date | null
  decided_by: string | null
  link: AskedLink | null
}

/** The invite link that no longer worked, of a request made on its page. */
export type AskedLink = Pick<joining.InviteLink, 'id' | 'label' | 'last4' | 'role'>

const columns = sql`r.id, r.user_id, json_build_object('user', u.name, 'fullname', u.fullname) "user", u.state = 'active' is_active,
  r.message, r.source, r.state, r.role, r.reason, r.created_at, r.decided_at, r.decided_by,
  (select json_build_object('id', l.id, 'label', l.label, 'last4', l.last4, 'role', l.role)
    from invite_links l where l.id = r.link_id) link`

/** Lists requests to join an organization, the newest first. */
export async function listRequestRows(
  db: Db,
  list: { orgId: string; state: requests.RequestState | undefined; before: string | undefined; limit: number },
): Promise<RequestRow[]> {
  const { orgId, state, before, limit } = list
  const { rows } = await sql<RequestRow>`select ${columns} from join_requests r join users u on u.id = r.user_id
    where r.org_id = ${orgId} and (${state ?? null}::text is null or r.state::text = ${state ?? null})
      and (${before ?? null}::text is null or r.id < ${before ?? null})
    order by r.id desc limit ${limit}`.execute(db)
  return rows
}

/** The account that made a request of an organization. */
export async function findRequester(tx: Tx, orgId: string, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ user_id: string }>`
    select user_id from join_requests where org_id = ${orgId} and id = ${id}`.execute(tx)
  return rows[0]?.user_id
}

/** Reads a request of an organization, locked until the transaction ends. */
export async function lockRequest(tx: Tx, orgId: string, id: string): Promise<RequestRow | undefined> {
  const { rows } = await sql<RequestRow>`select ${columns} from join_requests r join users u on u.id = r.user_id
    where r.org_id = ${orgId} and r.id = ${id} for update of r`.execute(tx)
  return rows[0]
}

/** The latest request of a person to join an organization. */
export async function findLatestRequest(db: Db, orgId: string, userId: string): Promise<RequestRow | undefined> {
  const { rows } = await sql<RequestRow>`select ${columns} from join_requests r join users u on u.id = r.user_id
    where r.org_id = ${orgId} and r.user_id = ${userId} order by r.id desc limit 1`.execute(db)
  return rows[0]
}

export interface NewRequest {
  id: string
  orgId: string
  userId: string
  message: string
  source: 'request' | 'domain'
  linkId: string | null
  at: Date
}

/** Inserts a request that waits for a decision; false when one waits already, or the person asked with this link before. */
export async function insertRequest(tx: Tx, request: NewRequest): Promise<boolean> {
  const { rows } = await sql`
    insert into join_requests (id, org_id, user_id, message, source, link_id, created_at)
    values (${request.id}, ${request.orgId}, ${request.userId}, ${request.message}, ${request.source}, ${request.linkId}, ${request.at})
    on conflict do nothing returning id`.execute(tx)
  return rows.length > 0
}

/** How often a person has asked to join an organization since a moment, whatever became of it. */
export async function countRequests(
  tx: Tx,
  { orgId, userId, since }: { orgId: string; userId: string; since: Date },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from join_requests
    where org_id = ${orgId} and user_id = ${userId} and created_at > ${since}`.execute(tx)
  return rows[0]?.count ?? 0
}

export interface Decision {
  id: string
  state: 'approved' | 'rejected'
  role: OrgRole | null
  reason: string
  by: string
  at: Date
}

/** Writes the decision about a request. */
export async function decideRequest(tx: Tx, { id, state, role, reason, by, at }: Decision): Promise<void> {
  await sql`update join_requests set state = ${state}, role = ${role}, reason = ${reason}, decided_by = ${by}, decided_at = ${at}
    where id = ${id}`.execute(tx)
}

/** Withdraws a person's pending request; answers its ID, or undefined when there is none. */
export async function withdrawPending(tx: Tx, orgId: string, userId: string, at: Date): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`update join_requests set state = 'withdrawn', decided_at = ${at}
    where org_id = ${orgId} and user_id = ${userId} and state = 'pending' returning id`.execute(tx)
  return rows[0]?.id
}

/** Whether an organization takes requests at this moment. */
export async function takesRequests(tx: Tx, orgId: string): Promise<boolean> {
  const { rows } = await sql<{ allowed: boolean }>`
    select allow_join_requests allowed from organizations where id = ${orgId} and deleted_at is null`.execute(tx)
  return rows[0]?.allowed ?? false
}
