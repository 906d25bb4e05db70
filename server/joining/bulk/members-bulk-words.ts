import type { NewEvent } from '../../audit/record.ts'
import type { RevocationPlan } from './members-bulk-plan.ts'

/** The event of a revoked invitation. */
export function invitationEvent({ pending, undo: [username, email] }: RevocationPlan): NewEvent {
  const { id, role, groups, expiresAt, inviter } = pending
  const whom = username === '' ? { email } : { user: username }
  const invitation = { id, ...whom, role, resourceGroups: groups, expiresAt, invitedBy: inviter }
  return {
    type: 'org.invite.revoke',
    message: `revoked the invitation for ${username || email}`,
    data: { invitation },
  }
}
