import { adminRow, liveCollaborator, liveMembership } from '../../access/grants.ts'
import type { TokenState } from '../../access/token-rules.ts'
import type { Db, Tx } from '../../store/database.ts'
import { arrayOf, sql } from '../../store/sql.ts'

/** What the scope of a token says about each organization that it names, or names something of: a text that tells changes. */
export async function findReachByOrg(db: Db, tokenId: string): Promise<Map<string, string>> {
  const { rows } = await sql<{ org_id: string; words: string }>`
    select coalesce(ts.org_id, g.org_id, r.org_id) org_id,
      string_agg(concat_ws(' ', ts.org_id, ts.group_id, ts.repo_id, ts.permissions::text), ', '
        order by ts.org_id, ts.group_id, ts.repo_id) words
    from token_scopes ts left join resource_groups g on g.id = ts.group_id left join repositories r on r.id = ts.repo_id
    where ts.token_id = ${tokenId} and coalesce(ts.org_id, g.org_id, r.org_id) is not null group by 1`.execute(db)
  return new Map(rows.map(({ org_id: id, words }) => [id, words]))
}

/** Ends the approval of a token by some organizations. */
export async function endApprovals(tx: Tx, tokenId: string, orgIds: readonly string[]): Promise<void> {
  await sql`delete from token_states
    where token_id = ${tokenId} and org_id = any(${arrayOf(orgIds)}) and state = 'approved'`.execute(tx)
}

/** An organization that the owner of a token belongs to. */
export interface AskedOrg {
  id: string
  name: string
  policy: string
  isAdmin: boolean
  decided: TokenState | null
}

/** Finds those of some organizations that a person is a member of, or a collaborator in, in the order of IDs. */
export async function findAskedOrgs(
  db: Db,
  { orgIds, userId, tokenId, at }: { orgIds: readonly string[]; userId: string; tokenId: string; at: Date },
): Promise<AskedOrg[]> {
  const member = sql`from memberships m where m.org_id = o.id and m.user_id = ${userId} and ${liveMembership('m', at)}`
  const { rows } = await sql<AskedOrg>`
    select o.id, o.name, o.token_policy "policy", exists (select ${member} and ${adminRow('m')}) "isAdmin", s.state decided
    from organizations o left join token_states s on s.org_id = o.id and s.token_id = ${tokenId}
    where o.id = any(${arrayOf(orgIds)}) and o.deleted_at is null and (exists (select ${member})
      or exists (select from repo_collaborators rc join repositories r on r.id = rc.repo_id
        where rc.user_id = ${userId} and r.org_id = o.id and ${liveCollaborator('rc', at)}))
    order by o.id`.execute(db)
  return rows
}

/** Approves a token in some organizations, unless they decided about it before. */
export async function approveIn(tx: Tx, tokenId: string, orgIds: readonly string[], at: Date): Promise<void> {
  await sql`insert into token_states (org_id, token_id, state, changed_at)
    select id, ${tokenId}, 'approved', ${at}::timestamptz from unnest(${arrayOf(orgIds)}) id
    on conflict (org_id, token_id) do nothing`.execute(tx)
}

/** The addresses of some admins of an organization, each admin's primary one where it is verified. */
export async function findReviewers(
  db: Db,
  orgId: string,
  { most, at }: { most: number; at: Date },
): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select e.address from memberships m join users u on u.id = m.user_id and u.state = 'active'
    join emails e on e.user_id = u.id and e.is_primary and e.verified_at is not null
    where m.org_id = ${orgId} and ${adminRow('m')} and ${liveMembership('m', at)} order by m.id limit ${most}`.execute(
    db,
  )
  return rows.map(({ address }) => address)
}
