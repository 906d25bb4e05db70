import type { OrgRole } from '../../api/index.ts'
import { confirmingRoles } from '../access/escalation.ts'
import { adminRow, fitForAdmin, liveMembership, requiresTwoFactor, usableAdmin } from '../access/grants.ts'
import type { Db, Tx } from '../store/database.ts'
import { membershipOf, rowOf, sql } from '../store/sql.ts'
import { mailTo } from '../users/addresses/mail-address.ts'

export interface Candidate {
  user: string
  fullname: string
  role: OrgRole
}

export interface UsableAdmin {
  id: string
  email: string
  /** Not on probation after a recovery. */
  is_proven: boolean
}

export interface SuccessorRow extends Candidate {
  id: string
  usable: boolean
  email: string | null
}

const aliases = { m: 'm', o: 'o', u: 'u' }
const fit = fitForAdmin(aliases)
const usable = usableAdmin(aliases)

/** Locks the row of an organization until the transaction ends; people may still join meanwhile. */
export async function lockOrganization(tx: Tx, orgId: string): Promise<void> {
  await sql`select from organizations where id = ${orgId} for no key update`.execute(tx)
}

/** Locks an account and all its memberships, so that it cannot become admin anywhere meanwhile, by any door. */
export async function lockAccount(tx: Tx, userId: string): Promise<void> {
  await sql`select from users where id = ${userId} for update`.execute(tx)
  await sql`select from memberships where user_id = ${userId} order by org_id for no key update`.execute(tx)
}

/** At most 100 of the usable admins: the same ones as long as they are, for what is compared before and after a change. */
export async function findUsableAdmins(db: Db, orgId: string, at: Date): Promise<UsableAdmin[]> {
  const { rows } = await sql<UsableAdmin>`
    select m.user_id id, ${mailTo()} email, m.probation_until is null or m.probation_until <= ${at} is_proven
    from memberships m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
    where m.org_id = ${orgId} and ${usable}
    order by m.user_id limit 100`.execute(db)
  return rows
}

/** The number of usable admins of each organization; those without one are left out. */
export async function countUsableAdminsByOrg(db: Db, orgIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ org_id: string; count: number }>`
    select m.org_id, count(*)::int count from memberships m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
    where m.org_id = any(${orgIds}::text[]) and ${usable} group by m.org_id`.execute(db)
  return new Map(rows.map((row) => [row.org_id, row.count]))
}

/** Which of these people are members who count as admin, or would if they were made one. */
export async function findFit(db: Db, orgId: string, userIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select m.user_id id from memberships m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
    where m.org_id = ${orgId} and m.user_id = any(${userIds}::text[]) and ${fit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Members who could be made admin and would count, highest role first. */
export async function findCandidates(
  db: Db,
  orgId: string,
  except: readonly string[],
  limit: number,
): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    select u.name "user", u.fullname, m.role
    from memberships m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
    where m.org_id = ${orgId} and m.user_id <> all(${except}::text[]) and ${fit}
    order by m.role desc, m.id limit ${limit}`.execute(db)
  return rows
}

/** Organizations, not deleted ones, in which the person is admin; with `only2fa` those that require 2FA. */
export async function findOrganizationsAdministered(
  db: Db,
  userId: string,
  only2fa: boolean,
): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select o.id, o.name from memberships m join ${rowOf('organizations', 'm.org_id')} o on true
    where m.user_id = ${userId} and ${adminRow('m')} and o.deleted_at is null and (${requiresTwoFactor('o')} or not ${only2fa})
    order by o.id`.execute(db)
  return rows
}

/** Notes when someone was told how an organization is guarded. */
export async function setHealthTold(tx: Tx, orgId: string, at: Date): Promise<void> {
  await sql`update organizations set health_told_at = ${at} where id = ${orgId}`.execute(tx)
}

/** Organizations without a usable admin of which no one was told since a moment; locks none. */
export async function findAdminlessUntold(db: Db, before: Date): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from organizations
    where adminless_since is not null and deleted_at is null and coalesce(health_told_at, adminless_since) <= ${before} order by id`.execute(
    db,
  )
  return rows
}

/** Organizations of several members with one usable admin, who was not told of it since a moment. */
export async function findAtRiskUntold(db: Db, before: Date): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select o.id, o.name from organizations o
    where o.deleted_at is null and coalesce(o.health_told_at, o.created_at) <= ${before}
      and (select count(*) from memberships m join users u on u.id = m.user_id where m.org_id = o.id and ${usable}) = 1
      and (select count(*) from (select from memberships n where n.org_id = o.id limit 2) several) > 1
    order by o.id`.execute(db)
  return rows
}

