import { liveMembership } from '../access/grants.ts'
import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

export interface NamedMember {
  index: number
  id: string
  name: string
}

/** Finds members by user name, in the order given. */
export async function findMembersByName(tx: Tx, orgId: string, lowerNames: string[], at: Date): Promise<NamedMember[]> {
  const { rows } = await sql<NamedMember>`
    select (t.ord - 1)::int index, u.id, u.name from unnest(${lowerNames}::text[]) with ordinality t(name, ord)
    join names n on n.lower_name = t.name
    join memberships m on m.org_id = ${orgId} and m.user_id = n.user_id and ${liveMembership('m', at)}
    join users u on u.id = n.user_id
    order by t.ord for key share of m`.execute(tx)
  return rows
}

/** Sets the successors of an organization, in order. */
export async function replaceSuccessors(tx: Tx, orgId: string, userIds: string[]): Promise<void> {
  await sql`delete from successors where org_id = ${orgId}`.execute(tx)
  await sql`insert into successors (org_id, user_id, position)
    select ${orgId}, t.id, t.ord from unnest(${userIds}::text[]) with ordinality t(id, ord)`.execute(tx)
}

/** The organizations that a person is a member of, deleted ones too. */
export async function findOrganizationsOf(tx: Tx, userId: string): Promise<string[]> {
  const { rows } = await sql<{ orgId: string }>`
    select org_id "orgId" from memberships where user_id = ${userId} order by org_id`.execute(tx)
  return rows.map(({ orgId }) => orgId)
}
