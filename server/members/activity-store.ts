import type { OrgRole } from '../../api/index.ts'
import type { Db } from '../store/database.ts'
import { containing, sql } from '../store/sql.ts'

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

// Trigrams begin to narrow a search at three letters.
const trigramLength = 3

const counts = (at: Date) => sql`(m.expires_at is null or m.expires_at > ${at})`
const withRole = ({ role }: ActivityQuery) => (role === undefined ? sql`` : sql`and m.role = ${role}`)
const matching = ({ search }: ActivityQuery) =>
  search === undefined ? sql`` : sql`and m.search like ${containing(search)}`

function idle({ idleSince, never }: ActivityQuery) {
  if (never) return sql`and a.last_at = '-infinity'`
  if (idleSince === null) return sql``
  return sql`and a.last_at < ${idleSince} and (a.last_at > '-infinity' or m.joined_at < ${idleSince})`
}

/** Reads members with when they were last active. A search is answered by its index, all else by going through them in order. */
export async function listActivity(db: Db, query: ActivityQuery): Promise<ActivityRow[]> {
  const isFound = query.search !== undefined && query.search.length >= trigramLength
  const { rows } = await sql<ActivityRow>`
    ${isFound ? sql`with found as materialized (select * from memberships m where m.org_id = ${query.orgId} ${matching(query)})` : sql``}
    select m.user_id id, u.name "user", u.fullname, m.role, m.joined_at "joinedAt", nullif(a.last_at, '-infinity') "lastAt",
      a.web_at "webAt", a.api_at "apiAt", a.git_at "gitAt", a.sso_at "ssoAt"
    from member_activity a join ${isFound ? sql`found` : sql`memberships`} m on m.org_id = a.org_id and m.user_id = a.user_id
    join users u on u.id = a.user_id
    where a.org_id = ${query.orgId}
      and (a.last_at, a.user_id) > (coalesce(${query.after.lastAt}::timestamptz, '-infinity'), ${query.after.userId})
      and ${counts(query.at)} ${idle(query)} ${withRole(query)} ${isFound ? sql`` : matching(query)}
    order by a.last_at, a.user_id limit ${query.limit}`.execute(db)
  return rows
}

export interface IdleCounts {
  members: number
  idle30: number
  idle60: number
  idle90: number
  never: number
}

/** Counts members, and those who were last active before each of three moments. */
export async function countIdle(
  db: Db,
  orgId: string,
  since: { 30: Date; 60: Date; 90: Date },
  at: Date,
): Promise<IdleCounts> {
  const before = (moment: Date) =>
    sql`(count(*) filter (where a.last_at < ${moment} and (a.last_at > '-infinity' or m.joined_at < ${moment})))::int`
  const { rows } = await sql<IdleCounts>`
    select count(*)::int members, ${before(since[30])} idle30, ${before(since[60])} idle60, ${before(since[90])} idle90,
      (count(*) filter (where a.last_at = '-infinity'))::int never
    from memberships m join member_activity a on a.org_id = m.org_id and a.user_id = m.user_id
    where m.org_id = ${orgId} and ${counts(at)}`.execute(db)
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
