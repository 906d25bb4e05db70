import { now } from '../../kernel/clock.ts'
import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** An LFS object whose bytes the hub has just put into the store. */
export interface NewLfsObject {
  oid: string
  size: number
  /** Where it was seen. */
  path: string | null
  /** What git would call the content, where that is known. */
  gitOid: string | null
}

/** Notes LFS objects that came in a commit; those that are known already stay as they are. Answers how many bytes are new. */
export async function insertLfsObjects(
  tx: Tx,
  repoId: string,
  objects: readonly NewLfsObject[],
  uploadedBy: string,
): Promise<number> {
  if (objects.length === 0) return 0
  const at = now()
  const { rows } = await sql<{ bytes: number }>`with added as (
      insert into lfs_objects (repo_id, oid, size, uploaded_by, uploaded_at, referenced_at, file_name, git_oid)
      select ${repoId}, o.oid, o.size, ${uploadedBy}, ${at}, ${at}, o.path, o.git_oid
      from unnest(${objects.map(({ oid }) => oid)}::text[], ${objects.map(({ size }) => size)}::bigint[],
        ${objects.map(({ path }) => path)}::text[], ${objects.map(({ gitOid }) => gitOid)}::text[])
        as o(oid, size, path, git_oid)
      on conflict do nothing
      returning size)
    update repositories set lfs_bytes = lfs_bytes + (select coalesce(sum(size), 0) from added)
    where id = ${repoId} returning (select coalesce(sum(size), 0) from added)::float8 as bytes`.execute(tx)
  return rows[0]?.bytes ?? 0
}

/** Notes what git would call the content of LFS objects that were there before. */
export async function noteGitOids(
  db: Db,
  repoId: string,
  objects: readonly { oid: string; gitOid: string }[],
): Promise<void> {
  if (objects.length === 0) return
  await sql`update lfs_objects l set git_oid = o.git_oid
    from unnest(${objects.map(({ oid }) => oid)}::text[], ${objects.map(({ gitOid }) => gitOid)}::text[])
      as o(oid, git_oid)
    where l.repo_id = ${repoId} and l.oid = o.oid and l.git_oid is null`.execute(db)
}
