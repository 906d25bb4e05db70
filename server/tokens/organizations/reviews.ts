import type * as api from '../../../api/index.ts'
import { type InputOf, type ResultOf, scopeInWords } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import type { TokenState } from '../../access/token-rules.ts'
import { record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { digest } from '../../kernel/secret.ts'
import type { Links } from '../../mail/links.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { tellOwner } from '../../users/addresses/notices.ts'
import { decisionMail } from './mails.ts'
import * as store from './reach-store.ts'
import { orgTokensOf } from './reply.ts'

type OrgTokens = typeof api.orgTokens
type ReviewPermit = Permit<'orgToken.review'> | Permit<'orgToken.revoke'>
type Found = Parameters<typeof store.findReaching>[2]

/** Approves a fine-grained token: it works from the next request on. */
export async function approveOrgToken(
  db: Db,
  permit: Permit<'orgToken.review'>,
  { id, scope }: InputOf<OrgTokens['approveOrgToken']>,
  links: Links,
): Promise<ResultOf<OrgTokens['approveOrgToken']>> {
  return review(db, permit, { found: { id }, state: 'approved', scope }, links)
}

/** Denies a fine-grained token: it stops working in the organization with the next request, until it is approved. */
export async function denyOrgToken(
  db: Db,
  permit: Permit<'orgToken.review'>,
  { id }: InputOf<OrgTokens['denyOrgToken']>,
  links: Links,
): Promise<ResultOf<OrgTokens['denyOrgToken']>> {
  return review(db, permit, { found: { id }, state: 'denied' }, links)
}

/** Revokes a token for the organization, for good and under every policy. It goes on working elsewhere. */
export async function revokeOrgToken(
  db: Db,
  permit: Permit<'orgToken.revoke'>,
  { id }: InputOf<OrgTokens['revokeOrgToken']>,
  links: Links,
): Promise<ResultOf<OrgTokens['revokeOrgToken']>> {
  return review(db, permit, { found: { id }, state: 'revoked' }, links)
}

/** The same by the value of the token; values that are unknown and those that do not reach the organization answer alike. */
export async function revokeOrgTokenByValue(
  db: Db,
  permit: Permit<'orgToken.revoke'>,
  { token }: InputOf<OrgTokens['revokeOrgTokenByValue']>,
  links: Links,
): Promise<ResultOf<OrgTokens['revokeOrgTokenByValue']>> {
  return review(db, permit, { found: { hash: digest(token) }, state: 'revoked' }, links)
}

interface Review {
  found: Found
  state: TokenState
  /** The scope that was reviewed, in words. */
  scope?: string[] | undefined
}

async function review(
  db: Db,
  permit: ReviewPermit,
  { found, state, scope }: Review,
  links: Links,
): Promise<api.orgTokens.OrgToken> {
  return transaction(db, async (tx) => {
    const { org, actor } = await recheck(tx, permit, { requirements: true })
    const query = { orgId: org.id, at: now() }
    const tokenOf = async (row: store.ReachRow) => (await orgTokensOf(tx, org, [row], { links }))[0] ?? noSuchToken()
    const row = await holdReaching(tx, query, found)
    if (row.decided !== state) {
      if (state !== 'approved' && actor.token?.id === row.id) throw ownToken(state)
      refuseReview(row, state, org.tokenPolicy)
      if (scope) refuseOtherScope(await tokenOf(row), scope)
      await decideOn(tx, permit, row, state)
    }
    return tokenOf((await store.findReaching(tx, query, { id: row.id })) ?? noSuchToken())
  })
}

// Read again once it is held: its owner may have just changed what it reaches.
async function holdReaching(tx: Tx, query: { orgId: string; at: Date }, found: Found): Promise<store.ReachRow> {
  const { id } = (await store.findReaching(tx, query, found)) ?? noSuchToken()
  await store.holdToken(tx, id)
  return (await store.findReaching(tx, query, { id })) ?? noSuchToken()
}

function refuseOtherScope(token: api.orgTokens.OrgToken, reviewed: readonly string[]): void {
  if (scopeInWords(token).toSorted().join('\n') === reviewed.toSorted().join('\n')) return
  throw new HubError('Conflict', 'The permissions of this token have changed. Reload the page and review it again.')
}

function noSuchToken(): never {
  throw new HubError('NotFound', 'No such token can access this organization.')
}

function ownToken(state: 'denied' | 'revoked'): HubError {
  const word = state === 'denied' ? 'deny' : 'revoke'
  return new HubError('Conflict', `You can’t ${word} the token that you are using. Sign in with a browser.`)
}

function refuseReview({ decided, role }: store.ReachRow, state: TokenState, policy: string): void {
  if (decided === 'revoked') throw new HubError('Conflict', 'This token was revoked. That can’t be undone.')
  if (state === 'revoked') return
  if (policy !== 'approval')
    throw new HubError('Conflict', 'This organization doesn’t require approval of tokens. Revoke the token instead.')
  if (role !== 'fineGrained')
    throw new HubError('Conflict', 'Only fine-grained tokens can be approved or denied. The policy refuses others.')
}

const deeds = {
  approved: { event: 'authorized', words: 'approved' },
  denied: { event: 'denied', words: 'denied' },
  revoked: { event: 'revoked', words: 'revoked' },
} as const

async function decideOn(tx: Tx, permit: ReviewPermit, row: store.ReachRow, state: TokenState): Promise<void> {
  const { org, actor } = permit
  const { event, words } = deeds[state]
  await store.setTokenState(tx, { orgId: org.id, tokenId: row.id, state, at: now() })
  const owner = { id: row.userId, name: row.user }
  const about = { org: org.name, owner: owner.name, last4: row.last4 }
  if (actor.id !== owner.id) await tellOwner(tx, owner, ({ email }) => decisionMail(email, about, state))
  await record(tx, permit, {
    type: `org.token_approval.authorization_request.${event}`,
    message: `${words} the ${row.role === 'fineGrained' ? 'fine-grained' : row.role} token of ${owner.name} that ends in ${row.last4}`,
    data: {
      user: owner.name,
      token: { id: row.id, role: row.role, last4: row.last4 },
      before: { state: row.decided },
      after: { state },
    },
  })
}
