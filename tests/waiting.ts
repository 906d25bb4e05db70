import type { Db, Tx } from '../server/store/database.ts'
import { sql } from '../server/store/sql.ts'
import { until } from './until.ts'

/** Waits until a request waits for a lock, with those that wait already, or is done without; answers whether it waits. */
export async function untilWaiting(db: Db, reply: Promise<unknown>, together = 1): Promise<boolean> {
  let isDone = false
  const settle = () => {
    isDone = true
  }
  reply.then(settle, settle)
  let isWaiting = false
  await until(async () => {
    const { rows } =
      await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
        db,
      )
    isWaiting = rows.length >= together
    return isWaiting || isDone
  })
  return isWaiting
}

/** Lets a request that was authorized wait for the caller's account, and takes something away meanwhile. */
export async function takeAwayMeanwhile<Reply>(
  db: Db,
  callerId: string,
  { request, take }: { request: () => Promise<Reply>; take: (tx: Tx) => Promise<unknown> },
): Promise<{ reply: Reply; waited: boolean }> {
  const [waited, answer] = await db.transaction().execute(async (tx) => {
    await sql`select from users where id = ${callerId} for no key update`.execute(tx)
    const answering = request()
    const isWaiting = await untilWaiting(db, answering)
    await take(tx)
    return [isWaiting, { answering }] as const
  })
  return { reply: await answer.answering, waited }
}
