import { now, secondsFromNow } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'

const abandonedSeconds = 60
const keptSeconds = 86_400

interface KeyOf {
  actor: string
  key: string
}

/** Claims a key for its first request; false when it is taken. A claim that was abandoned before anything was applied is taken over. */
export async function claimKey(db: Db, { actor, key, hash }: KeyOf & { hash: Buffer }): Promise<boolean> {
  const { rows } = await sql`
    insert into idempotency_keys (actor, key, request_hash, created_at) values (${actor}, ${key}, ${hash}, ${now()})
    on conflict (actor, key) do update set request_hash = excluded.request_hash, created_at = excluded.created_at, applied = false, status = null, reply = null
    where (idempotency_keys.status is null and not idempotency_keys.applied and idempotency_keys.created_at < ${secondsFromNow(-abandonedSeconds)})
      or idempotency_keys.created_at < ${secondsFromNow(-keptSeconds)}
    returning key`.execute(db)
  return rows.length === 1
}

/** Finds what is known about a key. */
export async function findKey(db: Db, { actor, key }: KeyOf) {
  return db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('actor', '=', actor)
    .where('key', '=', key)
    .executeTakeFirst()
}

/** Keeps the reply that later requests with the key get. */
export async function keepReply(db: Db, reply: KeyOf & { status: number; body: Buffer }): Promise<void> {
  await sql`update idempotency_keys set status = ${reply.status}, reply = ${reply.body} where actor = ${reply.actor} and key = ${reply.key}`.execute(
    db,
  )
}

/** Frees the key of a request that was refused. */
export async function releaseKey(db: Db, { actor, key }: KeyOf): Promise<void> {
  await sql`delete from idempotency_keys where actor = ${actor} and key = ${key} and not applied`.execute(db)
}

/** Deletes keys older than a day. */
export async function deleteOldKeys(db: Db): Promise<void> {
  await sql`delete from idempotency_keys where created_at < ${secondsFromNow(-keptSeconds)}`.execute(db)
}

/** Whether the database answers. */
export async function pingDatabase(db: Db): Promise<void> {
  await sql`select 1`.execute(db)
}

interface Vitals {
  version: string
  size_bytes: string
  people: number
  organizations: number
  repositories: number
  adminless: number
}

/** Reads the figures of the operator's health page. */
export async function findVitals(db: Db): Promise<Vitals> {
  const { rows } = await sql<Vitals>`
    select current_setting('server_version') as version, pg_database_size(current_database()) as size_bytes,
      (select count(*)::int from users where state <> 'deleted') as people,
      (select count(*)::int from organizations where deleted_at is null) as organizations,
      (select count(*)::int from repositories) as repositories,
      (select count(*)::int from organizations where adminless_since is not null and deleted_at is null) as adminless`.execute(
    db,
  )
  const vitals = rows[0]
  if (vitals === undefined) throw new Error('a select without a table gives one row')
  return vitals
}
