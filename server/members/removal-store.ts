import type { RepoType } from '../../api/index.ts'
import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { MemberKey } from './membership/store.ts'

/** The repositories that a person made: the first of them by name, and how many. */
export interface Made {
  repositories: { type: RepoType; name: string }[]
  repositoryCount: number
}

/** Which repositories of the person a viewer is told of. */
export interface Sight {
  viewerId: string
  all: boolean
  ungrouped: boolean
}

/** Finds the repositories of an organization that the person made, as far as the viewer may know of them. */
export async function findMade(db: Db, { orgId, userId }: MemberKey, sight: Sight, most: number): Promise<Made> {
  const { rows } = await sql<Made>`
    with made as (
      select r.id, r.type, r.name from repositories r
      where r.org_id = ${orgId} and r.creator_id = ${userId}
        and (${sight.all} or not r.private or (r.group_id is null and ${sight.ungrouped})
          or exists (select from group_roles v where v.group_id = r.group_id and v.user_id = ${sight.viewerId}))
    ), named as (select * from made order by type, id limit ${most})
    select
      coalesce((select json_agg(json_build_object('type', type, 'name', o.name || '/' || n.name) order by type, n.id) from named n), '[]') "repositories",
      (select count(*)::int from made) "repositoryCount"
    from organizations o where o.id = ${orgId}`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('the organization is gone')
  return row
}
