import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

interface RefreshRow {
  token_id: string
  client_id: string
  expires_at: Date
  used_at: Date | null
  name: string
  role: string
  last4: string
  created_at: Date
  owner_id: string
  owner_name: string
  owner_state: string
}

/** Finds a refresh token, with the access token that it renews and its owner. */
export async function findRefreshToken(tx: Tx, hash: Buffer): Promise<RefreshRow | undefined> {
  const { rows } = await sql<RefreshRow>`
    select r.token_id, r.client_id, r.expires_at, r.used_at, t.name, t.role, t.last4, t.created_at,
      u.id owner_id, u.name owner_name, u.state owner_state
    from refresh_tokens r join access_tokens t on t.id = r.token_id join users u on u.id = t.user_id
    where r.hash = ${hash}`.execute(tx)
  return rows[0]
}

/** Locks an access token, so that only one request renews it, and none is decided with it meanwhile; false: it is gone. */
export async function lockTokenById(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await sql`select id from access_tokens where id = ${id} for update`.execute(tx)
  return rows.length === 1
}

interface Renewal {
  id: string
  hash: Buffer
  last4: string
  expiresAt: Date
  refreshExpiresAt: Date
  /** null for its first secret. */
  rotatedAt: Date | null
}

/** Gives an access token the secret that its program gets. */
export async function renewToken(tx: Tx, renewal: Renewal): Promise<void> {
  const { id, hash, last4, expiresAt, refreshExpiresAt, rotatedAt } = renewal
  await sql`update access_tokens set hash = ${hash}, last4 = ${last4}, expires_at = ${expiresAt},
    refresh_expires_at = ${refreshExpiresAt}, rotated_at = ${rotatedAt} where id = ${id}`.execute(tx)
}

interface NewRefreshToken {
  hash: Buffer
  tokenId: string
  clientId: string
  expiresAt: Date
}

/** Inserts a refresh token; the one before must be used up. */
export async function insertRefreshToken(
  tx: Tx,
  { hash, tokenId, clientId, expiresAt }: NewRefreshToken,
): Promise<void> {
  await sql`insert into refresh_tokens (hash, token_id, client_id, expires_at)
    values (${hash}, ${tokenId}, ${clientId}, ${expiresAt})`.execute(tx)
}

/** Uses up a refresh token. */
export async function spendRefreshToken(tx: Tx, hash: Buffer, at: Date): Promise<void> {
  await sql`update refresh_tokens set used_at = ${at} where hash = ${hash}`.execute(tx)
}

/** Deletes an access token with its refresh tokens. */
export async function deleteTokenById(tx: Tx, id: string): Promise<void> {
  await sql`delete from access_tokens where id = ${id}`.execute(tx)
}

/** Deletes refresh tokens whose time is over. */
export async function deleteExpiredRefreshTokens(db: Db, at: Date): Promise<void> {
  await sql`delete from refresh_tokens where expires_at <= ${at}`.execute(db)
}
