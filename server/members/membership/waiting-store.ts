import type { Tx } from '../../store/database.ts'
import { arrayOf, sql } from '../../store/sql.ts'

/**
 * Ends what waits for newcomers at an organization: invitations by name, and requests. Those to an address stay: that
 * they ended would tell whose the address is.
 */
export async function supersedeWaiting(tx: Tx, orgId: string, userIds: readonly string[], at: Date): Promise<void> {
  await sql`update invitations set state = 'superseded', ended_at = ${at}
    where org_id = ${orgId} and user_id = any(${arrayOf(userIds)}) and state = 'pending'`.execute(tx)
  await sql`update join_requests set state = 'withdrawn', decided_at = ${at}
    where org_id = ${orgId} and user_id = any(${arrayOf(userIds)}) and state = 'pending'`.execute(tx)
}
