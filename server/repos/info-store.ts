import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import { type RepoRow, repoColumns, repoJoins } from './store.ts'

/** A repository with what its own page tells beside the lists. */
export interface RepoInfoRow extends RepoRow {
  tags: string[]
  used_storage: string
}

/** Finds a repository by its id, with the bytes it takes. */
export async function findRepoInfo(db: Db, id: string): Promise<RepoInfoRow | undefined> {
  const { rows } = await sql<RepoInfoRow>`select ${repoColumns}, r.group_id, g.name as group_name, r.tags,
      r.git_bytes + r.lfs_bytes as used_storage
    from repositories r ${repoJoins} left join resource_groups g on g.id = r.group_id where r.id = ${id}`.execute(db)
  return rows[0]
}
