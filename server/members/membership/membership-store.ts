import type { RawBuilder } from 'kysely'
import type { GroupRole, GroupRoleSource, MemberSource, OrgRole } from '../../../api/index.ts'
import { expiredMembership, liveMembership, readerRow } from '../../access/grants.ts'
import { sendWithNext, type Tx } from '../../store/database.ts'
import { arrayOf, membershipOf, sql } from '../../store/sql.ts'

// The only statements that write `memberships` and `group_roles`: one for each kind of write, however many rows there are.

/** A membership to insert. */
export interface NewMember {
  id: string
  userId: string
  role: OrgRole
  source: MemberSource
  isExternal: boolean
  expiresAt: Date | null
  joinedAt: Date
}

/** Inserts memberships; answers whose: those who have one already, expired or not, are left out. */
export async function insertMembers(tx: Tx, orgId: string, members: readonly NewMember[]): Promise<Set<string>> {
  const { rows } = await sql<{ userId: string }>`
    insert into memberships (id, org_id, user_id, role, source, is_external, expires_at, joined_at, search)
    select w.id, ${orgId}, w.user_id, w.role, w.source, w.is_external, w.expires_at, w.joined_at, ''
    from unnest(${arrayOf(members.map(({ id }) => id))}, ${arrayOf(members.map(({ userId }) => userId))},
      ${members.map(({ role }) => role)}::org_role[], ${members.map(({ source }) => source)}::member_source[],
      ${members.map(({ isExternal }) => isExternal)}::boolean[], ${members.map(({ expiresAt }) => expiresAt)}::timestamptz[],
      ${members.map(({ joinedAt }) => joinedAt)}::timestamptz[])
      w(id, user_id, role, source, is_external, expires_at, joined_at)
    order by w.user_id
    on conflict (org_id, user_id) do nothing returning user_id "userId"`.execute(tx)
  return new Set(rows.map(({ userId }) => userId))
}

// When a membership ended is kept: invitations from before let no one back in.
const ending = (condition: RawBuilder<unknown>, at: Date) => sql`
  with ended as (delete from memberships where ${condition} returning org_id, user_id, expires_at)
  insert into membership_ends (org_id, user_id, at)
  select org_id, user_id, least(expires_at, ${at}::timestamptz) from ended order by user_id
  on conflict (org_id, user_id) do update set at = excluded.at`

/** Deletes memberships, and with them group roles and places among the successors. */
export async function deleteMembers(tx: Tx, orgId: string, userIds: readonly string[], at: Date): Promise<void> {
  // First the roles in one go: the cascade would look for those of each person by themselves
  if (userIds.length > 1)
    await sql`delete from group_roles where org_id = ${orgId} and user_id = any(${arrayOf(userIds)})`.execute(tx)
  await ending(sql`org_id = ${orgId} and user_id = any(${arrayOf(userIds)})`, at).execute(tx)
}

/** Deletes those of the memberships that are past their expiry. */
export async function deleteExpiredMembers(tx: Tx, orgId: string, userIds: readonly string[], at: Date): Promise<void> {
  const expired = sql`org_id = ${orgId} and user_id = any(${arrayOf(userIds)}) and ${expiredMembership('memberships', at)}`
  await ending(expired, at).execute(tx)
}

/** What a membership is to be. */
export interface MemberWrite {
  userId: string
  role: OrgRole
  expiresAt: Date | null
}

// Since when someone has their role decides whether they are asked about a recovery.
const updated = (orgId: string, members: readonly MemberWrite[], at: Date) => sql`
  update memberships m set role = w.role, expires_at = w.expires_at,
    role_since = case when m.role = w.role then m.role_since else ${at}::timestamptz end
  from (select * from unnest(${arrayOf(members.map(({ userId }) => userId))}, ${members.map(({ role }) => role)}::org_role[],
    ${members.map(({ expiresAt }) => expiresAt)}::timestamptz[]) ${limitOf(members)}) w(user_id, role, expires_at)
  where m.org_id = ${orgId} and m.user_id = w.user_id`

