import { type GroupRole, groupRoles, type OrgRole, orgRoles } from '../../api/index.ts'
import { reaches } from './ladder.ts'

// No one raises anybody above themselves: the questions that changing people asks, each with its name.

type Role = OrgRole | undefined | null

/** Whether this role changes roles at all, where the organization lets `write` members do so or admins only. */
export function mayChangeRoles(role: Role, memberManagement: 'write' | 'admin'): boolean {
  return reaches(role, memberManagement)
}

/** Whether someone with the one role may act on a member with the other: admins on everybody, others below `write`. */
export function mayActOn(actor: Role, target: OrgRole): boolean {
  return reaches(actor, 'admin') || (reaches(actor, 'write') && !reaches(target, 'write'))
}

/** Whether someone with the one role may give the other: admins any, others up to `write`. */
export function mayGrant(actor: Role, role: OrgRole): boolean {
  return reaches(actor, 'admin') || (reaches(actor, 'write') && !reaches(role, 'admin'))
}

/** Whether someone may change who is in a resource group: admins of the organization, or of the group. */
export function mayManageGroup(actor: Role, groupRole: GroupRole | undefined | null): boolean {
  return reaches(actor, 'admin') || (actor !== undefined && actor !== null && reaches(groupRole, 'admin'))
}

/** Whether going from one role to the other unmakes an admin. */
export function unmakesAdmin(before: OrgRole, after: OrgRole): boolean {
  return reaches(before, 'admin') && !reaches(after, 'admin')
}

/** Whether the role makes an admin. */
export function isAdminRole(role: Role): boolean {
  return reaches(role, 'admin')
}

/** Whether the role counts for resource groups that everybody with `read` or more joins by themselves. */
export function joinsReadGroups(role: OrgRole): boolean {
  return reaches(role, 'read')
}

/** Whether the role sees the roles of others, and a list of members that is hidden from outsiders. */
export function seesRoles(role: Role): boolean {
  return reaches(role, 'read')
}

/** Whether the role reads private repositories that are in no resource group. */
export function readsUngrouped(role: Role): boolean {
  return reaches(role, 'read')
}

/** Whether the role creates repositories, and changes those it created; in the organization, or in a resource group. */
export function createsUngrouped(role: Role): boolean {
  return reaches(role, 'contributor')
}

/** Whether the role changes repositories that others made; in the organization, or in a resource group. */
export function writesOfOthers(role: Role): boolean {
  return reaches(role, 'write')
}

/** The one of two roles that is higher on the ladder. */
export function higherRole(one: OrgRole, other: OrgRole): OrgRole {
  return reaches(one, other) ? one : other
}

/** The highest of the group roles that someone holds in one group from different sources. */
export function highestRole(roles: readonly GroupRole[]): GroupRole | undefined {
  return groupRoles.findLast((role) => roles.includes(role))
}

/** Whether the role invites people, and answers for the invitations and links that it made. */
export function mayInvite(role: Role): boolean {
  return reaches(role, 'admin')
}

/** Whether the role, given by someone on probation after a recovery, comes with the same probation. */
export function sharesProbation(role: Role): boolean {
  return reaches(role, 'write')
}

/** The roles whose holders are told when an organization without an admin is to get one, and confirm it. */
export const confirmingRoles: readonly OrgRole[] = orgRoles.filter((role) => reaches(role, 'write'))
