import type { Connection } from '../store/database.ts'
import { openQueuePool } from './queue-pool.ts'
import { findNewestMigration } from './store.ts'

/** The number of the last migration of the pinned graphile-worker: a test compares it with the package. */
export const newestJobMigration = 20

/** Makes the tables of the queue; where they are there already it costs one small query. */
export async function migrateJobs(connection: Connection): Promise<void> {
  const pool = openQueuePool(connection, 2)
  try {
    if ((await findNewestMigration(pool)) >= newestJobMigration) return
    // Loaded only when needed, so that an ordinary start does not wait for it.
    const { runMigrations, Logger } = await import('graphile-worker')
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => undefined) })
  } finally {
    await pool.end()
  }
}
