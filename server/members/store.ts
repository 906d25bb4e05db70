import type { RawBuilder } from 'kysely'
import type { GroupRole, GroupRoleSource, MemberSource, OrgRole } from '../../api/index.ts'
import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import { mailTo } from '../users/mail-address.ts'

/** A membership as it is now, locked by whoever changes it. */
export interface LockedMember {
  id: string
  role: OrgRole
  source: MemberSource
  expiresAt: Date | null
}

/** Who a change is about. */
export interface MemberKey {
  orgId: string
  userId: string
}

/** Locks a membership until the transaction ends. */
export async function lockMember(tx: Tx, { orgId, userId }: MemberKey, at: Date): Promise<LockedMember | undefined> {
  const { rows } = await sql<LockedMember>`
    select id, role, source, expires_at "expiresAt" from memberships
    where org_id = ${orgId} and user_id = ${userId} and (expires_at is null or expires_at > ${at}) for no key update`.execute(
    tx,
  )
  return rows[0]
}

/** A group role of a person from one source, and the role that the caller has in that group. */
export interface GroupRow {
  id: string
  name: string
  managedBy: 'manual' | 'scim'
  source: GroupRoleSource
  role: GroupRole
  callerRole: GroupRole | null
}

/** What the caller may do at this moment, and the group roles of the person it is about. */
export interface Standing {
  callerRole: OrgRole | null
  memberManagement: 'write' | 'admin'
  rows: GroupRow[]
}

const standing = (callerId: string, userId: string, at: Date) => sql`o.member_management "memberManagement",
  (select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
    where m.org_id = o.id and m.user_id = ${callerId} and (m.expires_at is null or m.expires_at > ${at})) "callerRole",
  coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'managedBy', g.managed_by, 'source', r.source, 'role', r.role,
      'callerRole', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = ${callerId})) order by lower(g.name), r.source)
    from group_roles r join resource_groups g on g.id = r.group_id
    where r.org_id = o.id and r.user_id = ${userId}), '[]') "rows"`

/** Reads the standing of the caller towards a person, as of now: call it when the membership is locked. */
async function getStanding(tx: Tx, { orgId, userId }: MemberKey, callerId: string, at: Date): Promise<Standing> {
  const { rows } =
    await sql<Standing>`select ${standing(callerId, userId, at)} from organizations o where o.id = ${orgId}`.execute(tx)
  const [row] = rows
  if (row === undefined) throw new Error('the organization is gone')
  return row
}

/**
 * Locks a membership, and reads the standing of the caller as it is once that is done. Mostly nobody else holds it, and
 * one statement is enough; where somebody does, or just did, what was read beside may be old, and is read anew.
 */
export async function lockWithStanding(
  tx: Tx,
  key: MemberKey,
  callerId: string,
  at: Date,
): Promise<{ member: LockedMember; standing: Standing } | undefined> {
  const { orgId, userId } = key
  const { rows } = await sql<LockedMember & Standing & { current: boolean }>`
    with target as materialized (
      select id, role, source, expires_at, xmin::text version from memberships
      where org_id = ${orgId} and user_id = ${userId} and (expires_at is null or expires_at > ${at}) for no key update skip locked
    )
    select t.id, t.role, t.source, t.expires_at "expiresAt",
      t.version = (select xmin::text from memberships where org_id = ${orgId} and user_id = ${userId}) "current", ${standing(callerId, userId, at)}
    from target t, organizations o where o.id = ${orgId}`.execute(tx)
  const [found] = rows
  if (found?.current) return { member: found, standing: found }
  const member = await lockMember(tx, key, at)
  return member && { member, standing: await getStanding(tx, key, callerId, at) }
}

/** The role somebody has at this moment; null when they are no member that counts. */
export async function getRole(tx: Tx, { orgId, userId }: MemberKey, at: Date): Promise<OrgRole | null> {
  const { rows } = await sql<{ role: OrgRole }>`
    select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
    where m.org_id = ${orgId} and m.user_id = ${userId} and (m.expires_at is null or m.expires_at > ${at})`.execute(tx)
  return rows[0]?.role ?? null
}

export interface FoundGroup {
  /** Which of the references found it, counted from 0. */
  index: number
  id: string
  name: string
  managedBy: 'manual' | 'scim'
  callerRole: GroupRole | null
}

/** Finds the groups of an organization by reference: 24 hex digits are an id, all else a name. */
export async function findGroups(
  db: Db,
  orgId: string,
  callerId: string,
  references: readonly string[],
): Promise<FoundGroup[]> {
  const { rows } = await sql<FoundGroup>`
    select (f.ord - 1)::int index, g.id, g.name, g.managed_by "managedBy",
      (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = ${callerId}) "callerRole"
    from (
      select ord, ig.id from unnest(${references}::text[]) with ordinality r(ref, ord)
      join resource_groups ig on ig.id = lower(ref) and ig.org_id = ${orgId}
      union all
      select ord, ng.id from unnest(${references}::text[]) with ordinality r(ref, ord)
      join resource_groups ng on ng.org_id = ${orgId} and lower(ng.name) = lower(ref)
    ) f join resource_groups g on g.id = f.id`.execute(db)
  return rows
}

