import type * as api from '../../api/index.ts'
import type { ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { hasEventBy } from '../audit/search.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { digest, type InstanceKey, newToken } from '../kernel/secret.ts'
import { ChangedMeanwhile, refusedBy } from '../store/conflict.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import * as store from './organization-token-store.ts'
import { freeUsername, insertAccount, replaceReach } from './store.ts'

type Api = typeof api.organizationToken

/** Reads when the API token of an organization was made and used, without revealing it. */
export async function getOrganizationTokenState(
  db: Db,
  { org }: Permit<'orgToken.view'>,
): Promise<ResultOf<Api['getOrganizationTokenState']>> {
  const row = await store.findOrganizationToken(db, org.id)
  return { token: row === undefined ? null : stateOf(row) }
}

/** Reveals the API token of an organization, which is made the first time; each reveal is recorded. */
export async function revealOrganizationToken(
  db: Db,
  permit: Permit<'orgToken.reveal'>,
  _input: unknown,
  key: InstanceKey,
): Promise<ResultOf<Api['revealOrganizationToken']>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = (await store.findOrganizationToken(tx, permit.org.id)) ?? (await create(tx, permit, key))
    const token = opened(row, key)
    await recordOf(tx, permit, row, { type: 'org.api_token.reveal', message: 'revealed the organization API token' })
    return { ...stateOf(row), token }
  })
}

/** Replaces the API token of an organization; the old one stops working at once. */
export async function refreshOrganizationToken(
  db: Db,
  permit: Permit<'orgToken.refresh'>,
  _input: unknown,
  key: InstanceKey,
): Promise<ResultOf<Api['refreshOrganizationToken']>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    await store.lockOrganizationToken(tx, permit.org.id)
    const before = await store.findOrganizationToken(tx, permit.org.id)
    if (before === undefined) {
      const row = await create(tx, permit, key)
      return { ...stateOf(row), token: opened(row, key) }
    }
    const token = newToken('organization')
    await store.replaceOrganizationToken(tx, { id: before.token_id, ...kept(token, key) })
    const row = await getRow(tx, permit.org.id)
    await recordOf(tx, permit, row, { type: 'org.api_token.refresh', message: 'replaced the organization API token' })
    return { ...stateOf(row), token }
  })
}

/** Whether someone, by this username, has seen the present API token of an organization. */
export async function hasSeenOrganizationToken(db: Db, orgId: string, author: string): Promise<boolean> {
  const row = await store.findOrganizationToken(db, orgId)
  const types = ['create', 'reveal', 'refresh'].map((deed) => `org.api_token.${deed}`)
  return row !== undefined && hasEventBy(db, orgId, { author, types, since: row.created_at })
}

type OrgPermit = Permit<'orgToken.reveal' | 'orgToken.refresh'>

// It belongs to an account of its own, which can do what a member with the read role can, outside resource groups.
async function create(tx: Tx, permit: OrgPermit, key: InstanceKey): Promise<store.OrganizationTokenRow> {
  const { org } = permit
  const [id, accountId, token] = [newId(), newId(), newToken('organization')]
  const username = await freeUsername(tx, `${org.name.toLowerCase()}--api-token`)
  const account = {
    id: accountId,
    orgId: org.id,
    kind: 'organization',
    username,
    name: org.fullname || org.name,
  } as const
  try {
    const isFirst = await insertAccount(tx, { ...account, description: '', ownerId: null, at: now() }, 1)
    if (!isFirst) throw new ChangedMeanwhile()
    await store.insertOrganizationToken(tx, { orgId: org.id, accountId, id, ...kept(token, key) })
  } catch (error) {
    // Two who reveal it for the first time at once: the second finds what the first made
    throw refusedBy(error) === undefined ? error : new ChangedMeanwhile()
  }
  const permissions = ['org.read', 'repo.content.read'] as const
  await replaceReach(tx, id, { orgId: org.id, permissions, repoIds: [], repoPermissions: [] })
  const row = await getRow(tx, org.id)
  await recordOf(tx, permit, row, { type: 'org.api_token.create', message: 'created the organization API token' })
  return row
}

async function getRow(tx: Tx, orgId: string): Promise<store.OrganizationTokenRow> {
  const row = await store.findOrganizationToken(tx, orgId)
  if (row === undefined) throw new ChangedMeanwhile()
  return row
}

// Its hash knows it again; sealed with the key of the instance, it can be revealed.
function kept(token: string, key: InstanceKey) {
  return { hash: digest(token), last4: token.slice(-4), sealed: key.seal(token), at: now() }
}

function opened({ sealed }: store.OrganizationTokenRow, key: InstanceKey): string {
  try {
    return key.open(sealed)
  } catch {
    throw new HubError(
      'Conflict',
      'This token can’t be read with the key of this instance. Refresh it to get a new one.',
    )
  }
}

function stateOf({ last4, created_at, last_used_at }: store.OrganizationTokenRow) {
  return { last4, createdAt: created_at.toISOString(), lastUsedAt: last_used_at?.toISOString() ?? null }
}

async function recordOf(
  tx: Tx,
  permit: OrgPermit,
  { token_id: id, last4 }: store.OrganizationTokenRow,
  event: { type: `org.api_token.${string}`; message: string },
): Promise<void> {
  await record(tx, permit, { ...event, data: { token: { id, last4 } } })
}
