import type { tokens } from '../../../api/index.ts'
import { unmetByToken } from '../../access/token-rules.ts'
import { now } from '../../kernel/clock.ts'
import type { Db } from '../../store/database.ts'
import { listStandings } from './standings-store.ts'

/** Where some tokens of a person stand in the organizations that do not simply accept them, by token ID. */
export async function standingsOf(
  db: Db,
  userId: string,
  tokenIds: readonly string[],
): Promise<Map<string, tokens.Standing[]>> {
  const standings = new Map<string, tokens.Standing[]>()
  if (tokenIds.length === 0) return standings
  for (const row of await listStandings(db, { userId, tokenIds, at: now() })) {
    const { tokenId, org, state } = row
    const of = standings.get(tokenId) ?? []
    of.push({ name: org, state, blockedBy: unmetByToken(row, row, row.decided) })
    standings.set(tokenId, of)
  }
  return standings
}
