import type { domains, OrgRole } from '../../api/index.ts'
import type { Db, Tx } from '../store/database.ts'
import { rowOf, sql } from '../store/sql.ts'

export interface DomainRow {
  id: string
  org_id: string
  org_name: string
  domain: string
  token: string
  state: domains.EmailDomain['state']
  added_at: Date
  added_by: string | null
  verified_at: Date | null
  checked_at: Date | null
  failing_since: Date | null
  problem: string | null
}

const columns = sql`d.id, d.org_id, o.name org_name, d.domain, d.token, d.state, d.added_at, u.name added_by, d.verified_at,
  d.checked_at, d.failing_since, d.problem`
const tables = sql`organization_domains d join organizations o on o.id = d.org_id left join users u on u.id = d.added_by`

/** Lists the domains of an organization. */
export async function listDomainRows(db: Db, orgId: string): Promise<DomainRow[]> {
  const { rows } = await sql<DomainRow>`select ${columns} from ${tables} where d.org_id = ${orgId}
    order by d.domain`.execute(db)
  return rows
}

/** Finds a domain of an organization. */
export async function findDomain(db: Db, orgId: string, domain: string): Promise<DomainRow | undefined> {
  const { rows } = await sql<DomainRow>`select ${columns} from ${tables}
    where d.org_id = ${orgId} and d.domain = ${domain}`.execute(db)
  return rows[0]
}

/** Locks a domain, and after it its organization, until the transaction ends, and reads what it is now. */
export async function lockDomain(tx: Tx, id: string): Promise<DomainRow | undefined> {
  await sql`select from organization_domains where id = ${id} for update`.execute(tx)
  await sql`select from organizations where id = (select org_id from organization_domains where id = ${id}) for no key update`.execute(
    tx,
  )
  const { rows } = await sql<DomainRow>`select ${columns} from ${tables} where d.id = ${id}`.execute(tx)
  return rows[0]
}

export interface NewDomain {
  id: string
  orgId: string
  domain: string
  token: string
  addedBy: string
  at: Date
}

/** Inserts a domain, unless the organization has so many already. */
export async function insertDomain(tx: Tx, domain: NewDomain, most: number): Promise<boolean> {
  const { id, orgId, token, addedBy, at } = domain
  const { rows } = await sql`
    insert into organization_domains (id, org_id, domain, token, added_at, added_by)
    select ${id}, ${orgId}, ${domain.domain}, ${token}, ${at}::timestamptz, ${addedBy}
    where (select count(*) from organization_domains where org_id = ${orgId}) < ${most}::integer
    returning id`.execute(tx)
  return rows.length > 0
}

export type Verification = Pick<DomainRow, 'state' | 'verified_at' | 'checked_at' | 'failing_since' | 'problem'>

/** Writes what a check found. */
export async function updateVerification(tx: Tx, id: string, verification: Verification): Promise<void> {
  const { state, verified_at, checked_at, failing_since, problem } = verification
  await sql`update organization_domains set state = ${state}, verified_at = ${verified_at}, checked_at = ${checked_at},
    failing_since = ${failing_since}, problem = ${problem} where id = ${id}`.execute(tx)
}

/** Deletes a domain. */
export async function deleteDomain(tx: Tx, id: string): Promise<void> {
  await sql`delete from organization_domains where id = ${id}`.execute(tx)
}

/** Brings the mark of a verified organization up to its domains; the organization is locked by then. */
export async function markVerified(tx: Tx, orgId: string): Promise<void> {
  await sql`update organizations set is_verified = not is_verified where id = ${orgId} and is_verified <>
    exists (select from organization_domains where org_id = ${orgId} and state <> 'unverified')`.execute(tx)
}

/** Domains that were verified and not looked at since, and those in their grace; in no order, so that all get their turn. */
export async function findDueDomains(db: Db, checkedBefore: Date, most: number): Promise<DomainRow[]> {
  const { rows } = await sql<DomainRow>`select ${columns} from ${tables}
    where o.deleted_at is null and (d.state = 'failing' or (d.state = 'verified' and d.checked_at <= ${checkedBefore}))
    order by random() limit ${most}`.execute(db)
  return rows
}

export interface DoorRow {
  domain: string
  default_role: Exclude<OrgRole, 'admin'>
  user_approval: boolean
}

const doorColumns = sql`d.domain, o.default_role, o.user_approval`
const doorOf = (orgId: string, userId: string) => sql`organization_domains d
  join organizations o on o.id = d.org_id and o.deleted_at is null
  where d.org_id = ${orgId} and d.domain in (
    select lower(split_part(e.address, '@', 2)) from emails e where e.user_id = ${userId} and e.verified_at is not null)
  order by d.state <> 'unverified' desc, d.id limit 1`

/** The domain of an organization in which a person has a verified address; a verified one first. */
export async function findDoor(db: Db, orgId: string, userId: string): Promise<DoorRow | undefined> {
  const { rows } = await sql<DoorRow>`select ${doorColumns} from ${doorOf(orgId, userId)}`.execute(db)
  return rows[0]
}

/** The same, held open until the transaction ends: who closes the door waits. */
export async function lockDoor(tx: Tx, orgId: string, userId: string): Promise<DoorRow | undefined> {
  const { rows } = await sql<DoorRow>`select ${doorColumns} from ${doorOf(orgId, userId)} for share of d`.execute(tx)
  return rows[0]
}

export interface OpenedRow {
  name: string
  fullname: string
  user_approval: boolean
}

/** The organizations that people with an address in a domain may join or ask to; those with the domain verified first. */
export async function findOpenedBy(db: Db, domain: string, most: number): Promise<OpenedRow[]> {
  const { rows } = await sql<OpenedRow>`select o.name, o.fullname, o.user_approval
    from organization_domains d join ${rowOf('organizations', 'd.org_id')} o on o.deleted_at is null
    where d.domain = ${domain} order by d.state <> 'unverified' desc, d.id limit ${most}::integer`.execute(db)
  return rows
}
