import type { GroupRole, joining, OrgRole } from '../../../api/index.ts'
import { liveMembership } from '../../access/grants.ts'
import { type Db, sendWithNext, type Tx } from '../../store/database.ts'
import { bytesOf, containing, rowOf, sql } from '../../store/sql.ts'

export interface PersonRow {
  user: string
  fullname: string
}

export interface GroupOffered {
  id: string
  name: string
  role: GroupRole
  managed_by: 'manual' | 'scim'
  /** The role that the inviter has in the group now. */
  inviter_role: GroupRole | null
}

export interface InvitationRow {
  id: string
  org_id: string
  user_id: string | null
  address: string | null
  user: PersonRow | null
  role: OrgRole
  message: string
  lifetime_days: number
  state: joining.InvitationState
  invited_by: string | null
  inviter: PersonRow | null
  /** The identity provider of the organization answers for an invitation that no one sent. */
  inviter_role: OrgRole | null
  is_provisioned: boolean
  accepted_by: PersonRow | null
  groups: GroupOffered[]
  created_at: Date
  sent_at: Date
  expires_at: Date
  ended_at: Date | null
}

const person = (column: string) =>
  sql.raw<PersonRow>(
    `(select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = ${column})`,
  )

/** The columns of an invitation `i` with everybody and every group it names; a pending one past its expiry reads as expired. */
export const invitationColumns = (
  at: Date,
) => sql`i.id, i.org_id, i.user_id, i.address, ${person('i.user_id')} "user", i.role, i.message, i.lifetime_days,
  case when i.state = 'pending' and i.expires_at <= ${at} then 'expired' else i.state end state,
  i.invited_by, ${person('i.invited_by')} inviter,
  case when i.invited_by is null and i.scim_user_id is not null then 'admin' else
    (select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
      where m.org_id = i.org_id and m.user_id = i.invited_by and ${liveMembership('m', at)}) end inviter_role,
  i.scim_user_id is not null is_provisioned,
  ${person('i.accepted_by')} accepted_by,
  coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', ig.role, 'managed_by', g.managed_by,
      'inviter_role', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = i.invited_by)) order by lower(g.name))
    from invitation_groups ig join ${rowOf('resource_groups', 'ig.group_id')} g on true where ig.invitation_id = i.id), '[]') groups,
  i.created_at, i.sent_at, i.expires_at, i.ended_at`

interface Listed {
  orgId: string
  state: joining.InvitationState | undefined
  search: string | undefined
  before: string | undefined
  limit: number
  at: Date
}

/** Lists invitations of an organization, the newest first. */
export async function listInvitationRows(db: Db, list: Listed): Promise<InvitationRow[]> {
  const { orgId, state, search, before, limit, at } = list
  const { rows } = await sql<InvitationRow>`
    select * from (select ${invitationColumns(at)} from invitations i where i.org_id = ${orgId}) listed
    where (${state ?? null}::text is null or state::text = ${state ?? null})
      and (${before ?? null}::text is null or id < ${before ?? null})
      and (${search ?? null}::text is null or lower(coalesce(address, "user"->>'user')) like ${containing(search ?? '')})
    order by id desc limit ${limit}`.execute(db)
  return rows
}

/** Reads one invitation of an organization. */
export async function findInvitation(db: Db, orgId: string, id: string, at: Date): Promise<InvitationRow | undefined> {
  const { rows } = await sql<InvitationRow>`
    select ${invitationColumns(at)} from invitations i where i.org_id = ${orgId} and i.id = ${id}`.execute(db)
  return rows[0]
}

/** Locks one invitation of an organization until the transaction ends. */
export async function lockInvitation(tx: Tx, orgId: string, id: string): Promise<void> {
  await sql`select from invitations where org_id = ${orgId} and id = ${id} for update`.execute(tx)
}

export interface InvitationWrite {
  id: string
  orgId: string
  userId: string | null
  address: string | null
  role: OrgRole
  message: string
  days: number
  hash: Buffer
  /** Null: the identity provider answers for it. */
  invitedBy: string | null
  scimUserId?: string
  at: Date
  expiresAt: Date
}

const putting = (write: InvitationWrite) => {
  const target =
    write.userId === null
      ? sql`(org_id, lower(address)) where state = 'pending' and address is not null`
      : sql`(org_id, user_id) where state = 'pending' and user_id is not null`
  return sql<{ id: string; hadExpired: boolean }>`
    insert into invitations as i (id, org_id, user_id, address, role, message, lifetime_days, hash, invited_by, scim_user_id, created_at, sent_at, expires_at)
    values (${write.id}, ${write.orgId}, ${write.userId}, ${write.address}, ${write.role}, ${write.message}, ${write.days},
      ${write.hash}, ${write.invitedBy}, ${write.scimUserId ?? null}, ${write.at}, ${write.at}, ${write.expiresAt})
    on conflict ${target} do update set role = excluded.role, message = excluded.message, lifetime_days = excluded.lifetime_days,
      hash = excluded.hash, invited_by = excluded.invited_by, sent_at = excluded.sent_at, expires_at = excluded.expires_at,
      scim_user_id = coalesce(excluded.scim_user_id, i.scim_user_id)
    returning id, exists (select from invitations b where b.id = i.id and b.expires_at <= ${write.at}) "hadExpired"`
}

/**
 * Inserts a pending invitation, or renews the one that is pending for the same person or address; answers its id, and
 * whether the one that was renewed had expired and no one had written that down yet.
 */
