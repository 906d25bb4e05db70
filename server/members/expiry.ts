import { joining } from '../../api/index.ts'
import { systemAuthor } from '../access/author.ts'
import type { NewEvent } from '../audit/record.ts'
import { daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { type Db, transaction } from '../store/database.ts'
import { deleteEnds, type ExpiredMember, findExpired } from './expiry-store.ts'
import { applyChanges } from './membership/membership.ts'
import type { Step } from './membership/membership-steps.ts'

const batchSize = 500

/** Removes memberships that are past their expiry (they count no more since then), each with an event of its own. */
export async function endExpiredMemberships(db: Db): Promise<void> {
  for (;;) {
    const expired = await findExpired(db, now(), batchSize)
    for (const [orgId, people] of Map.groupBy(expired, ({ orgId }) => orgId)) await endThose(db, orgId, people)
    if (expired.length < batchSize) break
  }
  // No invitation from before that time is still valid
  await deleteEnds(db, secondsFromNow(-joining.invitationDays.most * daySeconds))
}

async function endThose(db: Db, orgId: string, people: readonly ExpiredMember[]): Promise<void> {
  const changes = people.map(({ userId: id, user: name }) => {
    return { kind: 'leave', person: { id, name }, which: 'expired' } as const
  })
  const events = (steps: readonly Step[]) => steps.flatMap((step) => eventOf(orgId, step))
  await transaction(db, (tx) => applyChanges(tx, systemAuthor, { orgId, changes, events }))
}

function eventOf(orgId: string, step: Step): NewEvent[] {
  if (step.kind !== 'leave') return []
  const { person, member } = step
  const before = { role: member.role, expiresAt: member.expiresAt }
  return [
    {
      type: 'org.membership_expired',
      message: `removed ${person.name}, whose membership had expired`,
      data: { user: { _id: person.id, user: person.name }, before, after: null },
      scope: orgId,
    },
  ]
}
