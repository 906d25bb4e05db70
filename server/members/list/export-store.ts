import type { GroupRole, MemberSource, OrgRole } from '../../../api/index.ts'
import { hasTwoFactor, liveMembership } from '../../access/grants.ts'
import type { Db } from '../../store/database.ts'
import { rowOf, sql } from '../../store/sql.ts'

export interface ExportRow {
  membershipId: string
  id: string
  user: string
  fullname: string
  role: OrgRole
  source: MemberSource
  hasTwoFactor: boolean
  joinedAt: Date
  lastActiveAt: Date | null
  expiresAt: Date | null
  groups: { id: string; name: string; role: GroupRole }[]
}

/** Reads members in the order they joined, each with the highest role in each of their groups. */
export async function findExportRows(
  db: Db,
  page: { orgId: string; after: string; limit: number; at: Date },
): Promise<ExportRow[]> {
  const { rows } = await sql<ExportRow>`
    with page as materialized (
      select id, org_id, user_id, role, source, joined_at, expires_at from memberships
      where org_id = ${page.orgId} and id > ${page.after} and ${liveMembership('memberships', page.at)}
      order by id limit ${page.limit}
    ), held as (
      select user_id, group_id, max(role) role from group_roles
      where org_id = ${page.orgId} and user_id in (select user_id from page) group by user_id, group_id
    ), grouped as (
      select h.user_id, json_agg(json_build_object('id', g.id, 'name', g.name, 'role', h.role) order by lower(g.name)) groups
      from held h join ${rowOf('resource_groups', 'h.group_id')} g on true group by h.user_id
    )
    select p.id "membershipId", u.id, u.name "user", u.fullname, p.role, p.source, ${hasTwoFactor('u')} "hasTwoFactor",
      p.joined_at "joinedAt", nullif(a.last_at, '-infinity') "lastActiveAt", p.expires_at "expiresAt", coalesce(g.groups, '[]') groups
    from page p join users u on u.id = p.user_id join member_activity a on a.org_id = p.org_id and a.user_id = p.user_id
    left join grouped g on g.user_id = p.user_id order by p.id`.execute(db)
  return rows
}
