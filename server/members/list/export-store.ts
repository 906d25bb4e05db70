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
  // Row by row: without statistics, a join of sets compares each member of a page with every other row of the page.
  const { rows } = await sql<ExportRow>`
    with page as materialized (
      select id, org_id, user_id, role, source, joined_at, expires_at from memberships
      where org_id = ${page.orgId} and id > ${page.after} and ${liveMembership('memberships', page.at)}
      order by id limit ${page.limit}
    )
    select p.id "membershipId", u.id, u.name "user", u.fullname, p.role, p.source, ${hasTwoFactor('u')} "hasTwoFactor",
      p.joined_at "joinedAt", nullif(a.last_at, '-infinity') "lastActiveAt", p.expires_at "expiresAt", g.groups
    from page p join ${rowOf('users', 'p.user_id')} u on true
    join lateral (select last_at from member_activity where org_id = p.org_id and user_id = p.user_id limit 1) a on true
    cross join lateral (
      select coalesce(json_agg(json_build_object('id', g.id, 'name', g.name, 'role', h.role) order by lower(g.name)), '[]') groups
      from (select group_id, max(role) role from group_roles where org_id = p.org_id and user_id = p.user_id group by group_id) h
      join ${rowOf('resource_groups', 'h.group_id')} g on true
    ) g order by p.id`.execute(db)
  return rows
}
