import { daySeconds, secondsFromNow } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { deleteExpiredRefreshTokens } from '../tokens/refresh.ts'
import { deleteExpiredDevices } from './store.ts'

/** Deletes what is left of sign-ins of programs: refresh tokens that expired, and codes a day after that. */
export async function deleteExpiredSignIns(db: Db): Promise<void> {
  await deleteExpiredRefreshTokens(db)
  await deleteExpiredDevices(db, secondsFromNow(-daySeconds))
}
