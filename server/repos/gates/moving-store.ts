import { now } from '../../kernel/clock.ts'
import type { Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** Deletes the access and requests of people whom the organization that a repository comes to keeps out, and of its new owner. */
export async function deleteRequestsAfterMove(
  tx: Tx,
  repoId: string,
  to: { kind: 'user' | 'org'; id: string },
): Promise<void> {
  if (to.kind === 'user')
    await sql`delete from gate_requests where repo_id = ${repoId} and user_id = ${to.id}`.execute(tx)
  else
    await sql`delete from gate_requests q using rejoin_blocks t where q.repo_id = ${repoId} and t.org_id = ${to.id}
      and t.user_id = q.user_id and t.until > ${now()} and q.state <> 'rejected'`.execute(tx)
}
