import type { RawBuilder } from 'kysely'
import type { TokenPermission, tokens } from '../../../api/index.ts'
import {
  acceptsToken,
  changesWholeOrg,
  liveCollaborator,
  liveMembership,
  liveToken,
  scopeTouchesOrg,
  standingOfToken,
  tokenIn,
} from '../../access/grants.ts'
import type { TokenRules, TokenState } from '../../access/token-rules.ts'
import type { Db, Tx } from '../../store/database.ts'
import { arrayOf, foldedPattern, rowOf, sql } from '../../store/sql.ts'

/** A token that can reach an organization. */
export interface ReachRow {
  id: string
  userId: string
  user: string
  fullname: string
  isService: boolean
  name: string
  role: tokens.TokenRole
  last4: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
  rotatedAt: Date | null
  /** What the organization decided about it. */
  decided: TokenState | null
  state: tokens.OrgTokenState
}

/** Which of the tokens that can reach an organization. */
export interface ReachFilter {
  state?: tokens.OrgTokenState | undefined
  owner?: string | undefined
  search?: string | undefined
  unusedSince?: Date | undefined
  neverRotated?: boolean | undefined
  expiresBefore?: Date | undefined
  broad?: boolean | undefined
}

interface ReachQuery {
  orgId: string
  at: Date
}

const byPolicy = standingOfToken('o', tokenIn('t'), sql.raw('s.state'))
const isService = sql`u.state = 'service'`
// The policy is about tokens of people.
const standing = sql<tokens.OrgTokenState>`case when ${isService} then 'active' else ${byPolicy} end`

// Members, and collaborators of its repositories, who may come twice: the limit keeps it one look by key for each repository.
const people = ({ orgId, at }: ReachQuery) => sql`
  select m.user_id from memberships m where m.org_id = ${orgId} and ${liveMembership('m', at)}
  union all
  select rc.user_id from repositories r
    join lateral (select * from repo_collaborators where repo_id = r.id offset 0) rc on ${liveCollaborator('rc', at)}
    where r.org_id = ${orgId}`

// And the accounts that belong to the organization itself.
const holders = (query: ReachQuery) => sql`${people(query)}
  union all select sa.id from service_accounts sa where sa.org_id = ${query.orgId} and sa.kind = 'service_account'`

const reachesByScope = sql`(t.role <> 'fineGrained' or ${scopeTouchesOrg(sql.raw('o.id'), sql.raw('t.id'))})`

const reaching = (query: ReachQuery, of = people) => sql`
  from organizations o join access_tokens t on t.user_id = any(array(${of(query)})) and ${liveToken('t', query.at)}
  join users u on u.id = t.user_id and u.state in ('active', 'service')
  left join token_states s on s.org_id = o.id and s.token_id = t.id
  where o.id = ${query.orgId} and ${reachesByScope}`

const changesAll = changesWholeOrg(sql.raw('o.id'), 't')

const notUsedSince = (at: Date) => sql`coalesce(t.last_used_at, t.created_at) <= ${at}::timestamptz`
const expiringBefore = (at: Date) => sql`t.expires_at <= ${at}::timestamptz`

const columns = sql`t.id, u.id "userId", u.name "user", u.fullname, ${isService} "isService", t.name, t.role, t.last4,
  t.created_at "createdAt", t.expires_at "expiresAt", t.last_used_at "lastUsedAt", t.rotated_at "rotatedAt", s.state decided, ${standing} state`

function narrowed(filter: ReachFilter): RawBuilder<unknown> {
  const { state, owner, search, unusedSince, neverRotated, expiresBefore, broad } = filter
  const conditions = [
    state === undefined ? sql`s.state is distinct from 'revoked'` : sql`${standing} = ${state}`,
    ...(owner === undefined ? [] : [sql`lower(u.name) = ${owner.toLowerCase()}`]),
    ...(search === undefined || search === '' ? [] : [sql`u.search like ${foldedPattern(search)}`]),
    ...(unusedSince === undefined ? [] : [notUsedSince(unusedSince)]),
    ...(neverRotated ? [sql`t.rotated_at is null`] : []),
    ...(expiresBefore === undefined ? [] : [expiringBefore(expiresBefore)]),
    ...(broad ? [changesAll] : []),
  ]
  return sql.join(conditions, sql` and `)
}

