import type { GroupRole, GroupRoleSource, MemberSource, OrgRole } from '../../api/index.ts'
import type { Db, Tx } from '../store/database.ts'
import { arrayOf, sql } from '../store/sql.ts'

/** An account that a request names. */
export interface NamedAccount {
  /** The name it was found by, in small letters; an old one, maybe. */
  asked: string
  id: string
  name: string
  isActive: boolean
}

/** Finds accounts by their names, old ones included. */
export async function findAccountsNamed(db: Db, lowerNames: readonly string[]): Promise<NamedAccount[]> {
  const { rows } = await sql<NamedAccount>`
    select n.lower_name asked, u.id, u.name, u.state = 'active' "isActive" from names n join users u on u.id = n.user_id and u.state <> 'deleted'
    where n.lower_name = any(${arrayOf(lowerNames)})`.execute(db)
  return rows
}

/** Locks memberships until the transaction ends, in one order for everybody who locks many. */
export async function lockMembers(tx: Tx, orgId: string, userIds: readonly string[]): Promise<void> {
  await sql`select from memberships where org_id = ${orgId} and user_id = any(${arrayOf(userIds)})
    order by user_id for no key update`.execute(tx)
}

export interface MemberRow {
  userId: string
  name: string
  role: OrgRole
  source: MemberSource
  expiresAt: Date | null
  isExternal: boolean
  rows: { id: string; source: GroupRoleSource; role: GroupRole }[]
}

/** Reads those of the people who are members that count, with their group roles. */
export async function findMembers(db: Db, orgId: string, userIds: readonly string[], at: Date): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select m.user_id "userId", u.name, m.role, m.source, m.expires_at "expiresAt", m.is_external "isExternal",
      coalesce(r.rows, '[]') "rows"
    from memberships m join users u on u.id = m.user_id
    left join (
      select user_id, json_agg(json_build_object('id', group_id, 'source', source, 'role', role) order by group_id, source) rows
      from group_roles where org_id = ${orgId} and user_id = any(${arrayOf(userIds)}) group by user_id
    ) r on r.user_id = m.user_id
    where m.org_id = ${orgId} and m.user_id = any(${arrayOf(userIds)}) and (m.expires_at is null or m.expires_at > ${at})`.execute(
    db,
  )
  return rows
}

export interface OrgGroup {
  id: string
  name: string
  managedBy: 'manual' | 'scim'
  autoJoinRole: GroupRole | null
  autoJoinScope: 'all' | 'read_plus' | null
}

/** All resource groups of an organization by their names. */
export async function findOrgGroups(db: Db, orgId: string): Promise<OrgGroup[]> {
  const { rows } = await sql<OrgGroup>`
    select id, name, managed_by "managedBy", auto_join_role "autoJoinRole", auto_join_scope "autoJoinScope"
    from resource_groups where org_id = ${orgId} order by lower(name)`.execute(db)
  return rows
}

/** How many members count, and how many private repositories are in no resource group. */
export async function countOfOrg(db: Db, orgId: string, at: Date): Promise<{ members: number; ungrouped: number }> {
  const { rows } = await sql<{ members: number; ungrouped: number }>`
    select (select count(*)::int from memberships where org_id = ${orgId} and (expires_at is null or expires_at > ${at})) members,
      (select count(*)::int from repositories where org_id = ${orgId} and private and group_id is null) ungrouped`.execute(
    db,
  )
  return rows[0] ?? { members: 0, ungrouped: 0 }
}

/** Removes members, and with them their group roles and places among the successors. */
export async function deleteMembers(tx: Tx, orgId: string, userIds: readonly string[]): Promise<void> {
  // First the roles in one go: the cascade would look for those of each person by themselves
  await sql`delete from group_roles where org_id = ${orgId} and user_id = any(${arrayOf(userIds)})`.execute(tx)
  await sql`delete from memberships where org_id = ${orgId} and user_id = any(${arrayOf(userIds)})`.execute(tx)
}

/** Sets the roles of members. */
export async function writeRoles(
  tx: Tx,
  orgId: string,
  roles: readonly { userId: string; role: OrgRole }[],
  at: Date,
): Promise<void> {
  await sql`update memberships m set role = w.role::org_role,
      role_since = case when m.role = w.role::org_role then m.role_since else ${at}::timestamptz end
    from unnest(${arrayOf(roles.map(({ userId }) => userId))}, ${arrayOf(roles.map(({ role }) => role))}) w(user_id, role)
    where m.org_id = ${orgId} and m.user_id = w.user_id`.execute(tx)
}

export interface GroupRowKey {
  userId: string
  groupId: string
}

/** Takes group roles away that were given by hand. */
export async function deleteGroupRows(tx: Tx, keys: readonly GroupRowKey[]): Promise<void> {
  await sql`delete from group_roles r
    using unnest(${arrayOf(keys.map(({ groupId }) => groupId))}, ${arrayOf(keys.map(({ userId }) => userId))}) w(group_id, user_id)
    where r.group_id = w.group_id and r.user_id = w.user_id and r.source = 'manual'`.execute(tx)
}

/** Gives group roles by hand, or changes those that were. */
export async function putGroupRows(
  tx: Tx,
  { orgId, by, at }: { orgId: string; by: string; at: Date },
  rows: readonly (GroupRowKey & { role: GroupRole })[],
): Promise<void> {
  await sql`insert into group_roles (group_id, org_id, user_id, source, role, added_by, added_at)
    select w.group_id, ${orgId}, w.user_id, 'manual', w.role::org_role, ${by}, ${at}
    from unnest(${arrayOf(rows.map(({ groupId }) => groupId))}, ${arrayOf(rows.map(({ userId }) => userId))},
      ${arrayOf(rows.map(({ role }) => role))}) w(group_id, user_id, role)
    order by w.group_id, w.user_id
    on conflict (group_id, user_id, source)
    do update set role = excluded.role, added_by = excluded.added_by, added_at = excluded.added_at`.execute(tx)
}

/** Puts members into the groups that everybody with `read` or more joins. */
export async function joinReadGroups(tx: Tx, orgId: string, userIds: readonly string[], at: Date): Promise<void> {
  await sql`insert into group_roles (group_id, org_id, user_id, source, role, added_at)
    select g.id, g.org_id, u.id, 'auto_join', g.auto_join_role, ${at}
    from resource_groups g cross join unnest(${arrayOf(userIds)}) u(id)
    where g.org_id = ${orgId} and g.auto_join_scope = 'read_plus' order by g.id, u.id
    on conflict (group_id, user_id, source) do nothing`.execute(tx)
}
