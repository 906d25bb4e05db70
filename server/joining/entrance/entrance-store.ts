import { adminRow, liveMembership } from '../../access/grants.ts'
import type { Db } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** Whether someone is a member that counts. */
export async function isMember(db: Db, orgId: string, userId: string, at: Date): Promise<boolean> {
  const { rows } = await sql`select from memberships where org_id = ${orgId} and user_id = ${userId}
    and ${liveMembership('memberships', at)}`.execute(db)
  return rows.length > 0
}

/** The addresses of the admins of an organization, each admin's primary one where it is verified. */
export async function findAdminAddresses(db: Db, orgId: string, at: Date): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select e.address from memberships m join users u on u.id = m.user_id and u.state = 'active'
    join emails e on e.user_id = u.id and e.is_primary and e.verified_at is not null
    where m.org_id = ${orgId} and ${adminRow('m')} and ${liveMembership('m', at)} order by m.id`.execute(db)
  return rows.map(({ address }) => address)
}
