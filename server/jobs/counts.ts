import type { Db } from '../store/database.ts'
import { countJobs } from './store.ts'

/** How many jobs wait to be done, and how many were given up. */
export async function jobCounts(db: Db): Promise<{ waiting: number; failed: number }> {
  return countJobs(db)
}
