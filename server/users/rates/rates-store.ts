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
