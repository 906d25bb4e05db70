import type { HoldingsByKind } from '../users/holding.ts'
import { listMembershipOf, listSuccessorPlaceOf } from './holdings-store.ts'

/** The membership. Each way out ends it by itself, under the rule of the last admin. */
export const membership: HoldingsByKind['membership'] = {
  columns: ['memberships.user_id', 'member_activity.user_id'],
  endsWith: ['removal', 'account deletion'],
  list: async (db, holder, at) =>
    (await listMembershipOf(db, holder, at)).map(({ joinedAt, ...rest }) => ({
      ...rest,
      joinedAt: joinedAt.toISOString(),
    })),
}

/** A position among the successors. The database ends it with the membership. */
export const successorPlace: HoldingsByKind['successorPlace'] = {
  columns: ['successors.user_id'],
  endsWith: ['removal', 'account deletion'],
  list: listSuccessorPlaceOf,
}
