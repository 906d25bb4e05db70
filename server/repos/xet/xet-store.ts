import { now } from '../../kernel/clock.ts'
import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** The number in the address of a repository's uploads; undefined once it is gone. */
export async function findGeneration(db: Db, repoId: string): Promise<number | undefined> {
  const { rows } = await sql<{ generation: number }>`select xet_generation as generation from repositories
    where id = ${repoId}`.execute(db)
  return rows[0]?.generation
}

/** Has clients forget what they know of a repository's uploads, unless that was done since they were given this number. */
export async function raiseGeneration(db: Db, repoId: string, from: number): Promise<void> {
  await sql`update repositories set xet_generation = xet_generation + 1
    where id = ${repoId} and xet_generation = ${from}`.execute(db)
}

/** Has clients forget what they know of the uploads to any repository; answers how many there are. */
export async function raiseGenerations(tx: Tx): Promise<number> {
  const { numAffectedRows } = await sql`update repositories set xet_generation = xet_generation + 1`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** Which of these xorbs a repository has; they are kept for two days more. */
export async function touchXorbs(db: Db, repoId: string, hashes: readonly string[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set()
  const { rows } = await sql<{ hash: string }>`with held as (
      select hash from xet_xorbs where repo_id = ${repoId} and hash = any(${hashes}::text[])
      order by hash for no key update)
    update xet_xorbs x set touched_at = ${now()} from held
    where x.repo_id = ${repoId} and x.hash = held.hash returning x.hash`.execute(db)
  return new Set(rows.map(({ hash }) => hash))
}

/** Enters a xorb whose bytes are there; false when it was entered before. */
export async function insertXorb(
  tx: Tx,
  xorb: { repoId: string; hash: string; chunks: Uint8Array; staged: string; bytes: number },
): Promise<boolean> {
  const { numAffectedRows } = await sql`insert into xet_xorbs
      (repo_id, hash, chunks, staged, staged_bytes, touched_at)
    values (${xorb.repoId}, ${xorb.hash}, ${Buffer.from(xorb.chunks)}, ${xorb.staged}, ${xorb.bytes}, ${now()})
    on conflict do nothing`.execute(tx)
  return numAffectedRows === 1n
}

export interface XorbRow {
  chunks: Buffer
  staged: string | null
}

/** Chunks of a xorb that are in an LFS file, the end excluded; `position` is the byte at which the first one begins. */
export interface Place {
  first: number
  end: number
  oid: string
  position: number
}

/** What is known of a xorb. */
export async function findXorb(db: Db, repoId: string, hash: string): Promise<XorbRow | undefined> {
  const { rows } = await sql<XorbRow>`select chunks, staged from xet_xorbs
    where repo_id = ${repoId} and hash = ${hash}`.execute(db)
  return rows[0]
}

/** Where chunks of these xorbs are in LFS files, in their order. */
export async function listPlaces(
  db: Db,
  repoId: string,
  hashes: readonly string[],
): Promise<(Place & { xorb: string })[]> {
  const { rows } = await sql<Place & { xorb: string }>`select xorb, first_chunk as first, end_chunk as "end", oid,
      position::float8 as position
    from xet_places where repo_id = ${repoId} and xorb = any(${hashes}::text[]) order by xorb, first_chunk`.execute(db)
  return rows
}

/** A xorb whose bytes are in a file of the stage. */
export interface StagedXorb {
  hash: string
  /** How many chunks it has. */
  count: number
  staged: string
}

/** Those of these xorbs whose bytes are in the stage; none is deleted until the transaction ends. */
export async function lockStaged(tx: Tx, repoId: string, hashes: readonly string[]): Promise<StagedXorb[]> {
  const { rows } = await sql<StagedXorb>`select hash, octet_length(chunks) / 40 as count, staged from xet_xorbs
    where repo_id = ${repoId} and hash = any(${hashes}::text[]) and staged is not null
    order by hash for update`.execute(tx)
  return rows
}

/** Notes where chunks are in LFS files: of two ranges that begin with the same chunk, the longer one. */
export async function insertPlaces(
  tx: Tx,
  repoId: string,
  places: readonly (Place & { xorb: string })[],
): Promise<void> {
  if (places.length === 0) return
  await sql`insert into xet_places as known (repo_id, xorb, first_chunk, end_chunk, oid, position)
    select ${repoId}, p.xorb, p.first_chunk, p.end_chunk, p.oid, p.position
    from unnest(${places.map(({ xorb }) => xorb)}::text[], ${places.map(({ first }) => first)}::integer[],
      ${places.map(({ end }) => end)}::integer[], ${places.map(({ oid }) => oid)}::text[],
      ${places.map(({ position }) => position)}::bigint[]) as p(xorb, first_chunk, end_chunk, oid, position)
    on conflict (repo_id, xorb, first_chunk) do update
      set end_chunk = excluded.end_chunk, oid = excluded.oid, position = excluded.position
      where excluded.end_chunk > known.end_chunk`.execute(tx)
}

/** Notes that these xorbs need no bytes of their own any more. */
export async function unstageXorbs(tx: Tx, repoId: string, hashes: readonly string[]): Promise<void> {
  if (hashes.length === 0) return
  await sql`update xet_xorbs set staged = null, staged_bytes = 0
    where repo_id = ${repoId} and hash = any(${hashes}::text[])`.execute(tx)
}

/** A file by the hash that Xet gives it and by its SHA-256. */
export interface FileName {
  hash: string
  oid: string
}

/** Which of these files a repository has already. */
export async function findFiles(db: Db, repoId: string, files: readonly FileName[]): Promise<FileName[]> {
  if (files.length === 0) return []
  const { rows } = await sql<FileName>`select f.hash, f.oid from xet_files f
    join unnest(${files.map(({ hash }) => hash)}::text[], ${files.map(({ oid }) => oid)}::text[]) as w(hash, oid)
      on f.hash = w.hash and f.oid = w.oid
    where f.repo_id = ${repoId}`.execute(db)
  return rows
}

/** Notes the hashes that Xet gives to files. */
export async function insertFiles(tx: Tx, repoId: string, files: readonly FileName[]): Promise<void> {
  if (files.length === 0) return
  await sql`insert into xet_files (repo_id, hash, oid)
    select ${repoId}, f.hash, f.oid
    from unnest(${files.map(({ hash }) => hash)}::text[], ${files.map(({ oid }) => oid)}::text[]) as f(hash, oid)
    on conflict do nothing`.execute(tx)
}

/**
 * Deletes xorbs; clients of the repository are to forget them. Answers the files that they were in. The repository has to be
 * locked before.
 */
export async function deleteXorbs(tx: Tx, repoId: string, hashes: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ staged: string | null }>`with held as (
      select hash from xet_xorbs where repo_id = ${repoId} and hash = any(${hashes}::text[]) order by hash for update),
    gone as (
      delete from xet_xorbs x using held where x.repo_id = ${repoId} and x.hash = held.hash returning x.staged),
    raised as (
      update repositories set xet_generation = xet_generation + 1 where id = ${repoId} and exists (select from gone))
    select staged from gone`.execute(tx)
  return rows.flatMap(({ staged }) => staged ?? [])
}

/** Xorbs that wait for a file since before a moment. */
export async function listStale(db: Db, before: Date, most: number): Promise<{ repo_id: string; hash: string }[]> {
  const { rows } = await sql<{ repo_id: string; hash: string }>`select repo_id, hash from xet_xorbs
    where staged is not null and touched_at < ${before} order by touched_at limit ${most}`.execute(db)
  return rows
}

/** Those of these xorbs that still wait; no upload refers to them until the transaction ends. */
export async function lockStale(tx: Tx, repoId: string, hashes: readonly string[], before: Date): Promise<string[]> {
  const { rows } = await sql<{ hash: string }>`select hash from xet_xorbs where repo_id = ${repoId}
    and hash = any(${hashes}::text[]) and staged is not null and touched_at < ${before}
    order by hash for update`.execute(tx)
  return rows.map(({ hash }) => hash)
}

/** The names among these that belong to a xorb of the repository. */
export async function findStaged(db: Db, repoId: string, names: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ staged: string }>`select staged from xet_xorbs
    where repo_id = ${repoId} and staged = any(${names}::text[])`.execute(db)
  return new Set(rows.map(({ staged }) => staged))
}
