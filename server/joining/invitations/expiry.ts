import { systemAuthor } from '../../access/author.ts'
import { record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { type Db, transaction } from '../../store/database.ts'
import { expireInvitation, findExpiredInvitations, findLiveInvitations } from '../entrance/invitations-store.ts'

const batchSize = 500

/** Writes down which invitations have expired (they count no more since then), each with an event of its own. */
export async function endExpiredInvitations(db: Db): Promise<void> {
  for (;;) {
    const expired = await findExpiredInvitations(db, now(), batchSize)
    for (const id of expired) await endInvitation(db, id)
    if (expired.length < batchSize) return
  }
}

async function endInvitation(db: Db, id: string): Promise<void> {
  await transaction(db, async (tx) => {
    const ended = await expireInvitation(tx, id, now())
    if (ended === undefined) return
    const { org_id: scope, address, user } = ended
    const message = `ended the expired invitation for ${user ?? address ?? 'a deleted account'}`
    await record(tx, systemAuthor, {
      type: 'org.invite.expire',
      message,
      data: { invitation: { id, user, email: address } },
      scope,
    })
  })
}

/** Which of these links to an invitation still work, by hash. */
export async function liveInvitations(db: Db, hashes: readonly Buffer[]): Promise<Buffer[]> {
  return findLiveInvitations(db, hashes, now())
}
