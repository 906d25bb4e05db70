import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { Links } from '../mail/links.ts'
import { ChangedMeanwhile, refusedBy } from '../store/conflict.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { lowerName } from '../users/names/names.ts'
import { accountReply, detailsReply, tokenReply } from './reply.ts'
import * as store from './store.ts'

type Api = typeof api.serviceAccounts

const mostAccounts = 100
const longestSlug = 40

/** Lists the service accounts of an organization, the oldest first. */
export async function listServiceAccounts(
  db: Db,
  { org }: Permit<'serviceAccount.list'>,
  _input: unknown,
  links: Links,
): Promise<ResultOf<Api['listServiceAccounts']>> {
  return (await store.listAccounts(db, { orgId: org.id })).map((row) => accountReply(row, links))
}

/** Lists them with their owners, and what their tokens reach. */
export async function listServiceAccountDetails(
  db: Db,
  { org }: Permit<'serviceAccount.list'>,
): Promise<ResultOf<Api['listServiceAccountDetails']>> {
  const rows = await store.listAccounts(db, { orgId: org.id })
  const tokens = await store.listTokens(
    db,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => detailsReply(row, tokens))
}

/** Reads a service account with its tokens; `404` where the organization has none with this ID. */
export async function getServiceAccount(
  db: Db,
  { org }: Permit<'serviceAccount.list'>,
  { serviceAccountId }: InputOf<Api['getServiceAccount']>,
  links: Links,
): Promise<ResultOf<Api['getServiceAccount']>> {
  const row = await getAccount(db, org.id, serviceAccountId)
  const tokens = await store.listTokens(db, [row.id])
  return {
    ...accountReply(row, links),
    accessTokens: tokens.map((token) => ({
      ...tokenReply(token),
      ...(token.last_used_at && { lastUsedAt: token.last_used_at.toISOString() }),
      role: 'fineGrained' as const,
      last4: token.last4,
    })),
  }
}

/** Finds a service account of an organization; throws `404` where there is none. */
async function getAccount(db: Db, orgId: string, id: string): Promise<store.AccountRow> {
  const [row] = await store.listAccounts(db, { orgId, id })
  if (row === undefined) throw new HubError('NotFound', 'No service account with this ID.')
  return row
}

/**
 * Locks a service account of an organization after deciding again, so that nothing is decided with its tokens until the
 * transaction ends; throws `404` where there is none.
 */
export async function lockAccount(
  tx: Tx,
  permit: Permit & { org: { id: string } },
  id: string,
): Promise<store.AccountRow> {
  // Only accounts of this organization are locked by their ID, never those of people
  await getAccount(tx, permit.org.id, id)
  await recheck(tx, permit, { accounts: [id] })
  return getAccount(tx, permit.org.id, id)
}

/** Creates a service account, with the caller as its owner unless another member is named. */
export async function createServiceAccount(
  db: Db,
  permit: Permit<'serviceAccount.create'>,
  input: InputOf<Api['createServiceAccount']>,
): Promise<ResultOf<Api['createServiceAccount']>> {
  return transaction(db, async (tx) => {
    const { org, actor } = await recheck(tx, permit)
    const ownerId = await ownerOf(tx, org.id, input.owner ?? actor.name)
    const { name, description = '' } = input
    const username = await store.freeUsername(tx, `${org.name.toLowerCase()}--${slugOf(name)}`)
    const account = { id: newId(), orgId: org.id, kind: 'service_account', username, name, description } as const
    await insert(tx, { ...account, ownerId, at: now() })
    const row = await getAccount(tx, org.id, account.id)
    await record(tx, permit, {
      type: 'org.service_account.create',
      message: `created the service account ${name}`,
      data: { serviceAccount: describe(row) },
    })
    return {
      ...{ _id: row.id, user: username, fullname: name, createdAt: row.created_at.toISOString() },
      ...(description !== '' && { description }),
    }
  })
}

async function ownerOf(tx: Tx, orgId: string, name: string): Promise<string> {
  const id = await store.findMember(tx, { orgId, lowerName: lowerName(name), at: now() })
  if (id === undefined) throw badField('owner', 'is not a member of this organization')
  return id
}

// Letters and digits only, so that it can stand in an email address and never ends with a hyphen
function slugOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longestSlug)
  return words.replace(/^-|-$/g, '') || 'service-account'
}

async function insert(tx: Tx, account: Parameters<typeof store.insertAccount>[1]): Promise<void> {
  try {
    if (await store.insertAccount(tx, account, mostAccounts)) return
  } catch (error) {
    if (refusedBy(error) === undefined) throw error
    // The username was free, and the owner a member, a moment ago
    throw new ChangedMeanwhile()
  }
  throw new HubError('Conflict', `An organization can have at most ${mostAccounts} service accounts. Delete one first.`)
}

/** Changes the name, the description, or the owner; its tokens go on working. */
export async function updateServiceAccount(
  db: Db,
  permit: Permit<'serviceAccount.update'>,
  input: InputOf<Api['updateServiceAccount']>,
): Promise<ResultOf<Api['updateServiceAccount']>> {
  return transaction(db, async (tx) => {
    const before = await lockAccount(tx, permit, input.serviceAccountId)
    const { name = before.name, description = before.description, owner } = input
    const ownerId = owner === undefined ? undefined : await ownerOf(tx, permit.org.id, owner)
    await store.updateAccount(tx, { id: before.id, name, description, ownerId })
    const row = await getAccount(tx, permit.org.id, before.id)
    const [was, is] = [describe(before), describe(row)]
    if (JSON.stringify(was) !== JSON.stringify(is))
      await record(tx, permit, {
        type: 'org.service_account.update',
        message: `changed the service account ${before.name}`,
        data: { serviceAccount: { _id: row.id, user: row.username }, before: was, after: is },
      })
    return detailsReply(row, await store.listTokens(tx, [row.id]))
  })
}

/** Deletes a service account and its tokens, which stop working at once. What it made stays. */
export async function deleteServiceAccount(
  db: Db,
  permit: Permit<'serviceAccount.delete'>,
  { serviceAccountId }: InputOf<Api['deleteServiceAccount']>,
): Promise<ResultOf<Api['deleteServiceAccount']>> {
  return transaction(db, async (tx) => {
    const row = await lockAccount(tx, permit, serviceAccountId)
    const tokens = await store.listTokens(tx, [row.id])
    await store.deleteAccount(tx, row.id)
    await record(tx, permit, {
      type: 'org.service_account.delete',
      message: `deleted the service account ${row.name}`,
      data: { serviceAccount: describe(row), tokens: tokens.map(({ id, name, last4 }) => ({ id, name, last4 })) },
    })
    return {}
  })
}

/** A service account as audit events name it. */
function describe({ id, username, name, description, owner }: store.AccountRow) {
  return { _id: id, user: username, name, description, owner: owner?.user ?? null }
}
