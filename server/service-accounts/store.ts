import type { ServiceAccountDetails } from '../../api/service-accounts.ts'
import type { TokenPermission } from '../../api/shapes.ts'
import type { ServiceKind } from '../access/facts.ts'
import { liveMembership } from '../access/grants.ts'
import type { Db, Tx } from '../store/database.ts'
import { arrayOf, rowOf, sql } from '../store/sql.ts'

export interface AccountRow {
  id: string
  username: string
  name: string
  description: string
  created_at: Date
  owner: { user: string; fullname: string } | null
}

interface InOrg {
  orgId: string
  id?: string | undefined
}

/** Lists the service accounts of an organization, or the one with an ID, the oldest first. */
export async function listAccounts(db: Db, { orgId, id }: InOrg): Promise<AccountRow[]> {
  const { rows } = await sql<AccountRow>`
    select a.id, sa.username, a.fullname "name", sa.description, a.created_at,
      (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = sa.owner_id) "owner"
    from service_accounts sa join ${rowOf('users', 'sa.id')} a on true
    where sa.org_id = ${orgId} and sa.kind = 'service_account' and sa.id = coalesce(${id ?? null}, sa.id)
    order by sa.id`.execute(db)
  return rows
}

/** How many tokens one account can have. */
export const mostTokens = 50

export interface TokenRow {
  id: string
  account_id: string
  name: string
  last4: string
  created_at: Date
  last_used_at: Date | null
  permissions: TokenPermission[]
  repositories: ServiceAccountDetails['tokens'][number]['repositories']
  repository_permissions: TokenPermission[]
  skips_network: boolean
}

/** Lists the tokens of some accounts with what each can reach, the oldest first. */
export async function listTokens(db: Db, accountIds: readonly string[]): Promise<TokenRow[]> {
  const { rows } = await sql<TokenRow>`
    select t.id, t.user_id account_id, t.name, t.last4, t.created_at, t.last_used_at, t.skips_network_security skips_network,
      coalesce((select ts.permissions from token_scopes ts where ts.token_id = t.id and ts.org_id is not null), '{}') permissions,
      coalesce(s.repositories, '[]') repositories, coalesce(s.permissions, '{}') repository_permissions
    from unnest(${arrayOf(accountIds)}) account_id
    join lateral (select * from access_tokens where user_id = account_id limit ${mostTokens}) t on true
    left join lateral (
      select json_agg(json_build_object('id', r.id, 'type', r.type, 'name', coalesce(o.name, u.name) || '/' || r.name)
          order by r.id) repositories, max(ts.permissions) permissions
      from token_scopes ts join ${rowOf('repositories', 'ts.repo_id')} r on true
        left join ${rowOf('organizations', 'r.org_id')} o on true left join ${rowOf('users', 'r.user_id')} u on true
      where ts.token_id = t.id) s on true order by t.id`.execute(db)
  return rows
}

/** Finds a username for a new account that begins with a text and that no account of an organization has. */
export async function freeUsername(tx: Tx, base: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select c.name from (select ${base}::text as name, 1 as place
      union all select ${base}::text || '-' || i, i from generate_series(2, 200) i) c
    where (select true from service_accounts sa where sa.username = c.name limit 1) is null order by c.place limit 1`.execute(
    tx,
  )
  return rows[0]?.name ?? base
}

interface NewAccount {
  id: string
  orgId: string
  kind: ServiceKind
  username: string
  name: string
  description: string
  ownerId: string | null
  at: Date
}

/** Finds the account of a kind of which an organization has one at most. */
export async function findAccountOfKind(db: Db, orgId: string, kind: ServiceKind): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from service_accounts where org_id = ${orgId} and kind = ${kind} limit 1`.execute(db)
  return rows[0]?.id
}

/** Inserts an account of an organization, unless it has so many of this kind already. */
export async function insertAccount(tx: Tx, account: NewAccount, most: number): Promise<boolean> {
  const { id, orgId, kind, username, name, description, ownerId, at } = account
  const { rows } = await sql`
    with fits as (select from (values (true)) one
      where (select count(*) from service_accounts where org_id = ${orgId} and kind = ${kind}) < ${most}::integer),
    account as (insert into users (id, name, fullname, state, created_at)
      select ${id}, ${username}, ${name}, 'service', ${at}::timestamptz from fits returning id)
    insert into service_accounts (id, org_id, kind, username, description, owner_id)
    select id, ${orgId}, ${kind}, ${username}, ${description}, ${ownerId} from account returning id`.execute(tx)
  return rows.length > 0
}

interface Changed {
  id: string
  name: string
  description: string
  /** Left as it is where this is not given. */
  ownerId: string | undefined
}

/** Changes what is said about a service account, and its owner. */
export async function updateAccount(tx: Tx, { id, name, description, ownerId }: Changed): Promise<void> {
  await sql`update users set fullname = ${name} where id = ${id}`.execute(tx)
  await sql`update service_accounts set description = ${description}, owner_id = coalesce(${ownerId ?? null}, owner_id)
    where id = ${id}`.execute(tx)
}

