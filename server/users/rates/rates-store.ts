import type { Plan } from '../../../api/index.ts'
import { liveMembership } from '../../access/grants.ts'
import type { Db } from '../../store/database.ts'
import { arrayOf, sql } from '../../store/sql.ts'

/** The counts of windows, by key; one that nothing was added to is missing. */
export async function findRequests(
  db: Db,
  windows: readonly { key: string; start: Date }[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ key: string; count: number }>`
    select a.key, a.count from unnest(${arrayOf(windows.map(({ key }) => key))},
      ${windows.map(({ start }) => start)}::timestamptz[]) w(key, start)
    join attempts a on a.key = w.key and a.window_start = w.start`.execute(db)
  return new Map(rows.map(({ key, count }) => [key, count]))
}

/** The plans of the organizations that an account is a member of, each once. */
export async function findPlans(db: Db, userId: string, at: Date): Promise<Plan[]> {
  const { rows } = await sql<{ plan: Plan }>`
    select distinct o.plan from memberships m join organizations o on o.id = m.org_id
    where m.user_id = ${userId} and ${liveMembership('m', at)} and o.deleted_at is null`.execute(db)
  return rows.map(({ plan }) => plan)
}
