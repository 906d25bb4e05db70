import { type Author, systemAuthor } from '../../access/author.ts'
import { record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { queueMail } from '../../mail/queue.ts'
import type { Tx } from '../../store/database.ts'
import * as store from './approval-store.ts'
import { pendingMail } from './mails.ts'

const mostReviewers = 5

interface Scoped {
  id: string
  last4: string
  owner: { id: string; name: string }
}

/** What the scope of a token says about organizations, to be compared once it has changed. */
export const reachOf = store.findReachByOrg

/**
 * After the scope of a token was set: what organizations approved before counts no more where the scope in them changed.
 * Tokens that admins make are approved; where the organization requires approval, its admins are asked about all others.
 */
export async function askForApproval(
  tx: Tx,
  author: Author,
  token: Scoped,
  before: ReadonlyMap<string, string>,
): Promise<void> {
  const after = await store.findReachByOrg(tx, token.id)
  const changed = [...after].flatMap(([orgId, words]) => (before.get(orgId) === words ? [] : [orgId]))
  if (changed.length === 0) return
  await store.endApprovals(tx, token.id, changed)
  const { owner } = token
  const orgs = await store.findAskedOrgs(tx, { orgIds: changed, userId: owner.id, tokenId: token.id, at: now() })
  const own = orgs.filter(({ isAdmin }) => isAdmin).map(({ id }) => id)
  await store.approveIn(tx, token.id, own, now())
  for (const org of orgs)
    if (!org.isAdmin && org.policy === 'approval' && !isFinal(org)) await ask(tx, author, token, org)
}

// What was denied or revoked stays so, whatever the scope becomes.
function isFinal({ decided }: store.AskedOrg): boolean {
  return decided === 'denied' || decided === 'revoked'
}

async function ask(tx: Tx, author: Author, { id, last4, owner }: Scoped, org: store.AskedOrg): Promise<void> {
  const about = { org: org.name, owner: owner.name, last4 }
  for (const to of await store.findReviewers(tx, org.id, { most: mostReviewers, at: now() }))
    await queueMail(tx, systemAuthor, pendingMail(to, about))
  await record(tx, author, {
    type: 'org.token_approval.authorization_request',
    message: `asked for approval of the fine-grained token of ${owner.name} that ends in ${last4}`,
    data: { user: owner.name, token: { id, role: 'fineGrained', last4 } },
    scope: org.id,
  })
}
