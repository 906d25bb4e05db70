import { adminRow, liveMembership } from '../access/grants.ts'
import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** The verified addresses of the admins of an organization. */
export async function findAdminAddresses(db: Db, orgId: string, at: Date): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select e.address from memberships m join users u on u.id = m.user_id and u.state = 'active'
    join emails e on e.user_id = u.id and e.is_primary and e.verified_at is not null
    where m.org_id = ${orgId} and ${adminRow('m')} and ${liveMembership('m', at)} order by m.id`.execute(db)
  return rows.map(({ address }) => address)
}

interface IdentityRow {
  userId: string
  user: string
  fullname: string
  subject: string
  email: string | null
  linkedAt: Date
  lastUsedAt: Date
  isSignedIn: boolean
}

/** Lists linked identities in the order of account IDs, after one of them. */
export async function listIdentities(
  db: Db,
  { orgId, after, limit, at }: { orgId: string; after: string; limit: number; at: Date },
): Promise<IdentityRow[]> {
  const { rows } = await sql<IdentityRow>`
    select u.id "userId", u.name "user", u.fullname, i.subject, i.email, i.linked_at "linkedAt", i.last_used_at "lastUsedAt",
      exists (select from sso_sessions s where s.org_id = i.org_id and s.user_id = i.user_id and s.expires_at > ${at}
        and not s.is_break_glass) "isSignedIn"
    from sso_identities i join users u on u.id = i.user_id
    where i.org_id = ${orgId} and i.user_id > ${after} order by i.user_id limit ${limit}`.execute(db)
  return rows
}

/** Unlinks the identity of a member and ends their SSO sessions; false if there is none. */
export async function unlink(tx: Tx, orgId: string, userId: string): Promise<boolean> {
  await sql`delete from sso_sessions where org_id = ${orgId} and user_id = ${userId} and not is_break_glass`.execute(tx)
  const { rows } =
    await sql`delete from sso_identities where org_id = ${orgId} and user_id = ${userId} returning user_id`.execute(tx)
  return rows.length === 1
}

/** Ends all SSO sessions of a person in an organization; answers how many. */
export async function endOwnSessions(tx: Tx, orgId: string, userId: string): Promise<number> {
  const { rows } = await sql`with ended as materialized (select id from sso_sessions
      where org_id = ${orgId} and user_id = ${userId} order by id for update)
    delete from sso_sessions s using ended where s.id = ended.id returning s.id`.execute(tx)
  return rows.length
}

interface OwnRow {
  organization: string
  subject: string
  email: string | null
  linkedAt: Date
  lastUsedAt: Date
  sessionUntil: Date | null
  sessions: number
}

/** The linked identities of a person, with the SSO session of a browser. */
export async function listOwn(
  db: Db,
  { userId, sessionId, at }: { userId: string; sessionId: string | null; at: Date },
): Promise<OwnRow[]> {
  const { rows } = await sql<OwnRow>`
    select o.name organization, i.subject, i.email, i.linked_at "linkedAt", i.last_used_at "lastUsedAt", s.expires_at "sessionUntil",
      (select count(*)::int from sso_sessions n where n.org_id = i.org_id and n.user_id = i.user_id and n.expires_at > ${at}
        and not n.is_break_glass) sessions
    from sso_identities i join organizations o on o.id = i.org_id and o.deleted_at is null
    left join sso_sessions s on s.org_id = i.org_id and s.session_id = ${sessionId} and s.expires_at > ${at} and not s.is_break_glass
    where i.user_id = ${userId} order by o.name collate "C"`.execute(db)
  return rows
}

/** The SSO session that a browser has of an organization. */
export async function findOwnSession(
  db: Db,
  { orgId, sessionId, at }: { orgId: string; sessionId: string; at: Date },
): Promise<{ expiresAt: Date; isBreakGlass: boolean } | undefined> {
  const { rows } = await sql<{ expiresAt: Date; isBreakGlass: boolean }>`
    select expires_at "expiresAt", is_break_glass "isBreakGlass" from sso_sessions
    where org_id = ${orgId} and session_id = ${sessionId} and expires_at > ${at}`.execute(db)
  return rows[0]
}
