import type { GroupRole } from '../../api/index.ts'
import type { Db, Tx } from '../store/database.ts'
import { arrayOf, sql } from '../store/sql.ts'

/** Holds the row of an organization: no one becomes a member until the transaction ends, and misses a role. */
export async function lockDoors(tx: Tx, orgId: string): Promise<void> {
  await sql`select from organizations where id = ${orgId} for update`.execute(tx)
}

export interface LinkRow {
  id: string
  name: string
  role: GroupRole
}

/** Lists the links of a SCIM group. */
export async function listLinks(db: Db, scimGroupId: string): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`select g.id, g.name, l.role from scim_group_links l
    join resource_groups g on g.id = l.resource_group_id where l.group_id = ${scimGroupId} order by lower(g.name)`.execute(
    db,
  )
  return rows
}

/** A resource group that is to be linked. */
export interface LinkTarget {
  id: string
  name: string
  isLinked: boolean
  hasAutoJoin: boolean
  /** Whether people were added to it by hand. */
  hasPeople: boolean
}

/** Locks resource groups, and says of each whether it can be linked. */
export async function lockTargets(tx: Tx, ids: readonly string[]): Promise<LinkTarget[]> {
  const { rows } = await sql<LinkTarget>`select g.id, g.name, g.managed_by = 'scim' "isLinked",
      g.auto_join_role is not null "hasAutoJoin",
      exists (select from group_roles r where r.group_id = g.id and r.source = 'manual') "hasPeople"
    from resource_groups g where g.id = any(${arrayOf(ids)}) order by g.id for no key update`.execute(tx)
  return rows
}

/** Replaces the links of a SCIM group; resource groups are managed by SCIM while any group is linked to them. */
export async function replaceLinks(
  tx: Tx,
  group: { id: string; orgId: string },
  links: readonly { id: string; role: GroupRole }[],
  at: Date,
): Promise<void> {
  const ids = links.map(({ id }) => id)
  await freeLinked(tx, group.id, ids)
  await sql`delete from scim_group_links where group_id = ${group.id} and resource_group_id <> all(${arrayOf(ids)})`.execute(
    tx,
  )
  await sql`insert into scim_group_links (group_id, resource_group_id, org_id, role, linked_at)
    select ${group.id}, w.id, ${group.orgId}, w.role, ${at}
    from unnest(${arrayOf(ids)}, ${links.map(({ role }) => role)}::org_role[]) w(id, role) order by w.id
    on conflict (group_id, resource_group_id) do update set role = excluded.role`.execute(tx)
  await sql`update resource_groups set managed_by = 'scim' where id = any(${arrayOf(ids)}) and managed_by <> 'scim'`.execute(
    tx,
  )
}

/** Gives resource groups that only this SCIM group is linked to back to manual care, but for some. */
export async function freeLinked(tx: Tx, scimGroupId: string, except: readonly string[] = []): Promise<void> {
  await sql`update resource_groups g set managed_by = 'manual' from scim_group_links l
    where l.group_id = ${scimGroupId} and g.id = l.resource_group_id and g.id <> all(${arrayOf(except)})
      and not exists (select from scim_group_links o where o.resource_group_id = g.id and o.group_id <> ${scimGroupId})`.execute(
    tx,
  )
}
