import type { tokens } from '../../../api/index.ts'
import { liveCollaborator, liveMembership, scopeTouchesOrg, standingOfToken, tokenIn } from '../../access/grants.ts'
import type { TokenRules, TokenState } from '../../access/token-rules.ts'
import type { Db } from '../../store/database.ts'
import { arrayOf, rowOf, sql } from '../../store/sql.ts'

/** Where a token stands in an organization that does not simply accept it. */
export interface StandingRow extends TokenRules {
  tokenId: string
  org: string
  role: tokens.TokenRole
  createdAt: Date
  expiresAt: Date | null
  decided: TokenState | null
  state: tokens.OrgTokenState
}

const standing = standingOfToken('o', tokenIn('t'), sql.raw('s.state'))

/** Lists, for some tokens of a person, the organizations of that person which approve, deny, block, or revoke them. */
export async function listStandings(
  db: Db,
  { userId, tokenIds, at }: { userId: string; tokenIds: readonly string[]; at: Date },
): Promise<StandingRow[]> {
  const { rows } = await sql<StandingRow>`
    select t.id "tokenId", o.name org, t.role, t.created_at "createdAt", t.expires_at "expiresAt", s.state decided,
      o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", ${standing} state
    from (select m.org_id from memberships m where m.user_id = ${userId} and ${liveMembership('m', at)}
      union select r.org_id from repo_collaborators rc join ${rowOf('repositories', 'rc.repo_id')} r on r.org_id is not null
        where rc.user_id = ${userId} and ${liveCollaborator('rc', at)}) mine
    join ${rowOf('organizations', 'mine.org_id')} o on o.deleted_at is null
    join access_tokens t on t.user_id = ${userId} and t.id = any(${arrayOf(tokenIds)})
    left join token_states s on s.org_id = o.id and s.token_id = t.id
    where ${standing} <> 'active' and (t.role <> 'fineGrained' or ${scopeTouchesOrg(sql.raw('o.id'), sql.raw('t.id'))})
    order by t.id, o.name collate "C"`.execute(db)
  return rows
}
