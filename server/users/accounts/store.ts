import { hasTwoFactor } from '../../access/grants.ts'
import type { Db, Tx } from '../../store/database.ts'
import { arrayOf, containing, foldedPattern, rowOf, sql } from '../../store/sql.ts'

/** Whether an account can be used. */
export type AccountState = 'active' | 'suspended' | 'deprovisioned' | 'deleted'

export interface AccountRow {
  id: string
  name: string
  fullname: string
  details: string
  is_operator: boolean
  state: AccountState
  two_factor: boolean
  created_at: Date
  /** The name of the organization that owns it. */
  managed_by: string | null
  email: string | null
  email_verified: boolean
}

const accountColumns = sql`u.id, u.name, u.fullname, u.details, u.is_operator, u.state, ${hasTwoFactor('u')} as two_factor,
  u.created_at, (select mo.name from organizations mo where mo.id = u.managed_by) as managed_by, e.address as email, e.verified_at is not null as email_verified`

/** Reads an account with its primary address. */
export async function findAccount(db: Db, userId: string): Promise<AccountRow | undefined> {
  const { rows } = await sql<AccountRow>`
    select ${accountColumns} from users u left join emails e on e.user_id = u.id and e.is_primary
    where u.id = ${userId}`.execute(db)
  return rows[0]
}

export interface PersonRow extends AccountRow {
  organizations: number
}

const organizationCount = sql`(select count(*)::int from memberships m join ${rowOf('organizations', 'm.org_id')} o on true
  where m.user_id = u.id and o.deleted_at is null) as organizations`

/** Reads an account as operators see it. */
export async function findPerson(db: Db, userId: string): Promise<PersonRow | undefined> {
  const { rows } = await sql<PersonRow>`
    select ${accountColumns}, ${organizationCount} from users u left join emails e on e.user_id = u.id and e.is_primary
    where u.id = ${userId}`.execute(db)
  return rows[0]
}

// Service accounts are no one's
const isPerson = sql`state <> 'deleted' and state <> 'service'`

interface PeoplePage {
  after: string
  limit: number
}

/** Lists accounts that are not deleted, the oldest first, after an id. */
export async function listPeople(db: Db, { after, limit }: PeoplePage): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    with page as (select id from users where ${isPerson} and id > ${after} order by id limit ${limit}::integer)
    select ${accountColumns}, ${organizationCount}
    from page join users u on u.id = page.id left join emails e on e.user_id = u.id and e.is_primary
    order by u.id`.execute(db)
  return rows
}

/** Lists accounts whose names hold a text. */
export async function searchPeople(db: Db, text: string, { after, limit }: PeoplePage): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    with page as (
      select id from users where ${isPerson} and search like ${foldedPattern(text)} and id > ${after} order by id limit ${limit}::integer)
    select ${accountColumns}, ${organizationCount}
    from page join users u on u.id = page.id left join emails e on e.user_id = u.id and e.is_primary
    order by u.id`.execute(db)
  return rows
}

