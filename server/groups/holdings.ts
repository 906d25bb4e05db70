import type { HoldingsByKind } from '../users/holding.ts'
import { listRolesOf } from './holdings-store.ts'

/** Roles in resource groups. The database ends them with the membership. */
export const groupRoles: HoldingsByKind['groupRoles'] = {
  columns: ['group_roles.user_id'],
  endsWith: ['removal', 'account deletion'],
  list: listRolesOf,
}
