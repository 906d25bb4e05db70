import type { RawBuilder } from 'kysely'
import type { Db } from '../store/database.ts'
import { foldedPattern, sql } from '../store/sql.ts'
import {
  acceptedRequest,
  acceptsToken,
  hasTwoFactor,
  liveCollaborator,
  liveMembership,
  liveOrganizationAccess,
  liveToken,
  scopeReadsRepo,
  tokenIn,
} from './grants.ts'
import { readableRepos } from './lists.ts'

/** Whose access to a repository is asked about: those after an account ID, in its order. */
export interface HolderQuery {
  repoId: string
  /** Whether it is about changing the repository, so that readers need not be looked at. */
  changes: boolean
  /** Part of the username or full name. */
  search: string | undefined
  after: string
  limit: number
  at: Date
}

/**
 * Finds the accounts that may hold access to a repository of an organization: all who do, and maybe some who do not, such
 * as suspended ones. What each of them may is for the decision to say. Members of another organization that was given
 * access are left out where they are not for outsiders to know: `findUnnamedOrganizations`.
 */
export async function findHolders(db: Db, query: HolderQuery): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with r as (select * from repositories where id = ${query.repoId}) ${named(query)}
    select user_id id from (${candidates(query)}) c order by user_id limit ${query.limit}`.execute(db)
  return rows.map(({ id }) => id)
}

// Subqueries, not joins: one value each, so that an index gives a branch in order and stops at the end of a page.
const [orgId, groupId] = [sql`(select org_id from r)`, sql`(select group_id from r)`]

function candidates(query: HolderQuery): RawBuilder<unknown> {
  const { changes, search, after, limit, at } = query
  const page = (alias: string) => {
    const user = sql`${sql.ref(`${alias}.user_id`)}`
    const found = search === undefined ? sql`` : sql`and ${user} in (select id from named)`
    return sql`and ${user} > ${after} ${found} order by ${user} limit ${limit}`
  }
  const wide = changes ? sql`m.role >= 'write'` : sql`m.role >= 'read'`
  return sql`
    (select m.user_id from memberships m
      where m.org_id = ${orgId} and ${liveMembership('m', at)} and ${groupId} is null and ${wide} ${page('m')})
    union (select m.user_id from memberships m
      where m.org_id = ${orgId} and m.role = 'admin' and ${liveMembership('m', at)} ${page('m')})
    union (select gr.user_id from group_roles gr where gr.group_id = ${groupId} ${page('gr')})
    union (select creator.user_id from (select creator_id user_id from r) creator where true ${page('creator')})
    union (select rc.user_id from repo_collaborators rc
      where rc.repo_id = ${query.repoId} and ${liveCollaborator('rc', at)} ${page('rc')})
    union (select gq.user_id from gate_requests gq
      where gq.repo_id = ${query.repoId} and ${acceptedRequest('gq', at)} ${page('gq')})
    union (select gm.user_id from memberships gm
      where gm.org_id in (select gg.org_id ${organizationsOf(query.repoId)} and ${namesMembers}) ${page('gm')})`
}

const organizationsOf = (repoId: string) => sql`from gate_organizations gg
  join organizations go on go.id = gg.org_id and go.deleted_at is null where gg.repo_id = ${repoId}`

// Of other organizations no one outside learns the hidden members, nor the roles.
const namesMembers = sql`(gg.org_id = ${orgId} or (gg.role is null and not go.hide_members))`

/** Finds the organizations with access to a gated repository of another one whose members it doesn't learn, by name. */
export async function findUnnamedOrganizations(
  db: Db,
  { repoId, at }: { repoId: string; at: Date },
): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    with r as (select * from repositories where id = ${repoId})
    select go.name ${organizationsOf(repoId)} and ${liveOrganizationAccess('gg', at)} and not ${namesMembers}
    order by lower(go.name)`.execute(db)
  return rows.map(({ name }) => name)
}

// Every branch ends at a page, so the names have to be looked at before.
function named({ search }: HolderQuery): RawBuilder<unknown> {
  if (search === undefined) return sql``
  return sql`, named as materialized (select id from users where search like ${foldedPattern(search)} and state <> 'deleted')`
}

const reachesByScope = sql`(t.role <> 'fineGrained'
  or exists (select from r where ${scopeReadsRepo(sql.raw('t.id'), sql.raw('t.user_id'))}))`

/** Counts the live personal tokens of members and collaborators that the organization accepts, up to `most` of them. */
export async function countTokens(
  db: Db,
  { repoId, most, at }: { repoId: string; most: number; at: Date },
): Promise<number> {
  // An array is looked up in one go; a join is planned for the few members of an average organization.
  const { rows } = await sql<{ tokens: number }>`
    with r as (select * from repositories where id = ${repoId})
    select count(*)::int tokens from (select from access_tokens t join organizations o on o.id = ${orgId}
    where ${liveToken('t', at)} and ${acceptsToken('o', tokenIn('t'))} and ${reachesByScope} and t.user_id = any(array(
      select m.user_id from memberships m where m.org_id = ${orgId} and ${liveMembership('m', at)}
      union all
      select rc.user_id from repo_collaborators rc where rc.repo_id = ${repoId} and ${liveCollaborator('rc', at)}))
    limit ${most}) counted`.execute(db)
  return rows[0]?.tokens ?? 0
}

/** A token of a service account, or the organization API token, with the account that it signs in as. */
export interface ServiceToken {
  id: string
  name: string
  last4: string
  account: string
}

/** Finds the live tokens of the organization's own accounts whose scope may reach the repository, up to `most` of them. */
export async function findServiceTokens(
  db: Db,
  { repoId, most, at }: { repoId: string; most: number; at: Date },
): Promise<ServiceToken[]> {
  const { rows } = await sql<ServiceToken>`
    with r as (select * from repositories where id = ${repoId})
    select t.id, t.name, t.last4, s.username account from service_accounts s join access_tokens t on t.user_id = s.id
    where s.org_id = ${orgId} and ${liveToken('t', at)} and ${reachesByScope} order by s.id, t.id limit ${most}`.execute(
    db,
  )
  return rows
}

/** Counts the site admins of the instance. */
export async function countSiteAdmins(db: Db): Promise<number> {
  const { rows } = await sql<{ operators: number }>`
    select count(*)::int operators from users where is_operator and state = 'active'`.execute(db)
  return rows[0]?.operators ?? 0
}

/** Which repositories that a person can reach: of an organization, or of one of its resource groups. */
export interface Reach {
  orgId: string
  groupId?: string | undefined
  userId: string
  after: string
  limit: number
}

/** Finds the repositories that a person may read, after an ID, in its order. */
export async function findReachable(
  db: Db,
  { orgId, groupId, userId, after, limit }: Reach,
  at: Date,
): Promise<string[]> {
  const factor = sql`(select ${hasTwoFactor('hu')} from users hu where hu.id = ${userId})`
  const { rows } = await sql<{ id: string }>`
    select r.id from repositories r where r.org_id = ${orgId} and r.id > ${after}
      and ${groupId === undefined ? sql`true` : sql`r.group_id = ${groupId}`}
      and ${readableRepos({ id: userId, hasTwoFactor: factor }, at)} order by r.id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** The names of resource groups, by ID. */
export async function findGroupNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from resource_groups where id = any(${ids}::text[])`.execute(db)
  return new Map(rows.map(({ id, name }) => [id, name]))
}
