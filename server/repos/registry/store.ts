import type { gated, RepoType } from '../../../api/index.ts'
import { now, secondsFromNow } from '../../kernel/clock.ts'
import type { Db, Tx } from '../../store/database.ts'
import { rowOf, sql } from '../../store/sql.ts'
import { keptNameSeconds, lowerName } from '../../users/names/names.ts'

/** Whom a repository belongs to: a person or an organization. */
export interface Owner {
  kind: 'user' | 'org'
  id: string
  name: string
}

export interface RepoRow {
  id: string
  type: RepoType
  name: string
  namespace: string
  private: boolean
  gate: gated.GateMode | null
  created_by: string | null
  created_at: Date
  updated_at: Date
  group_id: string | null
  group_name: string | null
  head: string | null
  tags: string[]
  library_name: string | null
  pipeline_tag: string | null
  sdk: string | null
  used_bytes: string
}

/** What is shown of a repository `r`; the group's columns are for those who may see it. */
const ownColumns = sql`r.id, r.type, r.name, coalesce(o.name, u.name) as namespace, r.private, r.gate, c.name as created_by,
  r.created_at, r.updated_at, (r.git_bytes + r.lfs_bytes)::text as used_bytes`
/** The same, with what lists show of its main branch. */
export const repoColumns = sql`${ownColumns}, r.head, r.tags, r.library_name, r.pipeline_tag, r.sdk`
/** What {@link repoColumns} needs beside `repositories r`. */
export const repoJoins = sql`left join ${rowOf('organizations', 'r.org_id')} o on true left join ${rowOf('users', 'r.user_id')} u on true
  left join ${rowOf('users', 'r.creator_id')} c on true`

type FoundRepo = Omit<RepoRow, 'head' | 'tags' | 'library_name' | 'pipeline_tag' | 'sdk'>

/** Finds a repository by its id, without what lists show of its main branch. */
export async function findRepo(db: Db, id: string): Promise<FoundRepo | undefined> {
  const { rows } = await sql<FoundRepo>`select ${ownColumns}, r.group_id, g.name as group_name
    from repositories r ${repoJoins} left join ${rowOf('resource_groups', 'r.group_id')} g on true where r.id = ${id}`.execute(
    db,
  )
  return rows[0]
}

export interface NewRepo {
  id: string
  type: RepoType
  owner: Owner
  name: string
  private: boolean
  creatorId: string
  group: { id: string; addedBy: string } | undefined
}

/** Inserts a repository; its name is taken by {@link takeRepoName}. */
export async function insertRepo(tx: Tx, repo: NewRepo): Promise<void> {
  const at = now()
  await tx
    .insertInto('repositories')
    .values({
      id: repo.id,
      type: repo.type,
      user_id: repo.owner.kind === 'user' ? repo.owner.id : null,
      org_id: repo.owner.kind === 'org' ? repo.owner.id : null,
      name: repo.name,
      private: repo.private,
      creator_id: repo.creatorId,
      group_id: repo.group?.id ?? null,
      group_added_by: repo.group?.addedBy ?? null,
      created_at: at,
      updated_at: at,
    })
    .execute()
}

/** Who takes the name of a repository, and whether as one who manages its namespace. */
export interface NameTaker {
  userId: string
  managesNamespace: boolean
}

/**
 * Takes a name under its owner for a repository; false when it is in use. An old name that is kept is for the repository
 * that had it, for who gave it up, and for who manages the namespace.
 */
export async function takeRepoName(
  tx: Tx,
  repo: { id: string; type: RepoType; ownerId: string; name: string },
  taker: NameTaker,
): Promise<boolean> {
  const { rows } = await sql`insert into repository_names (owner_id, type, lower_name, repo_id, current)
    values (${repo.ownerId}, ${repo.type}, ${lowerName(repo.name)}, ${repo.id}, true)
    on conflict (owner_id, type, lower_name) do update
    set repo_id = excluded.repo_id, current = true, kept_until = null, released_by_id = null
    where not repository_names.current and (repository_names.kept_until <= ${now()} or ${taker.managesNamespace}::boolean
      or repository_names.repo_id = excluded.repo_id or repository_names.released_by_id = ${taker.userId})
    returning repo_id`.execute(tx)
  return rows.length === 1
}

