import type { OrgRole } from '../../../api/index.ts'
import { expiredMembership, liveMembership } from '../../access/grants.ts'
import type { Db } from '../../store/database.ts'
import { foldedPattern, membershipOf, sql } from '../../store/sql.ts'

/** Which members to read: those idle the longest first, after a place in that order. */
export interface ActivityQuery {
  orgId: string
  /** Last active before this; null: everybody. Who never was, counts from when they joined. */
  idleSince: Date | null
  /** Only those who never were. */
  never: boolean
  role: OrgRole | undefined
  search: string | undefined
  /** Null: never active, which comes first. */
  after: { lastAt: Date | null; userId: string }
  limit: number
  at: Date
}

export interface ActivityRow {
  id: string
  user: string
  fullname: string
  role: OrgRole
  joinedAt: Date
  lastAt: Date | null
  webAt: Date | null
  apiAt: Date | null
  gitAt: Date | null
  ssoAt: Date | null
}

// How many members are looked through in their order before an index is asked for those that match.
const windowSize = 4000
// Trigrams begin to narrow a search at three letters.
const trigramLength = 3

const memberOfRow = membershipOf(sql.ref('a.org_id'), sql.ref('a.user_id'))
const counts = (at: Date) => liveMembership('m', at)
const withRole = ({ role }: ActivityQuery) => (role === undefined ? sql`` : sql`and m.role = ${role}`)
const matching = ({ search }: ActivityQuery) =>
  search === undefined ? sql`` : sql`and m.search like ${foldedPattern(search)}`
// The same, written so that no index answers it.
const holding = ({ search }: ActivityQuery) =>
  search === undefined ? sql`` : sql`and strpos(m.search, ${search.toLowerCase()}) > 0`

// The members that can follow, by what the index on the order knows; those who never were and joined late fall out after.
function following({ orgId, after, idleSince, never }: ActivityQuery) {
  const idle = never ? sql`and a.last_at = '-infinity'` : idleSince === null ? sql`` : sql`and a.last_at < ${idleSince}`
  return sql`a.org_id = ${orgId} and (a.last_at, a.user_id) > (coalesce(${after.lastAt}::timestamptz, '-infinity'), ${after.userId}) ${idle}`
}

function kept(query: ActivityQuery) {
  const { idleSince, at } = query
  const joined = idleSince === null ? sql`` : sql`and (a.last_at > '-infinity' or a.joined_at < ${idleSince})`
  return sql`${counts(at)} ${joined} ${withRole(query)} ${holding(query)}`
}

const columns = sql`m.user_id id, u.name "user", u.fullname, m.role, m.joined_at "joinedAt", nullif(a.last_at, '-infinity') "lastAt",
  a.web_at "webAt", a.api_at "apiAt", a.git_at "gitAt", a.sso_at "ssoAt"`

/**
 * Reads members with when they were last active. A role or a search that matches many is found soon by going through the
 * members in their order; one that matches few is found by its index. Which of the two it is shows only in trying, so the
 * first 4,000 are looked through, and only if that does not fill the page the index is asked.
 */
export async function listActivity(db: Db, query: ActivityQuery): Promise<ActivityRow[]> {
  const isFoundByIndex = query.role !== undefined || (query.search ?? '').length >= trigramLength
  if (!isFoundByIndex) return inOrder(db, query)
  const { rows, reachedEnd } = await inWindow(db, query)
  return reachedEnd || rows.length === query.limit ? rows : byIndex(db, query)
}

async function inOrder(db: Db, query: ActivityQuery): Promise<ActivityRow[]> {
  const { rows } = await sql<ActivityRow>`
    select ${columns} from member_activity a join ${memberOfRow} m on true
    join users u on u.id = a.user_id
    where ${following(query)} and ${kept(query)} order by a.last_at, a.user_id limit ${query.limit}`.execute(db)
  return rows
}

async function inWindow(db: Db, query: ActivityQuery): Promise<{ rows: ActivityRow[]; reachedEnd: boolean }> {
  const { rows } = await sql<ActivityRow & { scanned: number }>`
    with near as materialized (
      select * from member_activity a where ${following(query)} order by a.last_at, a.user_id limit ${windowSize}
    ), page as (
      select ${columns} from near a join ${memberOfRow} m on true
      join users u on u.id = a.user_id where ${kept(query)} order by a.last_at, a.user_id limit ${query.limit}
    )
    select s.scanned, p.* from (select count(*)::int scanned from near) s left join page p on true
    order by p."lastAt" nulls first, p.id`.execute(db)
  const reachedEnd = (rows[0]?.scanned ?? 0) < windowSize
  return { rows: rows.filter((row) => row.id !== null), reachedEnd }
}

async function byIndex(db: Db, query: ActivityQuery): Promise<ActivityRow[]> {
  const { rows } = await sql<ActivityRow>`
    with m as materialized (select * from memberships m where m.org_id = ${query.orgId} ${withRole(query)} ${matching(query)})
    select ${columns} from m join member_activity a on a.org_id = m.org_id and a.user_id = m.user_id
    join users u on u.id = m.user_id
    where ${following(query)} and ${kept(query)} order by a.last_at, a.user_id limit ${query.limit}`.execute(db)
  return rows
}

export interface IdleCounts {
  members: number
  idle30: number
  idle60: number
  idle90: number
  never: number
}

/**
 * Counts members, and those who were last active before each of three moments, or joined before it and never were: by the
 * index on the order alone.
 */
export async function countIdle(
  db: Db,
  orgId: string,
  since: { 30: Date; 60: Date; 90: Date },
  at: Date,
): Promise<IdleCounts> {
  const notExpired = sql`a.user_id not in (select user_id from memberships where org_id = ${orgId} and ${expiredMembership('memberships', at)})`
  const { rows } = await sql<IdleCounts>`
    select seen.all + unseen.all members, unseen.all never, seen.idle30 + unseen.idle30 idle30,
      seen.idle60 + unseen.idle60 idle60, seen.idle90 + unseen.idle90 idle90
    from (
      select count(*)::int "all", (count(*) filter (where a.last_at < ${since[30]}))::int idle30,
        (count(*) filter (where a.last_at < ${since[60]}))::int idle60, (count(*) filter (where a.last_at < ${since[90]}))::int idle90
      from member_activity a where a.org_id = ${orgId} and a.last_at > '-infinity' and ${notExpired}
    ) seen cross join (
      select count(*)::int "all", (count(*) filter (where a.joined_at < ${since[30]}))::int idle30,
        (count(*) filter (where a.joined_at < ${since[60]}))::int idle60, (count(*) filter (where a.joined_at < ${since[90]}))::int idle90
      from member_activity a where a.org_id = ${orgId} and a.last_at = '-infinity' and ${notExpired}
    ) unseen`.execute(db)
  return rows[0] ?? { members: 0, idle30: 0, idle60: 0, idle90: 0, never: 0 }
}

/** How many members were active in each week from this one on. */
export async function listWeeks(db: Db, orgId: string, from: string): Promise<{ week: string; active: number }[]> {
  const { rows } = await sql<{ week: string; active: number }>`
    select to_char(week, 'YYYY-MM-DD') week, active from activity_weeks
    where org_id = ${orgId} and week >= ${from}::date order by week`.execute(db)
  return rows
}

/** Forgets the weeks before this one. */
export async function deleteWeeksBefore(db: Db, week: string): Promise<void> {
  await sql`delete from activity_weeks where week < ${week}::date`.execute(db)
}
