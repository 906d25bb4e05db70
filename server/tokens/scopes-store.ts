import type { RepoType, TokenPermission } from '../../api/index.ts'
import { adminRow, countingMembership, hasTwoFactor, inGroup, liveMembership, type Reader } from '../access/grants.ts'
import { readableRepos } from '../access/lists.ts'
import type { Tx } from '../store/database.ts'
import { arrayOf, sql } from '../store/sql.ts'

/** Things that a scope names, each by its ID or by its name in lower case. */
export interface Named {
  id: string | null
  /** The owner's name, of what belongs to one; and its own. */
  owner: string
  name: string
  type?: RepoType
}

const column = (values: readonly (string | null)[]) => sql`${values as string[]}::text[]`

const asked = (named: readonly Named[]) => sql`unnest(${column(named.map(({ id }) => id))},
  ${column(named.map(({ owner }) => owner))}, ${column(named.map(({ name }) => name))},
  ${column(named.map(({ type }) => type ?? null))}) with ordinality q(id, owner, name, type, place)`

/** IDs of what was found, by the place in what was asked. */
type Found = Map<number, string>

function foundIn(rows: readonly { id: string; place: string }[]): Found {
  return new Map(rows.map(({ id, place }) => [Number(place) - 1, id]))
}

function readerOf(userId: string): Reader {
  return { id: userId, hasTwoFactor: sql`(select ${hasTwoFactor('hu')} from users hu where hu.id = ${userId})` }
}

interface Asked {
  userId: string
  named: readonly Named[]
  at: Date
}

/** Finds organizations that a person is a member of. */
export async function findOrgs(tx: Tx, { userId, named, at }: Asked): Promise<Found> {
  const { rows } = await sql<{ id: string; place: string }>`select o.id, q.place from ${asked(named)}
    join names n on case when q.id is null then n.lower_name = q.name else n.org_id = q.id end and n.current
    join organizations o on o.id = n.org_id and o.deleted_at is null
    where exists (select from memberships m where m.org_id = o.id and m.user_id = ${userId} and ${liveMembership('m', at)})`.execute(
    tx,
  )
  return foundIn(rows)
}

/** Finds resource groups that a person sees. */
export async function findGroups(tx: Tx, { userId, named, at }: Asked): Promise<Found> {
  const { rows } = await sql<{ id: string; place: string }>`select g.id, q.place from ${asked(named)}
    join lateral (
      select * from resource_groups where id = q.id
      union all
      select g.* from names n join resource_groups g on g.org_id = n.org_id and fold(g.name) = fold(q.name)
        where q.id is null and n.lower_name = q.owner and n.current) g on true
    join organizations o on o.id = g.org_id and o.deleted_at is null
    where exists (select ${countingMembership(sql.raw('g.org_id'), readerOf(userId), at)}
      and (${adminRow('m')} or ${inGroup(sql.raw('g.id'), sql.raw('m.user_id'))}))`.execute(tx)
  return foundIn(rows)
}

/** Finds repositories that a person may read. */
export async function findRepos(tx: Tx, { userId, named, at }: Asked): Promise<Found> {
  const { rows } = await sql<{ id: string; place: string }>`select r.id, q.place from ${asked(named)}
    join lateral (
      select * from repositories where id = q.id
      union all
      select r.* from names n join repository_names rn on rn.owner_id = coalesce(n.org_id, n.user_id) and rn.current
          and rn.type = q.type::repo_type and rn.lower_name = q.name
        join repositories r on r.id = rn.repo_id
        where q.id is null and n.lower_name = q.owner and n.current) r on r.type = q.type::repo_type
    where ${readableRepos(readerOf(userId), at)}`.execute(tx)
  return foundIn(rows)
}

/** One thing that a token can reach; without an ID: the namespace of its owner. */
export interface NewScope {
  on: { org_id?: string; group_id?: string; repo_id?: string }
  permissions: readonly TokenPermission[]
}

/** Replaces the scope of a token, whose row is locked or new. */
export async function replaceScopes(tx: Tx, tokenId: string, scopes: readonly NewScope[]): Promise<void> {
  await sql`delete from token_scopes where token_id = ${tokenId}`.execute(tx)
  const rows = scopes.map(({ on, permissions }) => ({ token_id: tokenId, ...on, permissions: arrayOf(permissions) }))
  if (rows.length > 0) await tx.insertInto('token_scopes').values(rows).execute()
}

/** Sets whether a token, whose row is locked or new, reads public gated repositories that its owner was given access to. */
export async function setReadsGated(tx: Tx, tokenId: string, readsGated: boolean): Promise<void> {
  await sql`update access_tokens set reads_gated = ${readsGated} where id = ${tokenId}`.execute(tx)
}
