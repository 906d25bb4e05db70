import { CompiledQuery } from 'kysely'
import type { SpendLimits } from '../../api/groups.ts'
import type { GroupRole, RepoType } from '../../api/index.ts'
import { adminRow, expiredMembership, type Given, liveGroupSize, liveMembership, readerRow } from '../access/grants.ts'
import { now } from '../kernel/clock.ts'
import { type Db, readShortly, type Tx, whenSent } from '../store/database.ts'
import { sql, textOf } from '../store/sql.ts'
import { lowerName } from '../users/names/names.ts'

/** A group with its people and repositories, as the database puts them together. */
export interface GroupRow {
  id: string
  name: string
  description: string | null
  auto_join_role: GroupRole | null
  auto_join_scope: 'all' | 'read_plus' | null
  spend_limits: SpendLimits
  org_name: string
  /** Id, full name, name, effective role, and who put them in. */
  people: [string, string, string, GroupRole, string | null][]
  /** Type, name, who put it in, and whether it is private. */
  repositories: [RepoType, string, string | null, boolean][]
}

// People whose membership counts, each once with the highest of their roles; and the repositories. Short arrays, since
// objects cost the database twice as much; the few memberships that have ended are looked for, not all that have not.
function groupColumns(at: Given<Date>) {
  return sql`g.id, g.name, g.description, g.auto_join_role, g.auto_join_scope, g.spend_limits, o.name as org_name,
    (select coalesce(json_agg(json_build_array(u.id, u.fullname, u.name, x.role, x.added_by) order by x.added_at, u.id), '[]')
      from (select distinct on (gr.user_id) gr.user_id, gr.role, gr.added_at, gr.added_by
        from group_roles gr where gr.group_id = g.id order by gr.user_id, gr.role desc) x
      join users u on u.id = x.user_id and u.state <> 'deleted'
      where not exists (select from memberships m where ${expiredMembership('m', at)} and m.org_id = g.org_id and m.user_id = x.user_id)) as people,
    (select coalesce(json_agg(json_build_array(r.type, r.name, r.group_added_by, r.private) order by r.type, lower(r.name)), '[]')
      from repositories r where r.group_id = g.id) as repositories`
}

const groupText = textOf(sql`select ${groupColumns(sql.raw('$2'))}
  from resource_groups g join organizations o on o.id = g.org_id where g.id = $1`)

/** Reads one group whole, in one statement. */
export async function findGroup(db: Db, id: string): Promise<GroupRow | undefined> {
  return (await readShortly(db, CompiledQuery.raw(groupText, [id, whenSent]) as CompiledQuery<GroupRow>))[0]
}

/** Lists groups of an organization by name: those of one person, or all. */
export async function listGroupRows(db: Db, orgId: string, of: { userId: string; all: boolean }): Promise<GroupRow[]> {
  const { rows } = await sql<GroupRow>`select ${groupColumns(now())}
    from resource_groups g join organizations o on o.id = g.org_id
    where g.org_id = ${orgId}
      and (${of.all}::boolean or exists (select from group_roles s where s.group_id = g.id and s.user_id = ${of.userId}))
    order by lower(g.name)`.execute(db)
  return rows
}

export interface SummaryRow
  extends Pick<GroupRow, 'id' | 'name' | 'description' | 'auto_join_role' | 'auto_join_scope'> {
  managed_by: 'manual' | 'scim'
  role: GroupRole | null
  num_users: number
  num_repos: number
  storage: string
}

/** Lists the same groups with counts only. */
export async function listSummaryRows(
  db: Db,
  orgId: string,
  of: { userId: string; all: boolean },
): Promise<SummaryRow[]> {
  const { rows } =
    await sql<SummaryRow>`select g.id, g.name, g.description, g.auto_join_role, g.auto_join_scope, g.managed_by, own.role,
      ${liveGroupSize('g', now())} as num_users, held.num_repos, held.storage
    from resource_groups g
    left join lateral (select count(*)::int as num_repos, coalesce(sum(r.git_bytes + r.lfs_bytes), 0) as storage
      from repositories r where r.group_id = g.id) held on true
    left join lateral (select max(s.role) as role from group_roles s where s.group_id = g.id and s.user_id = ${of.userId}) own on true
    where g.org_id = ${orgId} and (${of.all}::boolean or own.role is not null)
    order by lower(g.name)`.execute(db)
  return rows
}

