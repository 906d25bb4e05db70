import type { RawBuilder } from 'kysely'
import type { GroupRole, MemberSource, OrgRole } from '../../../api/index.ts'
import { expiredMembership, hasTwoFactor, liveGroupSize, liveMembership } from '../../access/grants.ts'
import type { Db } from '../../store/database.ts'
import { foldedPattern, rowOf, sql } from '../../store/sql.ts'

/** In which order to read members; each is that of an index. */
export interface MemberOrder {
  by: 'joined' | 'name' | 'role' | 'lastActive'
  descending: boolean
}

/** Which members to read: those after a place in the order, that match what is set. */
export interface MemberQuery {
  orgId: string
  order: MemberOrder
  /** What the order goes by, and the membership; by activity, the account. By joining, the membership is the place. */
  after: { key: string; id: string } | undefined
  limit: number
  at: Date
  search: string | undefined
  role: OrgRole | undefined
  groupId: string | undefined
  /** Only who has verified this address, in a verified domain of the organization. */
  address: string | undefined
  /** Only who was last active before, or joined before and never was; or only who never was. */
  idle: Date | 'never' | undefined
  /** Only who has 2FA on, or off. */
  twoFactor: 'on' | 'off' | undefined
}

export interface MemberRow {
  membershipId: string
  sortName: string
  id: string
  user: string
  fullname: string
  role: OrgRole
  source: MemberSource
  isExternal: boolean
  hasTwoFactor: boolean
  joinedAt: Date
  expiresAt: Date | null
  lastActiveAt: Date | null
}

// How many members are looked through in their order before an index is asked for those that match.
const windowSize = 1000
// Where a window holds at least this part of a page, going on in order fills it sooner than the index, whose trigrams
// may all be common.
const soonAtMost = 8
/** Trigrams begin to narrow a search at so many letters. */
export const trigramLength = 3

/**
 * Reads members in the order they joined. A search or a group that matches many is found soon by going through the
 * members in order; one that matches few is found by its index. Which of the two it is shows only in trying, so the
 * first 1,000 are looked through, and only if that does not fill the page the index is asked.
 */
export async function listMembers(db: Db, query: MemberQuery): Promise<MemberRow[]> {
  if (query.address !== undefined) return byAddress(db, query, query.address)
  if (query.search === undefined && query.groupId === undefined) return inOrder(db, query)
  const { rows, reachedEnd } = await inWindow(db, query)
  if (reachedEnd || rows.length === query.limit) return rows
  const fillsSoon = query.groupId === undefined && rows.length * soonAtMost >= query.limit
  return fillsSoon ? bySearchInOrder(db, query) : byIndex(db, query)
}

/** What a row of the list is made of, of the page `p` with its users `u`; the last activity is looked up for them alone. */
export const columns = sql`p.id "membershipId", p.sort_name "sortName", u.id, u.name "user", u.fullname, p.role, p.source, p.is_external "isExternal",
  ${hasTwoFactor('u')} "hasTwoFactor", p.joined_at "joinedAt", p.expires_at "expiresAt",
  (select nullif(a.last_at, '-infinity') from member_activity a where a.org_id = p.org_id and a.user_id = p.user_id) "lastActiveAt"`
const kept = sql`id, org_id, user_id, role, source, is_external, joined_at, expires_at, sort_name`
const start = ({ after }: MemberQuery) => after?.id ?? ''

/** The condition on the role, if one is asked for. */
export const withRole = ({ role }: MemberQuery) => (role === undefined ? sql`` : sql`and role = ${role}`)
const matching = ({ search }: MemberQuery) =>
  search === undefined ? sql`` : sql`and search like ${foldedPattern(search)}`
const inGroup = ({ groupId }: MemberQuery) =>
  groupId === undefined
    ? sql``
    : sql`and exists (select from group_roles g where g.group_id = ${groupId} and g.user_id = m.user_id)`

// Ids of the page first, what belongs to them after.
async function inOrder(db: Db, query: MemberQuery): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select ${columns} from (
      select ${kept} from memberships
      where org_id = ${query.orgId} and id > ${start(query)} ${withRole(query)} and ${liveMembership('memberships', query.at)} order by id limit ${query.limit}
    ) p join users u on u.id = p.user_id order by p.id`.execute(db)
  return rows
}

async function inWindow(db: Db, query: MemberQuery): Promise<{ rows: MemberRow[]; reachedEnd: boolean }> {
  const { rows } = await sql<MemberRow & { scanned: number }>`
    with near as materialized (
      select * from memberships where org_id = ${query.orgId} and id > ${start(query)} order by id limit ${windowSize}
    ), page as (
      select ${kept} from near m
      where ${liveMembership('m', query.at)} ${withRole(query)} ${matching(query)} ${inGroup(query)} order by id limit ${query.limit}
    )
    select s.scanned, ${columns} from (select count(*)::int scanned from near) s
    left join (page p join users u on u.id = p.user_id) on true order by p.id`.execute(db)
  const reachedEnd = (rows[0]?.scanned ?? 0) < windowSize
  return { rows: rows.filter((row) => row.id !== null), reachedEnd }
}

// Written so that no index answers it: the members are gone through in order until the page is full.
async function bySearchInOrder(db: Db, query: MemberQuery): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select ${columns} from (
      select ${kept} from memberships
      where org_id = ${query.orgId} and id > ${start(query)} ${withRole(query)} and ${liveMembership('memberships', query.at)}
        and strpos(search, fold(${query.search ?? ''}::text)) > 0 order by id limit ${query.limit}
    ) p join users u on u.id = p.user_id order by p.id`.execute(db)
  return rows
}