interface ReachPage extends ReachQuery {
  filter: ReachFilter
  before: string | undefined
  most: number
}

// How many of the newest tokens of the instance are looked at, before all people of the organization are.
const newestWalked = 2000

/** Lists the tokens that can reach an organization, the newest first, before the one that a cursor says. */
export async function listReaching(db: Db, page: ReachPage): Promise<ReachRow[]> {
  const found = await listAmong(db, page, amongNewest(page))
  return found.length === page.most ? found : listAmong(db, page, ofItsPeople(page))
}

const beforeCursor = ({ before }: ReachPage) => (before === undefined ? sql`` : sql`and c.id < ${before}`)

// Where most tokens are of people of the organization, a page is full after a few: the others of its people are not read.
// A subquery with a limit is asked for each token, and never turned into a join with all people.
function amongNewest(page: ReachPage): RawBuilder<unknown> {
  return sql`select n.* from (select c.* from access_tokens c where true ${beforeCursor(page)}
      order by c.id desc limit ${newestWalked}) n
    where ${liveToken('n', page.at)} and (
      (select true from memberships m where m.org_id = ${page.orgId} and m.user_id = n.user_id and ${liveMembership('m', page.at)} limit 1)
      or (select true from repo_collaborators rc join ${rowOf('repositories', 'rc.repo_id')} r on r.org_id = ${page.orgId}
        where rc.user_id = n.user_id and ${liveCollaborator('rc', page.at)} limit 1)
      or (select true from service_accounts sa where sa.id = n.user_id and sa.org_id = ${page.orgId}
        and sa.kind = 'service_account'))`
}

// In order from the start, and one look by key for each: what is on no page is not judged, and no scope of it is read.
function ofItsPeople(page: ReachPage): RawBuilder<unknown> {
  return sql`select c.* from access_tokens c where c.user_id = any(array(${holders(page)})) and ${liveToken('c', page.at)}
    ${beforeCursor(page)} order by c.id desc offset 0`
}

async function listAmong(db: Db, page: ReachPage, tokens: RawBuilder<unknown>): Promise<ReachRow[]> {
  const { rows } = await sql<ReachRow>`select ${columns}
    from (${tokens}) t
    join organizations o on o.id = ${page.orgId}
    join ${rowOf('users', 't.user_id')} u on u.state in ('active', 'service')
    left join lateral (select state from token_states where org_id = o.id and token_id = t.id limit 1) s on true
    where ${reachesByScope} and ${narrowed(page.filter)} order by t.id desc limit ${page.most}`.execute(db)
  return rows
}

/** Finds a token that can reach an organization, by its ID or the hash of its value. */
export async function findReaching(
  db: Db,
  query: ReachQuery,
  found: { id: string } | { hash: Buffer },
): Promise<ReachRow | undefined> {
  const named = 'id' in found ? sql`t.id = ${found.id}` : sql`t.hash = ${found.hash}`
  const { rows } = await sql<ReachRow>`select ${columns} ${reaching(query)} and ${named}`.execute(db)
  return rows[0]
}

/** How many tokens can reach an organization. */
export interface ReachCounts {
  tokens: number
  pending: number
  denied: number
  blocked: number
  revoked: number
  unused: number
  neverRotated: number
  expiresSoon: number
  broad: number
}

