import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { instanceScope, record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { decodeCursor, pageOf } from '../kernel/page.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { deleteGrant, deleteGrantsUnderRejoinBlock } from './collaborators/collaborators-store.ts'
import { holdTaker, listOwnerlessRows, lockOwnerless, type OwnerlessRow } from './ownerless-store.ts'
import { checkRepoName, splitRepoId } from './registry/names.ts'
import { type RepoStores, removeFromDisk } from './registry/places.ts'
import { nameInUse } from './registry/rules.ts'
import { deleteRepoRows, moveRepoRow, type Owner, retireRepoName, setSettings, takeRepoName } from './registry/store.ts'
import { refuseAboveLimit } from './storage/limit.ts'
import { findStorageOwner } from './storage/storage-store.ts'

type Operator = typeof api.operator

/** Lists the repositories whose owner deleted their account. */
export async function listOwnerless(
  db: Db,
  _permit: Permit<'operator.listOwnerless'>,
  { cursor, limit }: InputOf<Operator['listOwnerless']>,
): Promise<ResultOf<Operator['listOwnerless']>> {
  const [after = ''] = cursor === undefined ? [] : decodeCursor(cursor, 1)
  const page = pageOf(await listOwnerlessRows(db, after, limit + 1), limit, ({ id }) => [id])
  const items = page.items.map((row) => ({
    ...{ id: row.id, type: row.type, name: nameOf(row), private: row.private, gated: row.gate ?? (false as const) },
    storage: row.bytes,
    updatedAt: row.updated_at.toISOString(),
  }))
  return { items, next: page.next }
}

/** Deletes one of them. */
export async function deleteOwnerless(
  db: Db,
  permit: Permit<'operator.deleteOwnerless'>,
  { id }: InputOf<Operator['deleteOwnerless']>,
  stores: RepoStores,
): Promise<ResultOf<Operator['deleteOwnerless']>> {
  await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const repo = await getOwnerless(tx, id)
    await deleteRepoRows(tx, [id], permit.actor.id)
    await record(tx, permit, {
      type: 'operator.delete_repository',
      message: `deleted the ${repo.type} ${nameOf(repo)}, which had no owner`,
      data: { repo: { id, type: repo.type, name: nameOf(repo) }, private: repo.private },
      scope: instanceScope,
    })
  })
  await removeFromDisk(stores, id)
  return { success: true }
}

/** Gives a public one to an account or organization. Where all repositories are private, it becomes private. */
export async function transferOwnerless(
  db: Db,
  permit: Permit<'operator.transferOwnerless'>,
  input: InputOf<Operator['transferOwnerless']>,
): Promise<ResultOf<Operator['transferOwnerless']>> {
  const { namespace = '', name } = splitRepoId('toRepo', input.toRepo)
  checkRepoName('toRepo', name)
  const to = await findStorageOwner(db, namespace)
  if (to === undefined) throw noTaker(namespace)
  await transaction(db, async (tx) => {
    await recheck(tx, permit, to.kind === 'user' ? { others: [to.id] } : {})
    const repo = await getOwnerless(tx, input.id)
    if (repo.private) throw onlyDeleted()
    await give(tx, permit, repo, { owner: to, name })
    await record(tx, permit, {
      type: 'operator.transfer_repository',
      message: `transferred the ${repo.type} ${nameOf(repo)}, which had no owner, to ${to.name}/${name}`,
      data: {
        repo: { id: repo.id, type: repo.type },
        before: { name: nameOf(repo) },
        after: { name: `${to.name}/${name}` },
      },
      scope: to.kind === 'org' ? to.id : instanceScope,
    })
  })
  return { success: true }
}

async function give(
  tx: Tx,
  permit: Permit<'operator.transferOwnerless'>,
  { id, type }: OwnerlessRow,
  { owner, name }: { owner: Owner; name: string },
): Promise<void> {
  const taker = await holdTaker(tx, owner)
  if (taker === undefined) throw noTaker(owner.name)
  await retireRepoName(tx, id, permit.actor.id)
  const named = { id, type, ownerId: owner.id, name }
  const isFree = await takeRepoName(tx, named, { userId: permit.actor.id, managesNamespace: false })
  if (!isFree) throw new HubError('Conflict', nameInUse(type, owner, name))
  await moveRepoRow(tx, id, { owner, name, leavesGroup: true })
  if (taker.privateOnly) await setSettings(tx, id, { private: true })
  if (owner.kind === 'user') await deleteGrant(tx, { repoId: id, userId: owner.id })
  else await deleteGrantsUnderRejoinBlock(tx, id, owner.id, now())
  await refuseAboveLimit(tx, owner)
}

async function getOwnerless(tx: Tx, id: string): Promise<OwnerlessRow> {
  const repo = await lockOwnerless(tx, id)
  if (repo === undefined) throw new HubError('NotFound', 'No repository without an owner with this ID.')
  return repo
}

// Its owner let no one in but those who lose access now
function onlyDeleted(): HubError {
  return new HubError('Forbidden', 'A private repository without an owner can only be deleted.')
}

function nameOf({ namespace, name }: OwnerlessRow): string {
  return `${namespace}/${name}`
}

function noTaker(name: string): HubError {
  return badField('toRepo', `must begin with the name of an active account or organization, not “${name}”`)
}
