import type { credentials, InputOf, ResultOf } from '../../api/index.ts'
import { systemAuthor } from '../access/author.ts'
import type { Permit } from '../access/permit.ts'
import { instanceScope, recordMany } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { digest, looksLikeToken } from '../kernel/secret.ts'
import { queueMails } from '../mail/queue.ts'
import type { Mail } from '../mail/templates.ts'
import { networkOf } from '../shares/network.ts'
import { type Db, transaction } from '../store/database.ts'
import { leakedMail } from '../users/addresses/mails.ts'
import { attemptLimits, countAttempt } from '../users/guessing/attempts.ts'
import { deleteLeaked, type LeakedRow } from './leaks-store.ts'

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
    const leaked = await deleteLeaked(tx, hashes, now())
    const perOwner = Map.groupBy(leaked, (token) => token.org_id ?? token.owner)
    await queueMails(tx, systemAuthor, [...perOwner.values()].flatMap(mailsAbout))
    const perLog = Map.groupBy(leaked, (token) => token.org_id ?? instanceScope)
    // The logs are locked in the order of their IDs
    for (const [scope, tokens] of [...perLog].sort(([a], [b]) => (a < b ? -1 : 1)))
      await recordMany(
        tx,
        permit,
        tokens.map((token) => ({ ...eventOf(token), scope })),
      )
  })
}

function mailsAbout(tokens: readonly LeakedRow[]): Mail[] {
  const [first] = tokens
  const words = first?.org_name ? { org: first.org_name } : { account: first?.owner ?? '' }
  return (first?.addresses ?? []).map((email) => leakedMail(email, words, tokens))
}

function eventOf({ id, name, role, last4, owner: user }: LeakedRow) {
  return {
    type: 'user_token.leak',
    message: `reported the token ${name} of ${user} as leaked, so it was deleted`,
    data: { user, token: { id, name, role, last4 } },
  }
}
