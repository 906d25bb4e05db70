import type { RawBuilder } from 'kysely'
import type { GroupRole } from '../../api/index.ts'
import type { NamedGroup } from '../members/membership/groups-named.ts'
import { type Db, sendWithNext, type Tx } from '../store/database.ts'
import { arrayOf, fewOf, rowOf, sql } from '../store/sql.ts'
import type { FilterColumns, Narrowed } from './protocol/filter-store.ts'

export interface GroupRow {
  id: string
  display_name: string
  external_id: string | null
  /** The SCIM IDs of its members; null where they are not asked for. */
  members: string[] | null
}

/** What filters can compare of groups. */
export const groupFilterColumns: FilterColumns = {
  id: { text: sql.raw('s.id') },
  displayname: { text: sql.raw('s.display_name') },
  externalid: { text: sql.raw('s.external_id'), isExact: true },
  members: { one: hasMember },
  'members.value': { one: hasMember },
}

function hasMember(id: string): RawBuilder<boolean> {
  return sql<boolean>`exists (select from scim_group_members gm where gm.group_id = s.id and gm.member_id = lower(${id}::text))`
}

const columns = (withMembers: boolean) => sql`s.id, s.display_name, s.external_id,
  case when ${withMembers}::boolean then coalesce((select array_agg(gm.member_id::text order by gm.member_id)
    from scim_group_members gm where gm.group_id = s.id), '{}') end members`

interface Page {
  orgId: string
  narrowed: Narrowed
  startIndex: number
  count: number
  withMembers: boolean
}

/** Lists a page of the groups of an organization that a condition on `s` finds, in the order of their IDs. */
export async function listGroupRows(db: Db, page: Page): Promise<GroupRow[]> {
  const { orgId, narrowed, startIndex, count, withMembers } = page
  const { begin, condition } = narrowed
  const { rows } = await sql<GroupRow>`${begin}select ${columns(withMembers)} from scim_groups s
    where s.org_id = ${orgId} and ${condition} order by s.id offset ${startIndex - 1} limit ${count}`.execute(db)
  return rows
}

/** Counts the groups of an organization that a condition on `s` finds. */
export async function countGroups(db: Db, orgId: string, { begin, condition }: Narrowed): Promise<number> {
  const { rows } = await sql<{ count: number }>`${begin}select count(*)::int count from scim_groups s
    where s.org_id = ${orgId} and ${condition}`.execute(db)
  return rows[0]?.count ?? 0
}

/** Finds a group by SCIM ID. */
export async function findGroup(
  db: Db,
  orgId: string,
  id: string,
  { withMembers }: { withMembers: boolean },
): Promise<GroupRow | undefined> {
  const { rows } = await sql<GroupRow>`select ${columns(withMembers)} from scim_groups s
    where s.org_id = ${orgId} and s.id = ${id.toLowerCase()}`.execute(db)
  return rows[0]
}

/** Locks a group until the transaction ends: shared while its members change, whole while its links do. */
export async function lockGroup(tx: Tx, id: string, strength: 'share' | 'update'): Promise<boolean> {
  const { rows } = await sql`select from scim_groups where id = ${id} for ${sql.raw(strength)}`.execute(tx)
  return rows.length > 0
}

interface GroupWrite {
  id: string
  displayName: string
  externalId: string | null
  at: Date
}

/** Inserts a group, together with the next statement: that one is refused where the index has a group of its name. */
export async function insertGroup(tx: Tx, { id, orgId, displayName, externalId, at }: GroupWrite & { orgId: string }) {
  const inserted = sql`insert into scim_groups (id, org_id, display_name, external_id, created_at, updated_at)
    values (${id}, ${orgId}, ${displayName}, ${externalId}, ${at}, ${at})`
  await sendWithNext(tx, inserted.compile(tx))
}

/** Renames a group, or gives it another external ID. */
export async function updateGroup(tx: Tx, { id, displayName, externalId, at }: GroupWrite): Promise<void> {
  await sql`update scim_groups set display_name = ${displayName}, external_id = ${externalId}, updated_at = ${at}
    where id = ${id}`.execute(tx)
}

/** Deletes a group with its members and links. */
export async function deleteGroup(tx: Tx, id: string): Promise<void> {
  await sql`delete from scim_groups where id = ${id}`.execute(tx)
}

/** A provisioned person, by SCIM ID. */
export interface Member {
  id: string
  userId: string
  name: string
}

/** Finds provisioned people of an organization by their SCIM IDs. */
export async function findMembers(db: Db, orgId: string, ids: readonly string[]): Promise<Member[]> {
  if (ids.length === 0) return []
  const { rows } =
    await sql<Member>`select s.id, s.user_id "userId", u.name from scim_users s join users u on u.id = s.user_id
    where s.org_id = ${orgId} and s.id = any(${arrayOf(ids)}) order by s.id`.execute(db)
  return rows
}

/** Lists who is in some groups. */
export async function listMembersOf(db: Db, groupIds: readonly string[]): Promise<Member[]> {
  const { rows } = await sql<Member>`select distinct s.id, s.user_id "userId", u.name
    from scim_group_members gm join ${rowOf('scim_users', 'gm.member_id')} s on true join ${rowOf('users', 's.user_id')} u on true
    where gm.group_id = any(${arrayOf(groupIds)}) order by s.id`.execute(db)
  return rows
}

interface GroupKey {
  id: string
  orgId: string
}

const joining = (group: GroupKey, memberIds: readonly string[]) => sql`
  insert into scim_group_members (group_id, member_id, org_id)
  select ${group.id}, m.id, ${group.orgId} from unnest(${arrayOf(memberIds)}) m(id) order by m.id
  on conflict (group_id, member_id) do nothing returning member_id`

/** Puts people into a group; those who are in it already are left out. Answers how many came in. */
export async function addMembers(tx: Tx, group: GroupKey, memberIds: readonly string[]): Promise<number> {
  return memberIds.length === 0 ? 0 : (await joining(group, memberIds).execute(tx)).rows.length
}

/** Puts people into a group that is new, together with the next statement. */
export async function insertMembers(tx: Tx, group: GroupKey, memberIds: readonly string[]): Promise<void> {
  if (memberIds.length > 0) await sendWithNext(tx, joining(group, memberIds).compile(tx))
}

/** Takes people out of a group; answers how many were in it. */
export async function removeMembers(tx: Tx, groupId: string, memberIds: readonly string[]): Promise<number> {
  if (memberIds.length === 0) return 0
  const { rows } = await sql`delete from scim_group_members
    where group_id = ${groupId} and member_id = any(${fewOf(memberIds)}) returning member_id`.execute(tx)
  return rows.length
}

/** A role that the SCIM groups of a person give in a resource group. */
export interface GivenRole extends NamedGroup {
  userId: string
  role: GroupRole
}

/** What the SCIM groups of some people give them: of several links to one resource group the highest role. */
export async function listGivenRoles(tx: Tx, orgId: string, userIds: readonly string[]): Promise<GivenRole[]> {
  const { rows } = await sql<GivenRole>`
    select s.user_id "userId", g.id, g.name, g.managed_by "managedBy", null::text "callerRole", max(l.role) "role"
    from scim_users s join scim_group_members gm on gm.member_id = s.id
    join scim_group_links l on l.group_id = gm.group_id join resource_groups g on g.id = l.resource_group_id
    where s.org_id = ${orgId} and s.user_id = any(${arrayOf(userIds)}) and s.active
    group by s.user_id, g.id order by s.user_id, g.id`.execute(tx)
  return rows
}
