import { sendWithNext, type Tx } from '../../store/database.ts'
import { fewOf, sql } from '../../store/sql.ts'

/**
 * Ends what waits for newcomers at an organization: invitations by name, and requests. Those to an address stay: that
 * they ended would tell whose the address is.
 */
export async function supersedeWaiting(tx: Tx, orgId: string, userIds: readonly string[], at: Date): Promise<void> {
  const theirs = sql`org_id = ${orgId} and user_id = any(${fewOf(userIds)}) and state = 'pending'`
  const invitations = sql`update invitations set state = 'superseded', ended_at = ${at} where ${theirs}`
  const requests = sql`update join_requests set state = 'withdrawn', decided_at = ${at} where ${theirs}`
  for (const ended of [invitations, requests]) await sendWithNext(tx, ended.compile(tx))
}
