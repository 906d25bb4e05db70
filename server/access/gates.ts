import type { RawBuilder } from 'kysely'
import { sql } from '../store/sql.ts'
import { countingMembership, type Given, type Reader } from './grants.ts'

// Which rows let someone through the gate of the repository `r`, with the aliases `gr` of a request and `gg` of a grant to an
// organization.

/** The condition that a row of `gate_requests` gives access. */
export function acceptedRequest(alias: string, at: Given<Date>): RawBuilder<boolean> {
  const [state, expires] = [sql.raw(`${alias}.state`), sql.raw(`${alias}.expires_at`)]
  return sql<boolean>`(${state} = 'accepted' and (${expires} is null or ${expires} > ${at}))`
}

/** The condition that a row of `gate_requests` is past its expiry and not yet marked as that. */
export function expiredRequest(alias: string, at: Given<Date>): RawBuilder<boolean> {
  return sql<boolean>`(${sql.raw(`${alias}.state`)} = 'accepted' and ${sql.raw(`${alias}.expires_at`)} <= ${at})`
}

/** The condition that a row of `gate_organizations` has not expired. */
export function liveOrganizationAccess(alias: string, at: Given<Date>): RawBuilder<boolean> {
  const expires = sql.raw(`${alias}.expires_at`)
  return sql<boolean>`(${expires} is null or ${expires} > ${at})`
}

/** The condition that the role of a row of `memberships` is high enough for a row of `gate_organizations`. */
export function roleHasAccess(membership: string, access: string): RawBuilder<boolean> {
  const least = sql.raw(`${access}.role`)
  return sql<boolean>`(${least} is null or ${sql.raw(`${membership}.role`)} >= ${least})`
}

/** The grants on the repository `r` to organizations in which the reader's membership counts, as a subquery on `gg`. */
export function countingOrganizationAccess(reader: Reader, at: Given<Date>): RawBuilder<unknown> {
  return sql`from gate_organizations gg where gg.repo_id = r.id and ${liveOrganizationAccess('gg', at)}
    and exists (select ${countingMembership(sql.raw('gg.org_id'), reader, at)}
      and mo.deleted_at is null and ${roleHasAccess('m', 'gg')})`
}