// PostgreSQL takes every list for ten rows, finds that expensive, and plans again each time: told of the one row, it plans once.
const limitOf = ({ length }: { length: number }) => (length === 1 ? sql`limit 1` : sql``)

/** Sets role and expiry of members: the short way for most changes. */
export async function updateMembers(tx: Tx, orgId: string, members: readonly MemberWrite[], at: Date): Promise<void> {
  await sendWithNext(tx, updated(orgId, members, at).compile(tx))
}

/** Sets whether a member is an external collaborator; false if they were that already. */
export async function setExternal(
  tx: Tx,
  { orgId, userId }: { orgId: string; userId: string },
  isExternal: boolean,
): Promise<boolean> {
  const { rows } = await sql`update memberships set is_external = ${isExternal}
    where org_id = ${orgId} and user_id = ${userId} and is_external <> ${isExternal} returning user_id`.execute(tx)
  return rows.length === 1
}

/** A group role of one source. */
export interface GroupKey {
  userId: string
  groupId: string
  source: GroupRoleSource
}

/** A group role to give, and who gives it. */
export interface GroupWrite extends GroupKey {
  role: GroupRole
  by: string | null
  at: Date
}

/** A group joined by its auto-join rule. */
export interface Joined {
  userId: string
  id: string
  name: string
  role: GroupRole
}

/** What is written of members and their group roles together. */
export interface MembersWrite {
  members: readonly MemberWrite[]
  removed: readonly GroupKey[]
  put: readonly GroupWrite[]
  /** Who joins the groups that members with `read` or more join. */
  joining: readonly string[]
}

const removedRows = (keys: readonly GroupKey[]) => sql`
  delete from group_roles r
  using unnest(${arrayOf(keys.map(({ groupId }) => groupId))}, ${arrayOf(keys.map(({ userId }) => userId))},
    ${keys.map(({ source }) => source)}::group_role_source[]) w(group_id, user_id, source)
  where r.group_id = w.group_id and r.user_id = w.user_id and r.source = w.source`

// In one order, so that two who write many wait for each other instead of both.
const putRows = (orgId: string, rows: readonly GroupWrite[]) => sql`
  insert into group_roles (group_id, org_id, user_id, source, role, added_by, added_at)
  select w.group_id, ${orgId}, w.user_id, w.source, w.role, w.added_by, w.added_at
  from unnest(${arrayOf(rows.map(({ groupId }) => groupId))}, ${arrayOf(rows.map(({ userId }) => userId))},
    ${rows.map(({ source }) => source)}::group_role_source[], ${rows.map(({ role }) => role)}::org_role[],
    ${rows.map(({ by }) => by)}::text[], ${rows.map(({ at }) => at)}::timestamptz[])
    w(group_id, user_id, source, role, added_by, added_at)
  order by w.group_id, w.user_id
  on conflict (group_id, user_id, source)
  do update set role = excluded.role, added_by = excluded.added_by, added_at = excluded.added_at`

/** Sets role and expiry of members and changes their group roles; answers the groups joined by rule. */
export async function writeMembers(tx: Tx, orgId: string, write: MembersWrite, at: Date): Promise<Joined[]> {
  // By itself: the triggers that keep the sizes of groups see either what one statement adds or what it takes away.
  if (write.removed.length > 0) await removedRows(write.removed).execute(tx)
  const { rows } = await sql<Joined>`
    with changed as (${updated(orgId, write.members, at)}), put as (${putRows(orgId, write.put)})
    insert into group_roles as r (group_id, org_id, user_id, source, role, added_at)
    select g.id, g.org_id, m.user_id, 'auto_join', g.auto_join_role, ${at}
    from resource_groups g cross join unnest(${arrayOf(write.joining)}) m(user_id)
    where g.org_id = ${orgId} and g.auto_join_scope = 'read_plus'
    order by g.id, m.user_id
    on conflict (group_id, user_id, source) do nothing
    returning r.user_id "userId", r.group_id id, r.role, (select name from resource_groups where id = r.group_id) "name"`.execute(
    tx,
  )
  return rows
}

/** Gives group roles, or changes those that are there from the same source. */
export async function putGroupRoles(tx: Tx, orgId: string, rows: readonly GroupWrite[]): Promise<void> {
  await putRows(orgId, rows).execute(tx)
}