async function byIndex(db: Db, query: MemberQuery): Promise<MemberRow[]> {
  const found = query.groupId !== undefined ? foundInGroup(query, query.groupId) : foundBySearch(query)
  const { rows } = await sql<MemberRow>`
    with found as materialized (${found})
    select ${columns} from (
      select ${kept} from found where id > ${start(query)} and ${liveMembership('found', query.at)} ${withRole(query)} order by id limit ${query.limit}
    ) p join users u on u.id = p.user_id order by p.id`.execute(db)
  return rows
}

/** The members of a group that match, by its index. */
export function foundInGroup(query: MemberQuery, groupId: string): RawBuilder<unknown> {
  return sql`select m.* from (select distinct user_id from group_roles where group_id = ${groupId}) g
    join memberships m on m.org_id = ${query.orgId} and m.user_id = g.user_id where true ${matching(query)}`
}

// A search of one or two letters has no trigrams: there the order is the better way, and the index would read all of itself.
function foundBySearch(query: MemberQuery) {
  if ((query.search ?? '').length >= trigramLength) {
    return sql`select * from memberships where org_id = ${query.orgId} ${matching(query)}`
  }
  return sql`select * from memberships
    where org_id = ${query.orgId} and id > ${start(query)} and ${liveMembership('memberships', query.at)} ${withRole(query)} ${matching(query)} order by id limit ${query.limit}`
}

// One account at most has an address verified; whether it may be found by it the domain says.
async function byAddress(db: Db, query: MemberQuery, address: string): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    with found as materialized (
      select m.* from ${visibleAddresses(query.orgId)} join memberships m on m.org_id = d.org_id and m.user_id = e.user_id
      where lower(e.address) = lower(${address}::text) ${matching(query)} ${inGroup(query)}
    )
    select ${columns} from (
      select ${kept} from found where id > ${start(query)} and ${liveMembership('found', query.at)} ${withRole(query)}
    ) p join users u on u.id = p.user_id`.execute(db)
  return rows
}

// Addresses that the admins of an organization see: verified by their owner, in a domain that the organization verified.
const visibleAddresses = (orgId: string) => sql`organization_domains d join emails e
  on d.org_id = ${orgId} and d.state <> 'unverified' and e.verified_at is not null and lower(split_part(e.address, '@', 2)) = d.domain`

/** Of some people the address that the admins of an organization see: the primary one where several could be. */
export async function findVisibleAddresses(
  db: Db,
  orgId: string,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ user_id: string; address: string }>`
    select distinct on (e.user_id) e.user_id, e.address from ${visibleAddresses(orgId)}
    where e.user_id = any(${userIds}::text[]) order by e.user_id, e.is_primary desc, e.id`.execute(db)
  return new Map(rows.map((row) => [row.user_id, row.address]))
}

export interface SharedGroup {
  userId: string
  id: string
  name: string
  numUsers: number
  role: GroupRole
}

/** The groups of the people of one page: those that the viewer is in too, or all. */
export async function findSharedGroups(
  db: Db,
  orgId: string,
  userIds: string[],
  viewer: { id: string; seesAll: boolean; at: Date },
): Promise<SharedGroup[]> {
  const { rows } = await sql<SharedGroup>`
    with roles as (
      select r.user_id, r.group_id, max(r.role) role from group_roles r
      where r.org_id = ${orgId} and r.user_id = any(${userIds}::text[])
        and (${viewer.seesAll} or exists (select from group_roles v where v.group_id = r.group_id and v.user_id = ${viewer.id}))
      group by r.user_id, r.group_id
    ), held as materialized (
      select g.id, g.name, ${liveGroupSize('g', viewer.at)} size
      from (select distinct group_id from roles) h join ${rowOf('resource_groups', 'h.group_id')} g on true
    )
    select r.user_id "userId", g.id, g.name, g.size "numUsers", r.role
    from roles r join held g on g.id = r.group_id order by lower(g.name)`.execute(db)
  return rows
}

/** How many members have each role. */
export async function countByRole(db: Db, orgId: string, at: Date): Promise<{ role: OrgRole; count: number }[]> {
  // Counted without a look at the expiry, so that the index alone answers; the few that are past theirs are taken off.
  const { rows } = await sql<{ role: OrgRole; count: number }>`
    select c.role, (c.count - coalesce(e.count, 0))::int "count"
    from (select role, count(*) count from memberships where org_id = ${orgId} group by role) c
    left join (select role, count(*) count from memberships where org_id = ${orgId} and ${expiredMembership('memberships', at)} group by role) e on e.role = c.role`.execute(
    db,
  )
  return rows
}

/** How many members have no 2FA. */
export async function countWithoutTwoFactor(db: Db, orgId: string, at: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int "count" from memberships m
    where m.org_id = ${orgId} and not m.has_two_factor and ${liveMembership('m', at)}`.execute(db)
  return rows[0]?.count ?? 0
}
