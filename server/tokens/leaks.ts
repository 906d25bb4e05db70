import type { credentials, InputOf, ResultOf } from '../../api/index.ts'
import { systemAuthor } from '../access/author.ts'
import type { Permit } from '../access/permit.ts'
import { recordMany } from '../audit/record.ts'
import { digest, looksLikeToken } from '../kernel/secret.ts'
import { queueMails } from '../mail/queue.ts'
import { networkOf } from '../shares/network.ts'
import { type Db, transaction } from '../store/database.ts'
import { leakedMail } from '../users/addresses/mails.ts'
import { attemptLimits, countAttempt } from '../users/guessing/attempts.ts'
import { deleteLeaked } from './leaks-store.ts'

/**
 * Deletes the access tokens that were reported as leaked, and tells each owner once. The reply never tells which of the
 * values were any.
 */
export async function revokeLeaked(
  db: Db,
  permit: Permit<'token.reportLeak'>,
  input: InputOf<typeof credentials.revokeLeaked>,
): Promise<ResultOf<typeof credentials.revokeLeaked>> {
  await countAttempt(db, attemptLimits.leakReport, networkOf(permit.request.ip))
  const hashes = [...new Set(input.credentials)].filter(looksLikeToken).map(digest)
  if (hashes.length > 0) await deleteAndTell(db, permit, hashes)
  return { success: true }
}

async function deleteAndTell(db: Db, permit: Permit<'token.reportLeak'>, hashes: readonly Buffer[]): Promise<void> {
  await transaction(db, async (tx) => {
    const leaked = await deleteLeaked(tx, hashes)
    const owners = Map.groupBy(leaked, ({ owner_id: id }) => id)
    const mails = [...owners.values()].flatMap((tokens) =>
      (tokens[0]?.addresses ?? []).map((email) => leakedMail({ name: tokens[0]?.owner_name ?? '', email }, tokens)),
    )
    await queueMails(tx, systemAuthor, mails)
    const events = leaked.map(({ id, name, role, last4, owner_name: user }) => ({
      type: 'user_token.leak',
      message: `reported the token ${name} of ${user} as leaked, so it was deleted`,
      data: { user, token: { id, name, role, last4 } },
    }))
    await recordMany(tx, permit, events)
  })
}