/**
 * Puts newcomers into every group that they join by its rule, or that a SCIM group of theirs is linked to. A group that turns auto-join on at this moment holds the row
 * of the organization, for which the insert of the membership waited: what it says now is what counts.
 */
export async function joinByRule(tx: Tx, orgId: string, userIds: readonly string[], at: Date): Promise<void> {
  const joined = sql`insert into group_roles (group_id, org_id, user_id, source, role, added_at)
    select joined.group_id, ${orgId}, joined.user_id, joined.source, joined.role, ${at} from (
      select g.id group_id, m.user_id, 'auto_join'::group_role_source source, g.auto_join_role "role"
      from resource_groups g cross join unnest(${arrayOf(userIds)}) w(user_id)
      join ${membershipOf(sql.ref('g.org_id'), sql.ref('w.user_id'))} m on true
      where g.org_id = ${orgId} and (g.auto_join_scope = 'all' or (g.auto_join_scope = 'read_plus' and ${readerRow('m')}))
      union all
      select l.resource_group_id, su.user_id, 'scim', max(l.role) from scim_users su
      join scim_group_members gm on gm.member_id = su.id join scim_group_links l on l.group_id = gm.group_id
      where su.org_id = ${orgId} and su.user_id = any(${arrayOf(userIds)}) and su.active
      group by l.resource_group_id, su.user_id
    ) joined
    order by joined.group_id, joined.user_id
    on conflict (group_id, user_id, source) do nothing`
  await sendWithNext(tx, joined.compile(tx))
}

/** Gives everybody who matches a rule its role; those who are in by it already get its present role. Tells how many joined. */
export async function joinEverybody(
  tx: Tx,
  group: { id: string; orgId: string },
  rule: { role: GroupRole; scope: 'all' | 'read_plus' },
  at: Date,
): Promise<number> {
  await sql`update group_roles set role = ${rule.role} where group_id = ${group.id} and source = 'auto_join' and role <> ${rule.role}`.execute(
    tx,
  )
  const { numAffectedRows } = await sql`insert into group_roles (group_id, org_id, user_id, source, role, added_at)
    select ${group.id}, m.org_id, m.user_id, 'auto_join', ${rule.role}, ${at}
    from memberships m join users u on u.id = m.user_id and u.state <> 'deleted'
    where m.org_id = ${group.orgId} and ${liveMembership('m', at)}
      and (${rule.scope}::text = 'all' or ${readerRow('m')})
    order by m.user_id
    on conflict (group_id, user_id, source) do nothing`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** Hands the people of a rule that ends over to manual care: they keep the role they effectively have. */
export async function keepByHand(tx: Tx, groupId: string): Promise<void> {
  await sql`insert into group_roles (group_id, org_id, user_id, source, role, added_by, added_at)
    select group_id, org_id, user_id, 'manual', role, added_by, added_at
    from group_roles where group_id = ${groupId} and source = 'auto_join' order by user_id
    on conflict (group_id, user_id, source) do update set role = greatest(group_roles.role, excluded.role)`.execute(tx)
  await sql`delete from group_roles where group_id = ${groupId} and source = 'auto_join'`.execute(tx)
}

/** Puts members on probation until a moment. */
export async function setProbation(tx: Tx, orgId: string, userIds: readonly string[], until: Date): Promise<void> {
  await sql`update memberships set probation_until = ${until}
    where org_id = ${orgId} and user_id = any(${arrayOf(userIds)})`.execute(tx)
}

/** Gives members the probation that another member is on, unless theirs is longer; nothing where there is none. */
export async function copyProbation(
  tx: Tx,
  from: { orgId: string; userId: string },
  to: readonly string[],
  at: Date,
): Promise<void> {
  await sql`update memberships m set probation_until = f.probation_until from memberships f
    where f.org_id = ${from.orgId} and f.user_id = ${from.userId} and f.probation_until > ${at}
      and m.org_id = f.org_id and m.user_id = any(${arrayOf(to)})
      and (m.probation_until is null or m.probation_until < f.probation_until)`.execute(tx)
}
