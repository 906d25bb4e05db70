import { type OrgRole, orgRoles } from '../../../../api/index.ts'
import { type Org, whyNot } from '../../../organization.ts'

/** What each rung of the ladder adds to the one below it. */
const abilities: [OrgRole, string][] = [
  ['read', 'read private repositories that are in no resource group'],
  ['read', 'see the settings and the roles of members'],
  ['contributor', 'create repositories, and change or delete the ones they made'],
  ['write', 'change, push to and delete every repository that is in no resource group'],
  ['write', 'change the roles of members below write, where the organization lets them'],
  ['admin', 'see and do everything in every resource group'],
  ['admin', 'change settings, members, resource groups, and delete the organization'],
  ['admin', 'read the audit log'],
]

/** What a change of role gives and takes, in words. */
export function difference(before: OrgRole, after: OrgRole): { gains: string[]; loses: string[] } {
  const [low, high] = [rung(before), rung(after)].toSorted((a, b) => a - b)
  const between = abilities
    .filter(([role]) => rung(role) > (low ?? 0) && rung(role) <= (high ?? 0))
    .map(([, words]) => words)
  return rung(after) > rung(before) ? { gains: between, loses: [] } : { gains: [], loses: between }
}

function rung(role: OrgRole): number {
  return orgRoles.indexOf(role)
}

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
