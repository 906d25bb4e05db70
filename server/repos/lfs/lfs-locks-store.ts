import { now } from '../../kernel/clock.ts'
import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

export interface LockRow {
  id: string
  path: string
  user_id: string
  owner: string
  locked_at: Date
}

const lockColumns = sql`l.id, l.path, l.user_id, u.name as owner, l.locked_at`

/** The locks of a repository in the order they were made, from one on. */
export async function listLockRows(
  db: Db,
  repoId: string,
  wanted: { path?: string | undefined; id?: string | undefined; after?: string | undefined; most: number },
): Promise<LockRow[]> {
  const { path = null, id = null, after = null, most } = wanted
  const { rows } = await sql<LockRow>`select ${lockColumns} from lfs_locks l join users u on u.id = l.user_id
    where l.repo_id = ${repoId} and (${path}::text is null or l.path = ${path}) and (${id}::text is null or l.id = ${id})
      and (${after}::text is null or l.id > ${after})
    order by l.id limit ${most}`.execute(db)
  return rows
}

/** Locks a path; false when it is locked already. */
export async function insertLock(
  tx: Tx,
  lock: { id: string; repoId: string; path: string; userId: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`insert into lfs_locks (id, repo_id, path, user_id, locked_at)
    values (${lock.id}, ${lock.repoId}, ${lock.path}, ${lock.userId}, ${now()}) on conflict do nothing`.execute(tx)
  return numAffectedRows === 1n
}

/** Removes a lock; false when it is gone. */
export async function deleteLockRow(tx: Tx, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`delete from lfs_locks where id = ${id}`.execute(tx)
  return numAffectedRows === 1n
}
