import { type bulk, type GroupRole, type OrgRole, peopleCsv } from '../../../api/index.ts'
import { highestRole } from '../../access/escalation.ts'
import { isId } from '../../kernel/ids.ts'
import type { GroupPlan } from '../membership/group-plan.ts'
import type { NamedGroup } from '../membership/groups-named.ts'
import { lossesOf, type RoleAndGroups, type RoleMeaning } from '../membership/losses.ts'
import type { Update } from '../membership/membership-changes.ts'
import { changedWords } from '../membership/membership-events.ts'
import { may } from '../membership/membership-judge.ts'
import type { GroupRow, HeldMember } from '../membership/membership-lock.ts'
import {
  changesAnything,
  type JoinedGroup,
  joinsGroups,
  type LeaveStep,
  type UpdateStep,
  updateStep,
} from '../membership/membership-steps.ts'
import type { Wish } from './bulk-rows.ts'
import type { OrgState } from './bulk-state.ts'

/** One line of the CSV that undoes a change: username, email, op, role, groups. */
export type UndoLine = [username: string, email: string, op: bulk.BulkOp, role: string, groups: string]

/** What a wish comes to. */
export type MemberPlan =
  | { kind: 'nothing'; verdict: bulk.BulkVerdict }
  | { kind: 'change'; verdict: bulk.BulkVerdict; undo: UndoLine; step: UpdateStep }
  | { kind: 'remove'; verdict: bulk.BulkVerdict; undo: UndoLine; step: LeaveStep }

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
export function planChange(state: OrgState, member: HeldMember, wish: Wish): MemberPlan {
  const { name } = member
  const named = namedGroups(state, wish.groups ?? [])
  if (typeof named === 'string') return nothing(wish, name, 'error', named)
  const step = updateStep(updateOf(member, wish, named), member)
  const refusal = may(state.held.caller, 'members', step)
  if (refusal !== undefined) return nothing(wish, name, 'error', refusal)
  const before = roleAndGroupsOf(member.role, member.rows)
  if (!changesAnything(step)) return withCurrent(nothing(wish, name, 'unchanged', 'No change.'), before)
  const after = roleAndGroupsOf(step.role, rowsAfter(member.rows, step.groups, joinedBy(state, step)))
  const { row, op } = wish
  const message = `Changes ${changedWords(step)}.`
  const loses = lossesOf(before, after, meaningIn(state))
  const verdict = { row, op, who: name, verdict: 'change' as const, message, before, after, loses }
  return { kind: 'change', verdict, undo: undoOf(step), step }
}

function updateOf({ userId: id, name }: HeldMember, { op, role, groups }: Wish, named: NamedGroup[]): Update {
  const mode = op === 'add' ? 'merge' : 'replace'
  const asked = groups === undefined ? {} : { groups: { mode, named } as const }
  return { kind: 'update', person: { id, name }, role, raises: op === 'add', ...asked }
}

/** Judges the removal of a member. */
export function planRemoval(state: OrgState, member: HeldMember, wish: Wish): MemberPlan {
  const { userId: id, name, role, rows } = member
  const person = { id, name }
  const step: LeaveStep = { kind: 'leave', change: { kind: 'leave', person }, person, member }
  const refusal = may(state.held.caller, 'members', step)
  if (refusal !== undefined) return nothing(wish, name, 'error', refusal)
  const before = roleAndGroupsOf(role, rows)
  const verdict = {
    row: wish.row,
    op: wish.op,
    who: name,
    verdict: 'remove' as const,
    message: `Removes ${name}.`,
    before,
    after: null,
    loses: lossesOf(before, null, meaningIn(state)),
  }
  return { kind: 'remove', verdict, undo: [name, '', 'invite', role, peopleCsv.groupsCell(manual(rows))], step }
}

function withCurrent<P extends { verdict: bulk.BulkVerdict }>(plan: P, current: RoleAndGroups): P {
  return { ...plan, verdict: { ...plan.verdict, before: current, after: current } }
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
    if (group === undefined) return `groups: No resource group ${isId(id) ? `with the ID ${id}` : `named “${id}”`}.`
    if (seen.has(group.id)) return `groups: ${group.name} is listed twice.`
    seen.add(group.id)
    named.push({ id: group.id, name: group.name, managedBy: group.managedBy, callerRole: group.callerRole, role })
  }
  return named
}

function joinedBy({ groups }: OrgState, step: UpdateStep): JoinedGroup[] {
  if (!joinsGroups(step)) return []
  return [...groups.values()].flatMap(({ id, name, autoJoinRole: role, autoJoinScope }) => {
    const isIn = step.member.rows.some((row) => row.id === id && row.source === 'auto_join')
    return autoJoinScope === 'read_plus' && role !== null && !isIn ? [{ id, name, role }] : []
  })
}

type RoleIn = Pick<GroupRow, 'id' | 'name' | 'role'>

function rowsAfter(rows: readonly GroupRow[], { removed, put }: GroupPlan, joined: readonly JoinedGroup[]): RoleIn[] {
  const touched = new Set([...removed, ...put].map(({ id }) => id))
  return [...rows.filter(({ id, source }) => source !== 'manual' || !touched.has(id)), ...put, ...joined]
}

/** A role, and what many group roles come to: the highest in each group. */
export function roleAndGroupsOf(role: OrgRole, rows: readonly RoleIn[]): RoleAndGroups {
  if (rows.length === 0) return { role, groups: [] }
  const byGroup = Map.groupBy(rows, ({ id }) => id)
  const groups = [...byGroup].flatMap(([id, here]) => {
    const highest = highestRole(here.map((row) => row.role))
    return highest === undefined ? [] : [{ id, name: here[0]?.name ?? '', role: highest }]
  })
  return { role, groups: groups.sort((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1)) }
}

function meaningIn({ held, ungroupedCount }: OrgState): RoleMeaning {
  return { memberManagement: held.caller.memberManagement, ungroupedCount }
}

function undoOf({ member, groups: { removed, put } }: UpdateStep): UndoLine {
  const isAboutGroups = removed.length + put.length > 0
  const groups = isAboutGroups ? peopleCsv.groupsCell(manual(member.rows)) || peopleCsv.noGroups : ''
  return [member.name, '', 'set', member.role, groups]
}

function manual(rows: HeldMember['rows']): GroupRow[] {
  return rows.filter(({ source }) => source === 'manual')
}