/** Takes it upon this transaction to tell about an organization; false when someone was told since a moment. */
export async function claimTelling(tx: Tx, orgId: string, before: Date, at: Date): Promise<boolean> {
  const { rows } = await sql`update organizations set health_told_at = ${at}
    where id = ${orgId} and deleted_at is null and (health_told_at is null or health_told_at <= ${before}) returning id`.execute(
    tx,
  )
  return rows.length > 0
}

/** Addresses of the operators. */
export async function findOperatorAddresses(db: Db): Promise<string[]> {
  const { rows } = await sql<{ email: string | null }>`
    select ${mailTo()} email from users u where u.is_operator and u.state = 'active' order by u.id`.execute(db)
  return rows.flatMap(({ email }) => email ?? [])
}

/** Notes since when an organization has no usable admin; null: it has one. Answers whether that was news. */
export async function setAdminless(tx: Tx, orgId: string, since: Date | null): Promise<boolean> {
  const { rows } = await sql`update organizations set adminless_since = ${since}
    where id = ${orgId} and (adminless_since is null) <> (${since}::timestamptz is null) returning id`.execute(tx)
  return rows.length > 0
}

/** Of an organization without usable admins: addresses of its admins who have an account, and of the operators. */
export async function findRescuers(db: Db, orgId: string): Promise<string[]> {
  const { rows } = await sql<{ email: string }>`
    select ${mailTo()} email from users u
    where u.state = 'active' and exists (select from emails e where e.user_id = u.id and e.verified_at is not null)
      and (u.is_operator or exists (select from memberships m where m.org_id = ${orgId} and m.user_id = u.id and ${adminRow('m')}))
    order by u.id limit 100`.execute(db)
  return rows.map((row) => row.email)
}

/** The addresses of all who are told about a recovery: admins, members with `write` or more, operators, and the person it is about. */
export async function findAddressesOfWatchers(db: Db, orgId: string, personId: string, at: Date): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    with candidates as materialized (
      select ${personId}::text id union select id from users where is_operator and state <> 'deleted'
      union select user_id from memberships where org_id = ${orgId} and role = any(${confirmingRoles}::org_role[])
    )
    select w.address from (
      select u.id, ${mailTo()} address from candidates c join ${rowOf('users', 'c.id')} u on true
      left join memberships m on m.org_id = ${orgId} and m.user_id = u.id
      where (u.id = ${personId} and u.state = 'active') or (u.is_operator and u.state = 'active')
        or (${adminRow('m')} and u.state <> 'deleted')
        or (m.role = any(${confirmingRoles}::org_role[]) and u.state = 'active' and ${liveMembership('m', at)})
    ) w where w.address is not null order by w.id`.execute(db)
  return rows.map(({ address }) => address)
}

/** The ordered successors of an organization; the fit ones are usable. */
export async function findSuccessors(db: Db, orgId: string): Promise<SuccessorRow[]> {
  const { rows } = await sql<SuccessorRow>`
    select u.id, u.name "user", u.fullname, m.role, (${fit}) usable, ${mailTo()} email
    from successors s join ${membershipOf(sql.ref('s.org_id'), sql.ref('s.user_id'))} m on true
    join organizations o on o.id = m.org_id join users u on u.id = m.user_id
    where s.org_id = ${orgId} order by s.position`.execute(db)
  return rows
}
