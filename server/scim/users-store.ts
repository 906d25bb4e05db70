import type { GroupRole, MemberSource, OrgRole } from '../../api/index.ts'
import { liveMembership } from '../access/grants.ts'
import { type Db, readShortly, sendWithNext, type Tx } from '../store/database.ts'
import { arrayOf, sql } from '../store/sql.ts'
import type { FilterColumns, Narrowed } from './protocol/filter-store.ts'

/** A membership that ended because the identity provider deactivated the person, to be given back. */
export interface Asleep {
  role: OrgRole
  source: MemberSource
  isExternal: boolean
  expiresAt: string | null
  /** Group roles that were given by hand. */
  groups: { id: string; role: GroupRole }[]
}

export interface UserRow {
  id: string
  user_id: string
  user_name: string
  external_id: string | null
  email: string
  given_name: string
  family_name: string
  fullname: string
  /** The username of the account. */
  account: string
  /** The organization owns the account. */
  managed: boolean
  /** What the identity provider said last. */
  wanted: boolean
  /** Whether the person is in fact a member, or has a pending invitation. */
  active: boolean
  asleep: Asleep | null
}

// Subqueries that stop at the first row: asked for each user of a page, never turned into a join with all members.
const isActive = (at: Date) => sql<boolean>`(s.active and (
  coalesce((select true from memberships m where m.org_id = s.org_id and m.user_id = s.user_id and ${liveMembership('m', at)} limit 1), false)
  or coalesce((select true from invitations i where i.scim_user_id = s.id and i.state = 'pending' and i.expires_at > ${at} limit 1), false)))`

const columns = (at: Date) => sql`s.id, s.user_id, s.user_name, s.external_id, s.email, s.given_name, s.family_name,
  u.fullname, u.name account, coalesce(u.managed_by = s.org_id, false) managed, s.active wanted, ${isActive(at)} active, s.asleep`

/** What filters can compare of users. */
export function userFilterColumns(at: Date): FilterColumns {
  const name = sql.raw('s.user_name')
  const email = sql.raw('s.email')
  return {
    id: { text: sql.raw('s.id') },
    username: { text: name },
    displayname: { text: name },
    externalid: { text: sql.raw('s.external_id'), isExact: true },
    emails: { text: email },
    'emails.value': { text: email },
    'emails.type': { text: sql.raw(`'work'`) },
    'emails.primary': { boolean: sql.raw('true') },
    'name.givenname': { text: sql.raw('s.given_name') },
    'name.familyname': { text: sql.raw('s.family_name') },
    active: { boolean: isActive(at) },
  }
}

interface Page {
  orgId: string
  narrowed: Narrowed
  startIndex: number
  count: number
}

/** Lists a page of the users of an organization that a condition on `s` finds, in the order of their IDs. */
export async function listUserRows(
  db: Db,
  { orgId, narrowed: { begin, condition }, startIndex, count }: Page,
  at: Date,
): Promise<readonly UserRow[]> {
  const { rows } = await sql<UserRow>`${begin}select ${columns(at)} from scim_users s join users u on u.id = s.user_id
    where s.org_id = ${orgId} and ${condition} order by s.id offset ${startIndex - 1} limit ${count}`.execute(db)
  return rows
}

/** Counts the users of an organization that a condition on `s` finds. */
export async function countUsers(db: Db, orgId: string, { begin, condition }: Narrowed): Promise<number> {
  const { rows } = await sql<{ count: number }>`${begin}select count(*)::int count from scim_users s
    where s.org_id = ${orgId} and ${condition}`.execute(db)
  return rows[0]?.count ?? 0
}

/** Finds a user by SCIM ID. */
export async function findUser(db: Db, orgId: string, id: string, at: Date): Promise<UserRow | undefined> {
  const rows = await readShortly(
    db,
    sql<UserRow>`select ${columns(at)} from scim_users s join users u on u.id = s.user_id
    where s.org_id = ${orgId} and s.id = ${id.toLowerCase()}`,
  )
  return rows[0]
}

/** Locks a user until the transaction ends. */
export async function lockUser(tx: Tx, id: string): Promise<void> {
  await sql`select from scim_users where id = ${id} for update`.execute(tx)
}

/** An active account of a person by an address that it has verified. */
export async function findAccountOf(
  db: Db,
  address: string,
): Promise<{ id: string; name: string; fullname: string; managedBy: string | null } | undefined> {
  const rows = await readShortly(
    db,
    sql<{ id: string; name: string; fullname: string; managedBy: string | null }>`
    select u.id, u.name, u.fullname, u.managed_by "managedBy"
    from emails e join users u on u.id = e.user_id and u.state = 'active'
    where lower(e.address) = lower(${address}) and e.verified_at is not null`,
  )
  return rows[0]
}

export interface NewUser {
  id: string
  orgId: string
  userId: string
  userName: string
  externalId: string | null
  email: string
  givenName: string
  familyName: string
  active: boolean
  at: Date
}

/**
 * Inserts a user, together with the next statement: that one is refused where the indexes have a user with this account,
 * userName, or externalId.
 */
export async function insertUser(tx: Tx, user: NewUser): Promise<void> {
  const inserted = sql`insert into scim_users
      (id, org_id, user_id, user_name, external_id, email, given_name, family_name, active, created_at, updated_at)
    values (${user.id}, ${user.orgId}, ${user.userId}, ${user.userName}, ${user.externalId}, ${user.email}, ${user.givenName},
      ${user.familyName}, ${user.active}, ${user.at}, ${user.at})`
  await sendWithNext(tx, inserted.compile(tx))
}

/** What is written of a user that is locked. */
export interface UserWrite extends Pick<UserRow, 'user_name' | 'email' | 'given_name' | 'family_name'> {
  id: string
  externalId: string | null
  active: boolean
  at: Date
}

/** Changes a user that is locked. */
export async function updateUser(tx: Tx, user: UserWrite): Promise<void> {
  await sql`update scim_users set user_name = ${user.user_name}, external_id = ${user.externalId}, email = ${user.email},
    given_name = ${user.given_name}, family_name = ${user.family_name}, active = ${user.active}, updated_at = ${user.at}
    where id = ${user.id}`.execute(tx)
}

/** Keeps the membership of a user that is locked to give it back, or forgets it. */
export async function setAsleep(tx: Tx, id: string, asleep: Asleep | null): Promise<void> {
  await sql`update scim_users set asleep = ${asleep === null ? null : JSON.stringify(asleep)}::jsonb where id = ${id}`.execute(
    tx,
  )
}

/** Deletes a user, and the places in SCIM groups. */
export async function deleteUser(tx: Tx, id: string): Promise<void> {
  await sql`delete from scim_users where id = ${id}`.execute(tx)
}

/** Which of some resource groups an organization still has. */
export async function findGroupsLeft(tx: Tx, orgId: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`select id from resource_groups
    where org_id = ${orgId} and id = any(${arrayOf(ids)}) and managed_by = 'manual'`.execute(tx)
  return new Set(rows.map(({ id }) => id))
}
