import type { Db, Tx } from '../../store/database.ts'
import { bytesOf, sql } from '../../store/sql.ts'

export interface EmailRow {
  id: string
  address: string
  verified_at: Date | null
  is_primary: boolean
  created_at: Date
}

const columns = sql`id, address, verified_at, is_primary, created_at`

interface NewEmail {
  id: string
  userId: string
  address: string
  verifiedAt: Date | null
  isPrimary: boolean
  createdAt: Date
}

/** Inserts an address, unless the account has so many already. */
export async function insertEmail(tx: Tx, email: NewEmail, most: number): Promise<EmailRow | undefined> {
  const { id, userId, address, verifiedAt, isPrimary, createdAt } = email
  const { rows } = await sql<EmailRow>`
    insert into emails (id, user_id, address, verified_at, is_primary, created_at)
    select ${id}, ${userId}, ${address}, ${verifiedAt}::timestamptz, ${isPrimary}::boolean, ${createdAt}::timestamptz
    where (select count(*) from emails where user_id = ${userId}) < ${most}::integer
    returning ${columns}`.execute(tx)
  return rows[0]
}

/** Lists the addresses of an account, the primary one first. */
export async function listEmails(db: Db, userId: string): Promise<EmailRow[]> {
  const { rows } =
    await sql<EmailRow>`select ${columns} from emails where user_id = ${userId} order by is_primary desc, id`.execute(
      db,
    )
  return rows
}

/** Finds an address of an account. */
export async function findEmail(db: Db, userId: string, id: string): Promise<EmailRow | undefined> {
  const { rows } = await sql<EmailRow>`select ${columns} from emails where user_id = ${userId} and id = ${id}`.execute(
    db,
  )
  return rows[0]
}

/** Whether an account other than this one has the address verified. */
export async function isVerifiedElsewhere(db: Db, userId: string, address: string): Promise<boolean> {
  const { rows } = await sql`
    select from emails where lower(address) = lower(${address}::text) and verified_at is not null and user_id <> ${userId}`.execute(
    db,
  )
  return rows.length > 0
}

/** Marks an address as verified; answers it where it was not before. The index refuses what another account has verified. */
export async function setVerified(tx: Tx, id: string, at: Date): Promise<EmailRow | undefined> {
  const { rows } = await sql<EmailRow>`
    update emails set verified_at = ${at} where id = ${id} and verified_at is null returning ${columns}`.execute(tx)
  return rows[0]
}

/** Deletes an address that is not verified, be it the primary one. */
export async function deleteClaim(tx: Tx, id: string): Promise<EmailRow | undefined> {
  const { rows } = await sql<EmailRow>`
    delete from emails where id = ${id} and verified_at is null returning ${columns}`.execute(tx)
  return rows[0]
}

/** Makes a verified address the primary one of its account. */
export async function setPrimary(tx: Tx, userId: string, id: string): Promise<void> {
  await sql`update emails set is_primary = false where user_id = ${userId} and is_primary and id <> ${id}`.execute(tx)
  await sql`update emails set is_primary = true where user_id = ${userId} and id = ${id}`.execute(tx)
}

/** Locks the addresses of an account, and answers the primary one. */
export async function lockPrimary(tx: Tx, userId: string): Promise<EmailRow | undefined> {
  const { rows } =
    await sql<EmailRow>`select ${columns} from emails where user_id = ${userId} order by id for update`.execute(tx)
  return rows.find((row) => row.is_primary)
}

/** Deletes an address of an account unless it is the primary one; answers it when it is gone. */
export async function deleteEmail(tx: Tx, userId: string, id: string): Promise<EmailRow | undefined> {
  const { rows } = await sql<EmailRow>`
    delete from emails where user_id = ${userId} and id = ${id} and not is_primary returning ${columns}`.execute(tx)
  return rows[0]
}

/** The verified addresses of an account, the primary one first. */
export async function listVerifiedAddresses(db: Db, userId: string): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`select address from emails
    where user_id = ${userId} and verified_at is not null order by is_primary desc, id`.execute(db)
  return rows.map(({ address }) => address)
}

/** The addresses that a link to a new password goes to: the primary one, and others that were verified before a time. */
export async function listResetAddresses(db: Db, userId: string, verifiedBefore: Date): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`select address from emails
    where user_id = ${userId} and verified_at is not null and (is_primary or verified_at < ${verifiedBefore})
    order by is_primary desc, id`.execute(db)
  return rows.map(({ address }) => address)
}

export type LinkPurpose = 'verify_email' | 'reset_password'

interface NewLink {
  hash: Buffer
  purpose: LinkPurpose
  userId: string
  emailId: string | null
  expiresAt: Date
}

/** Inserts a link; earlier ones for the same purpose and address stop working. */
export async function replaceLink(tx: Tx, { hash, purpose, userId, emailId, expiresAt }: NewLink): Promise<void> {
  await sql`
    delete from account_links where user_id = ${userId} and purpose = ${purpose} and email_id is not distinct from ${emailId}`.execute(
    tx,
  )
  await sql`
    insert into account_links (hash, purpose, user_id, email_id, expires_at)
    values (${hash}, ${purpose}, ${userId}, ${emailId}, ${expiresAt})`.execute(tx)
}

interface LinkRow {
  user_id: string
  email_id: string | null
  username: string
}

/** Finds a link that still works, and the primary address of its account. */
export async function findLink(
  db: Db,
  purpose: LinkPurpose,
  hash: Buffer,
  at: Date,
): Promise<(LinkRow & { email: string | null }) | undefined> {
  const { rows } = await sql<LinkRow & { email: string | null }>`
    select l.user_id, l.email_id, u.name as username, e.address as email
    from account_links l join users u on u.id = l.user_id left join emails e on e.user_id = u.id and e.is_primary
    where l.hash = ${hash} and l.purpose = ${purpose} and l.expires_at > ${at}`.execute(db)
  return rows[0]
}

/** Which of these links still work, whatever they are for. */
export async function findLiveLinks(db: Db, hashes: readonly Buffer[], at: Date): Promise<Buffer[]> {
  const { rows } = await sql<{ hash: Buffer }>`select hash from account_links
    where hash = any(${bytesOf(hashes)}) and expires_at > ${at}`.execute(db)
  return rows.map(({ hash }) => hash)
}

/** Uses a link up; undefined when someone else has just done so. */
export async function takeLink(tx: Tx, purpose: LinkPurpose, hash: Buffer, at: Date): Promise<LinkRow | undefined> {
  const { rows } = await sql<LinkRow>`
    delete from account_links l using users u
    where l.hash = ${hash} and l.purpose = ${purpose} and l.expires_at > ${at} and u.id = l.user_id
    returning l.user_id, l.email_id, u.name as username`.execute(tx)
  return rows[0]
}

/** Deletes the links of an account for one purpose. */
export async function deleteLinks(tx: Tx, userId: string, purpose: LinkPurpose): Promise<void> {
  await sql`delete from account_links where user_id = ${userId} and purpose = ${purpose}`.execute(tx)
}
