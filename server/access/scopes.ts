import type { tokens } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { listScopes } from './scopes-store.ts'
import type { Service } from './service.ts'

/** The scopes of fine-grained tokens of one account by token ID, as the API tells them. */
export async function scopesOf(
  db: Db,
  owner: { id: string; service?: Service },
  tokenIds: readonly string[],
): Promise<Map<string, tokens.FineGrained>> {
  const rows = tokenIds.length === 0 ? [] : await listScopes(db, { owner, tokenIds, at: now() })
  const scopes = new Map(tokenIds.map((id): [string, tokens.FineGrained] => [id, { scoped: [] }]))
  for (const { token_id: tokenId, reads_gated: readsGated, type, id, name, permissions } of rows) {
    const scope = scopes.get(tokenId)
    if (scope && readsGated) scope.canReadGatedRepos = true
    if (type !== null) scope?.scoped.push({ entity: { _id: id, type, ...(name !== null && { name }) }, permissions })
  }
  return scopes
}
