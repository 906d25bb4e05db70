import type * as api from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { clearAdminless } from '../orgs/admins.ts'
import { bringBack } from '../orgs/deletion.ts'
import { type Db, transaction } from '../store/database.ts'
import { succeed } from './successors.ts'

/**
 * Brings a deleted organization back as it was. Where its admins have gone meanwhile, the first usable successor becomes
 * admin in the same transaction, or the organization is marked as without one.
 */
export async function restoreOrganization(
  db: Db,
  permit: Permit<'org.restore'>,
  _input: api.InputOf<typeof api.organizations.restoreOrganization>,
): Promise<api.ResultOf<typeof api.organizations.restoreOrganization>> {
  const { org } = permit
  return transaction(db, async (tx) => {
    await recheck(tx, permit, { requirements: true })
    const hasAdmin = await bringBack(tx, org.id)
    if (hasAdmin) await clearAdminless(tx, org.id)
    const successor = hasAdmin ? undefined : (await succeed(tx, permit, org)).successor
    const times = { deletedAt: org.deletedAt?.toISOString() ?? null, restoredAt: now().toISOString() }
    const heir = successor && { user: { _id: successor.id, user: successor.user }, before: { role: successor.role } }
    const words = successor ? ` and made the successor ${successor.user} an admin, because it had no active admins` : ''
    await record(tx, permit, {
      type: 'org.restore',
      message: `restored the organization ${org.name}${words}`,
      data: { ...times, ...(heir && { successor: { ...heir, after: { role: 'admin' } } }) },
    })
    return { success: true }
  })
}
