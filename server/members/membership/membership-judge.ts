import type { OrgRole } from '../../../api/index.ts'
import { isAdminRole, mayActOn, mayChangeRoles, mayGrant, mayManageGroup } from '../../access/escalation.ts'
import { HubError } from '../../kernel/errors.ts'
import type { TouchedGroup } from './group-plan.ts'
import type { Change, ChangeSet, Leave, ManagerPermit } from './membership-changes.ts'
import type { Held, HeldCaller, HeldMember } from './membership-lock.ts'
import { changesAnything, type LeaveStep, type Step, type UpdateStep, updateStep } from './membership-steps.ts'

/** What is judged again: the right over members, over a resource group, or nothing more. */
type Right = 'members' | 'group' | 'decided'

function rightOf({ action }: ManagerPermit): Right {
  if (action === 'member.leave' || action === 'group.create') return 'decided'
  return action.startsWith('group.') ? 'group' : 'members'
}

const adminsOnly = 'You need the admin role to remove members.'

/** Refuses a caller who is not an admin any more, where there is no membership to end and so no step to judge. */
export function refuseNonAdmin(callerRole: OrgRole | null): void {
  if (!isAdminRole(callerRole)) throw new HubError('Forbidden', adminsOnly)
}

/**
 * Why the caller may not do this, in one sentence; undefined when they may. The one wording, whether one member is changed
 * or ten thousand are.
 */
export function may(caller: HeldCaller, right: Right, step: UpdateStep | LeaveStep): string | undefined {
  if (right === 'decided') return undefined
  if (step.kind === 'leave') return isAdminRole(caller.role) ? undefined : adminsOnly
  const person = right === 'members' ? refusePerson(caller, step) : undefined
  return person ?? mayPutInGroups(caller.role, [...step.groups.removed, ...step.groups.put])
}

function refusePerson(
  { role: callerRole, memberManagement }: HeldCaller,
  { member, role }: UpdateStep,
): string | undefined {
  if (!mayChangeRoles(callerRole, memberManagement))
    return 'You need the write role (or admin, if the organization requires it) to change roles.'
  if (!mayActOn(callerRole, member.role))
    return 'With the write role, you can only change members with a lower role. Ask an admin.'
  return mayGrant(callerRole, role) ? undefined : 'Only admins can make someone an admin.'
}

/** Why the caller may not change who is in one of these groups, in one sentence; undefined when they may. */
export function mayPutInGroups(
  callerRole: OrgRole | null,
  groups: readonly Pick<TouchedGroup, 'name' | 'managedBy' | 'callerRole'>[],
): string | undefined {
  const foreign = groups.find((group) => !mayManageGroup(callerRole, group.callerRole))
  if (foreign) return `You are not an admin of the resource group ${foreign.name}.`
  const managed = groups.find((group) => group.managedBy === 'scim')
  return managed && `The identity provider manages who is in the resource group ${managed.name}.`
}

/**
 * Works out what each change comes to, and refuses the whole when one of them is not allowed or cannot be. Steps that
 * change nothing are left out.
 */
export function judge(held: Held, { changes, by }: ChangeSet): Step[] {
  const steps = changes.flatMap((change) => stepOf(held, change, by))
  if (by !== undefined) for (const step of steps) refuse(held.caller, by, step)
  return steps.filter((step) => step.kind !== 'update' || changesAnything(step))
}

function stepOf(held: Held, change: Change, by: ManagerPermit | undefined): Step[] {
  if (change.kind === 'join') return [{ kind: 'join', change, person: change.person }]
  if (change.kind === 'auto_join') return [{ kind: 'auto_join', change, joined: 0 }]
  const { id } = change.person
  const expired = change.kind === 'leave' && change.which !== undefined ? held.expired.get(id) : undefined
  if (change.kind === 'leave' && change.which === 'expired') return expired ? [leaveStep(change, expired)] : []
  const member = held.members.get(id) ?? expired
  if (member === undefined) throw noMember(by)
  return [change.kind === 'update' ? updateStep(change, member) : leaveStep(change, member)]
}

function leaveStep(change: Leave, member: HeldMember): LeaveStep {
  return { kind: 'leave', change, person: { id: member.userId, name: member.name }, member }
}

/** The refusal where someone is no member, or not any more. */
export function noMember(by: ManagerPermit | undefined): HubError {
  if (by?.action === 'member.leave') return new HubError('Forbidden', 'You are no longer a member.')
  return new HubError('NotFound', 'No member with this username.')
}

function refuse(caller: HeldCaller, by: ManagerPermit, step: Step): void {
  if (step.kind !== 'update' && step.kind !== 'leave') return
  const sentence = may(caller, rightOf(by), step)
  if (sentence !== undefined) throw new HubError('Forbidden', sentence)
}
