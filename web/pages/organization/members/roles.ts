import type { OrgRole } from '../../../../api/index.ts'
import { type Org, whyNot } from '../../../organization.ts'

/** A member as far as it matters here: their role, and what you can do with them. */
interface Actionable {
  role?: OrgRole | undefined
  may?: string[] | undefined
}

/** Why you cannot change the role of a member; undefined when you can. */
export function whyNotChange(org: Org, { role, may = [] }: Actionable): string | undefined {
  if (may.includes('member.changeRole')) return undefined
  const words =
    org.mayGrant.length > 0
      ? `Only admins can change roles in ${org.name}.`
      : 'You need the write role (or admin, if the organization requires it) to change roles.'
  return whyNot(org, 'member.changeRole', words) ?? `Only admins can change the role of a member with ${role}.`
}

/** Why you cannot remove a member; undefined when you can. */
export function whyNotRemove(org: Org, { may = [] }: Actionable): string | undefined {
  if (may.includes('member.remove')) return undefined
  return whyNot(org, 'member.remove', 'You need the admin role to remove members.')
}

/** Why a role is not among those you can give; undefined when it is. */
export function whyNotGive(mayGrant: readonly OrgRole[], role: OrgRole): string | undefined {
  return mayGrant.includes(role) ? undefined : 'Only admins can make someone an admin.'
}
