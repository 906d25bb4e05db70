import type { HoldingsByKind } from '../users/holding.ts'
import {
  deleteAccessOf,
  deleteGatedAccessOf,
  deleteGatedRequestsOf,
  deleteLocksOf,
  listAccessOf,
  listGatedAccessOf,
  listGatedRequestsOf,
  listLocksOf,
} from './holdings-store.ts'

/** Access to single repositories, given beside the membership. */
export const collaboratorGrants: HoldingsByKind['collaboratorGrants'] = {
  columns: ['repo_collaborators.user_id'],
  endsWith: ['account deletion'],
  list: listAccessOf,
  end: deleteAccessOf,
}

/** Access to the files of gated repositories, by a request or a grant. */
export const gatedAccess: HoldingsByKind['gatedAccess'] = {
  columns: ['gate_requests.user_id'],
  endsWith: ['account deletion'],
  list: listGatedAccessOf,
  end: deleteGatedAccessOf,
}

/** Requests for access to gated repositories that wait. */
export const gatedRequests: HoldingsByKind['gatedRequests'] = {
  columns: ['gate_requests.user_id'],
  endsWith: ['account deletion'],
  list: listGatedRequestsOf,
  end: deleteGatedRequestsOf,
}

/** Files locked with git-lfs. The database also unlocks them with the membership, the access or the account. */
export const fileLocks: HoldingsByKind['fileLocks'] = {
  columns: ['lfs_locks.user_id'],
  endsWith: ['removal', 'account deletion'],
  list: listLocksOf,
  end: deleteLocksOf,
}
