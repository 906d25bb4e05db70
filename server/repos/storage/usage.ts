import type * as api from '../../../api/index.ts'
import { type InputOf, type ResultOf, sized, type storage } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { instanceScope, record } from '../../audit/record.ts'
import { HubError } from '../../kernel/errors.ts'
import { type Db, transaction } from '../../store/database.ts'
import { ownId } from '../../users/accounts/accounts.ts'
import {
  findLimit,
  findStorageOwner,
  findUsed,
  listStorageOwners,
  lockOwnLimit,
  type Owner,
  type OwnerRow,
  setOwnLimit,
  settingOf,
} from './storage-store.ts'

type Storage = typeof api.storage

/** Tells the caller what their repositories use, and their limit. */
export async function getMyStorage(db: Db, permit: Permit<'repo.listOwn'>): Promise<ResultOf<Storage['getMyStorage']>> {
  return storageOf(db, { kind: 'user', id: ownId(permit) })
}

/** Tells what the repositories of an organization use, and its limit. */
export async function getOrgStorage(
  db: Db,
  { org }: Permit<'org.viewStorage'>,
): Promise<ResultOf<Storage['getOrgStorage']>> {
  return storageOf(db, { kind: 'org', id: org.id })
}

async function storageOf(db: Db, owner: Owner): Promise<storage.StorageUse> {
  const [used, limit] = await Promise.all([findUsed(db, owner), findLimit(db, owner)])
  return { used, limit: limit ?? null }
}

/** Lists accounts and organizations by what they use. */
export async function listStorage(
  db: Db,
  _permit: Permit<'operator.listStorage'>,
  { search, limit }: InputOf<Storage['listStorage']>,
): Promise<ResultOf<Storage['listStorage']>> {
  const rows = await listStorageOwners(db, { search: search?.trim() || undefined, most: limit })
  return rows.map(shown)
}

function shown({ name, type, used, limit, own_limit }: OwnerRow) {
  return { name, type, used, limit, setting: settingOf(own_limit) }
}

/** Sets the storage limit of an account or organization; what is stored already stays. */
export async function setStorageLimit(
  db: Db,
  permit: Permit<'operator.setStorageLimit'>,
  input: InputOf<Storage['setStorageLimit']>,
): Promise<ResultOf<Storage['setStorageLimit']>> {
  const owner = await findStorageOwner(db, input.owner)
  if (owner === undefined) throw noOwner(input.owner)
  await transaction(db, async (tx) => {
    await recheck(tx, permit, owner.kind === 'user' ? { accounts: [owner.id] } : {})
    const before = await lockOwnLimit(tx, owner)
    if (before === undefined) throw noOwner(input.owner)
    if (before === input.limit) return
    await setOwnLimit(tx, owner, input.limit)
    await record(tx, permit, {
      type: 'operator.set_storage_limit',
      message: `set the storage limit of ${owner.name} to ${wordsOf(input.limit)}`,
      data: { owner: owner.name, before: { limit: before }, after: { limit: input.limit } },
      scope: owner.kind === 'org' ? owner.id : instanceScope,
    })
  })
  return { name: owner.name, type: owner.kind, setting: input.limit, ...(await storageOf(db, owner)) }
}

function wordsOf(limit: storage.StorageLimit): string {
  if (limit === 'default') return 'the default'
  return limit === 'unlimited' ? 'no limit' : sized(limit)
}

function noOwner(name: string): HubError {
  return new HubError('NotFound', `No account or organization named “${name}”.`)
}
