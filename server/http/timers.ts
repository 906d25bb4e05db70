import { type Hub, systemPermit } from '../access/authorize.ts'
import type { PeriodicTask } from '../jobs/worker.ts'
import { hourSeconds, minuteSeconds } from '../kernel/clock.ts'
import { endExpiredMemberships } from '../members/expiry.ts'
import { purgeDeletedOrganizations } from '../orgs/deletion.ts'
import type { Db } from '../store/database.ts'
import { deleteExpiredAccess } from '../users/expiry.ts'
import { deleteOldKeys } from './store.ts'

/** What is done from time to time, by one process at a time. */
export function periodicTasks(db: Db, hub: Hub): PeriodicTask[] {
  const permit = systemPermit(hub)
  return [
    { name: 'end_expired_memberships', everySeconds: 5 * minuteSeconds, run: () => endExpiredMemberships(db, permit) },
    { name: 'purge_deleted_organizations', everySeconds: hourSeconds, run: () => purgeDeletedOrganizations(db, permit) },
    { name: 'delete_expired_access', everySeconds: hourSeconds, run: () => deleteExpiredAccess(db) },
    { name: 'delete_old_idempotency_keys', everySeconds: hourSeconds, run: () => deleteOldKeys(db) },
  ]
}
