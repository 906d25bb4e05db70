import { orgTokens, type tokens } from '../../../api/index.ts'
import type { OrgFacts } from '../../access/facts.ts'
import { type TokenRules, unmetByToken } from '../../access/token-rules.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { listReachScopes, type ReachRow } from './reach-store.ts'

/** Tokens as admins see them, by which rules, if not by those that the organization has. */
export async function orgTokensOf(
  db: Db,
  org: OrgFacts,
  rows: readonly ReachRow[],
  { links, rules = org }: { links: Links; rules?: TokenRules },
): Promise<orgTokens.OrgToken[]> {
  const scopes = await scopesIn(db, org.id, rows)
  // The name is the business of its owner, except where the organization has to know what it approves
  const isNamed = org.tokenPolicy === 'approval'
  return rows.map((row) => ({
    id: row.id,
    owner: ownerOf(row, links),
    name: isNamed || row.isService ? row.name : null,
    role: row.role,
    ...(row.role === 'fineGrained' && { fineGrained: scopes.get(row.id) ?? { scoped: [] } }),
    last4: row.last4,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    rotatedAt: row.rotatedAt?.toISOString() ?? null,
    state: row.state,
    blockedBy: row.isService ? [] : unmetByToken(row, rules, row.decided),
  }))
}

function ownerOf({ userId, user, fullname, isService }: ReachRow, links: Links): orgTokens.OrgToken['owner'] {
  return { _id: userId, user, fullname, avatarUrl: avatarUrl(links, user), isServiceAccount: isService }
}

async function scopesIn(db: Db, orgId: string, rows: readonly ReachRow[]): Promise<Map<string, tokens.FineGrained>> {
  const ids = rows.filter(({ role }) => role === 'fineGrained').map(({ id }) => id)
  const scopes = new Map<string, tokens.FineGrained>()
  if (ids.length === 0) return scopes
  for (const { token_id: tokenId, type, id, name, permissions } of await listReachScopes(db, orgId, ids)) {
    const scope = scopes.get(tokenId) ?? { scoped: [] }
    scope.scoped.push({ entity: { _id: id, type, name }, permissions })
    scopes.set(tokenId, scope)
  }
  return scopes
}

/** Since when a token that is unused was not used, and until when one that expires soon expires. */
export function watchedTimes(): { at: Date; unusedSince: Date; expiresBefore: Date } {
  return {
    at: now(),
    unusedSince: secondsFromNow(-orgTokens.unusedDays * daySeconds),
    expiresBefore: secondsFromNow(orgTokens.expiresSoonDays * daySeconds),
  }
}