/** Deletes a service account with its tokens; what it made keeps its name. */
export async function deleteAccount(tx: Tx, id: string): Promise<void> {
  await sql`delete from access_tokens where user_id = ${id}`.execute(tx)
  await sql`delete from service_accounts where id = ${id}`.execute(tx)
  await sql`update users set state = 'deleted' where id = ${id}`.execute(tx)
}

/** Finds a member of an organization by username. */
export async function findMember(
  db: Db,
  { orgId, lowerName, at }: { orgId: string; lowerName: string; at: Date },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`select m.user_id id from names n
    join memberships m on m.user_id = n.user_id and m.org_id = ${orgId} and ${liveMembership('m', at)}
    where n.lower_name = ${lowerName} and n.current`.execute(db)
  return rows[0]?.id
}

interface NewToken {
  id: string
  accountId: string
  hash: Buffer
  name: string
  last4: string
  at: Date
}

/** Inserts a token of an account that is locked, unless it has so many already. */
export async function insertToken(tx: Tx, token: NewToken, most: number): Promise<boolean> {
  const { id, accountId, hash, name, last4, at } = token
  const { rows } = await sql`
    insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
    select ${id}, ${accountId}, ${hash}, ${name}, 'fineGrained', ${last4}, ${at}::timestamptz
    where (select count(*) from access_tokens where user_id = ${accountId}) < ${most}::integer returning id`.execute(tx)
  return rows.length > 0
}

/** Locks a token of an account, so that no request is decided with it until the transaction ends. */
export async function lockToken(tx: Tx, accountId: string, id: string): Promise<boolean> {
  const { rows } = await sql`select from access_tokens where id = ${id} and user_id = ${accountId} for update`.execute(
    tx,
  )
  return rows.length > 0
}

/** Sets whether a token works from any address. */
export async function setSkipsNetwork(tx: Tx, id: string, skips: boolean): Promise<void> {
  await sql`update access_tokens set skips_network_security = ${skips} where id = ${id}`.execute(tx)
}

/** Renames a token. */
export async function renameToken(tx: Tx, id: string, name: string): Promise<void> {
  await sql`update access_tokens set name = ${name} where id = ${id}`.execute(tx)
}

/** Gives a token another secret. */
export async function replaceSecret(
  tx: Tx,
  token: { id: string; hash: Buffer; last4: string; at: Date },
): Promise<void> {
  const { id, hash, last4, at } = token
  await sql`update access_tokens set hash = ${hash}, last4 = ${last4}, last_used_at = null, rotated_at = ${at} where id = ${id}`.execute(
    tx,
  )
}

/** Deletes a token. */
export async function deleteToken(tx: Tx, id: string): Promise<void> {
  await sql`delete from access_tokens where id = ${id}`.execute(tx)
}

/** Of some repositories those that a service account can be given: of its organization, or public. */
export async function findNameable(tx: Tx, orgId: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`select r.id from repositories r
    where r.id = any(${arrayOf(ids)}) and (r.org_id = ${orgId} or not r.private)
      and not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)`.execute(tx)
  return new Set(rows.map(({ id }) => id))
}

/** Finds repositories of an organization by type and name in lower case; the answer is by the place in what was asked. */
export async function findNamed(
  tx: Tx,
  orgId: string,
  named: readonly { type: string; name: string }[],
): Promise<Map<number, string>> {
  const { rows } = await sql<{ id: string; place: string }>`select rn.repo_id id, q.place
    from unnest(${arrayOf(named.map(({ type }) => type))}, ${arrayOf(named.map(({ name }) => name))})
      with ordinality q(type, name, place)
    join repository_names rn on rn.owner_id = ${orgId} and rn.current and rn.type = q.type::repo_type
      and rn.lower_name = q.name`.execute(tx)
  return new Map(rows.map(({ id, place }) => [Number(place) - 1, id]))
}

export interface Reach {
  orgId: string
  permissions: readonly TokenPermission[]
  repoIds: readonly string[]
  repoPermissions: readonly TokenPermission[]
}

/** Replaces what a token reaches, whose row is locked or new. */
export async function replaceReach(tx: Tx, tokenId: string, reach: Reach): Promise<void> {
  const { orgId, permissions, repoIds, repoPermissions } = reach
  await sql`delete from token_scopes where token_id = ${tokenId}`.execute(tx)
  if (permissions.length > 0)
    await sql`insert into token_scopes (token_id, org_id, permissions)
      values (${tokenId}, ${orgId}, ${arrayOf(permissions)})`.execute(tx)
  await sql`insert into token_scopes (token_id, repo_id, permissions)
    select ${tokenId}, id, ${arrayOf(repoPermissions)} from unnest(${arrayOf(repoIds)}) id`.execute(tx)
}
