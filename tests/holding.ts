import type { Db, Tx } from '../server/store/database.ts'

/** A transaction that has taken what it takes and stays open until it is told to end. */
export async function holding(
  db: Db,
  take: (tx: Tx) => Promise<unknown>,
): Promise<{ release(): Promise<void>; undo(): Promise<void> }> {
  const taken = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const ended = db.transaction().execute(async (tx) => {
    await take(tx)
    taken.resolve()
    await gate.promise
  })
  await Promise.race([taken.promise, ended])
  return {
    async release() {
      gate.resolve()
      await ended
    },
    async undo() {
      gate.reject(new Error('undone'))
      await ended.catch(() => undefined)
    },
  }
}
