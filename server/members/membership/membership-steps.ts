import type { GroupRole, GroupRoleSource, OrgRole } from '../../../api/index.ts'
import { higherRole, highestRole, isAdminRole, joinsReadGroups, unmakesAdmin } from '../../access/escalation.ts'
import { type GroupPlan, planGroups } from './group-plan.ts'
import type { NamedGroup } from './groups-named.ts'
import type { Join, Leave, Person, RuleChange, Update } from './membership-changes.ts'
import type { GroupRow, HeldMember } from './membership-lock.ts'

/** A group joined because the role now matches its auto-join rule. */
export interface JoinedGroup {
  id: string
  name: string
  role: GroupRole
}

/** What a change comes to for one member: how they were, and how they are to be. */
export interface UpdateStep {
  kind: 'update'
  change: Update
  person: Person
  member: HeldMember
  role: OrgRole
  expiresAt: Date | null
  groups: GroupPlan
  source: GroupRoleSource
  /** Known when it is written. */
  joined: readonly JoinedGroup[]
}

export interface LeaveStep {
  kind: 'leave'
  change: Leave
  person: Person
  member: HeldMember
}

export interface JoinStep {
  kind: 'join'
  change: Join
  person: Person
}

export interface RuleStep {
  kind: 'auto_join'
  change: RuleChange
  /** How many came in by it; known when it is written. */
  joined: number
}

export type Step = UpdateStep | LeaveStep | JoinStep | RuleStep

/** Works out what an update comes to for a member. */
export function updateStep(change: Update, member: HeldMember): UpdateStep {
  const { raises = false, groups: wish, expiresAt = member.expiresAt } = change
  const asked = change.role ?? member.role
  const role = raises ? higherRole(member.role, asked) : asked
  const source = wish?.source ?? 'manual'
  const person = { id: member.userId, name: member.name }
  return {
    kind: 'update',
    change,
    person,
    member,
    role,
    expiresAt,
    source,
    groups: groupPlan(change, member, source),
    joined: [],
  }
}

function groupPlan({ groups: wish, raises }: Update, { rows }: HeldMember, source: GroupRoleSource): GroupPlan {
  if (wish === undefined) return { removed: [], put: [] }
  const named = raises ? wish.named.filter((group) => raisesRole(rows, group)) : wish.named
  return planGroups(rows, named, { mode: wish.mode, source })
}

// What is added never takes anything away: a lower role than the person has there changes nothing.
function raisesRole(rows: readonly GroupRow[], { id, role }: NamedGroup): boolean {
  const here = rows.filter((row) => row.id === id).map((row) => row.role)
  return role !== null && highestRole([...here, role]) !== highestRole(here)
}

/** Whether a step changes anything. */
export function changesAnything(step: UpdateStep): boolean {
  const { member, role, expiresAt, groups, change } = step
  return (
    role !== member.role ||
    !sameTime(expiresAt, member.expiresAt) ||
    groups.removed.length + groups.put.length > 0 ||
    change.probationUntil !== undefined
  )
}

/** Whether two moments, or none, are the same. */
export function sameTime(one: Date | null, other: Date | null): boolean {
  return one?.getTime() === other?.getTime()
}

/** Whether an admin is lost by it; one whose membership ends by itself does not count either. */
export function losesAdmin(step: Step): boolean {
  if (step.kind === 'leave') return isAdminRole(step.member.role)
  if (step.kind !== 'update') return false
  const { member, role, expiresAt } = step
  const endsItself = member.expiresAt === null && expiresAt !== null
  return unmakesAdmin(member.role, role) || (isAdminRole(member.role) && endsItself)
}

/** Whether someone becomes admin by it who was none. */
export function isGained(step: Step): boolean {
  return step.kind === 'update' && isAdminRole(step.role) && !isAdminRole(step.member.role)
}

/** Whether an admin is there by it who may count. */
export function gainsAdmin(step: Step): boolean {
  if (step.kind === 'join') return isAdminRole(step.change.role)
  return step.kind === 'update' && isAdminRole(step.role) && step.expiresAt === null
}

/** Whether the groups that members with `read` or more join are joined by it. */
export function joinsGroups({ role, member }: UpdateStep): boolean {
  return joinsReadGroups(role) && !joinsReadGroups(member.role)
}
