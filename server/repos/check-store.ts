import type { RepoType } from '../../api/index.ts'
import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** A repository to look at. */
export interface CheckedRow {
  id: string
  type: RepoType
  /** `namespace/name` */
  name: string
}

/** Lists repositories by id, after one of them. */
export async function listRepoIds(db: Db, after: string | undefined, most: number): Promise<CheckedRow[]> {
  const { rows } = await sql<CheckedRow>`select r.id, r.type, coalesce(o.name, u.name) || '/' || r.name as name
    from repositories r left join organizations o on o.id = r.org_id left join users u on u.id = r.user_id
    where r.id > ${after ?? ''} order by r.id limit ${most}`.execute(db)
  return rows
}

/** Lists the large files that a repository says it has. */
export async function listLfsRows(db: Db, repoId: string): Promise<{ oid: string; size: string }[]> {
  const { rows } = await sql<{ oid: string; size: string }>`select oid, size::text as size from lfs_objects
    where repo_id = ${repoId} order by oid`.execute(db)
  return rows
}
