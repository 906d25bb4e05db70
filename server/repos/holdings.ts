import type { HoldingsByKind } from '../users/holding.ts'
import { deleteAccessOf, deleteLocksOf, listAccessOf, listLocksOf } from './holdings-store.ts'

/** Access to single repositories, given beside the membership. */
export const collaboratorGrants: HoldingsByKind['collaboratorGrants'] = {
  columns: ['repo_collaborators.user_id'],
  endsWith: ['account deletion'],
  list: listAccessOf,
  end: deleteAccessOf,
}

/** Files locked with git-lfs. The database also unlocks them with the membership, the access or the account. */
export const fileLocks: HoldingsByKind['fileLocks'] = {
  columns: ['lfs_locks.user_id'],
  endsWith: ['removal', 'account deletion'],
  list: listLocksOf,
  end: deleteLocksOf,
}
