import type { RawBuilder } from 'kysely'
import { now } from '../kernel/clock.ts'
import { sql } from '../store/sql.ts'
import type { Author } from './author.ts'
import {
  acceptsAddress,
  countingCollaborator,
  countingMembership,
  type Given,
  inGroup,
  liveCollaborator,
  liveMembership,
  type Reader,
  type SsoHolder,
  scopeReadsOrg,
  scopeReadsRepo,
  tokenState,
  writesByRole,
} from './grants.ts'
import { reaches } from './ladder.ts'
import type { Service } from './service.ts'

// What the policy says of one thing, as conditions on the rows of a list. They are asked in place of the decision, and
// tests compare the two.

const orgOfRepo = sql.raw('r.org_id')
const groupOfRepo = sql.raw('r.group_id')
const member = sql.raw('m.user_id')

/** The caller as who reads a list. */
export function readerOf(author: Author): Reader {
  const { id = null, hasTwoFactor = false, token, service } = author.actor ?? {}
  const isScoped = token?.role === 'fineGrained'
  const { address } = author.request
  const sso = ssoHolderOf(author)
  return { id, hasTwoFactor, sso, isScoped, address, token: token && { ...token, isFineGrained: isScoped }, service }
}

// With what a caller comes, as SSO judges it.
function ssoHolderOf({ actor }: Author): SsoHolder | undefined {
  if (actor?.service) return undefined
  if (actor?.token) return 'token'
  return actor?.session && { sessionId: actor.session.id }
}

/** What a caller may read, as conditions on the repositories `r` of a list. */
export function readableBy(author: Author) {
  const reader = readerOf(author)
  const at = now()
  return { repos: readableRepos(reader, at), groupOfRepo: seenGroupOfRepo(reader, at) }
}
export type Readable = ReturnType<typeof readableBy>

// What is private is there for a fine-grained token only where its scope covers it; for others the text stays as it is.
function inScope(reader: Reader): RawBuilder<unknown> {
  return reader.isScoped ? sql`${scopeReadsRepo(reader.token?.id ?? null, reader.id)} and ` : sql``
}

/** The condition that the reader may read the repository `r`: what the policy says to `repo.view`. */
export function readableRepos(reader: Reader, at: Given<Date>): RawBuilder<boolean> {
  const held = reader.service
    ? heldByService(reader, reader.service)
    : sql`r.user_id = ${reader.id}
      or exists (select ${countingMembership(orgOfRepo, reader, at)} and (m.role = 'admin'
        or case when r.group_id is null then m.role >= 'read' else ${inGroup(groupOfRepo, member)} end))
      or exists (select ${countingCollaborator(reader, at)})`
  return sql<boolean>`(not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
    and (not r.private or ${reader.isScoped ? sql`(${inScope(reader)}(${held}))` : held}))`
}

// The organization's own accounts are no members: their role in it is fixed, and only their token and where they come from
// are judged.
function servedIn(orgId: RawBuilder<unknown>, { token, address }: Reader, service: Service): RawBuilder<boolean> {
  const isRevoked = token ? sql`${tokenState(orgId, token.id)} is not distinct from 'revoked'` : sql`false`
  return sql<boolean>`(${orgId} = ${service.orgId} and not ${isRevoked}
    and exists (select from organizations so where so.id = ${service.orgId} and ${acceptsAddress('so', service.skipsNetwork ? undefined : address)}))`
}

function heldByService(reader: Reader, service: Service): RawBuilder<boolean> {
  const ungrouped = reaches(service.role, 'admin') ? sql`` : sql` and r.group_id is null`
  return sql<boolean>`${servedIn(orgOfRepo, reader, service)}${ungrouped}`
}

/** The condition that the reader sees which resource group the repository `r` is in. */
function seenGroupOfRepo(reader: Reader, at: Given<Date>): RawBuilder<boolean> {
  const { service } = reader
  if (service && !reaches(service.role, 'admin')) return sql<boolean>`false`
  if (service)
    return sql<boolean>`(r.group_id is not null and ${inScope(reader)}${servedIn(orgOfRepo, reader, service)})`
  return sql<boolean>`(r.group_id is not null and ${inScope(reader)}exists (
    select ${countingMembership(orgOfRepo, reader, at)} and (m.role = 'admin' or ${inGroup(groupOfRepo, member)})))`
}

/** The condition that the reader is a member of the organization `o` who sees its members even where it hides them. */
export function seenHiddenMembers(reader: Reader, at: Given<Date>): RawBuilder<boolean> {
  const org = sql.raw('o.id')
  const seen = reader.service
    ? servedIn(org, reader, reader.service)
    : sql<boolean>`exists (select ${countingMembership(org, reader, at)} and m.role >= 'read')`
  return reader.isScoped ? sql<boolean>`(${seen} and ${scopeReadsOrg(org, reader.token?.id ?? null)})` : seen
}

/** Someone, and the organization whose repositories it is about. */
export interface Writer {
  orgId: string
  userId: string
}

/**
 * Begins a statement with `sole`: the repositories of an organization that a person may write to, and no other member by
 * a role below admin of the organization, or by collaborator access. Of an admin, who may write everywhere, those count
 * that they made.
 */
export function solelyWritten({ orgId, userId }: Writer, at: Date): RawBuilder<unknown> {
  const groupRole = sql.raw('gr.role')
  return sql`
  with me as (select m.role from memberships m where m.org_id = ${orgId} and m.user_id = ${userId} and ${liveMembership('m', at)}),
  others as (select m.user_id, m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
    where m.org_id = ${orgId} and m.user_id <> ${userId} and ${liveMembership('m', at)}),
  mine as (
    select r.id, r.type, r.name, r.group_id, r.creator_id from repositories r left join me on true
    where r.org_id = ${orgId} and (
      (r.group_id is null and me.role = 'write')
      or (r.creator_id = ${userId} and (me.role = 'admin' or (me.role = 'contributor' and r.group_id is null)))
      or exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = ${userId} and me.role is not null
        and ${writesByRole(groupRole, userId)})
      or exists (select from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = ${userId} and rc.role = 'write'
        and ${liveCollaborator('rc', at)}))
  ), sole as (
    select r.id, r.type, r.name from mine r where not (
      (r.group_id is null and exists (select from others x where x.role = 'write'))
      or (r.group_id is null and exists (select from others x where x.user_id = r.creator_id and x.role = 'contributor'))
      or exists (select from group_roles gr join others x on x.user_id = gr.user_id where gr.group_id = r.group_id
        and ${writesByRole(groupRole, sql.raw('gr.user_id'))})
      or exists (select from repo_collaborators rc join others x on x.user_id = rc.user_id
        where rc.repo_id = r.id and rc.role = 'write' and ${liveCollaborator('rc', at)}))
  )`
}
