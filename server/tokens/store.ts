import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

export interface TokenRow {
  id: string
  name: string
  role: 'read' | 'write' | 'fineGrained'
  last4: string
  created_at: Date
  expires_at: Date | null
  last_used_at: Date | null
  refresh_expires_at: Date | null
}

const columns = sql`id, name, role, last4, created_at, expires_at, last_used_at, refresh_expires_at`

/** Lists the tokens of a person, the newest first. */
export async function listTokens(db: Db, userId: string): Promise<TokenRow[]> {
  const { rows } =
    await sql<TokenRow>`select ${columns} from access_tokens where user_id = ${userId} order by id desc`.execute(db)
  return rows
}

interface NewToken {
  id: string
  userId: string
  hash: Buffer
  name: string
  role: string
  last4: string
  createdAt: Date
  expiresAt: Date | null
}

/** Inserts a token, unless the person has so many already. */
export async function insertToken(tx: Tx, token: NewToken, most: number): Promise<TokenRow | undefined> {
  const { id, userId, hash, name, role, last4, createdAt, expiresAt } = token
  const { rows } = await sql<TokenRow>`
    insert into access_tokens (id, user_id, hash, name, role, last4, created_at, expires_at)
    select ${id}, ${userId}, ${hash}, ${name}, ${role}, ${last4}, ${createdAt}::timestamptz, ${expiresAt}::timestamptz
    where (select count(*) from access_tokens where user_id = ${userId}) < ${most}::integer
    returning ${columns}`.execute(tx)
  return rows[0]
}

/** Finds a token of a person and locks it, so that no request is decided with it until the transaction ends. */
export async function lockToken(tx: Tx, userId: string, id: string): Promise<TokenRow | undefined> {
  const { rows } = await sql<TokenRow>`
    select ${columns} from access_tokens where id = ${id} and user_id = ${userId} for update`.execute(tx)
  return rows[0]
}

/** Renames a token. */
export async function renameToken(tx: Tx, id: string, name: string): Promise<void> {
  await sql`update access_tokens set name = ${name} where id = ${id}`.execute(tx)
}

/** Deletes a token of a person, and answers it. */
export async function deleteToken(tx: Tx, userId: string, id: string): Promise<TokenRow | undefined> {
  const { rows } =
    await sql<TokenRow>`delete from access_tokens where id = ${id} and user_id = ${userId} returning ${columns}`.execute(
      tx,
    )
  return rows[0]
}

/** Gives a token of a person another secret. A program that signed in with it can no longer renew it. */
export async function replaceSecret(
  tx: Tx,
  { userId, id, hash, last4, at }: { userId: string; id: string; hash: Buffer; last4: string; at: Date },
): Promise<TokenRow | undefined> {
  const { rows } = await sql<TokenRow>`
    with ended as (delete from refresh_tokens where token_id = ${id})
    update access_tokens set hash = ${hash}, last4 = ${last4}, last_used_at = null, rotated_at = ${at}, refresh_expires_at = null
    where id = ${id} and user_id = ${userId} returning ${columns}`.execute(tx)
  return rows[0]
}

/** Notes that a token was used, where that was last noted before a moment. */
export async function setLastUsed(db: Db, id: string, at: Date, before: Date): Promise<void> {
  await sql`
    update access_tokens set last_used_at = ${at} where id = ${id} and (last_used_at is null or last_used_at <= ${before})`.execute(
    db,
  )
}
