import { now } from '../../kernel/clock.ts'
import { queueNotices } from '../../mail/queue.ts'
import type { Mail } from '../../mail/templates.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { mailAddressesOf } from '../../users/addresses/mail-address.ts'
import type { ChangeSet } from './membership-changes.ts'
import type { Step } from './membership-steps.ts'
import { removedMail, roleMail } from './notices-mails.ts'
import { type Changed, insertNotices, type Notice, takeNotices } from './notices-store.ts'

const batchSize = 500

/** Keeps in the transaction of a change whom to tell about it: those whom someone else removes or gives another role. */
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
  const isSame = step.kind === 'update' && step.role === member.role
  if (isSame || person.id === actorId) return []
  return [{ userId: person.id, wasRole: member.role, isRemoval: step.kind === 'leave' }]
}

/**
 * Writes the emails to members whose role changed, or who were removed: one about what all changes since the last time came
 * to. The notices go in the same transaction, so that each is told once, by whichever process.
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

function mailOf({ org, wasRole, role, isRemoval }: Notice, to: string | undefined): Mail[] {
  if (to === undefined || wasRole === role) return []
  if (role !== null) return [roleMail({ to, org }, wasRole, role)]
  return isRemoval ? [removedMail({ to, org })] : []
}
