import type { bulk, GroupRole, OrgRole } from '../../api/index.ts'
import {
  higherRole,
  highestRole,
  isAdminRole,
  joinsReadGroups,
  mayActOn,
  mayChangeRoles,
  mayGrant,
  mayManageGroup,
  readsUngrouped,
  writesOfOthers,
} from '../access/escalation.ts'
import { isId } from '../kernel/ids.ts'
import { groupsCell, noGroups, type Wish } from './bulk-rows.ts'
import type { BulkMember, OrgState } from './bulk-state.ts'
import { changedWords } from './change.ts'
import { type GroupPlan, planGroups } from './group-plan.ts'
import type { NamedGroup } from './groups-named.ts'
import type { GroupRow, JoinedGroup } from './store.ts'

/** The role and the resource groups that somebody has, or is offered. */
export type Standing = NonNullable<bulk.BulkVerdict['before']>

/** One line of the CSV that undoes a change: username, email, op, role, groups. */
export type UndoLine = [username: string, email: string, op: bulk.BulkOp, role: string, groups: string]

/** What a wish comes to. */
export type MemberPlan =
  | { kind: 'nothing'; verdict: bulk.BulkVerdict }
  | {
      kind: 'change'
      verdict: bulk.BulkVerdict
      undo: UndoLine
      member: BulkMember
      role: OrgRole
      groups: GroupPlan
      joined: JoinedGroup[]
    }
  | { kind: 'remove'; verdict: bulk.BulkVerdict; undo: UndoLine; member: BulkMember }

/** A verdict that changes nothing: an error, or what is so already. */
export function nothing(
  wish: Wish,
  who: string,
  verdict: 'error' | 'unchanged',
  message: string,
): { kind: 'nothing'; verdict: bulk.BulkVerdict } {
  const { row, op } = wish
  return { kind: 'nothing', verdict: { row, op, who, verdict, message, before: null, after: null, loses: [] } }
}

/** Judges what is wished for a member: another role or other groups. */
export function planChange(state: OrgState, member: BulkMember, wish: Wish): MemberPlan {
  const { name } = member
  const named = namedGroups(state, wish.groups ?? [])
  if (typeof named === 'string') return nothing(wish, name, 'error', named)
  const isAdded = wish.op === 'add'
  const asked = wish.role ?? member.role
  const role = isAdded ? higherRole(member.role, asked) : asked
  const groups = planOf(member, isAdded ? named.filter((group) => raises(member.rows, group)) : named, wish)
  const refusal = refusePerson(state, member, role) ?? refuseGroups(state, groups)
  if (refusal !== undefined) return nothing(wish, name, 'error', refusal)
  const before = standingOf(member.role, member.rows)
  if (role === member.role && groups.removed.length + groups.put.length === 0)
    return withStanding(nothing(wish, name, 'unchanged', 'It is so already.'), before)
  const joined = joinsReadGroups(role) && !joinsReadGroups(member.role) ? joinedBy(state, member) : []
  const after = standingOf(role, rowsAfter(member.rows, groups, joined))
  const { row, op } = wish
  const words = changedWords(name, { before: member, role, expiresAt: member.expiresAt, plan: groups })
  const verdict = { row, op, who: name, verdict: 'change' as const, message: `Changes ${words}.`, before, after }
  const loses = lossesOf(state, before, after)
  return { kind: 'change', verdict: { ...verdict, loses }, undo: undoOf(member, groups), member, role, groups, joined }
}

/** Judges the removal of a member. */
export function planRemoval(state: OrgState, member: BulkMember, wish: Wish): MemberPlan {
  const { name, role, rows } = member
  if (!mayChangeRoles(state.callerRole, 'admin'))
    return nothing(wish, name, 'error', 'Removing members takes the role admin.')
  const before = standingOf(role, rows)
  const verdict = {
    row: wish.row,
    op: wish.op,
    who: name,
    verdict: 'remove' as const,
    message: `Removes ${name}.`,
    before,
    after: null,
    loses: ['the organization', ...lossesOf(state, before, null)],
  }
  return { kind: 'remove', verdict, undo: [name, '', 'invite', role, groupsCell(manual(rows))], member }
}

function withStanding<P extends { verdict: bulk.BulkVerdict }>(plan: P, standing: Standing): P {
  return { ...plan, verdict: { ...plan.verdict, before: standing, after: standing } }
}

/** Looks up the groups that a row names; a sentence when one of them cannot be. */
export function namedGroups(
  state: Pick<OrgState, 'asked'>,
  asked: readonly { id: string; role: GroupRole }[],
): NamedGroup[] | string {
  const named: NamedGroup[] = []
  const seen = new Set<string>()
  for (const { id, role } of asked) {
    const group = state.asked.get(id)
    if (group === undefined)
      return `groups: the organization has no resource group ${isId(id) ? `with the id ${id}` : `“${id}”`}.`
    if (seen.has(group.id)) return `groups: ${group.name} is named for the second time.`
    seen.add(group.id)
    named.push({ id: group.id, name: group.name, managedBy: group.managedBy, callerRole: group.callerRole, role })
  }
  return named
}

