import type { collaborators, GroupRole, RepoType } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { MemberKey } from './store.ts'

export interface Belongings {
  groups: { id: string; name: string; role: GroupRole }[]
  repositories: { type: RepoType; name: string }[]
  repositoryCount: number
  personalTokens: number
  grants: { type: RepoType; name: string; role: collaborators.CollaboratorRole }[]
}

/** Which repositories of the person a viewer is told of. */
export interface Sight {
  viewerId: string
  all: boolean
  ungrouped: boolean
}

/** What hangs on a membership: group roles, and what the person made or has beside it. */
export async function getBelongings(
  db: Db,
  { orgId, userId }: MemberKey,
  sight: Sight,
  most: number,
): Promise<Belongings> {
  const { rows } = await sql<Belongings>`
    with made as (
      select r.id, r.type, r.name from repositories r
      where r.org_id = ${orgId} and r.creator_id = ${userId}
        and (${sight.all} or not r.private or (r.group_id is null and ${sight.ungrouped})
          or exists (select from group_roles v where v.group_id = r.group_id and v.user_id = ${sight.viewerId}))
    ), named as (select * from made order by type, id limit ${most})
    select
      coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', r.role) order by lower(g.name)) from (
        select group_id, max(role) role from group_roles where org_id = ${orgId} and user_id = ${userId} group by group_id) r
        join resource_groups g on g.id = r.group_id), '[]') "groups",
      coalesce((select json_agg(json_build_object('type', type, 'name', o.name || '/' || n.name) order by type, n.id) from named n), '[]') "repositories",
      (select count(*)::int from made) "repositoryCount",
      (select count(*)::int from access_tokens where user_id = ${userId}) "personalTokens",
      coalesce((select json_agg(json_build_object('type', r.type, 'name', o.name || '/' || r.name, 'role', rc.role) order by r.type, r.id)
        from repo_collaborators rc join repositories r on r.id = rc.repo_id
        where r.org_id = ${orgId} and rc.user_id = ${userId} and (rc.expires_at is null or rc.expires_at > ${now()})), '[]') "grants"
    from organizations o where o.id = ${orgId}`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('the organization is gone')
  return row
}
