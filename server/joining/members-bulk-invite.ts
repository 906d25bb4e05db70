import type { Permit } from '../access/authorize.ts'
import type { NewEvent } from '../audit/record.ts'
import type { Tx } from '../store/database.ts'
import type { InvitePlan } from './members-bulk-plan.ts'

/** Writes invitations and their mails; answers what to record. */
export async function inviteMany(
  _tx: Tx,
  _permit: Permit<'member.bulk'>,
  plans: readonly InvitePlan[],
): Promise<NewEvent[]> {
  if (plans.length > 0) throw new Error('not yet')
  return []
}
