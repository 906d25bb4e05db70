import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

interface Origin {
  ip: string | null
  userAgent: string | null
}

interface NewSession extends Origin {
  id: string
  userId: string
  hash: Buffer
  /** When the person proved who they are. */
  confirmedAt: Date
  at: Date
  expiresAt: Date
}

/** Inserts a session. */
export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  const { id, userId, hash, confirmedAt, at, expiresAt, ip, userAgent } = session
  await sql`
    insert into sessions (id, user_id, hash, rotated_at, created_at, last_seen_at, confirmed_at, expires_at, ip, user_agent)
    values (${id}, ${userId}, ${hash}, ${at}, ${at}, ${at}, ${confirmedAt}, ${expiresAt}, ${ip}, ${userAgent})`.execute(
    tx,
  )
}

/** Deletes the sessions of a person that were seen longest ago, beyond so many. */
export async function deleteSessionsBeyond(tx: Tx, userId: string, most: number): Promise<void> {
  await sql`
    delete from sessions where id in (
      select id from sessions where user_id = ${userId} order by last_seen_at desc, id desc offset ${most}::integer)`.execute(
    tx,
  )
}

/** Notes that a session is in use. */
export async function touchSession(
  db: Db,
  { id, at, ip, userAgent }: Origin & { id: string; at: Date },
): Promise<void> {
  await sql`update sessions set last_seen_at = ${at}, ip = ${ip}, user_agent = ${userAgent} where id = ${id}`.execute(
    db,
  )
}

interface Rotation extends Origin {
  id: string
  hash: Buffer
  rotatedBefore: Date
  at: Date
  idleExpiry: Date
  longestDays: number
}

/** Gives a session a new secret and a later end, unless another request has just done so; answers the end. */
export async function rotateSession(db: Db, rotation: Rotation): Promise<Date | undefined> {
  const { id, hash, rotatedBefore, at, idleExpiry, longestDays, ip, userAgent } = rotation
  const { rows } = await sql<{ expires_at: Date }>`
    update sessions set previous_hash = hash, hash = ${hash}, rotated_at = ${at}, last_seen_at = ${at}, ip = ${ip}, user_agent = ${userAgent},
      expires_at = greatest(expires_at, least(${idleExpiry}::timestamptz, created_at + ${longestDays}::integer * interval '1 day'))
    where id = ${id} and rotated_at = ${rotatedBefore}
    returning expires_at`.execute(db)
  return rows[0]?.expires_at
}

/** Notes that the person at a session has just given their password. */
export async function setConfirmedAt(tx: Tx, id: string, at: Date): Promise<void> {
  await sql`update sessions set confirmed_at = ${at} where id = ${id}`.execute(tx)
}

/** Gives a session a new secret; the ones before stop working at once. Answers its end. */
export async function replaceSecret(tx: Tx, id: string, hash: Buffer, at: Date): Promise<Date | undefined> {
  const { rows } = await sql<{ expires_at: Date }>`
    update sessions set hash = ${hash}, previous_hash = null, rotated_at = ${at}, last_seen_at = ${at}
    where id = ${id} returning expires_at`.execute(tx)
  return rows[0]?.expires_at
}

interface SessionRow {
  id: string
  created_at: Date
  last_seen_at: Date
  expires_at: Date
  ip: string | null
  user_agent: string | null
}

/** Lists the live sessions of a person, the last seen first. */
export async function listSessions(db: Db, userId: string, at: Date): Promise<SessionRow[]> {
  const { rows } = await sql<SessionRow>`
    select id, created_at, last_seen_at, expires_at, ip, user_agent from sessions
    where user_id = ${userId} and expires_at > ${at} order by last_seen_at desc, id desc`.execute(db)
  return rows
}

/** Deletes one session of a person; false when there is none. */
export async function deleteSession(tx: Tx, userId: string, id: string): Promise<boolean> {
  const { rows } = await sql`delete from sessions where id = ${id} and user_id = ${userId} returning id`.execute(tx)
  return rows.length === 1
}

/** Deletes the sessions of a person but the one named (none: all), and answers their ids. */
export async function deleteOtherSessions(tx: Tx, userId: string, kept: string): Promise<string[]> {
  const { rows } = await sql<{
    id: string
  }>`delete from sessions where user_id = ${userId} and id <> ${kept}::text returning id`.execute(tx)
  return rows.map(({ id }) => id)
}
