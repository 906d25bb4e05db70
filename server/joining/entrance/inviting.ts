import type { GroupRole, OrgRole } from '../../../api/index.ts'
import { mayGrant, mayInvite } from '../../access/escalation.ts'
import { HubError } from '../../kernel/errors.ts'
import { mayPutInGroups } from '../../members/membership/membership-judge.ts'

/** What an invitation offers. */
interface Offered {
  role: OrgRole
  groups: readonly { name: string; managedBy: 'manual' | 'scim'; callerRole: GroupRole | null }[]
}

/** Why someone with this role may not offer it, in one sentence, to one person or to many; undefined when they may. */
export function mayOffer(callerRole: OrgRole | null, { role, groups }: Offered): string | undefined {
  if (!mayInvite(callerRole)) return 'You need the admin role to invite people.'
  if (!mayGrant(callerRole, role)) return 'Only admins can invite admins.'
  return mayPutInGroups(callerRole, groups)
}

/** Refuses what someone with this role may not offer. */
export function refuseOffer(callerRole: OrgRole | null, offered: Offered): void {
  const sentence = mayOffer(callerRole, offered)
  if (sentence !== undefined) throw new HubError('Forbidden', sentence)
}
