import type { leaving } from '../../api/index.ts'
import { liveCollaborator, liveMembership, tokenState } from '../access/grants.ts'
import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { HolderIn } from '../users/holding.ts'

type TokenRow = Omit<leaving.Holdings['tokens'][number], 'lastUsedAt'> & { lastUsedAt: Date | null }

/** The tokens `t` of a person that reach the organization: it trusts them still, and there is something to reach. */
const reaching = ({ orgId, userId }: HolderIn, at: Date) => sql`t.user_id = ${userId}
  and ${tokenState(sql`${orgId}`, sql`t.id`)} is distinct from 'revoked'
  and (exists (select from memberships m where m.org_id = ${orgId} and m.user_id = ${userId}
      and ${liveMembership('m', at)})
    or exists (select from repo_collaborators rc join repositories r on r.id = rc.repo_id
      where r.org_id = ${orgId} and rc.user_id = ${userId} and ${liveCollaborator('rc', at)}))`

/** Lists the tokens of a person that reach the organization. */
export async function listReachingTokens(db: Db, holder: HolderIn, at: Date): Promise<TokenRow[]> {
  const { rows } = await sql<TokenRow>`select t.id, t.name, t.last4, t.role, t.last_used_at "lastUsedAt"
    from access_tokens t where ${reaching(holder, at)} order by t.id`.execute(db)
  return rows
}

/** Ends the trust of the organization in every token of the person that reaches it. */
export async function revokeTrust(tx: Tx, holder: HolderIn, at: Date): Promise<void> {
  await sql`insert into token_states (org_id, token_id, state, changed_at)
    select ${holder.orgId}, t.id, 'revoked', ${at}::timestamptz from access_tokens t where ${reaching(holder, at)}
    on conflict (org_id, token_id) do update set state = 'revoked', changed_at = excluded.changed_at`.execute(tx)
}

/** Deletes all tokens of a person. */
export async function deleteTokensOf(tx: Tx, userId: string): Promise<void> {
  await sql`delete from access_tokens where user_id = ${userId}`.execute(tx)
}