export interface MemberWrite extends MemberKey {
  role: OrgRole
  expiresAt: Date | null
  /** Groups whose manual row goes. */
  removed: string[]
  /** Groups whose manual row is added, or gets another role. */
  put: { id: string; role: GroupRole }[]
  /** Whether the groups that everybody with `read` or more joins are joined now. */
  joins: boolean
  by: string
  at: Date
}

/** A group joined because the role now matches its auto-join. */
export interface JoinedGroup {
  id: string
  name: string
  role: GroupRole
}

// Since when somebody has their role decides whether they are asked about a recovery.
function notingRole(role: OrgRole, at: Date): RawBuilder<unknown> {
  return sql`role_since = case when role = ${role}::org_role then role_since else ${at}::timestamptz end`
}

/** Changes a membership and its manual group rows in one statement; answers the groups joined by themselves. */
export async function writeMember(tx: Tx, write: MemberWrite): Promise<JoinedGroup[]> {
  const { orgId, userId, put, at } = write
  const { rows } = await sql<JoinedGroup>`
    with changed as (
      update memberships set role = ${write.role}, expires_at = ${write.expiresAt}, ${notingRole(write.role, at)}
      where org_id = ${orgId} and user_id = ${userId}
    ), gone as (
      delete from group_roles where group_id = any(${write.removed}::text[]) and user_id = ${userId} and source = 'manual'
    ), put as (
      insert into group_roles (group_id, org_id, user_id, source, role, added_by, added_at)
      select p.id, ${orgId}, ${userId}, 'manual', p.role::org_role, ${write.by}, ${at}
      from unnest(${put.map(({ id }) => id)}::text[], ${put.map(({ role }) => role)}::text[]) p(id, role)
      on conflict (group_id, user_id, source) do update set role = excluded.role, added_by = excluded.added_by, added_at = excluded.added_at
    )
    insert into group_roles (group_id, org_id, user_id, source, role, added_at)
    select g.id, g.org_id, ${userId}, 'auto_join', g.auto_join_role, ${at} from resource_groups g
    where ${write.joins} and g.org_id = ${orgId} and g.auto_join_scope = 'read_plus'
    on conflict (group_id, user_id, source) do nothing
    returning group_id id, role, (select name from resource_groups where id = group_id) "name"`.execute(tx)
  return rows
}

/** Changes nothing but the role and expiry of a membership: the short way for most changes. */
export async function writeRole(
  tx: Tx,
  { orgId, userId }: MemberKey,
  role: OrgRole,
  { expiresAt, at }: { expiresAt: Date | null; at: Date },
): Promise<void> {
  await sql`update memberships set role = ${role}, expires_at = ${expiresAt}, ${notingRole(role, at)} where org_id = ${orgId} and user_id = ${userId}`.execute(
    tx,
  )
}

export interface NewMember extends MemberKey {
  id: string
  role: OrgRole
  source: MemberSource
  isExternal: boolean
  at: Date
}

/** Inserts a membership; false when there is one already. */
export async function insertMember(tx: Tx, member: NewMember): Promise<boolean> {
  const { rows } = await sql`
    insert into memberships (id, org_id, user_id, role, source, is_external, joined_at, search)
    values (${member.id}, ${member.orgId}, ${member.userId}, ${member.role}, ${member.source}, ${member.isExternal}, ${member.at}, '')
    on conflict (org_id, user_id) do nothing returning id`.execute(tx)
  return rows.length > 0
}

/** Deletes a membership that is past its expiry and not yet cleared away; false when there is none. */
export async function deleteExpiredMember(tx: Tx, { orgId, userId }: MemberKey, at: Date): Promise<boolean> {
  const { rows } =
    await sql`delete from memberships where org_id = ${orgId} and user_id = ${userId} and expires_at <= ${at} returning id`.execute(
      tx,
    )
  return rows.length > 0
}

/**
 * Puts a newcomer into every group that they join by themselves. A group that turns auto-join on at this moment holds the row of
 * the organization, for which the insert of the membership waited: what it says now is what counts.
 */
export async function insertAutoJoins(
  tx: Tx,
  { orgId, userId }: MemberKey,
  readPlus: boolean,
  at: Date,
): Promise<void> {
  await sql`
    insert into group_roles (group_id, org_id, user_id, source, role, added_at)
    select g.id, g.org_id, ${userId}, 'auto_join', g.auto_join_role, ${at} from resource_groups g
    where g.org_id = ${orgId} and (g.auto_join_scope = 'all' or (g.auto_join_scope = 'read_plus' and ${readPlus}))
    on conflict (group_id, user_id, source) do nothing`.execute(tx)
}

/** Deletes a membership, and with it group roles and a place among the successors. */
export async function deleteMember(tx: Tx, { orgId, userId }: MemberKey): Promise<void> {
  await sql`delete from memberships where org_id = ${orgId} and user_id = ${userId}`.execute(tx)
}

export interface Account {
  id: string
  name: string
  fullname: string
  email: string | null
}

/** An active account by user name, an old one included. */
export async function findActiveAccount(db: Db, lowerName: string): Promise<Account | undefined> {
  const { rows } = await sql<Account>`
    select u.id, u.name, u.fullname, ${mailTo()} email
    from names n join users u on u.id = n.user_id and u.state = 'active'
    where n.lower_name = ${lowerName}`.execute(db)
  return rows[0]
}
