import { liveMembership } from '../access/grants.ts'
import type { Db } from '../store/database.ts'
import { containing, rowOf, sql } from '../store/sql.ts'
import type { LinkRow } from './links-store.ts'

interface Page {
  orgId: string
  search?: string | undefined
  after: string | undefined
  limit: number
}

export interface ProvisionedRow {
  id: string
  user_name: string
  user: string
  fullname: string
  is_member: boolean
  is_invited: boolean
  groups: string[]
}

/** Lists provisioned users in the order of their IDs, with their SCIM groups. */
export async function listProvisioned(db: Db, page: Page, at: Date): Promise<ProvisionedRow[]> {
  const { orgId, search = '', after = '', limit } = page
  const { rows } = await sql<ProvisionedRow>`select s.id, s.user_name, u.name "user", u.fullname,
      exists (select from memberships m where m.org_id = s.org_id and m.user_id = s.user_id and ${liveMembership('m', at)}) is_member,
      exists (select from invitations i where i.scim_user_id = s.id and i.state = 'pending' and i.expires_at > ${at}) is_invited,
      coalesce((select array_agg(g.display_name order by lower(g.display_name)) from scim_group_members gm
        join ${rowOf('scim_groups', 'gm.group_id')} g on true where gm.member_id = s.id), '{}') "groups"
    from scim_users s join users u on u.id = s.user_id
    where s.org_id = ${orgId} and s.id > ${after} and lower(s.user_name || ' ' || u.name || ' ' || u.fullname) like ${containing(search)}
    order by s.id limit ${limit}`.execute(db)
  return rows
}

export interface ProvisionedGroupRow {
  id: string
  display_name: string
  members: number
  links: LinkRow[]
}

/** Lists SCIM groups in the order of their IDs, with the resource groups that they are linked to. */
export async function listProvisionedGroupRows(db: Db, page: Page): Promise<ProvisionedGroupRow[]> {
  const { orgId, search = '', after = '', limit } = page
  const { rows } = await sql<ProvisionedGroupRow>`select s.id, s.display_name,
      (select count(*)::int from scim_group_members gm where gm.group_id = s.id) members,
      coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', l.role) order by lower(g.name))
        from scim_group_links l join resource_groups g on g.id = l.resource_group_id where l.group_id = s.id), '[]') links
    from scim_groups s where s.org_id = ${orgId} and s.id > ${after} and lower(s.display_name) like ${containing(search)}
    order by s.id limit ${limit}`.execute(db)
  return rows
}

export interface OperationRow {
  id: string
  at: Date
  method: string
  resource: string
  subject: string
  status: number
  error: string | null
}

/** Lists the last operations, the newest first. */
export async function listOperationRows(
  db: Db,
  { orgId, before, errors, limit }: { orgId: string; before: string | undefined; errors: boolean; limit: number },
): Promise<OperationRow[]> {
  const { rows } = await sql<OperationRow>`select id, at, method, resource, subject, status, error from scim_operations
    where org_id = ${orgId} and (${before ?? null}::text is null or id < ${before ?? null})
      and (not ${errors}::boolean or error is not null)
    order by id desc limit ${limit}`.execute(db)
  return rows
}
