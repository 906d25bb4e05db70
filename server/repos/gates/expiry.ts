import { systemAuthor } from '../../access/author.ts'
import { recordMany } from '../../audit/record.ts'
import { type Db, transaction } from '../../store/database.ts'
import { type ExpiredRequest, markExpired } from './store.ts'

const batchSize = 500

/** Marks access that is past its end (it counts no more since then), each with an event of its own. */
export async function endExpiredAccess(db: Db): Promise<void> {
  for (;;) {
    const marked = await transaction(db, async (tx) => {
      const expired = await markExpired(tx, batchSize)
      const byScope = Map.groupBy(expired, ({ org_id }) => org_id ?? 'instance')
      for (const [scope, requests] of [...byScope].sort(([a], [b]) => (a < b ? -1 : 1)))
        await recordMany(
          tx,
          systemAuthor,
          requests.map((request) => eventOf(request, scope)),
        )
      return expired.length
    })
    if (marked < batchSize) return
  }
}

function eventOf({ repo_id, type, repo, user_id, user, expires_at }: ExpiredRequest, scope: string) {
  return {
    type: 'gated.expire',
    message: `ended the access of ${user} to the ${type} ${repo}, which had expired`,
    data: {
      repo: { id: repo_id, type, name: repo },
      user: { _id: user_id, user },
      before: { status: 'accepted', expiresAt: expires_at.toISOString() },
      after: { status: 'expired' },
    },
    scope,
  }
}