/** A group with its settings only. */
export async function lockGroup(tx: Tx, id: string) {
  return tx.selectFrom('resource_groups').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}
export type LockedGroup = NonNullable<Awaited<ReturnType<typeof lockGroup>>>

/** Finds a group of the organization by its id or its name. */
export async function findGroupByReference(tx: Tx, orgId: string, reference: { id: string } | { name: string }) {
  const query = tx.selectFrom('resource_groups').select(['id', 'name']).where('org_id', '=', orgId)
  if ('id' in reference) return query.where('id', '=', reference.id).executeTakeFirst()
  return query.where(sql<string>`fold(name)`, '=', sql<string>`fold(${reference.name}::text)`).executeTakeFirst()
}

/** Counts the people of a group. */
export async function countGroupUsers(db: Db, id: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select ${liveGroupSize('g', now())} as count
    from resource_groups g where g.id = ${id}`.execute(db)
  return rows[0]?.count ?? 0
}

export interface NewGroup {
  id: string
  orgId: string
  name: string
  description: string | null
  createdBy: string
}

/** Inserts a group; the index on its name refuses a second one of that name. */
export async function insertGroup(tx: Tx, group: NewGroup): Promise<void> {
  await tx
    .insertInto('resource_groups')
    .values({
      id: group.id,
      org_id: group.orgId,
      name: group.name,
      description: group.description,
      created_by: group.createdBy,
      created_at: now(),
    })
    .execute()
}

/** Writes name, description and spend limits of a group. */
export async function updateGroupRow(
  tx: Tx,
  id: string,
  change: { name: string; description: string | null; spendLimits: SpendLimits },
): Promise<void> {
  await sql`update resource_groups set name = ${change.name}, description = ${change.description},
    spend_limits = ${JSON.stringify(change.spendLimits)}::jsonb where id = ${id}`.execute(tx)
}

/** Deletes a group; its roles go with it, its repositories stay with the organization. */
export async function deleteGroupRow(tx: Tx, id: string): Promise<void> {
  await sql`update repositories set group_id = null, group_added_by = null where group_id = ${id}`.execute(tx)
  await sql`delete from resource_groups where id = ${id}`.execute(tx)
}

export interface AskedPerson {
  asked: string
  user_id: string | null
  name: string
}

/** Looks accounts up by name, in the order asked. */
export async function findAskedPeople(tx: Tx, names: readonly string[]): Promise<AskedPerson[]> {
  const { rows } = await sql<AskedPerson>`select w.asked, u.id as user_id, u.name
    from unnest(${names as string[]}::text[], ${names.map(lowerName)}::text[]) with ordinality w(asked, lower_name, position)
    left join names n on n.lower_name = w.lower_name
    left join users u on u.id = n.user_id and u.state <> 'deleted'
    order by w.position`.execute(tx)
  return rows
}

/** Counts whom a deleted group would let see its private repositories, and names some of those. */
export async function findBecomingVisible(tx: Tx, group: { id: string; orgId: string }, most: number) {
  const { rows } = await sql<{
    type: RepoType
    name: string
    total: number
  }>`select r.type, o.name || '/' || r.name as name, (count(*) over ())::int as total
    from repositories r join organizations o on o.id = r.org_id
    where r.group_id = ${group.id} and r.private order by r.type, lower(r.name) limit ${most}`.execute(tx)
  const people = await sql<{ count: number }>`select count(*)::int as count from memberships m
    where m.org_id = ${group.orgId} and ${readerRow('m')} and not ${adminRow('m')} and ${liveMembership('m', now())}
      and not exists (select from group_roles gr where gr.group_id = ${group.id} and gr.user_id = m.user_id)`.execute(
    tx,
  )
  const repositoryCount = rows[0]?.total ?? 0
  return {
    repositories: rows.map(({ type, name }) => ({ type, name })),
    repositoryCount,
    people: repositoryCount === 0 ? 0 : (people.rows[0]?.count ?? 0),
  }
}
