import type { HoldingsByKind } from '../users/holding.ts'
import { deleteTokensOf, listReachingTokens, revokeTrust } from './holdings-store.ts'

/** Access tokens that reach an organization. Offboarding ends its trust in them; they go on working elsewhere. */
export const tokens: HoldingsByKind['tokens'] = {
  columns: ['access_tokens.user_id'],
  endsWith: ['account deletion'],
  list: async (db, holder, at) =>
    (await listReachingTokens(db, holder, at)).map(({ lastUsedAt, ...token }) => ({
      ...token,
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    })),
  end: (tx, { userId, orgId }, at) =>
    orgId === undefined ? deleteTokensOf(tx, userId) : revokeTrust(tx, { userId, orgId }, at),
}
