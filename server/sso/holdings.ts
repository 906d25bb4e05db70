import type { HoldingsByKind } from '../users/holding.ts'
import { listIdentitiesOf, listSessionsOf } from './holdings-store.ts'

/** The account at the identity provider that is linked to the person. The database unlinks it with the membership. */
export const ssoIdentities: HoldingsByKind['ssoIdentities'] = {
  columns: ['sso_identities.user_id'],
  endsWith: ['removal', 'account deletion'],
  list: listIdentitiesOf,
}

/** Live SSO sessions. The database ends them with the membership. */
export const ssoSessions: HoldingsByKind['ssoSessions'] = {
  columns: ['sso_sessions.user_id'],
  endsWith: ['removal', 'account deletion'],
  list: async (db, holder, at) =>
    (await listSessionsOf(db, holder, at)).map(({ id, expiresAt }) => ({ id, expiresAt: expiresAt.toISOString() })),
}
