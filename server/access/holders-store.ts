import type { RawBuilder } from 'kysely'
import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import { hasTwoFactor, liveCollaborator, liveMembership, liveToken, trustsToken } from './grants.ts'
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
 * Finds the accounts that may hold access to a repository of an organization: all who do, and maybe some who do not. What
 * each of them may is for the decision to say.
 */
export async function findHolders(db: Db, query: HolderQuery): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with r as (select * from repositories where id = ${query.repoId})
    select u.id from (${candidates(query)}) c join users u on u.id = c.user_id and u.state = 'active' ${matching(query)}
    order by u.id limit ${query.limit}`.execute(db)
  return rows.map(({ id }) => id)
}

function candidates({ changes, search, after, limit, at }: HolderQuery): RawBuilder<unknown> {
  // A search has to see everybody; without one, no branch can add more than a page.
  const page = search === undefined ? sql`order by user_id limit ${limit}` : sql``
  const wide = changes ? sql`m.role >= 'write'` : sql`m.role >= 'read'`
  return sql`
    (select m.user_id from r join memberships m on m.org_id = r.org_id
      where m.user_id > ${after} and ${liveMembership('m', at)} and r.group_id is null and ${wide} ${page})
    union (select m.user_id from r join memberships m on m.org_id = r.org_id and m.role = 'admin'
      where m.user_id > ${after} and ${liveMembership('m', at)} ${page})
    union (select gr.user_id from r join group_roles gr on gr.group_id = r.group_id where gr.user_id > ${after} ${page})
    union (select r.creator_id user_id from r where r.creator_id > ${after})
    union (select rc.user_id from r join repo_collaborators rc on rc.repo_id = r.id
      where rc.user_id > ${after} and ${liveCollaborator('rc', at)} ${page})`
}

function matching({ search }: HolderQuery): RawBuilder<unknown> {
  if (search === undefined) return sql``
  return sql`and position(lower(${search}) in lower(u.name || ' ' || u.fullname)) > 0`
}

/** Counts the live personal tokens of members and collaborators that the organization trusts. */
export async function countTokens(db: Db, repoId: string, at: Date): Promise<number> {
  const { rows } = await sql<{ tokens: number }>`
    select count(*)::int tokens from repositories r join access_tokens t on ${liveToken('t', at)}
      and ${trustsToken(sql.raw('r.org_id'), sql.raw('t.id'))}
    where r.id = ${repoId} and (
      exists (select from memberships m where m.org_id = r.org_id and m.user_id = t.user_id and ${liveMembership('m', at)})
      or exists (select from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = t.user_id and ${liveCollaborator('rc', at)}))`.execute(
    db,
  )
  return rows[0]?.tokens ?? 0
}

/** Counts the site admins of the instance. */
export async function countSiteAdmins(db: Db): Promise<number> {
  const { rows } = await sql<{ operators: number }>`
    select count(*)::int operators from users where is_operator and state = 'active'`.execute(db)
  return rows[0]?.operators ?? 0
}

/** Finds the repositories of an organization that a person may read, after an ID, in its order. */
export async function findReachable(
  db: Db,
  { orgId, userId, after, limit }: { orgId: string; userId: string; after: string; limit: number },
  at: Date,
): Promise<string[]> {
  const factor = sql`(select ${hasTwoFactor('hu')} from users hu where hu.id = ${userId})`
  const { rows } = await sql<{ id: string }>`
    select r.id from repositories r where r.org_id = ${orgId} and r.id > ${after}
      and ${readableRepos({ id: userId, hasTwoFactor: factor }, at)} order by r.id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** The names of resource groups, by ID. */
export async function findGroupNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from resource_groups where id = any(${ids}::text[])`.execute(db)
  return new Map(rows.map(({ id, name }) => [id, name]))
}
