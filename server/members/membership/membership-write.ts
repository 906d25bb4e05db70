import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { guardAdmins } from '../../orgs/admins.ts'
import { refusedBy } from '../../store/conflict.ts'
import type { Tx } from '../../store/database.ts'
import type { ChangeSet, Join } from './membership-changes.ts'
import {
  type JoinStep,
  joinsGroups,
  type LeaveStep,
  losesAdmin,
  type RuleStep,
  type Step,
  type UpdateStep,
} from './membership-steps.ts'
import * as store from './membership-store.ts'

/**
 * Writes steps that were judged, and answers them with the groups that were joined by rule. Who stops being admin comes last
 * and under the lock of the organization, so that it is judged when everybody else is done.
 */
export async function writeSteps(tx: Tx, set: ChangeSet, steps: readonly Step[]): Promise<Step[]> {
  const losing = set.by === undefined ? [] : steps.filter(losesAdmin)
  const others = losing.length === 0 ? steps : steps.filter((step) => !losing.includes(step))
  const written = others.length === 0 ? [] : await write(tx, set, others)
  if (losing.length === 0 || set.by === undefined) return written
  const lost = await guardAdmins(tx, set.by.facts, set.by.org, () => write(tx, set, losing))
  return [...written, ...lost]
}

async function write(tx: Tx, set: ChangeSet, steps: readonly Step[]): Promise<Step[]> {
  const of = <Kind extends Step['kind']>(kind: Kind) =>
    steps.filter((step): step is Extract<Step, { kind: Kind }> => step.kind === kind)
  const [joins, updates, leaves, rules] = [of('join'), of('update'), of('leave'), of('auto_join')]
  if (leaves.length > 0) await writeLeaves(tx, set.orgId, leaves)
  if (joins.length > 0) await writeJoins(tx, set.orgId, joins)
  return [
    ...joins,
    ...leaves,
    ...(updates.length > 0 ? await namingDeletedGroups(writeUpdates(tx, set, updates)) : []),
    ...(await writeRules(tx, set.orgId, rules)),
  ]
}

async function writeLeaves(tx: Tx, orgId: string, leaves: readonly LeaveStep[]): Promise<void> {
  await store.deleteMembers(
    tx,
    orgId,
    leaves.map(({ person }) => person.id),
    now(),
  )
}

async function writeJoins(tx: Tx, orgId: string, joins: readonly JoinStep[]): Promise<void> {
  const at = now()
  const members = joins.map(({ change }) => memberOf(change, at))
  await insertAll(tx, orgId, members, at)
  await store.joinByRule(
    tx,
    orgId,
    members.map(({ userId }) => userId),
    at,
  )
  const put = joins.flatMap(({ change: { groups = [], person } }) =>
    groups.map((group) => ({ at, ...group, userId: person.id, source: 'manual' as const })),
  )
  if (put.length > 0) await namingDeletedGroups(store.putGroupRoles(tx, orgId, put))
}

function memberOf(
  { person, role, source, isExternal = false, expiresAt = null, joinedAt }: Join,
  at: Date,
): store.NewMember {
  return { id: newId(), userId: person.id, role, source, isExternal, expiresAt, joinedAt: joinedAt ?? at }
}

// Where a membership is past its expiry and not yet cleared away, a new one takes its place.
async function insertAll(tx: Tx, orgId: string, members: readonly store.NewMember[], at: Date): Promise<void> {
  const inserted = await store.insertMembers(tx, orgId, members)
  const missing = members.filter(({ userId }) => !inserted.has(userId))
  if (missing.length === 0) return
  const userIds = missing.map(({ userId }) => userId)
  await store.deleteExpiredMembers(tx, orgId, userIds, at)
  const again = await store.insertMembers(tx, orgId, missing)
  if (again.size < missing.length) throw new HubError('Conflict', 'This person is already a member.')
}

async function writeUpdates(tx: Tx, { orgId, by }: ChangeSet, steps: readonly UpdateStep[]): Promise<UpdateStep[]> {
  const at = now()
  const members = steps.map(({ person, role, expiresAt }) => ({ userId: person.id, role, expiresAt }))
  const joining = steps.filter(joinsGroups).map(({ person }) => person.id)
  const rows = groupRows(steps, by?.actor.name ?? 'system', at)
  if (joining.length + rows.put.length + rows.removed.length === 0) {
    await store.updateMembers(tx, orgId, members, at)
    return [...steps]
  }
  const joined = Map.groupBy(
    await store.writeMembers(tx, orgId, { members, joining, ...rows }, at),
    ({ userId }) => userId,
  )
  return steps.map((step) => ({
    ...step,
    joined: (joined.get(step.person.id) ?? []).map(({ id, name, role }) => ({ id, name, role })),
  }))
}

function groupRows(steps: readonly UpdateStep[], by: string, at: Date): Pick<store.MembersWrite, 'removed' | 'put'> {
  const removed = steps.flatMap(({ person, source, groups }) =>
    groups.removed.map(({ id }) => ({ groupId: id, userId: person.id, source })),
  )
  const put = steps.flatMap(({ person, source, groups }) =>
    groups.put.map(({ id, role }) => ({ groupId: id, userId: person.id, source, role, by, at })),
  )
  return { removed, put }
}

async function namingDeletedGroups<Result>(writing: Promise<Result>): Promise<Result> {
  try {
    return await writing
  } catch (error) {
    if (refusedBy(error) === undefined) throw error
    throw new HubError('Conflict', 'A resource group in this change has just been deleted. Nothing was changed.')
  }
}

async function writeRules(tx: Tx, orgId: string, steps: readonly RuleStep[]): Promise<RuleStep[]> {
  const written: RuleStep[] = []
  for (const step of steps) {
    const { groupId, rule } = step.change
    if (rule === null) await store.keepByHand(tx, groupId)
    else written.push({ ...step, joined: await store.joinEverybody(tx, { id: groupId, orgId }, rule, now()) })
    if (rule === null) written.push(step)
  }
  return written
}
