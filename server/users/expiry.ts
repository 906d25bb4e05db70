import { daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { deleteExpired } from './accounts/store.ts'
import { findLiveLinks } from './addresses/email-store.ts'
import { deleteExpiredNames } from './names/name-store.ts'

/** Deletes sessions, links, counted attempts and old names whose time is over; none of them counted any more. */
export async function deleteExpiredAccess(db: Db): Promise<void> {
  await deleteExpired(db, now(), secondsFromNow(-daySeconds))
  await deleteExpiredNames(db)
}

/** Which of these links to an account still work, by hash. */
export async function liveLinks(db: Db, hashes: readonly Buffer[]): Promise<Buffer[]> {
  return findLiveLinks(db, hashes, now())
}
