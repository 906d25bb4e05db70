import type { GroupRole, GroupRoleSource, MemberSource, OrgRole } from '../../../api/index.ts'
import { hasTwoFactor, liveMembership } from '../../access/grants.ts'
import type { Db } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import type { MemberKey } from '../membership/store.ts'

export interface RecordRow {
  user: string
  fullname: string
  role: OrgRole
  source: MemberSource
  isExternal: boolean
  hasTwoFactor: boolean
  joinedAt: Date
  lastActiveAt: Date | null
  expiresAt: Date | null
  rows: {
    id: string
    name: string
    source: GroupRoleSource
    role: GroupRole
    addedBy: string | null
    addedAt: string
  }[]
}

/** Reads all about one member; of their groups those that the viewer is in, or all. */
export async function findRecord(
  db: Db,
  { orgId, userId }: MemberKey,
  viewer: { id: string; seesAll: boolean },
  at: Date,
): Promise<RecordRow | undefined> {
  const { rows } = await sql<RecordRow>`
    select u.name "user", u.fullname, m.role, m.source, m.is_external "isExternal", ${hasTwoFactor('u')} "hasTwoFactor",
      m.joined_at "joinedAt", nullif(a.last_at, '-infinity') "lastActiveAt", m.expires_at "expiresAt",
      coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'source', r.source, 'role', r.role, 'addedBy', r.added_by, 'addedAt', r.added_at)
          order by lower(g.name), r.source)
        from group_roles r join resource_groups g on g.id = r.group_id
        where r.org_id = m.org_id and r.user_id = m.user_id
          and (${viewer.seesAll} or exists (select from group_roles v where v.group_id = g.id and v.user_id = ${viewer.id}))), '[]') "rows"
    from memberships m join users u on u.id = m.user_id join member_activity a on a.org_id = m.org_id and a.user_id = m.user_id
    where m.org_id = ${orgId} and m.user_id = ${userId} and ${liveMembership('m', at)}`.execute(db)
  return rows[0]
}
