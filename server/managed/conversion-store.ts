import type { RawBuilder } from 'kysely'
import type { managedAccounts, OrgRole } from '../../api/index.ts'
import { liveMembership } from '../access/grants.ts'
import type { Db, Tx } from '../store/database.ts'
import { arrayOf, sql } from '../store/sql.ts'

/** Someone whom a conversion may concern. */
export interface PersonRow {
  id: string
  user: string
  fullname: string
  email: string | null
  role: OrgRole | null
  isManaged: boolean
  isEnding: boolean
  /** Why they keep an account of their own. */
  reason: managedAccounts.KeptReason | null
}

const inDomains = (address: string, domains: readonly string[]) =>
  sql<boolean>`split_part(lower(${sql.raw(address)}), '@', 2) = any(${arrayOf(domains)})`

// With a limit it is asked for each person by an index, and never turned into a list of everyone's.
const some = (from: RawBuilder<unknown>) => sql<boolean>`((select true ${from} limit 1) is not null)`

// The first reason counts. What a person has outside the organization would be the organization's with the account.
const reasonOf = (orgId: string, domains: readonly string[]) => sql`case
  when u.managed_by = ${orgId} then null
  when m.is_external then 'external'
  when ${some(sql`from sso_break_glass_admins b where b.org_id = m.org_id and b.user_id = m.user_id`)} then 'break_glass'
  when u.is_operator then 'operator'
  when ${some(sql`from memberships om where om.user_id = u.id and om.org_id <> ${orgId}`)} then 'other_organization'
  when ${some(sql`from repositories r where r.user_id = u.id`)} then 'repositories'
  when ${some(sql`from repo_collaborators rc join repositories r on r.id = rc.repo_id
    where rc.user_id = u.id and r.org_id is distinct from ${orgId}`)} then 'collaborator'
  when not ${some(sql`from emails e where e.user_id = u.id and e.verified_at is not null and e.is_primary`)}
    or ${some(sql`from emails e where e.user_id = u.id and e.verified_at is not null and not ${inDomains('e.address', domains)}`)}
    then 'address' end`

/** Lists the members of an organization and its accounts, with what stands in the way of taking over each. */
export async function listPeople(
  db: Db,
  { orgId, domains, at }: { orgId: string; domains: readonly string[]; at: Date },
): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    select u.id, u.name "user", u.fullname, case when ${inDomains('pe.address', domains)} then pe.address end email,
      m.role, coalesce(u.managed_by = ${orgId}, false) "isManaged", u.ends_at is not null "isEnding",
      ${reasonOf(orgId, domains)} reason
    from users u left join memberships m on m.org_id = ${orgId} and m.user_id = u.id and ${liveMembership('m', at)}
    left join emails pe on pe.user_id = u.id and pe.is_primary
    where u.state <> 'deleted' and u.id in (select mm.user_id from memberships mm where mm.org_id = ${orgId}
      union select mu.id from users mu where mu.managed_by = ${orgId})
      and (m.user_id is not null or u.managed_by = ${orgId})
    order by u.name collate "C"`.execute(db)
  return rows
}

/** Since when an organization uses Managed SSO, and how many accounts it owns. */
export async function findManaged(db: Db, orgId: string): Promise<{ since: Date | null; accounts: number }> {
  const { rows } = await sql<{ since: Date | null; accounts: number }>`select managed_since since,
    (select count(*)::int from users u where u.managed_by = ${orgId} and u.state <> 'deleted' and u.ends_at is null) accounts
    from organizations where id = ${orgId}`.execute(db)
  return rows[0] ?? { since: null, accounts: 0 }
}

/** Notes that an organization uses Managed SSO since a moment, or no longer. */
export async function setManaged(tx: Tx, orgId: string, at: Date | null): Promise<void> {
  const since = at === null ? sql`null` : sql`coalesce(managed_since, ${at})`
  await sql`update organizations set managed_since = ${since} where id = ${orgId}`.execute(tx)
}

/** How many admins can get in without the identity provider, and with an account of their own. */
export async function countOwnBreakGlass(db: Db, orgId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int n from sso_break_glass_admins b
    join users u on u.id = b.user_id where b.org_id = ${orgId} and u.managed_by is null and u.state = 'active'`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}