/** Counts the tokens that can reach an organization; of revoked ones nothing else is counted. */
export async function countReaching(
  db: Db,
  query: ReachQuery & { unusedSince: Date; expiresBefore: Date },
): Promise<ReachCounts> {
  const counted = (condition: RawBuilder<unknown>) =>
    sql`count(*) filter (where state <> 'revoked' and ${condition})::int`
  const { rows } =
    await sql<ReachCounts>`select ${counted(sql`true`)} tokens, ${counted(sql`state = 'pending'`)} pending,
    ${counted(sql`state = 'denied'`)} denied, ${counted(sql`state = 'blocked'`)} blocked,
    count(*) filter (where state = 'revoked')::int revoked, ${counted(sql`is_unused`)} unused,
    ${counted(sql`is_first`)} "neverRotated", ${counted(sql`expires_soon`)} "expiresSoon", ${counted(sql`is_broad`)} broad
    from (select ${standing} state, ${notUsedSince(query.unusedSince)} is_unused,
      t.rotated_at is null is_first,
      ${expiringBefore(query.expiresBefore)} expires_soon, ${changesAll} is_broad ${reaching(query, holders)}) each`.execute(
      db,
    )
  return rows[0] as ReachCounts
}

/** Lists tokens that an organization accepts and would not under other rules, the newest first, and counts them. */
export async function listBroken(
  db: Db,
  query: ReachQuery & { rules: TokenRules; most: number },
): Promise<{ rows: ReachRow[]; count: number }> {
  const { tokenPolicy, tokenMaxLifetimeDays } = query.rules
  const after = sql`(select ${query.orgId}::text id, ${tokenPolicy}::text token_policy,
    ${tokenMaxLifetimeDays}::integer token_max_lifetime_days)`
  const { rows } = await sql<ReachRow & { count: number }>`select ${columns}, count(*) over ()::int count
    ${reaching(query)} and ${acceptsToken('o', tokenIn('t'))}
    and not (select ${acceptsToken('after', tokenIn('t'))} from ${after} after)
    order by t.id desc limit ${query.most}`.execute(db)
  return { rows, count: rows[0]?.count ?? 0 }
}

/** What the scope of a token names in an organization. */
export interface ReachScopeRow {
  token_id: string
  type: tokens.ScopeType
  id: string
  name: string
  permissions: TokenPermission[]
}

/** Lists what the scopes of some tokens name in an organization. */
export async function listReachScopes(db: Db, orgId: string, tokenIds: readonly string[]): Promise<ReachScopeRow[]> {
  const { rows } = await sql<ReachScopeRow>`
    select ts.token_id, ts.permissions, coalesce(ts.org_id, ts.group_id, ts.repo_id) id,
      case when ts.org_id is not null then 'org' when ts.group_id is not null then 'resource-group' else r.type::text end "type",
      case when ts.org_id is not null then o.name else o.name || '/' || coalesce(g.name, r.name) end "name"
    from token_scopes ts join organizations o on o.id = ${orgId}
    left join resource_groups g on g.id = ts.group_id and g.org_id = o.id
    left join repositories r on r.id = ts.repo_id and r.org_id = o.id
    where ts.token_id = any(${arrayOf(tokenIds)}) and (ts.org_id = o.id or g.id is not null or r.id is not null)
    order by ts.token_id, 4, 5, 3`.execute(db)
  return rows
}

/** Locks a token: its scope stays as it is until the transaction ends. */
export async function holdToken(tx: Tx, tokenId: string): Promise<void> {
  await sql`select from access_tokens where id = ${tokenId} for share`.execute(tx)
}

/** Keeps what an organization decides about a token, which is held. */
export async function setTokenState(
  tx: Tx,
  { orgId, tokenId, state, at }: { orgId: string; tokenId: string; state: TokenState; at: Date },
): Promise<void> {
  await sql`insert into token_states (org_id, token_id, state, changed_at)
    values (${orgId}, ${tokenId}, ${state}, ${at}::timestamptz)
    on conflict (org_id, token_id) do update set state = excluded.state, changed_at = excluded.changed_at`.execute(tx)
}
