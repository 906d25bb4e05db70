import { now } from '../kernel/clock.ts'
import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** Which of these LFS objects the repository does not have. */
export async function missingLfsObjects(tx: Tx, repoId: string, oids: readonly string[]): Promise<string[]> {
  if (oids.length === 0) return []
  const { rows } = await sql<{ oid: string }>`select wanted.oid from unnest(${oids}::text[]) as wanted(oid)
    where not exists (select from lfs_objects l where l.repo_id = ${repoId} and l.oid = wanted.oid)`.execute(tx)
  return rows.map(({ oid }) => oid)
}

/** Notes that commits point to these LFS objects, so that they are not collected. */
export async function markReferenced(tx: Tx, repoId: string, oids: readonly string[]): Promise<void> {
  if (oids.length === 0) return
  await sql`update lfs_objects set referenced_at = ${now()}
    where repo_id = ${repoId} and oid = any(${oids}::text[]) and referenced_at is null`.execute(tx)
}
