import type { RawBuilder } from 'kysely'
import { sql } from '../store/sql.ts'

/** Somebody, and the organization whose repositories it is about. */
export interface Writer {
  orgId: string
  userId: string
}

/**
 * Begins a statement with `sole`: the repositories of an organization that a person may write to, and no other member by
 * a role below admin of the organization, or by a grant. Of an admin, who may write everywhere, those count that they made.
 */
export function soleRepositories({ orgId, userId }: Writer, at: Date): RawBuilder<unknown> {
  return sql`
  with me as (select m.role from memberships m where m.org_id = ${orgId} and m.user_id = ${userId} and (m.expires_at is null or m.expires_at > ${at})),
  others as (select m.user_id, m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
    where m.org_id = ${orgId} and m.user_id <> ${userId} and (m.expires_at is null or m.expires_at > ${at})),
  mine as (
    select r.id, r.type, r.name, r.group_id, r.creator_id from repositories r left join me on true
    where r.org_id = ${orgId} and (
      (r.group_id is null and me.role = 'write')
      or (r.creator_id = ${userId} and (me.role = 'admin' or (me.role = 'contributor' and r.group_id is null)))
      or exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = ${userId} and me.role is not null
        and (gr.role >= 'write' or (gr.role = 'contributor' and r.creator_id = ${userId})))
      or exists (select from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = ${userId} and rc.role = 'write'
        and (rc.expires_at is null or rc.expires_at > ${at})))
  ), sole as (
    select r.id, r.type, r.name from mine r where not (
      (r.group_id is null and exists (select from others x where x.role = 'write'))
      or (r.group_id is null and exists (select from others x where x.user_id = r.creator_id and x.role = 'contributor'))
      or exists (select from group_roles gr join others x on x.user_id = gr.user_id where gr.group_id = r.group_id
        and (gr.role >= 'write' or (gr.role = 'contributor' and gr.user_id = r.creator_id)))
      or exists (select from repo_collaborators rc join others x on x.user_id = rc.user_id
        where rc.repo_id = r.id and rc.role = 'write' and (rc.expires_at is null or rc.expires_at > ${at})))
  )`
}
