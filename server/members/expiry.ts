import type { AnyPermit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { type Db, transaction } from '../store/database.ts'
import { endExpired, findExpired } from './expiry-store.ts'
import type { MemberKey } from './store.ts'

const batchSize = 500

/** Removes memberships that are past their expiry (they count no more since then), each with an event of its own. */
export async function endExpiredMemberships(db: Db, permit: AnyPermit): Promise<void> {
  for (;;) {
    const expired = await findExpired(db, now(), batchSize)
    for (const key of expired) await endMembership(db, permit, key)
    if (expired.length < batchSize) return
  }
}

async function endMembership(db: Db, permit: AnyPermit, key: MemberKey): Promise<void> {
  await transaction(db, async (tx) => {
    const ended = await endExpired(tx, key, now())
    if (ended === undefined) return
    const { user, role, expiresAt } = ended
    const data = { user: { _id: key.userId, user }, before: { role, expiresAt }, after: null }
    await record(tx, permit, {
      type: 'org.membership_expired',
      message: `ended the membership of ${user}, which had expired`,
      data,
      scope: key.orgId,
    })
  })
}
