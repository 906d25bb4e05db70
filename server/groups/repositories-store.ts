import type { RepoType } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

export interface LockedRepo {
  id: string
  type: RepoType
  name: string
  private: boolean
  group_id: string | null
  group_name: string | null
  group_added_by: string | null
}

/** Finds repositories of an organization by type and name (old names too) and locks them, in the order of their ids. */
export async function lockReposByName(
  tx: Tx,
  orgId: string,
  asked: readonly { type: RepoType; lowerName: string }[],
): Promise<(LockedRepo & { asked_name: string })[]> {
  const { rows } = await sql<LockedRepo & { asked_name: string }>`
    select r.id, r.type, r.name, r.private, r.group_id, g.name as group_name, r.group_added_by, rn.lower_name as asked_name
    from unnest(${asked.map(({ type }) => type)}::text[], ${asked.map(({ lowerName }) => lowerName)}::text[]) w(type, lower_name)
    join repository_names rn on rn.owner_id = ${orgId} and rn.type = w.type::repo_type and rn.lower_name = w.lower_name
      and (rn.current or rn.kept_until > ${now()})
    join repositories r on r.id = rn.repo_id and r.org_id = ${orgId}
    left join resource_groups g on g.id = r.group_id
    order by r.id for no key update of r`.execute(tx)
  return rows
}

/** Locks one repository. */
export async function lockRepo(tx: Tx, id: string): Promise<LockedRepo | undefined> {
  const { rows } = await sql<LockedRepo>`
    select r.id, r.type, r.name, r.private, r.group_id, g.name as group_name, r.group_added_by
    from repositories r left join resource_groups g on g.id = r.group_id where r.id = ${id} for no key update of r`.execute(
    tx,
  )
  return rows[0]
}

/** Puts repositories into a group, or with null out of any. */
export async function setGroupOfRepos(
  tx: Tx,
  ids: readonly string[],
  group: { id: string; addedBy: string } | null,
): Promise<void> {
  await sql`update repositories set group_id = ${group?.id ?? null}, group_added_by = ${group?.addedBy ?? null}
    where id = any(${ids as string[]}::text[])`.execute(tx)
}
