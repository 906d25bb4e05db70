import { confirmingRoles } from '../../access/escalation.ts'
import { adminRow, hasTwoFactor, liveMembership, meetsTwoFactor, meetsTwoFactorInTime } from '../../access/grants.ts'
import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import { mailTo } from '../../users/addresses/mail-address.ts'

// A membership `m` of an account `u` that counts at a moment, in the organization `o`.
const counts = (at: Date) => sql`u.state = 'active' and ${liveMembership('m', at)}`
// The same, and not kept out by the organization's own requirements.
const getsIn = (at: Date) => sql`${counts(at)} and ${meetsTwoFactor('o', hasTwoFactor('u'), at)}`
// When a member was last seen, by whatever they did; null when never.
const lastSeen = sql`greatest((select nullif(a.last_at, '-infinity') from member_activity a where a.org_id = m.org_id and a.user_id = m.user_id),
  (select max(s.last_seen_at) from sessions s where s.user_id = u.id), (select max(t.last_used_at) from access_tokens t where t.user_id = u.id))`

/** When the admins of an organization were seen. */
export interface SeenRow {
  adminless_since: Date | null
  deleted_at: Date | null
  /** The last sign of life of an admin with an active account, the day they joined included. */
  alive_at: Date | null
  /** When someone with the role admin, whatever became of the account, was last seen. */
  seen_at: Date | null
  /** Whether someone is there who could veto: an admin with an active account. */
  has_living_admin: boolean
}

/** Reads when the admins of an organization were last seen; `except` someone, where it is asked who could veto. */
export async function findSeen(db: Db, orgId: string, at: Date, except: string): Promise<SeenRow | undefined> {
  const { rows } = await sql<SeenRow>`
    select o.adminless_since, o.deleted_at, a.alive_at, a.seen_at, coalesce(a.has_living_admin, false) has_living_admin
    from organizations o left join lateral (
      select max(greatest(m.joined_at, ${lastSeen})) filter (where ${counts(at)}) alive_at, max(${lastSeen}) seen_at,
        bool_or(${counts(at)} and m.user_id <> ${except}) has_living_admin
      from memberships m join users u on u.id = m.user_id where m.org_id = o.id and ${adminRow('m')}
    ) a on true
    where o.id = ${orgId}`.execute(db)
  return rows[0]
}

/** Organizations noted as without a usable admin. */
export async function findAdminless(db: Db): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from organizations where adminless_since is not null and deleted_at is null order by id`.execute(db)
  return rows
}

/** Domains of an organization that were verified before a moment and still are, in which someone has a verified address. */
export async function findProvableDomains(db: Db, orgId: string, userId: string, before: Date): Promise<string[]> {
  const { rows } = await sql<{ domain: string }>`
    select d.domain from organization_domains d
    where d.org_id = ${orgId} and d.state = 'verified' and d.verified_at < ${before}
      and exists (select from emails e where e.user_id = ${userId} and e.verified_at is not null
        and lower(split_part(e.address, '@', 2)) = d.domain)
    order by d.domain`.execute(db)
  return rows.map(({ domain }) => domain)
}

/** Locks an account and its membership, so that neither changes until the transaction ends. */
export async function lockPerson(tx: Tx, orgId: string, userId: string): Promise<void> {
  await sql`select from users where id = ${userId} for no key update`.execute(tx)
  await sql`select from memberships where org_id = ${orgId} and user_id = ${userId} for no key update`.execute(tx)
}

/** What is asked of the person whom a recovery request is about, as it is now. */
export interface PersonFacts {
  name: string
  fullname: string
  email: string | null
  is_active: boolean
  is_operator: boolean
  is_verified: boolean
  /** Has 2FA, or the organization does not require it. */
  has_factor: boolean
  role: 'no_access' | 'read' | 'contributor' | 'write' | 'admin' | null
}

/** Reads a person beside an organization. */
export async function findPersonFacts(
  db: Db,
  orgId: string,
  userId: string,
  at: Date,
): Promise<PersonFacts | undefined> {
  const { rows } = await sql<PersonFacts>`
    select u.name, u.fullname, ${mailTo()} email, u.state = 'active' is_active, u.is_operator,
      exists (select from emails e where e.user_id = u.id and e.verified_at is not null) is_verified,
      ${meetsTwoFactorInTime('o', 'u')} has_factor,
      (select m.role from memberships m where m.org_id = o.id and m.user_id = u.id and ${liveMembership('m', at)}) "role"
    from users u, organizations o where u.id = ${userId} and o.id = ${orgId}`.execute(db)
  return rows[0]
}

/** How many operators have an active account. */
export async function countOperators(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int count from users where is_operator and state = 'active'`.execute(db)
  return rows[0]?.count ?? 0
}

/** What the members say about a recovery request for someone. */
export interface QuorumRow {
  /** Members with `write` or more since before the loss who get in, below admin; the person of the recovery request is not counted. */
  pool: number
  /** Names of those who confirmed and could do so now. */
  confirmed: string[]
}

/** Counts whose confirmation a recovery request needs, and who has confirmed. */
export async function findQuorum(
  db: Db,
  {
    orgId,
    personId,
    recoveryRequestId,
    lostAt,
  }: { orgId: string; personId: string; recoveryRequestId: string; lostAt: Date },
  at: Date,
): Promise<QuorumRow> {
  const { rows } = await sql<QuorumRow>`
    select count(*) filter (where not ${adminRow('m')})::int pool,
      coalesce(json_agg(u.name order by v.at) filter (where v.confirmed_by_id is not null), '[]') confirmed
    from memberships m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
    left join recovery_confirmations v on v.recovery_request_id = ${recoveryRequestId} and v.confirmed_by_id = m.user_id
    where m.org_id = ${orgId} and m.user_id <> ${personId} and m.role = any(${confirmingRoles}::org_role[]) and ${getsIn(at)}
      and coalesce(m.role_since, m.joined_at) <= ${lostAt}`.execute(db)
  return rows[0] ?? { pool: 0, confirmed: [] }
}

/** An operator who approved and still is one; the command line on the server always is. */
export interface ApprovalRow {
  id: string
  name: string
  has_account: boolean
  /** When they became operator; null for the command line. */
  operator_since: Date | null
}

/** The approvals of a recovery request that count. */
export async function listApprovals(db: Db, recoveryRequestId: string, consoleId: string): Promise<ApprovalRow[]> {
  const { rows } = await sql<ApprovalRow>`
    select v.confirmed_by_id id, v.name, u.id is not null has_account, coalesce(u.operator_since, u.created_at) operator_since
    from recovery_confirmations v
    left join users u on u.id = v.confirmed_by_id and u.state = 'active' and u.is_operator
    where v.recovery_request_id = ${recoveryRequestId} and (u.id is not null or v.confirmed_by_id = ${consoleId}) order by v.at`.execute(
    db,
  )
  return rows
}

/** An active account by user name, an old one included. */
export async function findAccountNamed(db: Db, lowerName: string): Promise<{ id: string } | undefined> {
  const { rows } = await sql<{ id: string }>`
    select u.id from names n join users u on u.id = n.user_id and u.state = 'active' where n.lower_name = ${lowerName}`.execute(
    db,
  )
  return rows[0]
}