function planOf({ rows }: BulkMember, named: NamedGroup[], { op, groups }: Wish): GroupPlan {
  if (groups === undefined) return { removed: [], put: [] }
  return planGroups(rows, named, op === 'add' ? 'merge' : 'replace')
}

// What is added never takes anything away: a lower role than the person has there changes nothing.
function raises(rows: readonly GroupRow[], { id, role }: NamedGroup): boolean {
  const here = rows.filter((row) => row.id === id).map((row) => row.role)
  return role !== null && highestRole([...here, role]) !== highestRole(here)
}

function refusePerson({ callerRole }: OrgState, member: BulkMember, role: OrgRole): string | undefined {
  if (!mayChangeRoles(callerRole, 'admin')) return 'Changing many takes the role admin.'
  if (!mayActOn(callerRole, member.role)) return 'You may not act on somebody with this role.'
  return mayGrant(callerRole, role) ? undefined : 'Only an admin makes somebody else admin.'
}

function refuseGroups({ callerRole }: OrgState, { removed, put }: GroupPlan): string | undefined {
  return refuseForeign(callerRole, [...removed, ...put])
}

/** Why the caller may not change who is in one of these groups. */
export function refuseForeign(
  callerRole: OrgRole | null,
  groups: readonly { name: string; managedBy: string; callerRole: GroupRole | null }[],
): string | undefined {
  const foreign = groups.find((group) => !mayManageGroup(callerRole, group.callerRole))
  if (foreign) return `groups: you are not admin of the resource group ${foreign.name}.`
  const managed = groups.find((group) => group.managedBy === 'scim')
  return managed && `groups: the people of the resource group ${managed.name} are managed by the identity provider.`
}

function joinedBy({ groups }: OrgState, { rows }: BulkMember): JoinedGroup[] {
  return [...groups.values()].flatMap(({ id, name, autoJoinRole: role, autoJoinScope }) => {
    const isIn = rows.some((row) => row.id === id && row.source === 'auto_join')
    return autoJoinScope === 'read_plus' && role !== null && !isIn ? [{ id, name, role }] : []
  })
}

type RoleIn = Pick<GroupRow, 'id' | 'name' | 'role'>

function rowsAfter(rows: readonly GroupRow[], { removed, put }: GroupPlan, joined: readonly JoinedGroup[]): RoleIn[] {
  const touched = new Set([...removed, ...put].map(({ id }) => id))
  return [...rows.filter(({ id, source }) => source !== 'manual' || !touched.has(id)), ...put, ...joined]
}

/** A role, and what many group roles come to: the highest in each group. */
export function standingOf(role: OrgRole, rows: readonly RoleIn[]): Standing {
  if (rows.length === 0) return { role, groups: [] }
  const byGroup = Map.groupBy(rows, ({ id }) => id)
  const groups = [...byGroup].flatMap(([id, here]) => {
    const highest = highestRole(here.map((row) => row.role))
    return highest === undefined ? [] : [{ id, name: here[0]?.name ?? '', role: highest }]
  })
  return { role, groups: groups.sort((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1)) }
}

function lossesOf({ ungroupedCount }: OrgState, before: Standing, after: Standing | null): string[] {
  // An admin is everything in every group, whatever rows there are
  if (isAdminRole(after?.role)) return []
  const words: string[] = []
  if (isAdminRole(before.role)) words.push('the rights of an admin, and resource groups they are not in')
  if (readsUngrouped(before.role) && !readsUngrouped(after?.role) && ungroupedCount > 0)
    words.push(`private repositories outside resource groups (${ungroupedCount})`)
  if (after !== null && writesOfOthers(before.role) && !writesOfOthers(after.role))
    words.push('changing repositories outside resource groups that others made')
  for (const { id, name, role } of before.groups) {
    const kept = after?.groups.find((group) => group.id === id)
    if (kept === undefined) words.push(`the resource group ${name}`)
    else if (writesOfOthers(role) && !writesOfOthers(kept.role))
      words.push(`changing what others made in the resource group ${name}`)
  }
  return words
}

function undoOf(member: BulkMember, { removed, put }: GroupPlan): UndoLine {
  const isAboutGroups = removed.length + put.length > 0
  const groups = isAboutGroups ? groupsCell(manual(member.rows)) || noGroups : ''
  return [member.name, '', 'set', member.role, groups]
}

function manual(rows: readonly GroupRow[]): GroupRow[] {
  return rows.filter(({ source }) => source === 'manual')
}
