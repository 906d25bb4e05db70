import type { HoldingsByKind } from '../users/holding.ts'
import { giveTo, listOwnedBy } from './holdings-store.ts'

/**
 * Owning service accounts, which outlive the membership. The database ends it with the membership; offboarding
 * asks for a successor first, and `giveServiceAccounts` makes them the owner.
 */
export const serviceAccounts: HoldingsByKind['serviceAccounts'] = {
  columns: ['service_accounts.owner_id'],
  endsWith: ['removal', 'account deletion'],
  list: listOwnedBy,
}

/** Makes another member the owner of what a person owns. */
export const giveServiceAccounts = giveTo
