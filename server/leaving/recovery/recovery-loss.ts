import { dayOf, daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { countUsableAdmins } from '../../orgs/admins.ts'
import type { Db } from '../../store/database.ts'
import { findSeen } from './recovery-store.ts'

const idleDays = 60

/** Why an organization can be recovered, or that it cannot. */
export interface Loss {
  kind: 'adminless' | 'idle' | 'none'
  usableAdmins: number
  /** Since when there is not an admin to turn to; where nothing is lost, now. */
  since: Date
  /** When someone with the role admin was last seen. */
  seenAt: Date | null
  /** Whether someone could veto. */
  hasVetoer: boolean
  isDeleted: boolean
}

/** Tells whether an organization is without a usable admin, or all its admins have been idle for 60 days. */
export async function findLoss(db: Db, orgId: string, personId: string): Promise<Loss> {
  const at = now()
  const seen = await findSeen(db, orgId, at, personId)
  const usableAdmins = await countUsableAdmins(db, orgId)
  const loss = {
    usableAdmins,
    seenAt: seen?.seen_at ?? null,
    hasVetoer: seen?.has_living_admin ?? false,
    isDeleted: seen === undefined || seen.deleted_at !== null,
  }
  if (usableAdmins === 0) return { ...loss, kind: 'adminless', since: seen?.adminless_since ?? seen?.alive_at ?? at }
  const alive = seen?.alive_at ?? at
  if (alive < secondsFromNow(-idleDays * daySeconds)) return { ...loss, kind: 'idle', since: alive }
  return { ...loss, kind: 'none', since: at }
}

/** Says in one sentence why recovery is open, or why it is not. */
export function whyOpen(name: string, { kind, since }: Loss): string {
  const day = dayOf(since)
  const words = {
    adminless: `${name} has had no active admins since ${day}.`,
    idle: `All admins of ${name} have been inactive since ${day}, for more than ${idleDays} days.`,
    none: `${name} has an admin who was active in the last ${idleDays} days, so it can’t be recovered.`,
  }
  return words[kind]
}
