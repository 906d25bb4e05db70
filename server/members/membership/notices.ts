import { highestRole } from '../../access/escalation.ts'
import { now } from '../../kernel/clock.ts'
import { queueNotices } from '../../mail/queue.ts'
import type { Mail } from '../../mail/templates.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { mailAddressesOf } from '../../users/addresses/mail-address.ts'
import type { ChangeSet } from './membership-changes.ts'
import type { Step, UpdateStep } from './membership-steps.ts'
import { changedMail, removedMail } from './notices-mails.ts'
import { type Changed, insertNotices, type Notice, takeNotices } from './notices-store.ts'

const batchSize = 500

/** Keeps in the transaction of a change whom to tell: those whom someone else removes, or gives another role, also in a group. */
export async function noteChanges(
  tx: Tx,
  { orgId, by, tellsItself }: ChangeSet,
  steps: readonly Step[],
): Promise<void> {
  if (by === undefined || tellsItself) return
  const changed = steps.flatMap((step) => changedBy(by.actor.id, step))
  if (changed.length > 0) await insertNotices(tx, orgId, changed)
}

function changedBy(actorId: string, step: Step): Changed[] {
  if (step.kind !== 'update' && step.kind !== 'leave') return []
  const { person, member } = step
  const groups = step.kind === 'update' ? groupsBefore(step) : []
  const isSame = step.kind === 'update' && step.role === member.role && groups.length === 0
  if (isSame || person.id === actorId) return []
  return [{ userId: person.id, wasRole: member.role, isRemoval: step.kind === 'leave', groups }]
}

function groupsBefore({ member, groups, joined }: UpdateStep): Changed['groups'] {
  const touched = new Set([...groups.removed, ...groups.put, ...joined].map(({ id }) => id))
  const roleIn = (id: string) => highestRole(member.rows.filter((row) => row.id === id).map(({ role }) => role))
  return [...touched].map((id) => ({ id, wasRole: roleIn(id) ?? null }))
}

/**
 * Writes the emails to members whose role or groups changed, or who were removed: one about what all changes since the last
 * time came to. The notices go in the same transaction, so that each is told once, by whichever process.
 */
export async function tellMembers(db: Db): Promise<void> {
  while ((await transaction(db, tellSome)) === batchSize);
}

async function tellSome(tx: Tx): Promise<number> {
  const { taken, notices } = await takeNotices(tx, now(), batchSize)
  const addresses = await mailAddressesOf(tx, [...new Set(notices.map(({ userId }) => userId))])
  for (const [orgId, told] of Map.groupBy(notices, (notice) => notice.orgId))
    await queueNotices(
      tx,
      orgId,
      told.flatMap((notice) => mailOf(notice, addresses.get(notice.userId))),
    )
  return taken
}

function mailOf({ org, wasRole, role, isRemoval, groups }: Notice, to: string | undefined): Mail[] {
  if (to === undefined) return []
  if (role === null) return isRemoval ? [removedMail({ to, org })] : []
  const changed = groups.filter((group) => group.wasRole !== group.role)
  return wasRole === role && changed.length === 0 ? [] : [changedMail({ to, org }, { wasRole, role, groups: changed })]
}
