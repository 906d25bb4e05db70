import { daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { deleteExpired } from './store.ts'

/** Deletes sessions, links and counted attempts whose time is over; none of them counted any more. */
export async function deleteExpiredAccess(db: Db): Promise<void> {
  await deleteExpired(db, now(), secondsFromNow(-daySeconds))
}
