import { now } from '../../kernel/clock.ts'
import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** Which of these LFS objects the repository does not have. */
export async function missingLfsObjects(db: Db, repoId: string, oids: readonly string[]): Promise<string[]> {
  if (oids.length === 0) return []
  const { rows } = await sql<{ oid: string }>`select wanted.oid from unnest(${oids}::text[]) as wanted(oid)
    where not exists (select from lfs_objects l where l.repo_id = ${repoId} and l.oid = wanted.oid)`.execute(db)
  return rows.map(({ oid }) => oid)
}

/** Which of these pointers lead to no LFS object of the repository: it is not there, or has another size. */
export async function danglingPointers<P extends { oid: string; size: number }>(
  db: Db,
  repoId: string,
  pointers: readonly P[],
): Promise<P[]> {
  if (pointers.length === 0) return []
  const found = await findLfsObjects(db, repoId, [...new Set(pointers.map(({ oid }) => oid))])
  const sizes = new Map(found.map(({ oid, size }) => [oid, size]))
  return pointers.filter(({ oid, size }) => sizes.get(oid) !== size)
}

/** Notes that commits point to these LFS objects, so that they are not collected, and from which path first. */
export async function markReferenced(
  tx: Tx,
  repoId: string,
  objects: Iterable<readonly [oid: string, path: string | null]>,
): Promise<void> {
  const paths = new Map(objects)
  if (paths.size === 0) return
  await sql`update lfs_objects l set referenced_at = ${now()}, file_name = coalesce(o.path, l.file_name)
    from unnest(${[...paths.keys()]}::text[], ${[...paths.values()]}::text[]) as o(oid, path)
    where l.repo_id = ${repoId} and l.oid = o.oid and l.referenced_at is null`.execute(tx)
}

/** When a repository last changed, if commits point to any of its LFS objects; undefined otherwise. */
export async function hasReferenced(db: Db, repoId: string): Promise<Date | null | undefined> {
  const { rows } = await sql<{ pushed_at: Date | null }>`select r.pushed_at from repositories r where r.id = ${repoId}
    and exists (select from lfs_objects l where l.repo_id = r.id and l.referenced_at is not null)`.execute(db)
  return rows[0]?.pushed_at
}

