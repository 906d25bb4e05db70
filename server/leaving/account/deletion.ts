import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { badField } from '../../kernel/errors.ts'
import { endAccount } from '../../members/accounts.ts'
import { deleteOwned, recordOwned, removeOwned, transferOwned } from '../../repos/owned.ts'
import type { RepoStores } from '../../repos/registry/places.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { holdings } from '../holdings/holdings.ts'

type Deletion = typeof api.users.deleteAccount
type Deleting = Permit<'account.delete'>

/**
 * Deletes the caller's account, with every membership and all that it holds of organizations. Its own repositories are
 * transferred or deleted, as the caller says; refused to the last usable admin of an organization.
 */
export async function deleteAccount(
  db: Db,
  permit: Deleting,
  input: InputOf<Deletion>,
  stores: RepoStores,
): Promise<ResultOf<Deletion>> {
  const { name } = permit.actor
  const { transfers = [], repositories } = input
  if (input.confirm !== name) throw badField('confirm', `must be your username, ${name}.`)
  // Each transfer is for good, so that what refuses the deletion is heard before
  if (transfers.length > 0)
    await transaction(db, (tx) => end(tx, permit, { transfers, repositories }), { dryRun: true })
  await transferOwned(db, permit, transfers)
  const deleted = await transaction(db, (tx) => end(tx, permit, { repositories }))
  await removeOwned(stores, deleted)
  return { reply: { success: true }, session: null }
}

async function end(tx: Tx, permit: Deleting, what: Parameters<typeof deleteOwned>[2]) {
  const deleted = await endAccount(tx, permit, holdings, () => deleteOwned(tx, permit.actor.id, what))
  await recordOwned(tx, permit, deleted)
  return deleted
}
