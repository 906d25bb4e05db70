import { daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { findLiveLinks } from './email-store.ts'
import { deleteExpiredNames } from './name-store.ts'
import { deleteExpired } from './store.ts'

/** Deletes sessions, links, counted attempts and old names whose time is over; none of them counted any more. */
export async function deleteExpiredAccess(db: Db): Promise<void> {
  await deleteExpired(db, now(), secondsFromNow(-daySeconds))
  await deleteExpiredNames(db)
}

/** Which of these links to an account still work, by hash. */
export async function liveLinks(db: Db, hashes: readonly Buffer[]): Promise<Buffer[]> {
  return findLiveLinks(db, hashes, now())
}
