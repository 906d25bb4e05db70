import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

interface NewDevice {
  hash: Buffer
  userCode: string
  clientId: string
  ip: string
  at: Date
  expiresAt: Date
  intervalSeconds: number
}

/** Inserts a program that waits to be signed in. */
export async function insertDevice(db: Db, device: NewDevice): Promise<void> {
  const { hash, userCode, clientId, ip, at, expiresAt, intervalSeconds } = device
  await sql`insert into device_codes (hash, user_code, client_id, ip, created_at, expires_at, interval_seconds)
    values (${hash}, ${userCode}, ${clientId}, ${ip}, ${at}, ${expiresAt}, ${intervalSeconds})`.execute(db)
}

interface WaitingRow {
  hash: Buffer
  client_id: string
  ip: string
  created_at: Date
  expires_at: Date
}

const waiting = (userCode: string, at: Date) => sql`select hash, client_id, ip, created_at, expires_at from device_codes
  where user_code = ${userCode} and expires_at > ${at} and token_id is null and not denied`

/** Finds a program that waits, by its user code. */
export async function findWaiting(db: Db, userCode: string, at: Date): Promise<WaitingRow | undefined> {
  const { rows } = await sql<WaitingRow>`${waiting(userCode, at)}`.execute(db)
  return rows[0]
}

/** The same, and locks it: only one person answers it. */
export async function lockWaiting(tx: Tx, userCode: string, at: Date): Promise<WaitingRow | undefined> {
  const { rows } = await sql<WaitingRow>`${waiting(userCode, at)} for update`.execute(tx)
  return rows[0]
}

/** Notes the token that a program gets. */
export async function approveDevice(tx: Tx, hash: Buffer, tokenId: string): Promise<void> {
  await sql`update device_codes set token_id = ${tokenId} where hash = ${hash}`.execute(tx)
}

/** Notes that a program gets none. */
export async function denyDevice(tx: Tx, hash: Buffer): Promise<void> {
  await sql`update device_codes set denied = true where hash = ${hash}`.execute(tx)
}

interface DeviceRow {
  client_id: string
  expires_at: Date
  denied: boolean
  token_id: string | null
}

/** Finds a program by its device code. */
export async function findDevice(tx: Tx, hash: Buffer): Promise<DeviceRow | undefined> {
  const { rows } =
    await sql<DeviceRow>`select client_id, expires_at, denied, token_id from device_codes where hash = ${hash}`.execute(
      tx,
    )
  return rows[0]
}

/** Notes that a program asked, and tells whether that was too soon: it then waits so much longer from now on. */
export async function notePoll(tx: Tx, hash: Buffer, at: Date, slowerSeconds: number): Promise<boolean> {
  const { rows } = await sql<{ is_soon: boolean }>`
    with before as (
      select hash, coalesce(polled_at + interval_seconds * interval '1 second' > ${at}, false) is_soon
      from device_codes where hash = ${hash} for update)
    update device_codes d set polled_at = ${at},
      interval_seconds = d.interval_seconds + case when before.is_soon then ${slowerSeconds}::integer else 0 end
    from before where d.hash = before.hash returning before.is_soon`.execute(tx)
  return rows[0]?.is_soon ?? false
}

interface ApprovedRow {
  id: string
  name: string
  created_at: Date
  owner_id: string
  owner_name: string
  owner_state: string
}

/** Locks the token that a program gets, so that only one request takes it, and answers it with its owner. */
export async function lockApproved(tx: Tx, hash: Buffer): Promise<ApprovedRow | undefined> {
  const { rows } = await sql<ApprovedRow>`
    select t.id, t.name, t.created_at, u.id owner_id, u.name owner_name, u.state owner_state
    from device_codes d join access_tokens t on t.id = d.token_id join users u on u.id = t.user_id
    where d.hash = ${hash} for update of t`.execute(tx)
  return rows[0]
}

/** Deletes a program that got its token; false: another request was first. */
export async function deleteDevice(tx: Tx, hash: Buffer): Promise<boolean> {
  const { rows } = await sql`delete from device_codes where hash = ${hash} returning user_code`.execute(tx)
  return rows.length === 1
}

/** Deletes programs whose time was over before a moment, and the tokens that they never got. */
export async function deleteExpiredDevices(db: Db, before: Date): Promise<void> {
  await sql`with over as (delete from device_codes where expires_at < ${before} returning token_id)
    delete from access_tokens where id in (select token_id from over)`.execute(db)
}
