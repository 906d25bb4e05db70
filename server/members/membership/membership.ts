import type { Author } from '../../access/author.ts'
import { type NewEvent, record, recordMany } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { queueMail } from '../../mail/queue.ts'
import { clearAdminless } from '../../orgs/admins.ts'
import { takeSeat } from '../../orgs/seats.ts'
import type { Tx } from '../../store/database.ts'
import type { ChangeSet } from './membership-changes.ts'
import { judge } from './membership-judge.ts'
import { type Held, lockMembers } from './membership-lock.ts'
import { handOnProbation } from './membership-probation.ts'
import { gainsAdmin, type Step } from './membership-steps.ts'
import { writeSteps } from './membership-write.ts'
import { noteChanges } from './notices.ts'
import { refuseBlocked } from './rejoin-blocks.ts'
import { supersedeWaiting } from './waiting-store.ts'

/**
 * Changes who belongs to an organization and to its resource groups: one person or thousands, all of it or nothing. The
 * only way in which that changes, for every caller and every way in. Answers what the changes came to, without those that
 * changed nothing. `held` is what the caller has locked for it already.
 */
export async function applyChanges(tx: Tx, author: Author, set: ChangeSet, held?: Held): Promise<Step[]> {
  const { orgId, mails, events } = set
  const newcomers = set.changes.flatMap((change) => (change.kind === 'join' ? [change.person.id] : []))
  const found = held ?? (await lockMembers(tx, set))
  const judged = judge(found, set)
  if (newcomers.length > 0) {
    await refuseBlocked(tx, orgId, newcomers)
    await supersedeWaiting(tx, orgId, newcomers, now())
  }
  const steps = await writeSteps(tx, set, judged)
  if (newcomers.length > 0) await takeSeat(tx, orgId)
  await handOnProbation(tx, set, steps)
  await noteChanges(tx, set, steps)
  if (steps.some(gainsAdmin)) await clearAdminless(tx, orgId)
  if (mails !== undefined) for (const mail of await mails(steps)) await queueMail(tx, author, mail)
  if (events !== null) await recordAll(tx, author, await events(steps))
  return steps
}

// One event takes one statement, many take few.
async function recordAll(tx: Tx, author: Author, events: readonly NewEvent[]): Promise<void> {
  const [first, ...others] = events
  if (first !== undefined && others.length === 0) await record(tx, author, first)
  else await recordMany(tx, author, events)
}
