import type { GroupRole, OrgRole } from '../../../api/index.ts'
import { groupRole, liveMembership } from '../../access/grants.ts'
import { sendWithNext, type Tx } from '../../store/database.ts'
import { arrayOf, sql } from '../../store/sql.ts'

/** A member whose role or resource groups changed, or who was removed, and the roles before. */
export interface Changed {
  userId: string
  wasRole: OrgRole
  isRemoval: boolean
  /** The groups that changed; `wasRole` is null where the member was not in the group. */
  groups: readonly { id: string; wasRole: GroupRole | null }[]
}

/** Keeps whom to tell, where the organization tells its members. Of several changes in a row the first roles stay. */
export async function insertNotices(tx: Tx, orgId: string, changed: readonly Changed[]): Promise<void> {
  const people = sql`unnest(${arrayOf(changed.map(({ userId }) => userId))}, ${changed.map(({ wasRole }) => wasRole)}::org_role[],
    ${changed.map(({ isRemoval }) => isRemoval)}::boolean[])`
  const inGroups = changed.flatMap(({ userId, groups }) => groups.map((group) => ({ userId, ...group })))
  const groups = sql`unnest(${arrayOf(inGroups.map(({ userId }) => userId))}, ${arrayOf(inGroups.map(({ id }) => id))},
    ${inGroups.map(({ wasRole }) => wasRole)}::org_role[])`
  const insert = sql`with noted as (
      insert into member_notices (org_id, user_id, was_role, is_removal)
      select o.id, c.user_id, c.was_role, c.is_removal from organizations o, ${people} c(user_id, was_role, is_removal)
      where o.id = ${orgId} and o.notify_members order by c.user_id
      on conflict (org_id, user_id) do update set is_removal = excluded.is_removal
      returning org_id, user_id
    )
    insert into group_notices (org_id, user_id, group_id, was_role)
    select n.org_id, n.user_id, g.group_id, g.was_role from noted n
    join ${groups} g(user_id, group_id, was_role) on g.user_id = n.user_id order by n.user_id, g.group_id
    on conflict (org_id, user_id, group_id) do nothing`
  await sendWithNext(tx, insert.compile(tx))
}

/** A resource group whose role changed: null before, or now, where the member is not in it. */
export interface GroupNotice {
  name: string
  wasRole: GroupRole | null
  role: GroupRole | null
}

/** A member to tell, and the roles they have now. */
export interface Notice extends Omit<Changed, 'groups'> {
  orgId: string
  org: string
  role: OrgRole | null
  groups: GroupNotice[]
}

/** Takes notices out, which no other process takes meanwhile; those of deleted organizations are left out. */
export async function takeNotices(tx: Tx, at: Date, limit: number): Promise<{ taken: number; notices: Notice[] }> {
  const due = await lockNotices(tx, limit)
  const { rows } = await sql<Notice & { isThere: boolean }>`
    with taken as (
      delete from member_notices n
      using unnest(${arrayOf(due.map(({ orgId }) => orgId))}, ${arrayOf(due.map(({ userId }) => userId))}) due(org_id, user_id)
      where n.org_id = due.org_id and n.user_id = due.user_id
      returning n.org_id, n.user_id, n.was_role, n.is_removal
    )
    select t.org_id "orgId", t.user_id "userId", t.was_role "wasRole", t.is_removal "isRemoval", o.name org,
      o.deleted_at is null "isThere", (select m.role from memberships m
        where m.org_id = t.org_id and m.user_id = t.user_id and ${liveMembership('m', at)}) role,
      (select coalesce(json_agg(json_build_object('name', g.name, 'wasRole', c.was_role,
          'role', ${groupRole(sql.ref('c.group_id'), sql.ref('c.user_id'))}) order by g.name), '[]')
        from group_notices c join resource_groups g on g.id = c.group_id
        where c.org_id = t.org_id and c.user_id = t.user_id) groups
    from taken t join organizations o on o.id = t.org_id order by t.org_id, t.user_id`.execute(tx)
  return { taken: due.length, notices: rows.filter(({ isThere }) => isThere) }
}

// By itself: a change that commits while these rows are being locked is seen only by the next statement.
async function lockNotices(tx: Tx, limit: number): Promise<{ orgId: string; userId: string }[]> {
  const { rows } = await sql<{ orgId: string; userId: string }>`select org_id "orgId", user_id "userId"
    from member_notices order by org_id, user_id limit ${limit} for update skip locked`.execute(tx)
  return rows
}
