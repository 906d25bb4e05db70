import type { Db } from '../../store/database.ts'
import { arrayOf, sql } from '../../store/sql.ts'

/** Adds to the count of a window, and answers the new count. */
export async function addToCount(db: Db, key: string, add: { windowStart: Date; by: number }): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    insert into attempts (key, window_start, count) values (${key}, ${add.windowStart}, ${add.by})
    on conflict (key, window_start) do update set count = attempts.count + excluded.count
    returning count`.execute(db)
  return rows[0]?.count ?? 0
}

/** Adds one to the count of a window for each of these keys, no two of which are the same. */
export async function addAttempts(db: Db, keys: readonly string[], windowStart: Date): Promise<void> {
  await sql`insert into attempts (key, window_start, count) select key, ${windowStart}, 1
    from unnest(${arrayOf(keys)}) key order by key
    on conflict (key, window_start) do update set count = attempts.count + 1`.execute(db)
}

/** Which of these keys have been counted so often in a window. */
export async function findCounted(
  db: Db,
  keys: readonly string[],
  { windowStart, most }: { windowStart: Date; most: number },
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`select key from attempts
    where key = any(${arrayOf(keys)}) and window_start = ${windowStart} and count >= ${most}`.execute(db)
  return rows.map(({ key }) => key)
}

/** Takes one from the count of a window. */
export async function takeBackAttempt(db: Db, key: string, windowStart: Date): Promise<void> {
  await sql`update attempts set count = count - 1 where key = ${key} and window_start = ${windowStart} and count > 0`.execute(
    db,
  )
}

/** Deletes every count of a key. */
export async function deleteAttempts(db: Db, key: string): Promise<void> {
  await sql`delete from attempts where key = ${key}`.execute(db)
}
