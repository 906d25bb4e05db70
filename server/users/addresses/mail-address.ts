import type { Db } from '../../store/database.ts'
import { findMailAddresses, mailToAccount } from './mail-address-store.ts'

/** The same as {@link mailAddressOf} as a part of a statement, for the account `u`; null where there is none. */
export function mailTo() {
  return mailToAccount
}

/** The address that mail to an active account goes to: its primary one, or another that is verified. */
export async function mailAddressOf(db: Db, userId: string | null): Promise<string | undefined> {
  return userId === null ? undefined : (await mailAddressesOf(db, [userId])).get(userId)
}

/** The same of many accounts, by id. */
export async function mailAddressesOf(db: Db, userIds: readonly string[]): Promise<Map<string, string>> {
  return userIds.length === 0 ? new Map() : findMailAddresses(db, userIds)
}
