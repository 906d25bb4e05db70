import { now, secondsFromNow } from '../kernel/clock.ts'
import { type Db, readShortly } from '../store/database.ts'
import { sql } from '../store/sql.ts'

const keptSeconds = 86_400

interface KeyOf {
  actor: string
  key: string
}

/** An attempt at the request of a key. */
export interface Claim extends KeyOf {
  claim: string
}

/**
 * Claims a key for a request that this process works on; false when it is taken. A claim is taken over once its process
 * is gone, if nothing was applied.
 */
export async function claimKey(db: Db, claimed: Claim & { hash: Buffer; process: string }): Promise<boolean> {
  const { actor, key, hash, process, claim } = claimed
  const { rows } = await sql`
    insert into idempotency_keys as kept (actor, key, request_hash, created_at, process, claim)
    values (${actor}, ${key}, ${hash}, ${now()}, ${process}, ${claim})
    on conflict (actor, key) do update set request_hash = excluded.request_hash, created_at = excluded.created_at,
      process = excluded.process, claim = excluded.claim, applied = false, status = null, reply = null
    where kept.process is null
      and (kept.status is null and not kept.applied or kept.created_at < ${secondsFromNow(-keptSeconds)})
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
export async function keepReply(db: Db, reply: Claim & { status: number; body: Buffer }): Promise<void> {
  await sql`update idempotency_keys set status = ${reply.status}, reply = ${reply.body}, process = null
    where actor = ${reply.actor} and key = ${reply.key} and claim = ${reply.claim}`.execute(db)
}

/** Frees the key of a request that was refused; one that was carried out in part stays taken. */
export async function releaseKey(db: Db, { actor, key, claim }: Claim): Promise<void> {
  await sql`
    with freed as (
      delete from idempotency_keys where actor = ${actor} and key = ${key} and claim = ${claim} and not applied
    )
    update idempotency_keys set process = null
    where actor = ${actor} and key = ${key} and claim = ${claim} and applied`.execute(db)
}

/** Says that no process works on a claim any more; true. */
export async function dropClaim(db: Db, claim: string): Promise<boolean> {
  await sql`update idempotency_keys set process = null where claim = ${claim}`.execute(db)
  return true
}

/** Deletes keys older than a day, unless a process still works on their request. */
export async function deleteOldKeys(db: Db): Promise<void> {
  await sql`delete from idempotency_keys where created_at < ${secondsFromNow(-keptSeconds)} and process is null`.execute(
    db,
  )
}

/** Throws unless the database answers; a hub that is busy with all its connections is ready all the same. */
export async function pingDatabase(db: Db): Promise<void> {
  await readShortly(db, sql<object>`select 1`)
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
      (select count(*)::int from users where state <> 'deleted' and state <> 'service') as people,
      (select count(*)::int from organizations where deleted_at is null) as organizations,
      (select count(*)::int from repositories) as repositories,
      (select count(*)::int from organizations where adminless_since is not null and deleted_at is null) as adminless`.execute(
    db,
  )
  const vitals = rows[0]
  if (vitals === undefined) throw new Error('a select without a table gives one row')
  return vitals
}