export async function putInvitation(
  tx: Tx,
  write: InvitationWrite,
): Promise<{ id: string; renewed: boolean; hadExpired: boolean }> {
  const { rows } = await putting(write).execute(tx)
  const id = rows[0]?.id ?? write.id
  return { id, renewed: id !== write.id, hadExpired: rows[0]?.hadExpired ?? false }
}

/** The same, together with the next statement. */
export async function putInvitationLater(tx: Tx, write: InvitationWrite): Promise<void> {
  await sendWithNext(tx, putting(write).compile(tx))
}

/** Sets the group roles that come with an invitation. */
export async function setInvitationGroups(
  tx: Tx,
  invitationId: string,
  groups: readonly { id: string; role: GroupRole }[],
): Promise<void> {
  await sql`delete from invitation_groups where invitation_id = ${invitationId}`.execute(tx)
  await sql`insert into invitation_groups (invitation_id, group_id, role)
    select ${invitationId}, g.id, g.role::org_role
    from unnest(${groups.map(({ id }) => id)}::text[], ${groups.map(({ role }) => role)}::text[]) g(id, role)`.execute(
    tx,
  )
}

export interface Resend {
  id: string
  hash: Buffer
  invitedBy: string
  at: Date
  expiresAt: Date
}

/** Gives an invitation a new secret and new days, and makes it pending again. */
export async function renewInvitation(tx: Tx, { id, hash, invitedBy, at, expiresAt }: Resend): Promise<void> {
  await sql`update invitations set state = 'pending', hash = ${hash}, invited_by = ${invitedBy}, sent_at = ${at},
    expires_at = ${expiresAt}, ended_at = null where id = ${id}`.execute(tx)
}

/** Ends an invitation. */
export async function endInvitation(
  tx: Tx,
  id: string,
  state: 'accepted' | 'declined' | 'revoked',
  { at, acceptedBy = null }: { at: Date; acceptedBy?: string | null },
): Promise<void> {
  await sql`update invitations set state = ${state}, ended_at = ${at}, accepted_by = ${acceptedBy} where id = ${id}`.execute(
    tx,
  )
}

/** Invitations that are pending past their expiry, the oldest first. */
export async function findExpiredInvitations(db: Db, at: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from invitations where state = 'pending' and expires_at <= ${at} order by expires_at limit ${limit}`.execute(
    db,
  )
  return rows.map(({ id }) => id)
}

/** Marks an invitation as expired if it still is; answers what to record. */
export async function expireInvitation(
  tx: Tx,
  id: string,
  at: Date,
): Promise<{ org_id: string; address: string | null; user: string | null } | undefined> {
  const { rows } = await sql<{ org_id: string; address: string | null; user: string | null }>`
    update invitations i set state = 'expired', ended_at = ${at}
    where i.id = ${id} and i.state = 'pending' and i.expires_at <= ${at}
    returning i.org_id, i.address, (select name from users u where u.id = i.user_id) "user"`.execute(tx)
  return rows[0]
}

/** What an address is to an organization: that of a member, of some account, or of no one here. */
export async function findRecipient(
  db: Db,
  orgId: string,
  address: string,
  at: Date,
): Promise<'account' | 'no_account' | 'member'> {
  const { rows } = await sql<{ member: boolean }>`
    select exists (select from memberships m where m.org_id = ${orgId} and m.user_id = e.user_id
      and ${liveMembership('m', at)}) member
    from emails e where lower(e.address) = lower(${address}) and e.verified_at is not null`.execute(db)
  const [row] = rows
  if (row === undefined) return 'no_account'
  return row.member ? 'member' : 'account'
}

/** An active account by its name, an old one included. */
export async function findAccountNamed(db: Db, lowerName: string): Promise<{ id: string; name: string } | undefined> {
  const { rows } = await sql<{ id: string; name: string }>`
    select u.id, u.name from names n join users u on u.id = n.user_id and u.state = 'active'
    where n.lower_name = ${lowerName}`.execute(db)
  return rows[0]
}

/** Which of these links are those of pending invitations. */
export async function findLiveInvitations(db: Db, hashes: readonly Buffer[], at: Date): Promise<Buffer[]> {
  const { rows } = await sql<{ hash: Buffer }>`select hash from invitations
    where hash = any(${bytesOf(hashes)}) and state = 'pending' and expires_at > ${at}`.execute(db)
  return rows.map(({ hash }) => hash)
}

/** Makes a pending invitation of an account, by name or to an address of theirs, one of SCIM too; tells whether there is one. */
export async function adoptInvitation(
  tx: Tx,
  { orgId, userId, scimUserId, at }: { orgId: string; userId: string; scimUserId: string; at: Date },
): Promise<boolean> {
  const { rows } = await sql`update invitations set scim_user_id = ${scimUserId} where id = (
      select i.id from invitations i where i.org_id = ${orgId} and i.state = 'pending' and i.expires_at > ${at}
        and (i.user_id = ${userId} or lower(i.address) in
          (select lower(e.address) from emails e where e.user_id = ${userId} and e.verified_at is not null))
      order by i.user_id nulls last, i.id limit 1 for update)
    returning id`.execute(tx)
  return rows.length > 0
}

/** Revokes the pending invitations of a person that SCIM sent or took up; answers how many. */
export async function revokeProvisioned(tx: Tx, scimUserId: string, at: Date): Promise<number> {
  const { rows } = await sql`update invitations set state = 'revoked', ended_at = ${at}
    where scim_user_id = ${scimUserId} and state = 'pending' returning id`.execute(tx)
  return rows.length
}
