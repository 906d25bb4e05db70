import type { OrgRole } from '../../api/index.ts'
import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** Who has a link that a sign-in is about: the person, or the subject. */
export interface LinkRow {
  userId: string
  issuer: string
  subject: string
}

interface LinkKey {
  orgId: string
  userId: string
  issuer: string
  subject: string
}

/** The links of a person and of a subject in an organization: none, the one that is both, or up to two that conflict. */
export async function findLinks(db: Db, { orgId, userId, issuer, subject }: LinkKey): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select user_id "userId", issuer, subject from sso_identities
    where org_id = ${orgId} and (user_id = ${userId} or (issuer = ${issuer} and subject = ${subject}))`.execute(db)
  return rows
}

/** The account to which a subject of an identity provider is linked. */
export async function findSubject(
  db: Db,
  { orgId, issuer, subject }: Omit<LinkKey, 'userId'>,
): Promise<string | undefined> {
  const { rows } = await sql<{ userId: string }>`select user_id "userId" from sso_identities
    where org_id = ${orgId} and issuer = ${issuer} and subject = ${subject}`.execute(db)
  return rows[0]?.userId
}

/** Links a subject to a member, or notes that the link was used; false if one of the two has another link. */
export async function link(tx: Tx, key: LinkKey & { email: string; at: Date }): Promise<boolean> {
  const { orgId, userId, issuer, subject, email, at } = key
  const { rows } =
    await sql`insert into sso_identities (org_id, user_id, issuer, subject, email, linked_at, last_used_at)
    values (${orgId}, ${userId}, ${issuer}, ${subject}, ${email}, ${at}, ${at})
    on conflict (org_id, user_id) do update set email = excluded.email, last_used_at = excluded.last_used_at
      where sso_identities.issuer = excluded.issuer and sso_identities.subject = excluded.subject
    returning user_id`.execute(tx)
  return rows.length === 1
}

interface NewSsoSession {
  id: string
  orgId: string
  userId: string
  sessionId: string
  isBreakGlass: boolean
  subject: string | null
  sid: string | null
  at: Date
  expiresAt: Date
}

/** Begins an SSO session in a browser; one that it had of the organization ends. */
export async function putSsoSession(tx: Tx, s: NewSsoSession): Promise<void> {
  await sql`insert into sso_sessions (id, org_id, user_id, session_id, is_break_glass, subject, sid, created_at, expires_at)
    values (${s.id}, ${s.orgId}, ${s.userId}, ${s.sessionId}, ${s.isBreakGlass}, ${s.subject}, ${s.sid}, ${s.at}, ${s.expiresAt})
    on conflict (session_id, org_id) where session_id is not null do update set (id, user_id, is_break_glass, subject, sid, created_at, expires_at)
      = (excluded.id, excluded.user_id, excluded.is_break_glass, excluded.subject, excluded.sid, excluded.created_at, excluded.expires_at)`.execute(
    tx,
  )
}

/** Whether an account has verified an address. */
export async function hasVerified(db: Db, userId: string, email: string): Promise<boolean> {
  const { rows } = await sql`select from emails
    where user_id = ${userId} and lower(address) = ${email} and verified_at is not null`.execute(db)
  return rows.length === 1
}

/** An invitation that counts for the role of someone: a pending one, or the one by which they came in. */
export interface InvitedRow {
  role: OrgRole
  invitedBy: string | null
}

/** The last invitation of an organization that a person can accept, by name or at this address. */
export async function findPendingInvitation(
  db: Db,
  { orgId, userId, email, at }: { orgId: string; userId: string; email: string; at: Date },
): Promise<InvitedRow | undefined> {
  const { rows } = await sql<InvitedRow>`select role, invited_by "invitedBy" from invitations
    where org_id = ${orgId} and state = 'pending' and expires_at > ${at}
      and (user_id = ${userId} or lower(address) = ${email}) order by id desc limit 1`.execute(db)
  return rows[0]
}

/** The role of the last invitation that a person accepted. */
export async function findAcceptedRole(db: Db, orgId: string, userId: string): Promise<OrgRole | undefined> {
  const { rows } = await sql<{ role: OrgRole }>`select role from invitations
    where org_id = ${orgId} and accepted_by = ${userId} and state = 'accepted' order by id desc limit 1`.execute(db)
  return rows[0]?.role
}

/** Until when an organization has had no active admin: since when, or null. */
export async function findAdminlessSince(tx: Tx, orgId: string): Promise<Date | null> {
  const { rows } = await sql<{
    since: Date | null
  }>`select adminless_since since from organizations where id = ${orgId}`.execute(tx)
  return rows[0]?.since ?? null
}

/** Ends SSO sessions at the word of the identity provider: those of a session there, or of a subject; answers whose. */
export async function endSessions(
  tx: Tx,
  { orgId, subject, sid }: { orgId: string; subject: string | undefined; sid: string | undefined },
): Promise<string[]> {
  // In the order in which requests hold theirs
  const { rows } = await sql<{ userId: string }>`with ended as materialized (select id from sso_sessions
    where org_id = ${orgId} and not is_break_glass and (${sid ?? null}::text is null or sid = ${sid ?? null})
      and (${subject ?? null}::text is null or subject = ${subject ?? null}) order by id for update)
    delete from sso_sessions s using ended where s.id = ended.id returning s.user_id "userId"`.execute(tx)
  return rows.map(({ userId }) => userId)
}