/** Makes the present name of a repository an old one, which redirects for 90 days. */
export async function retireRepoName(tx: Tx, repoId: string, userId: string): Promise<void> {
  await sql`update repository_names set current = false, kept_until = ${secondsFromNow(keptNameSeconds)},
    released_by_id = ${userId} where repo_id = ${repoId} and current`.execute(tx)
}

/** Deletes old names that are no longer kept. */
export async function deleteExpiredRepoNames(db: Db): Promise<void> {
  await sql`delete from repository_names where kept_until <= ${now()}`.execute(db)
}

/** Locks a repository and reads what it is now. */
export async function lockRepoRow(tx: Tx, id: string) {
  return tx.selectFrom('repositories').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

/** Notes that the content of a repository changed. */
export async function touchPushed(tx: Tx, id: string): Promise<void> {
  const at = now()
  await sql`update repositories set pushed_at = ${at}, updated_at = ${at} where id = ${id}`.execute(tx)
}

/** Repositories of which nothing was ever read or pushed. */
export async function findNeverMade(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from repositories where head is null and pushed_at is null
    order by id`.execute(db)
  return rows.map(({ id }) => id)
}

/** Which of these ids are repositories. */
export async function findRepoIds(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`select id from repositories where id = any(${ids}::text[])`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

/** Gives a repository another owner and name, out of its group where it leaves the organization. */
export async function moveRepoRow(
  tx: Tx,
  id: string,
  to: { owner: Owner; name: string; leavesGroup: boolean },
): Promise<void> {
  const { owner } = to
  await sql`update repositories set name = ${to.name}, user_id = ${owner.kind === 'user' ? owner.id : null},
      org_id = ${owner.kind === 'org' ? owner.id : null},
      group_id = case when ${to.leavesGroup}::boolean then null else group_id end,
      group_added_by = case when ${to.leavesGroup}::boolean then null else group_added_by end
    where id = ${id}`.execute(tx)
}

/** What the settings of a repository say. */
export interface RepoSettings {
  private: boolean
  gate: gated.GateMode | null
  gate_members: boolean
  gate_notifications: gated.GateSettings['gatedNotificationsMode']
  gate_email: string | null
}

/** Changes the settings of a repository. */
export async function setSettings(tx: Tx, id: string, settings: Partial<RepoSettings>): Promise<void> {
  await tx.updateTable('repositories').set(settings).where('id', '=', id).execute()
}

/** Has commits that no reference leads to deleted soon: they could be read by their ID. */
export async function wantPruning(tx: Tx, id: string): Promise<void> {
  await sql`update repositories set prune_wanted_at = ${now()} where id = ${id}`.execute(tx)
}

/** Deletes repositories and answers how many; their names stay kept for 90 days. */
export async function deleteRepoRows(tx: Tx, ids: readonly string[], userId: string): Promise<number> {
  if (ids.length === 0) return 0
  const keptUntil = secondsFromNow(keptNameSeconds)
  await sql`update repository_names set repo_id = null, current = false,
      kept_until = case when current then ${keptUntil}::timestamptz else kept_until end,
      released_by_id = case when current then ${userId} else released_by_id end
    where repo_id = any(${ids}::text[])`.execute(tx)
  const { numAffectedRows } = await sql`delete from repositories where id = any(${ids}::text[])`.execute(tx)
  return Number(numAffectedRows)
}

export interface OwnedRepo {
  id: string
  type: RepoType
  namespace: string
  name: string
  private: boolean
}

/** Locks the repositories under a person's name, and reads what they are. */
export async function lockOwnedRepos(tx: Tx, userId: string): Promise<OwnedRepo[]> {
  const { rows } = await sql<OwnedRepo>`select r.id, r.type, u.name as namespace, r.name, r.private
    from repositories r join users u on u.id = r.user_id where r.user_id = ${userId}
    order by r.id for update of r`.execute(tx)
  return rows
}
