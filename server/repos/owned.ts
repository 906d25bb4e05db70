import type * as api from '../../api/index.ts'
import type { InputOf } from '../../api/index.ts'
import type { Author } from '../access/author.ts'
import { authorize } from '../access/authorize.ts'
import type { Permit } from '../access/permit.ts'
import { instanceScope, record } from '../audit/record.ts'
import { badField, HubError } from '../kernel/errors.ts'
import type { Db, Tx } from '../store/database.ts'
import { moveRepo } from './move.ts'
import { splitRepoId } from './registry/names.ts'
import { type RepoStores, removeFromDisk } from './registry/places.ts'
import { deleteRepoRows, lockOwnedRepos, type OwnedRepo } from './registry/store.ts'

type Deleting = Permit<'account.delete'>
type Input = InputOf<typeof api.users.deleteAccount>
type Transfer = NonNullable<Input['transfers']>[number]

const mostNamed = 100

/** Moves repositories of the caller to organizations in which the caller may create some, one after the other. */
export async function transferOwned(db: Db, permit: Deleting, transfers: readonly Transfer[]): Promise<void> {
  for (const [index, { type, fromRepo, toRepo }] of transfers.entries()) {
    const { namespace = '', name } = splitRepoId('fromRepo', fromRepo)
    const moving = await authorize(db, permit, 'repo.move', { repo: { type, namespace, name } })
    const isOwn = moving.org === undefined && moving.repo.ownerId === permit.actor.id
    if (!isOwn) throw badField(`transfers.${index}.fromRepo`, 'must be one of your own repositories')
    const to = splitRepoId('toRepo', toRepo).namespace ?? ''
    if (to.toLowerCase() === moving.repo.namespace.toLowerCase())
      throw badField(`transfers.${index}.toRepo`, 'must be under the name of an organization')
    await moveRepo(db, moving, { type, fromRepo, toRepo })
  }
}

/**
 * Deletes the repositories under a person's name, in the transaction that closes the account, and answers them. Throws
 * `409`, naming them, unless the person said so; those that are about to be transferred aside.
 */
export async function deleteOwned(
  tx: Tx,
  userId: string,
  { repositories, transfers = [] }: Pick<Input, 'repositories' | 'transfers'>,
): Promise<OwnedRepo[]> {
  const owned = await lockOwnedRepos(tx, userId)
  const moving = new Set(transfers.map(({ type, fromRepo }) => `${type} ${fromRepo}`.toLowerCase()))
  const left = owned.filter(({ type, namespace, name }) => !moving.has(`${type} ${namespace}/${name}`.toLowerCase()))
  if (left.length > 0 && repositories !== 'delete') throw undecided(left)
  await deleteRepoRows(
    tx,
    left.map(({ id }) => id),
    userId,
  )
  return left
}

function undecided(left: OwnedRepo[]): HubError {
  const what = left.length === 1 ? 'a repository' : `${left.length.toLocaleString('en')} repositories`
  const named = left.slice(0, mostNamed).map(({ type, namespace, name }) => ({ type, id: `${namespace}/${name}` }))
  return new HubError('Conflict', `You own ${what}. Transfer or delete what is yours first, or confirm its deletion.`, {
    body: { repositories: named },
  })
}

/** Records that repositories were deleted with an account. */
export async function recordOwned(tx: Tx, author: Author, deleted: readonly OwnedRepo[]): Promise<void> {
  for (const { id, type, namespace, name, private: isPrivate } of deleted) {
    const fullName = `${namespace}/${name}`
    await record(tx, author, {
      type: 'repo.delete',
      message: `deleted the ${type} ${fullName} with the account`,
      data: { repo: { id, type, name: fullName }, private: isPrivate },
      scope: instanceScope,
    })
  }
}

/** Removes what deleted repositories had on the disk; what cannot go now goes with the next sweep. */
export async function removeOwned(stores: RepoStores, deleted: readonly OwnedRepo[]): Promise<void> {
  for (const { id } of deleted) await removeFromDisk(stores, id)
}
