import { joining } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import type { NewEvent } from '../../audit/record.ts'
import { queueMails } from '../../mail/queue.ts'
import type { Tx } from '../../store/database.ts'
import { inviteMany as writeInvitations } from './invite-many.ts'
import type { InvitePlan } from './members-bulk-plan.ts'

/** Writes invitations and their mails; answers what to record. */
export async function inviteMany(
  tx: Tx,
  permit: Permit<'member.bulk'>,
  plans: readonly InvitePlan[],
): Promise<NewEvent[]> {
  const invites = plans.map(({ invitee, verdict: { who }, role, groups }) => ({ ...invitee, who, role, groups }))
  const terms = { days: joining.invitationDays.usual, message: '' }
  const { events, mails } = await writeInvitations(tx, permit, invites, terms)
  await queueMails(tx, permit, mails)
  return events
}
