import { systemAuthor } from '../../access/author.ts'
import { record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { type Db, transaction } from '../../store/database.ts'
import { endExpiredGrant, findExpiredGrants, type GrantKey } from './collaborators-store.ts'

const batchSize = 500

/** Deletes grants that are past their end (they count no more since then), each with an event of its own. */
export async function endExpiredGrants(db: Db): Promise<void> {
  for (;;) {
    const expired = await findExpiredGrants(db, now(), batchSize)
    for (const key of expired) await endGrant(db, key)
    if (expired.length < batchSize) return
  }
}

async function endGrant(db: Db, key: GrantKey): Promise<void> {
  await transaction(db, async (tx) => {
    const ended = await endExpiredGrant(tx, key, now())
    if (ended === undefined) return
    const { user, role, expiresAt, type, repo, orgId } = ended
    await record(tx, systemAuthor, {
      type: 'repo.collaborator_expired',
      message: `removed ${user} as a collaborator on the ${type} ${repo}, whose access had expired`,
      data: {
        repo: { id: key.repoId, type, name: repo },
        user: { _id: key.userId, user },
        before: { role, expiresAt },
        after: null,
      },
      scope: orgId ?? 'instance',
    })
  })
}
