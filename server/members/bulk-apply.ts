import { isAdminRole, unmakesAdmin } from '../access/escalation.ts'
import type { Permit } from '../access/permit.ts'
import type { NewEvent } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { mapPaced } from '../kernel/pace.ts'
import { clearAdminless, guardAdmins } from '../orgs/admins.ts'
import { refusedBy } from '../store/conflict.ts'
import type { Tx } from '../store/database.ts'
import type { MemberPlan } from './bulk-plan.ts'
import { deleteGroupRows, deleteMembers, joinReadGroups, putGroupRows, writeRoles } from './bulk-store.ts'
import { changeEvent } from './change.ts'
import { handOnProbation } from './probation.ts'
import { endingData } from './removal.ts'

type Change = Extract<MemberPlan, { kind: 'change' }>
type Removal = Extract<MemberPlan, { kind: 'remove' }>
/** What is planned for a member, and is not nothing. */
export type MemberWork = Change | Removal

/**
 * Changes and removes members as planned, whose memberships are locked, and answers whom it leaves to record. Who stops
 * being admin comes last and under the lock of the organization, so that it is judged when everybody else is done.
 */
export async function applyToMembers(
  tx: Tx,
  permit: Permit<'member.bulk'>,
  work: readonly MemberWork[],
): Promise<void> {
  const [losing, others] = parted(work, losesAdmin)
  await write(tx, permit, others)
  if (losing.length > 0) await guardAdmins(tx, permit, permit.org, () => write(tx, permit, losing))
  const gains = others.some((plan) => plan.kind === 'change' && isAdminRole(plan.role))
  if (gains) await clearAdminless(tx, permit.org.id)
}

/** Whether a member stops being admin by what is planned. */
function losesAdmin(plan: MemberWork): boolean {
  return plan.kind === 'remove' ? isAdminRole(plan.member.role) : unmakesAdmin(plan.member.role, plan.role)
}

/** Whether a member becomes admin by what is planned. */
function gainsAdmin(plan: MemberWork): boolean {
  return plan.kind === 'change' && isAdminRole(plan.role) && !isAdminRole(plan.member.role)
}

function parted<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}

async function write(tx: Tx, permit: Permit<'member.bulk'>, work: readonly MemberWork[]): Promise<void> {
  const removed = work.flatMap((plan) => (plan.kind === 'remove' ? [plan.member.userId] : []))
  const changes = work.filter((plan) => plan.kind === 'change')
  if (removed.length > 0) await deleteMembers(tx, permit.org.id, removed)
  await writeChangedRoles(tx, permit, changes)
  await writeGroups(tx, permit, changes)
}

async function writeChangedRoles(tx: Tx, permit: Permit<'member.bulk'>, changes: readonly Change[]): Promise<void> {
  const { id: orgId } = permit.org
  const raised = changes.filter(({ member, role }) => role !== member.role)
  if (raised.length === 0) return
  const roles = raised.map(({ member, role }) => ({ userId: member.userId, role }))
  await writeRoles(tx, orgId, roles, now())
  for (const [role, people] of Map.groupBy(roles, ({ role }) => role))
    await handOnProbation(tx, permit, { orgId, userIds: people.map(({ userId }) => userId), role })
}

async function writeGroups(tx: Tx, permit: Permit<'member.bulk'>, changes: readonly Change[]): Promise<void> {
  const { id: orgId } = permit.org
  const at = now()
  const keyed = <Row extends { id: string }>(rows: (change: Change) => readonly Row[]) =>
    changes.flatMap((change) => rows(change).map((row) => ({ ...row, groupId: row.id, userId: change.member.userId })))
  const gone = keyed(({ groups }) => groups.removed)
  const put = keyed(({ groups }) => groups.put)
  const joining = changes.filter(({ joined }) => joined.length > 0).map(({ member }) => member.userId)
  if (gone.length > 0) await deleteGroupRows(tx, gone)
  try {
    if (put.length > 0) await putGroupRows(tx, { orgId, by: permit.actor.name, at }, put)
  } catch (error) {
    if (refusedBy(error) === undefined) throw error
    throw new HubError('Conflict', 'A resource group that was named has just been deleted. Nothing was changed.')
  }
  for (const [role, people] of Map.groupBy(put, ({ role }) => role))
    await handOnProbation(tx, permit, { orgId, userIds: people.map(({ userId }) => userId), role })
  if (joining.length > 0) await joinReadGroups(tx, orgId, joining, at)
}

/** What the log keeps of the members: one event each, as if they had been changed one by one. */
export async function memberEvents(work: readonly MemberWork[]): Promise<NewEvent[]> {
  return mapPaced(work, (plan) => (plan.kind === 'remove' ? removalEvent(plan) : changedEvent(plan)))
}

function changedEvent({ member, role, groups: plan, joined }: Change): NewEvent {
  const { userId: id, name, expiresAt, rows } = member
  return changeEvent({ id, name }, { before: member, role, expiresAt, rows, plan }, joined)
}

function removalEvent({ member, verdict }: Removal): NewEvent {
  const { userId: id, name } = member
  const groups = verdict.before?.groups ?? []
  const data = endingData({ person: { id, name } }, member, { groups })
  return { type: 'org.remove_user', message: `removed ${name}`, data }
}

/** The members who become admin, and those who stop being it. */
export function adminChanges(work: readonly MemberWork[]): { gained: string[]; lost: string[] } {
  const ids = (test: (plan: MemberWork) => boolean) => work.filter(test).map(({ member }) => member.userId)
  return { gained: ids(gainsAdmin), lost: ids(losesAdmin) }
}