/** Lists accounts with an address, verified or not, that holds a text. */
export async function searchPeopleByEmail(db: Db, text: string, { after, limit }: PeoplePage): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    with page as (
      select distinct user_id as id from emails where lower(address) like ${containing(text)} and user_id > ${after}
      order by user_id limit ${limit}::integer)
    select ${accountColumns}, ${organizationCount}
    from page join users u on u.id = page.id left join emails e on e.user_id = u.id and e.is_primary
    order by u.id`.execute(db)
  return rows
}

interface NewAccount {
  id: string
  name: string
  fullname: string
  passwordHash: string | null
  isOperator: boolean
  isOpenSignUp: boolean
  createdAt: Date
}

/** Inserts an account; its name and address are inserted beside it. */
export async function insertAccount(tx: Tx, account: NewAccount): Promise<void> {
  const { id, name, fullname, passwordHash, isOperator, isOpenSignUp, createdAt } = account
  await sql`
    insert into users (id, name, fullname, password_hash, is_operator, open_sign_up, created_at)
    values (${id}, ${name}, ${fullname}, ${passwordHash}, ${isOperator}, ${isOpenSignUp}, ${createdAt})`.execute(tx)
}

/** Changes what an account says about its person; answers what it said before. */
export async function updateProfile(
  tx: Tx,
  { id, fullname, details }: { id: string; fullname: string | undefined; details: string | undefined },
): Promise<{ fullname: string; details: string } | undefined> {
  const { rows } = await sql<{ fullname: string; details: string }>`
    with before as (select fullname, details from users where id = ${id} for update)
    update users u set fullname = coalesce(${fullname ?? null}, u.fullname), details = coalesce(${details ?? null}, u.details)
    from before where u.id = ${id}
    returning before.fullname, before.details`.execute(tx)
  return rows[0]
}

/** The hash of an account's password; undefined when it has none. */
export async function findPasswordHash(db: Db, userId: string): Promise<string | undefined> {
  const { rows } = await sql<{
    password_hash: string | null
  }>`select password_hash from users where id = ${userId}`.execute(db)
  return rows[0]?.password_hash ?? undefined
}

/** The hash of an account's password, which stays as it is until the transaction ends. */
export async function lockPasswordHash(tx: Tx, userId: string): Promise<string | null | undefined> {
  const { rows } = await sql<{
    password_hash: string | null
  }>`select password_hash from users where id = ${userId} for share`.execute(tx)
  return rows[0]?.password_hash
}

/** Whether an account is active; it stays as it is until the transaction ends. */
export async function lockActive(tx: Tx, userId: string): Promise<boolean> {
  const { rows } = await sql`select from users where id = ${userId} and state = 'active' for share`.execute(tx)
  return rows.length === 1
}

/** Sets the password of an account. */
export async function setPasswordHash(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await sql`update users set password_hash = ${passwordHash} where id = ${userId}`.execute(tx)
}

export interface SignInRow {
  id: string
  name: string
  state: AccountState
  /** An organization owns it: only its identity provider signs in. */
  is_managed: boolean
  password_hash: string | null
  two_factor: boolean
}

const signInColumns = sql`u.id, u.name, u.state, u.managed_by is not null as is_managed, u.password_hash, ${hasTwoFactor('u')} as two_factor`

/** Finds who signs in with a name, given in lower case. */
export async function findByName(db: Db, lowerName: string): Promise<SignInRow | undefined> {
  const { rows } = await sql<SignInRow>`
    select ${signInColumns} from names n join users u on u.id = n.user_id
    where n.lower_name = ${lowerName} and n.current and u.state <> 'deleted'`.execute(db)
  return rows[0]
}

/** Finds the account that has an address verified. */
export async function findByVerifiedEmail(db: Db, address: string): Promise<SignInRow | undefined> {
  const { rows } = await sql<SignInRow>`
    select ${signInColumns} from emails e join users u on u.id = e.user_id
    where lower(e.address) = lower(${address}::text) and e.verified_at is not null and u.state <> 'deleted'`.execute(db)
  return rows[0]
}

/** Suspends an account or ends its suspension, unless its identity provider deactivated it; false when it was so already, or is deleted. */
export async function setState(tx: Tx, userId: string, state: 'active' | 'suspended'): Promise<boolean> {
  const { rows } = await sql`
    update users set state = case when ${state} = 'active' and deprovisioned_at is not null then 'deprovisioned' else ${state}::account_state end
    where id = ${userId} and state <> ${state} and state <> 'deleted' returning id`.execute(tx)
  return rows.length === 1
}

/** Makes an account an operator or no operator; false where it can't be one, because an organization owns it. */
export async function setIsOperator(tx: Tx, userId: string, isOperator: boolean, at: Date): Promise<boolean> {
  const { rows } = await sql`update users set is_operator = ${isOperator}, operator_since = ${at}
    where id = ${userId} and (managed_by is null or not ${isOperator}::boolean) returning id`.execute(tx)
  return rows.length === 1
}

/** Empties an account and takes away every way into it; its row and its name stay. */
export async function emptyAccount(tx: Tx, userId: string): Promise<void> {
  await sql`
    update users set state = 'deleted', fullname = name, details = '', password_hash = null, is_operator = false,
      totp_secret = null, totp_enabled_at = null, totp_last_step = null
    where id = ${userId}`.execute(tx)
  await sql`delete from sessions where user_id = ${userId}`.execute(tx)
  await sql`delete from recovery_codes where user_id = ${userId}`.execute(tx)
  await sql`delete from account_links where user_id = ${userId}`.execute(tx)
  await sql`delete from emails where user_id = ${userId}`.execute(tx)
  await sql`delete from avatars where user_id = ${userId}`.execute(tx)
}

/** Makes accounts an organization's: no password, 2FA, session, or unverified address of before is left. */
export async function takeOver(tx: Tx, orgId: string, userIds: readonly string[]): Promise<void> {
  const ids = arrayOf(userIds)
  await sql`update users set managed_by = ${orgId}, password_hash = null, totp_secret = null, totp_enabled_at = null,
    totp_last_step = null where id = any(${ids})`.execute(tx)
  await sql`delete from sessions where user_id = any(${ids})`.execute(tx)
  await sql`delete from recovery_codes where user_id = any(${ids})`.execute(tx)
  await sql`delete from account_links where user_id = any(${ids})`.execute(tx)
  await sql`delete from emails where user_id = any(${ids}) and verified_at is null and not is_primary`.execute(tx)
}

/** Whether there is an operator, suspended or not. */
export async function findAnyOperator(db: Db): Promise<boolean> {
  const { rows } = await sql`select from users where is_operator and state <> 'deleted' order by id limit 1`.execute(db)
  return rows.length === 1
}

/** Locks out other changes of operators; tells whether this account is an active one, and whether others are. */
export async function lockOperators(tx: Tx, userId: string): Promise<{ isOperator: boolean; others: boolean }> {
  await sql`select from instance for update`.execute(tx)
  const { rows } = await sql<{ is_operator: boolean; others: boolean }>`
    select coalesce((select is_operator from users where id = ${userId} and state = 'active'), false) as is_operator,
      exists (select from users where is_operator and state <> 'deleted' and state = 'active' and id <> ${userId}) as others`.execute(
    tx,
  )
  return { isOperator: rows[0]?.is_operator ?? false, others: rows[0]?.others ?? false }
}

/** Deletes sessions, links and counts whose time is over. */
export async function deleteExpired(db: Db, at: Date, attemptsBefore: Date): Promise<void> {
  await sql`delete from sessions where expires_at <= ${at}`.execute(db)
  await sql`delete from account_links where expires_at <= ${at}`.execute(db)
  await sql`delete from attempts where window_start < ${attemptsBefore}`.execute(db)
}
