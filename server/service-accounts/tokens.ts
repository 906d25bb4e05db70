import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { requireFeature } from '../access/authorize.ts'
import type { OrgFacts } from '../access/facts.ts'
import type { Permit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { refusedBy } from '../store/conflict.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { lowerName } from '../users/names/names.ts'
import { lockAccount } from './accounts.ts'
import { tokenReply } from './reply.ts'
import * as store from './store.ts'
import { addToken, renewToken } from './token-secrets.ts'

type Api = typeof api.serviceAccounts

/** Creates a token of a service account; the answer is the only place where it is ever shown. */
export async function createServiceToken(
  db: Db,
  permit: Permit<'serviceToken.create'>,
  input: InputOf<Api['createServiceToken']>,
): Promise<ResultOf<Api['createServiceToken']>> {
  return transaction(db, async (tx) => {
    const account = await lockAccount(tx, permit, input.serviceAccountId)
    const wish = { accountId: account.id, name: input.displayName, most: store.mostTokens }
    const added = await addToken(tx, 'service', wish)
    if (added === undefined)
      throw new HubError('Conflict', `A service account can have at most ${store.mostTokens} tokens. Delete one first.`)
    const { id, token } = added
    const repoIds = (await namedIn(tx, permit.org, input)) ?? input.repoIds ?? []
    await setReach(tx, id, { orgId: permit.org.id, ...input, repoIds })
    await setNetwork(tx, permit, id, input.skipNetworkSecurity)
    const made = await getToken(tx, account, id)
    const event = { type: 'org.service_account.token.create', message: `created the token ${made.name} of` } as const
    await recordOf(tx, permit, account, { ...event, data: { token: describe(made) } })
    return { token, tokenInfo: tokenReply(made) }
  })
}

/** Renames a token of a service account, or changes what it reaches: from its very next request. */
export async function updateServiceToken(
  db: Db,
  permit: Permit<'serviceToken.update'>,
  input: InputOf<Api['updateServiceToken']>,
): Promise<ResultOf<Api['updateServiceToken']>> {
  return transaction(db, async (tx) => {
    const account = await lockAccount(tx, permit, input.serviceAccountId)
    const before = await lockToken(tx, account, input.tokenId)
    if (input.displayName !== undefined) await store.renameToken(tx, before.id, input.displayName)
    const { permissions, repoIds, repoPermissions } = tokenReply(before)
    const fields = ['permissions', 'repoIds', 'repositories', 'repoPermissions'] as const
    const given = fields.some((field) => input[field] !== undefined)
    const wish = {
      permissions: input.permissions ?? permissions,
      repoIds: (await namedIn(tx, permit.org, input)) ?? input.repoIds ?? repoIds,
      repoPermissions: input.repoPermissions ?? repoPermissions,
    }
    if (given) await setReach(tx, before.id, { orgId: permit.org.id, ...wish })
    await setNetwork(tx, permit, before.id, input.skipNetworkSecurity)
    const after = await getToken(tx, account, before.id)
    const data = { token: { id: after.id, last4: after.last4 }, before: describe(before), after: describe(after) }
    const event = { type: 'org.service_account.token.update', message: `changed the token ${before.name} of` } as const
    await recordOf(tx, permit, account, { ...event, data })
    const { createdAt: _, ...reply } = tokenReply(after)
    return reply
  })
}

/** Replaces the secret of a token of a service account; the old one stops working at once. */
export async function rotateServiceToken(
  db: Db,
  permit: Permit<'serviceToken.rotate'>,
  { serviceAccountId, tokenId }: InputOf<Api['rotateServiceToken']>,
): Promise<ResultOf<Api['rotateServiceToken']>> {
  return transaction(db, async (tx) => {
    const account = await lockAccount(tx, permit, serviceAccountId)
    const row = await lockToken(tx, account, tokenId)
    const { token, last4 } = await renewToken(tx, 'service', row.id)
    const event = { type: 'org.service_account.token.rotate', message: `rotated the token ${row.name} of` } as const
    await recordOf(tx, permit, account, { ...event, data: { token: { ...describe(row), last4 }, was: row.last4 } })
    const { _id, displayName, createdAt } = tokenReply(row)
    return { token, tokenInfo: { _id, displayName, createdAt, last4 } }
  })
}

/** Deletes a token of a service account; it stops working at once. */
export async function deleteServiceToken(
  db: Db,
  permit: Permit<'serviceToken.delete'>,
  { serviceAccountId, tokenId }: InputOf<Api['deleteServiceToken']>,
): Promise<ResultOf<Api['deleteServiceToken']>> {
  return transaction(db, async (tx) => {
    const account = await lockAccount(tx, permit, serviceAccountId)
    const row = await lockToken(tx, account, tokenId)
    await store.deleteToken(tx, row.id)
    const event = { type: 'org.service_account.token.delete', message: `deleted the token ${row.name} of` } as const
    await recordOf(tx, permit, account, { ...event, data: { token: describe(row) } })
    return {}
  })
}

// Taking the exemption away needs no plan
async function setNetwork(tx: Tx, permit: Permit, id: string, skips: boolean | undefined): Promise<void> {
  if (skips) requireFeature(permit.facts, 'networkSecurity')
  if (skips !== undefined) await store.setSkipsNetwork(tx, id, skips)
}

interface Naming {
  repoIds?: string[] | undefined
  repositories?: { type: string; name: string }[] | undefined
}

// The IDs of repositories of the organization that are given by name
async function namedIn(tx: Tx, org: OrgFacts, { repoIds, repositories }: Naming): Promise<string[] | undefined> {
  if (repositories === undefined) return undefined
  if (repoIds !== undefined) throw badField('repositories', 'can’t be combined with repoIds')
  const owner = `${org.name}/`.toLowerCase()
  const named = repositories.map(({ type, name }) => {
    const full = lowerName(name)
    return { type, name: full.startsWith(owner) ? full.slice(owner.length) : full }
  })
  const found = await store.findNamed(tx, org.id, named)
  return repositories.map(({ name }, index) => {
    const id = found.get(index)
    if (id === undefined) throw badField(`repositories[${index}]`, `${name} is not a repository of this organization`)
    return id
  })
}

// Only what its organization can give: its own repositories, and by name what everyone can read.
async function setReach(tx: Tx, tokenId: string, wish: store.Reach): Promise<void> {
  const repoIds = [...new Set(wish.repoIds)]
  if (repoIds.length > 0 && wish.repoPermissions.length === 0)
    throw badField('repoPermissions', 'choose at least one for the repositories')
  if (repoIds.length === 0 && wish.repoPermissions.length > 0)
    throw badField('repoIds', 'choose the repositories that repoPermissions are for')
  const known = await store.findNameable(tx, wish.orgId, repoIds)
  const unknown = repoIds.find((id) => !known.has(id))
  if (unknown !== undefined)
    throw badField('repoIds', `${unknown} is not a repository of this organization or a public one`)
  const once = <Word extends string>(words: readonly Word[]) => [...new Set(words)].sort()
  const reach = { ...wish, repoIds, permissions: once(wish.permissions), repoPermissions: once(wish.repoPermissions) }
  try {
    await store.replaceReach(tx, tokenId, reach)
  } catch (error) {
    if (refusedBy(error) === undefined) throw error
    throw new HubError('Conflict', 'One of these repositories has just been deleted. Try again.')
  }
}

async function getToken(tx: Tx, account: store.AccountRow, id: string): Promise<store.TokenRow> {
  const row = (await store.listTokens(tx, [account.id])).find((token) => token.id === id)
  if (row === undefined) throw new HubError('NotFound', 'No token with this ID.')
  return row
}

async function lockToken(tx: Tx, account: store.AccountRow, id: string): Promise<store.TokenRow> {
  await store.lockToken(tx, account.id, id)
  return getToken(tx, account, id)
}

// What is kept of a token: enough to know it again, too little to use it.
interface TokenEvent {
  type: `org.service_account.token.${string}`
  message: string
  data: Record<string, unknown>
}

async function recordOf(tx: Tx, permit: Permit, account: store.AccountRow, event: TokenEvent): Promise<void> {
  const { id, username, name } = account
  const data = { serviceAccount: { _id: id, user: username, name }, ...event.data }
  await record(tx, permit, { type: event.type, message: `${event.message} the service account ${name}`, data })
}

function describe(row: store.TokenRow) {
  const { id, name, last4, permissions, repositories, repository_permissions, skips_network } = row
  const reach = repositories.map(({ type, name: repository }) => ({ type, name: repository }))
  return {
    id,
    name,
    last4,
    permissions,
    repositories: reach,
    repositoryPermissions: repository_permissions,
    skipsNetworkSecurity: skips_network,
  }
}
