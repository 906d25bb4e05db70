import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { csvHeader, csvLine } from '../../csv/lines.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { badField } from '../../kernel/errors.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import * as store from './activity-store.ts'

type Billing = typeof api.billing
type ActivityPermit = Permit<'activity.view'>

const shownWeeks = 12
const keptWeeks = 60
const weekMs = 7 * daySeconds * 1000
const exportedAtOnce = 5000
// 1970 began on a Thursday.
const firstMonday = Date.parse('1970-01-05')

/** One page of the members with when they were last active, those idle the longest first. */
export async function listActivity(
  db: Db,
  permit: ActivityPermit,
  input: InputOf<Billing['listActivity']>,
  links: Links,
): Promise<ResultOf<Billing['listActivity']>> {
  const after = input.cursor === undefined ? start : placeOf(input.cursor)
  const search = input.search === '' ? undefined : input.search
  const query = { ...queryOf(permit, input.idle), role: input.role, search, after, limit: input.limit + 1 }
  const rows = await store.listActivity(db, query)
  const page = pageOf(rows, input.limit, ({ lastAt, id }) => [lastAt?.toISOString() ?? '', id])
  return { items: page.items.map((row) => activityReply(row, links)), next: page.next }
}

const start: store.ActivityQuery['after'] = { lastAt: null, userId: '' }

function placeOf(cursor: string): store.ActivityQuery['after'] {
  const [lastAt = '', userId = ''] = decodeCursor(cursor, 2)
  if (lastAt === '') return { lastAt: null, userId }
  const moment = new Date(lastAt)
  if (Number.isNaN(moment.getTime())) throw badField('cursor', 'is invalid. Start again without it.')
  return { lastAt: moment, userId }
}

function queryOf({ org }: ActivityPermit, idle: api.billing.Idle | undefined) {
  const days = idle === undefined || idle === 'never' ? undefined : Number(idle)
  const idleSince = days === undefined ? null : secondsFromNow(-days * daySeconds)
  return { orgId: org.id, idleSince, never: idle === 'never', at: now() }
}

function activityReply(row: store.ActivityRow, links: Links): api.billing.MemberActivity {
  return {
    _id: row.id,
    user: row.user,
    fullname: row.fullname,
    avatarUrl: avatarUrl(links, row.user),
    role: row.role,
    joinedAt: row.joinedAt.toISOString(),
    lastActiveAt: timeOf(row.lastAt),
    doors: { web: timeOf(row.webAt), api: timeOf(row.apiAt), git: timeOf(row.gitAt), sso: timeOf(row.ssoAt) },
  }
}

function timeOf(moment: Date | null): string | null {
  return moment?.toISOString() ?? null
}

/** How many members are idle, and how many were active in each of the last twelve weeks. */
export async function summarizeActivity(
  db: Db,
  { org }: ActivityPermit,
): Promise<ResultOf<Billing['summarizeActivity']>> {
  const since = { 30: daysAgo(30), 60: daysAgo(60), 90: daysAgo(90) }
  const weeks = lastWeeks(shownWeeks)
  const [counted, active] = await Promise.all([
    store.countIdle(db, org.id, since, now()),
    store.listWeeks(db, org.id, weeks[0] ?? ''),
  ])
  const byWeek = new Map(active.map((row) => [row.week, row.active]))
  const { members, idle30, idle60, idle90, never } = counted
  return {
    members,
    idle: { '30': idle30, '60': idle60, '90': idle90, never },
    weeks: weeks.map((from) => ({ from, active: byWeek.get(from) ?? 0 })),
  }
}

function daysAgo(days: number): Date {
  return secondsFromNow(-days * daySeconds)
}

// The Mondays of the last weeks, this one's last.
function lastWeeks(count: number): string[] {
  const current = Math.floor((now().getTime() - firstMonday) / weekMs)
  return Array.from({ length: count }, (_, nth) =>
    new Date(firstMonday + (current - count + 1 + nth) * weekMs).toISOString().slice(0, 10),
  )
}

/** Forgets how many were active in weeks long ago. */
export async function forgetOldWeeks(db: Db): Promise<void> {
  await store.deleteWeeksBefore(db, lastWeeks(keptWeeks)[0] ?? '')
}

/** Writes the activity of every member as CSV, those idle the longest first. */
export async function exportActivity(
  db: Db,
  permit: ActivityPermit,
  { idle }: InputOf<Billing['exportActivity']>,
): Promise<ResultOf<Billing['exportActivity']>> {
  const query = { ...queryOf(permit, idle), role: undefined, search: undefined, limit: exportedAtOnce }
  return {
    fileName: `${permit.org.name}-activity.csv`,
    contentType: 'text/csv; charset=utf-8',
    chunks: activityLines(db, query),
  }
}

const columns = ['user', 'fullname', 'role', 'joinedAt', 'lastActiveAt', 'web', 'api', 'git', 'sso']

// A person who is active while this is written moves on in the order, and must not come twice.
async function* activityLines(db: Db, query: Omit<store.ActivityQuery, 'after'>): AsyncIterable<string> {
  yield csvHeader(columns)
  const told = new Set<string>()
  let after = start
  for (;;) {
    const rows = await store.listActivity(db, { ...query, after })
    yield rows
      .filter(({ id }) => !told.has(id))
      .map(csvRow)
      .join('')
    for (const { id } of rows) told.add(id)
    const last = rows.at(-1)
    if (last === undefined || rows.length < query.limit) return
    after = { lastAt: last.lastAt, userId: last.id }
  }
}

function csvRow(row: store.ActivityRow): string {
  const times = [row.joinedAt, row.lastAt, row.webAt, row.apiAt, row.gitAt, row.ssoAt]
  return csvLine([row.user, row.fullname, row.role, ...times.map((time) => timeOf(time) ?? '')])
}
