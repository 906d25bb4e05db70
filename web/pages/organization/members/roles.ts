import type { OrgRole } from '../../../../api/index.ts'
import { type Org, whyNot } from '../../../organization.ts'

/** Why you cannot change the role of someone who has `role`; undefined when you can. */
export function whyNotChange(org: Org, role: OrgRole | undefined): string | undefined {
  const words =
    org.mayGrant.length > 0
      ? `Only admins change roles in ${org.name}.`
      : `Changing roles takes the role write or higher; yours is ${org.role ?? 'none'}.`
  const refused = whyNot(org, 'member.changeRole', words)
  if (refused || role === undefined) return refused ?? 'You do not see this role.'
  if (!org.mayActOn.includes(role)) return `Only admins can change the role of a member with ${role}.`
  return undefined
}

/** Why you cannot give a role; undefined when you can. */
export function whyNotGive(org: Org, role: OrgRole): string | undefined {
  return org.mayGrant.includes(role) ? undefined : 'Only admins make admins.'
}
