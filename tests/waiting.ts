import type { Db, Tx } from '../server/store/database.ts'
import { sql } from '../server/store/sql.ts'

/** Waits until a request waits for a lock, or is done without having waited for any; answers which. */
async function untilWaiting(db: Db, done: () => boolean): Promise<boolean> {
  for (;;) {
    const { rows } =
      await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
        db,
      )
    if (rows.length > 0) return true
    if (done()) return false
  }
}

/** Lets a request that was authorized wait for the caller's account, and takes something away meanwhile. */
export async function takeAwayMeanwhile<Reply>(
  db: Db,
  callerId: string,
  { request, take }: { request: () => Promise<Reply>; take: (tx: Tx) => Promise<unknown> },
): Promise<{ reply: Reply; waited: boolean }> {
  const [waited, answer] = await db.transaction().execute(async (tx) => {
    await sql`select from users where id = ${callerId} for no key update`.execute(tx)
    let isDone = false
    const answering = request().finally(() => {
      isDone = true
    })
    const isWaiting = await untilWaiting(db, () => isDone)
    await take(tx)
    return [isWaiting, { answering }] as const
  })
  return { reply: await answer.answering, waited }
}
