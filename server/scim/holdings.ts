import type { HoldingsByKind } from '../users/holding.ts'
import { deleteProvisionedOf, listProvisionedOf } from './holdings-store.ts'

/** The link that an identity provider has to an account. It outlives a removal, so that the provider can activate the person again. */
export const provisioned: HoldingsByKind['provisioned'] = {
  columns: ['scim_users.user_id', 'scim_removals.user_id'],
  endsWith: ['account deletion'],
  list: listProvisionedOf,
  end: deleteProvisionedOf,
}