/** Notes that commits point to none of the LFS objects but these: the others wait as if they had just arrived. Answers how many. */
export async function unmarkReferenced(tx: Tx, repoId: string, kept: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`update lfs_objects set referenced_at = null, uploaded_at = ${now()}
    where repo_id = ${repoId} and referenced_at is not null and oid <> all(${kept}::text[])`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

export interface LfsObjectRow {
  oid: string
  size: number
  uploaded_by: string | null
  uploaded_at: Date
  referenced_at: Date | null
  file_name: string | null
  /** What git would call the content, where that is known. */
  git_oid: string | null
}

/** The LFS objects of a repository among these. */
export async function findLfsObjects(db: Db, repoId: string, oids: readonly string[]): Promise<LfsObjectRow[]> {
  const { rows } = await sql<LfsObjectRow>`select ${objectColumns} from lfs_objects
    where repo_id = ${repoId} and oid = any(${oids}::text[])`.execute(db)
  return rows
}

/** Which of these sizes an LFS object of a repository has. */
export async function findLfsSizes(db: Db, repoId: string, sizes: readonly number[]): Promise<Set<number>> {
  const { rows } = await sql<{ size: number }>`select distinct size::float8 as size from lfs_objects
    where repo_id = ${repoId} and size = any(${sizes}::bigint[])`.execute(db)
  return new Set(rows.map(({ size }) => size))
}

// Sizes are below 2^53, and the driver gives larger integers as text.
const objectColumns = sql`oid, size::float8 as size, uploaded_by, uploaded_at, referenced_at, file_name, git_oid`

/** Enters an object whose bytes are there; false when it was entered before. */
export async function insertLfsObject(
  tx: Tx,
  object: { repoId: string; oid: string; size: number; uploadedBy: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`insert into lfs_objects (repo_id, oid, size, uploaded_by, uploaded_at)
    values (${object.repoId}, ${object.oid}, ${object.size}, ${object.uploadedBy}, ${now()})
    on conflict do nothing`.execute(tx)
  if (numAffectedRows !== 1n) return false
  await sql`update repositories set lfs_bytes = lfs_bytes + ${object.size} where id = ${object.repoId}`.execute(tx)
  return true
}

/** Enters LFS objects whose bytes are there; the time of those that wait for a commit starts again. Answers how many bytes are new. */
export async function enterLfsObjects(
  tx: Tx,
  repoId: string,
  objects: readonly { oid: string; size: number }[],
  uploadedBy: string,
): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`with sent as (
      select distinct o.oid, o.size from unnest(${objects.map(({ oid }) => oid)}::text[],
        ${objects.map(({ size }) => size)}::bigint[]) as o(oid, size)),
    renewed as (
      update lfs_objects l set uploaded_at = ${now()} from sent
      where l.repo_id = ${repoId} and l.oid = sent.oid and l.referenced_at is null),
    added as (
      insert into lfs_objects (repo_id, oid, size, uploaded_by, uploaded_at)
      select ${repoId}, oid, size, ${uploadedBy}, ${now()}::timestamptz from sent on conflict do nothing returning size)
    update repositories set lfs_bytes = lfs_bytes + (select coalesce(sum(size), 0) from added)
    where id = ${repoId} returning (select coalesce(sum(size), 0) from added)::float8 as bytes`.execute(tx)
  return rows[0]?.bytes ?? 0
}

/** Starts the waiting time of objects again that no commit points to yet. */
export async function renewLfsObjects(db: Db, repoId: string, oids: readonly string[]): Promise<void> {
  if (oids.length === 0) return
  await sql`update lfs_objects set uploaded_at = ${now()}
    where repo_id = ${repoId} and oid = any(${oids}::text[]) and referenced_at is null`.execute(db)
}

/**
 * Takes objects off the list of a repository; answers those that were on it. Chunks of Xet that were in them are gone too,
 * so that clients have to forget them.
 */
export async function deleteLfsObjects(tx: Tx, repoId: string, oids: readonly string[]): Promise<string[]> {
  await sql`with held as (
      select x.hash from xet_xorbs x where x.repo_id = ${repoId} and exists (select from xet_places p
        where p.repo_id = x.repo_id and p.xorb = x.hash and p.oid = any(${oids}::text[])) order by x.hash for update),
    gone as (
      delete from xet_xorbs x using held where x.repo_id = ${repoId} and x.hash = held.hash returning x.hash)
    update repositories set xet_generation = xet_generation + 1
    where id = ${repoId} and exists (select from gone)`.execute(tx)
  const { rows } = await sql<{ oid: string; size: number }>`delete from lfs_objects
    where repo_id = ${repoId} and oid = any(${oids}::text[]) returning oid, size::float8 as size`.execute(tx)
  const bytes = rows.reduce((sum, { size }) => sum + size, 0)
  await sql`update repositories set lfs_bytes = greatest(0, lfs_bytes - ${bytes}::bigint) where id = ${repoId}`.execute(
    tx,
  )
  return rows.map(({ oid }) => oid)
}

/** The objects of a repository, newest first. */
export async function listLfsObjects(
  db: Db,
  repoId: string,
  { after, most }: { after: { uploadedAt: string; oid: string } | undefined; most: number },
): Promise<LfsObjectRow[]> {
  const { rows } = await sql<LfsObjectRow>`select ${objectColumns} from lfs_objects
    where repo_id = ${repoId} and (${after?.oid ?? null}::text is null
      or (uploaded_at, oid) < (${after?.uploadedAt ?? null}::timestamptz, ${after?.oid ?? null}))
    order by uploaded_at desc, oid desc limit ${most}`.execute(db)
  return rows
}

export interface LfsUpload {
  id: string
  oid: string
  size: number
  store_id: string
}

/** Enters uploads in parts that have begun. */
export async function insertLfsUploads(db: Db, repoId: string, uploads: readonly LfsUpload[]): Promise<void> {
  const column = (name: keyof LfsUpload) => uploads.map((upload) => String(upload[name]))
  await sql`insert into lfs_uploads (id, repo_id, oid, size, store_id, begun_at, touched_at)
    select id, ${repoId}, oid, size, store_id, ${now()}::timestamptz, ${now()}::timestamptz
    from unnest(${column('id')}::text[], ${column('oid')}::text[], ${column('size')}::bigint[],
      ${column('store_id')}::text[]) as begun(id, oid, size, store_id)`.execute(db)
}

/** Finds an upload in parts. */
export async function findLfsUpload(db: Db, repoId: string, id: string): Promise<LfsUpload | undefined> {
  const { rows } = await sql<LfsUpload>`select id, oid, size::float8 as size, store_id from lfs_uploads
    where id = ${id} and repo_id = ${repoId}`.execute(db)
  return rows[0]
}

/** Notes that an upload in parts goes on, and how much has arrived. */
export async function touchLfsUpload(db: Db, id: string, arrived: number): Promise<void> {
  await sql`update lfs_uploads set touched_at = ${now()}, sent_bytes = sent_bytes + ${arrived}::bigint where id = ${id}`.execute(
    db,
  )
}

/** Forgets an upload in parts. */
export async function deleteLfsUpload(db: Db, id: string): Promise<void> {
  await sql`delete from lfs_uploads where id = ${id}`.execute(db)
}

/** Forgets uploads of these objects that no one went on with since; answers what they are called where the bytes are. */
export async function deleteIdleUploads(
  db: Db,
  repoId: string,
  oids: readonly string[],
  before: Date,
): Promise<string[]> {
  const { rows } = await sql<{ store_id: string }>`delete from lfs_uploads where repo_id = ${repoId}
    and oid = any(${oids}::text[]) and touched_at < ${before} returning store_id`.execute(db)
  return rows.map(({ store_id }) => store_id)
}

/** Whether someone's upload to a repository showed a sign of life since: a part of this one, or a whole object. */
export async function isUploading(
  db: Db,
  { repoId, uploadId, by }: { repoId: string; uploadId: string | undefined; by: string },
  since: Date,
): Promise<boolean> {
  const { rows } = await sql`select where exists (select from lfs_uploads
      where id = ${uploadId ?? ''} and repo_id = ${repoId} and touched_at > ${since})
    or exists (select from lfs_objects
      where repo_id = ${repoId} and uploaded_by = ${by} and uploaded_at > ${since})`.execute(db)
  return rows.length > 0
}

/** Objects that were uploaded before a moment and that no commit ever pointed to. */
export async function listUnreferenced(
  db: Db,
  before: Date,
  most: number,
): Promise<(LfsObjectRow & { repo_id: string })[]> {
  const { rows } = await sql<LfsObjectRow & { repo_id: string }>`select repo_id, ${objectColumns} from lfs_objects
    where referenced_at is null and uploaded_at < ${before} order by uploaded_at limit ${most}`.execute(db)
  return rows
}

/** Those of these objects of a repository that still wait for a commit since before a moment. */
export async function findUnreferenced(
  tx: Tx,
  repoId: string,
  oids: readonly string[],
  before: Date,
): Promise<string[]> {
  const { rows } = await sql<{ oid: string }>`select oid from lfs_objects where repo_id = ${repoId}
    and oid = any(${oids}::text[]) and referenced_at is null and uploaded_at < ${before}`.execute(tx)
  return rows.map(({ oid }) => oid)
}

/** Forgets uploads in parts that no one went on with since; answers what they are called where the bytes are. */
export async function deleteStaleUploads(db: Db, before: Date): Promise<{ repo_id: string; store_id: string }[]> {
  const { rows } = await sql<{ repo_id: string; store_id: string }>`delete from lfs_uploads
    where touched_at < ${before} returning repo_id, store_id`.execute(db)
  return rows
}

/** The people behind these ids, as far as they are still there. */
export async function findPushers(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, { id: string; name: string; fullname: string }>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; name: string; fullname: string }>`select id, name, fullname from users
    where id = any(${ids}::text[]) and state <> 'deleted'`.execute(db)
  return new Map(rows.map((row) => [row.id, row]))
}
