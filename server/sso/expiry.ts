import { now } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { deleteExpired } from './pending-store.ts'

/** Deletes sign-ins that never completed, SSO sessions that ended, and IDs of assertions that have expired. */
export async function deleteExpiredSso(db: Db): Promise<void> {
  await deleteExpired(db, now())
}
