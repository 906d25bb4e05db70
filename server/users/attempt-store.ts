import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** Adds one to the count of a window, and answers the new count. */
export async function addAttempt(db: Db, key: string, windowStart: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    insert into attempts (key, window_start, count) values (${key}, ${windowStart}, 1)
    on conflict (key, window_start) do update set count = attempts.count + 1
    returning count`.execute(db)
  return rows[0]?.count ?? 0
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
