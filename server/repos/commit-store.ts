import { now } from '../kernel/clock.ts'
import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** An LFS object whose bytes the hub has just put into the store. */
export interface NewLfsObject {
  oid: string
  size: number
  /** Where it was seen. */
  path: string | null
}

/** Notes LFS objects that came in a commit; those that are known already stay as they are. */
export async function insertLfsObjects(
  tx: Tx,
  repoId: string,
  objects: readonly NewLfsObject[],
  uploadedBy: string,
): Promise<void> {
  if (objects.length === 0) return
  const at = now()
  await sql`with added as (
      insert into lfs_objects (repo_id, oid, size, uploaded_by, uploaded_at, referenced_at, file_name)
      select ${repoId}, o.oid, o.size, ${uploadedBy}, ${at}, ${at}, o.path
      from unnest(${objects.map(({ oid }) => oid)}::text[], ${objects.map(({ size }) => size)}::bigint[],
        ${objects.map(({ path }) => path)}::text[]) as o(oid, size, path)
      on conflict do nothing
      returning size)
    update repositories set lfs_bytes = lfs_bytes + (select coalesce(sum(size), 0) from added)
    where id = ${repoId}`.execute(tx)
}
