import type { Facts } from '../../access/facts.ts'
import { dayOf, now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import type { Db } from '../../store/database.ts'
import { findProbation } from './probation-store.ts'

/**
 * Refuses what has to wait while an admin of the organization is on probation, for every caller, so that no one does it for
 * them; an admin who is not on probation may.
 */
export async function refuseDuringProbation(db: Db, facts: Facts, what: string): Promise<void> {
  const { actor, org } = facts
  if (org === undefined) return
  const { until, isProven } = await findProbation(db, { orgId: org.id, userId: actor?.id ?? '' }, now())
  if (until === null || isProven) return
  const day = dayOf(until)
  throw new HubError(
    'Forbidden',
    `An admin of the organization is on probation after a recovery until ${day}. Until then, only admins who are not on probation can ${what}.`,
  )
}
