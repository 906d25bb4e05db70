import { hasTwoFactor } from '../../access/grants.ts'
import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

export interface SecondFactorRow {
  totp_secret: Buffer | null
  totp_enabled_at: Date | null
  recovery_codes_left: number
}

/** Reads 2FA of an account. */
export async function findSecondFactor(db: Db, userId: string): Promise<SecondFactorRow | undefined> {
  const { rows } = await sql<SecondFactorRow>`
    select totp_secret, totp_enabled_at,
      (select count(*)::int from recovery_codes r where r.user_id = u.id and r.used_at is null) as recovery_codes_left
    from users u where id = ${userId}`.execute(db)
  return rows[0]
}

/** Sets a 2FA secret that is not in force yet; false where one is. */
export async function setPendingSecret(tx: Tx, userId: string, secret: Buffer): Promise<boolean> {
  const { rows } = await sql`
    update users set totp_secret = ${secret}, totp_last_step = null
    where id = ${userId} and totp_enabled_at is null and state = 'active' returning id`.execute(tx)
  return rows.length === 1
}

/** Puts 2FA in force; false where it is already, or its secret is another one by now. */
export async function enable(tx: Tx, userId: string, { secret, at }: { secret: Buffer; at: Date }): Promise<boolean> {
  const { rows } = await sql`
    update users set totp_enabled_at = ${at} where id = ${userId} and totp_enabled_at is null and totp_secret = ${secret}
    returning id`.execute(tx)
  return rows.length === 1
}

/** Uses up the code of a time step; false when that one or a later one was used before. */
export async function takeStep(db: Db, userId: string, step: number): Promise<boolean> {
  const { rows } = await sql`
    update users set totp_last_step = ${step}
    where id = ${userId} and (totp_last_step is null or totp_last_step < ${step}) returning id`.execute(db)
  return rows.length === 1
}

/** Uses up a recovery code; false when there is none such, or it was used before. */
export async function takeRecoveryCode(db: Db, userId: string, hash: Buffer, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update recovery_codes set used_at = ${at} where user_id = ${userId} and hash = ${hash} and used_at is null
    returning user_id`.execute(db)
  return rows.length === 1
}

/** Replaces the recovery codes of an account. */
export async function replaceRecoveryCodes(tx: Tx, userId: string, hashes: readonly Buffer[]): Promise<void> {
  await sql`delete from recovery_codes where user_id = ${userId}`.execute(tx)
  await sql`insert into recovery_codes (user_id, hash) select ${userId}, unnest(${hashes}::bytea[])`.execute(tx)
}

/** Whether 2FA is in force; it stays so, or not, until the transaction ends. */
export async function lockEnabled(tx: Tx, userId: string): Promise<boolean> {
  const { rows } = await sql<{ enabled: boolean }>`
    select ${hasTwoFactor('users')} as enabled from users where id = ${userId} for update`.execute(tx)
  return rows[0]?.enabled ?? false
}

/** Deletes the 2FA secret and the recovery codes. */
export async function clearSecondFactor(tx: Tx, userId: string): Promise<void> {
  await sql`update users set totp_secret = null, totp_enabled_at = null, totp_last_step = null where id = ${userId}`.execute(
    tx,
  )
  await sql`delete from recovery_codes where user_id = ${userId}`.execute(tx)
}
