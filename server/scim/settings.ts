import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { mostScimTokens } from '../../api/scim-settings.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { HubError } from '../kernel/errors.ts'
import type { Links } from '../mail/links.ts'
import { ensureProvider, findProvider } from '../service-accounts/provider.ts'
import { addToken, renewToken } from '../service-accounts/token-secrets.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { tenantUrl } from './base.ts'
import * as store from './tokens-store.ts'

type Api = typeof api.scimSettings

/** Where SCIM answers for an organization, its tokens, and how much is provisioned. */
export async function getScimSettings(
  db: Db,
  { org }: Permit<'scim.view'>,
  _input: unknown,
  links: Links,
): Promise<ResultOf<Api['getScimSettings']>> {
  const [tokens, counts] = await Promise.all([store.listTokens(db, org.id), store.countProvisioned(db, org.id)])
  return {
    managed: org.isManaged,
    tenantUrl: tenantUrl(links, org),
    tokens: tokens.map(tokenReply),
    users: { total: counts.users, active: counts.active_users },
    groups: { total: counts.groups, linked: counts.linked_groups },
    held: counts.held,
  }
}

function tokenReply({ id, name, last4, created_at, last_used_at }: store.TokenRow): api.scimSettings.ScimToken {
  return { id, name, last4, createdAt: created_at.toISOString(), lastUsedAt: last_used_at?.toISOString() ?? null }
}

/** Creates a SCIM token; the answer is the only place where it is ever shown. */
export async function createScimToken(
  db: Db,
  permit: Permit<'scimToken.create'>,
  { name }: InputOf<Api['createScimToken']>,
): Promise<ResultOf<Api['createScimToken']>> {
  return transaction(db, async (tx) => {
    const accountId = await ensureProvider(tx, permit)
    await recheck(tx, permit, { accounts: [accountId] })
    const added = await addToken(tx, 'scim', { accountId, name, most: mostScimTokens })
    if (added === undefined)
      throw new HubError(
        'Conflict',
        `An organization can have at most ${mostScimTokens} SCIM tokens. Revoke one first, or rotate it.`,
      )
    const { id, token, last4, at } = added
    const info = { id, name, last4, createdAt: at.toISOString(), lastUsedAt: null }
    await recordOf(tx, permit, info, { type: 'scim.token.create', message: `created the SCIM token ${name}` })
    return { ...info, token }
  })
}

/** Replaces the secret of a SCIM token; the old one stops working at once. */
export async function rotateScimToken(
  db: Db,
  permit: Permit<'scimToken.rotate'>,
  { tokenId }: InputOf<Api['rotateScimToken']>,
): Promise<ResultOf<Api['rotateScimToken']>> {
  return transaction(db, async (tx) => {
    const row = await lockToken(tx, permit, tokenId)
    const { token, last4 } = await renewToken(tx, 'scim', row.id)
    const info = { ...tokenReply(row), last4, lastUsedAt: null }
    const message = `rotated the SCIM token ${row.name}`
    await recordOf(tx, permit, info, { type: 'scim.token.rotate', message })
    return { ...info, token }
  })
}

/** Revokes a SCIM token; it stops working at once. */
export async function revokeScimToken(
  db: Db,
  permit: Permit<'scimToken.revoke'>,
  { tokenId }: InputOf<Api['revokeScimToken']>,
): Promise<ResultOf<Api['revokeScimToken']>> {
  return transaction(db, async (tx) => {
    const row = await lockToken(tx, permit, tokenId)
    await store.deleteToken(tx, row.id)
    const message = `revoked the SCIM token ${row.name}`
    await recordOf(tx, permit, row, { type: 'scim.token.revoke', message })
    return {}
  })
}

// After the account, so that no request is decided with the token until the transaction ends.
async function lockToken(
  tx: Tx,
  permit: Permit<'scimToken.rotate'> | Permit<'scimToken.revoke'>,
  tokenId: string,
): Promise<store.TokenRow> {
  const accountId = await findProvider(tx, permit.org.id)
  await recheck(tx, permit, { accounts: accountId === undefined ? [] : [accountId] })
  const row = accountId === undefined ? undefined : await store.lockToken(tx, accountId, tokenId)
  if (row === undefined) throw new HubError('NotFound', 'No SCIM token with this ID.')
  return row
}

async function recordOf(
  tx: Tx,
  permit: Permit,
  { id, name, last4 }: { id: string; name: string; last4: string },
  event: { type: `scim.token.${string}`; message: string },
): Promise<void> {
  await record(tx, permit, { ...event, data: { token: { id, name, last4 } } })
}
