import { adminRow, liveMembership } from '../../access/grants.ts'
import { solelyWritten } from '../../access/lists.ts'
import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import type { HolderIn } from '../../users/holding.ts'

/** Groups, filled by hand, in which the person is admin and no other person is. */
export async function readSoleGroups(
  db: Db,
  { orgId, userId }: HolderIn,
  at: Date,
): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select g.id, g.name from resource_groups g
    where g.org_id = ${orgId} and g.managed_by = 'manual'
      and exists (select from group_roles r where r.group_id = g.id and r.user_id = ${userId} and ${adminRow('r')})
      and not exists (select from group_roles r join memberships m on m.org_id = r.org_id and m.user_id = r.user_id and ${liveMembership('m', at)}
        join users u on u.id = r.user_id and u.state = 'active'
        where r.group_id = g.id and r.user_id <> ${userId} and ${adminRow('r')})
    order by lower(g.name)`.execute(db)
  return rows
}

/** Repositories that only the person may write to, admins aside: how many, and the first of them by name. */
export async function readSoleRepositories(
  db: Db,
  key: HolderIn,
  { at, most }: { at: Date; most: number },
): Promise<{ count: number; named: { repository: string; type: string }[] }> {
  const { rows } = await sql<{ count: number; named: { repository: string; type: string }[] }>`
    ${solelyWritten(key, at)}
    select (select count(*)::int from sole) count, (select coalesce(json_agg(json_build_object(
        'repository', o.name || '/' || s.name, 'type', s.type) order by s.type, lower(s.name)), '[]')
      from (select * from sole order by type, lower(name) limit ${most}) s
      join organizations o on o.id = ${key.orgId}) named`.execute(db)
  return rows[0] ?? { count: 0, named: [] }
}

/** Gives a successor a grant to write on each repository that only the person may write to. */
export async function grantSoleRepositories(
  tx: Tx,
  key: HolderIn,
  { successorId, by, at }: { successorId: string; by: string; at: Date },
): Promise<void> {
  await sql`${solelyWritten(key, at)}
    insert into repo_collaborators (repo_id, user_id, role, added_by, added_at)
    select id, ${successorId}, 'write', ${by}, ${at}::timestamptz from sole order by id
    on conflict (repo_id, user_id) do update set role = excluded.role, expires_at = null`.execute(tx)
}

/** How many repositories of the organization the person made. */
export async function countMade(db: Db, { orgId, userId }: HolderIn): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int count from repositories where org_id = ${orgId} and creator_id = ${userId}`.execute(db)
  return rows[0]?.count ?? 0
}
