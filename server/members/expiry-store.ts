import { expiredMembership } from '../access/grants.ts'
import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { MemberKey } from './membership/store.ts'

/** Someone whose membership is past its expiry. */
export interface ExpiredMember extends MemberKey {
  user: string
}

/** Memberships that are past their expiry, the oldest first. */
export async function findExpired(db: Db, at: Date, limit: number): Promise<ExpiredMember[]> {
  const { rows } = await sql<ExpiredMember>`
    select m.org_id "orgId", m.user_id "userId", u.name "user" from memberships m join users u on u.id = m.user_id
    where ${expiredMembership('m', at)} order by m.expires_at limit ${limit}`.execute(db)
  return rows
}

/** Forgets when people stopped being members where that was before a moment. */
export async function deleteEnds(db: Db, before: Date): Promise<void> {
  await sql`delete from membership_ends where at < ${before}`.execute(db)
}
