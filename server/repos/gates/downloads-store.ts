import { now } from '../../kernel/clock.ts'
import type { Db } from '../../store/database.ts'
import { bytesOf, rowOf, sql } from '../../store/sql.ts'
import { lowerName } from '../../users/names/names.ts'

export type Via = 'file' | 'lfs' | 'git'

/** What someone took from a gated repository on one day. */
export interface Download {
  hash: Buffer
  repoId: string
  userId: string
  via: Via
  path: string | null
  revision: string | null
  firstAt: Date
  lastAt: Date
  requests: number
}

/** Adds downloads to what is recorded; of repositories and people that are gone by now, nothing is. */
export async function writeDownloads(db: Db, downloads: readonly Download[]): Promise<void> {
  const list = <Name extends keyof Download>(name: Name) => downloads.map((one) => one[name])
  await sql`insert into gate_downloads as d (hash, repo_id, user_id, via, path, revision, first_at, last_at, requests)
    select w.* from unnest(${bytesOf(list('hash'))}, ${list('repoId')}::text[], ${list('userId')}::text[],
        ${list('via')}::text[], ${list('path')}::text[], ${list('revision')}::text[], ${list('firstAt')}::timestamptz[],
        ${list('lastAt')}::timestamptz[], ${list('requests')}::int[])
      w(hash, repo_id, user_id, via, path, revision, first_at, last_at, requests)
    join ${rowOf('repositories', 'w.repo_id')} r on true join ${rowOf('users', 'w.user_id')} u on true
    order by w.hash
    on conflict (hash) do update set last_at = greatest(d.last_at, excluded.last_at),
      requests = d.requests + excluded.requests`.execute(db)
}

export interface DownloadRow {
  hash: string
  at: string
  user_id: string
  user: string
  fullname: string
  via: Via
  path: string | null
  revision: string | null
  first_at: Date
  last_at: Date
  requests: number
}

export interface DownloadQuery {
  repoId: string
  user?: string | undefined
  /** Time and hash of the last row of the page before. */
  last?: readonly string[] | undefined
  most: number
}

/** Lists downloads, the newest first. */
export async function listDownloads(db: Db, { repoId, user, last, most }: DownloadQuery): Promise<DownloadRow[]> {
  const named = sql`(select user_id from names where lower_name = ${user === undefined ? '' : lowerName(user)} and current)`
  const { rows } = await sql<DownloadRow>`select encode(d.hash, 'hex') as hash,
      (extract(epoch from d.last_at) * 1000000)::bigint::text as at, d.user_id, coalesce(sa.username, u.name) as "user",
      u.fullname, d.via, d.path, d.revision, d.first_at, d.last_at, d.requests
    from gate_downloads d join ${rowOf('users', 'd.user_id')} u on true
    left join ${rowOf('service_accounts', 'd.user_id')} sa on true
    where d.repo_id = ${repoId} ${user === undefined ? sql`` : sql`and d.user_id = ${named}`}
      ${last === undefined ? sql`` : sql`and (d.last_at, d.hash) < (timestamptz 'epoch' + ${last[0]}::bigint * interval '1 microsecond', decode(${last[1]}, 'hex'))`}
    order by d.last_at desc, d.hash desc limit ${most}`.execute(db)
  return rows
}

/** Deletes records that are too old to keep, some at a time; answers how many. */
export async function deleteOldDownloads(
  db: Db,
  { keptSeconds, most }: { keptSeconds: number; most: number },
): Promise<number> {
  const before = new Date(now().getTime() - keptSeconds * 1000)
  const { numAffectedRows } = await sql`delete from gate_downloads where hash in (
    select hash from gate_downloads where last_at < ${before} order by last_at limit ${most})`.execute(db)
  return Number(numAffectedRows)
}
