import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { MemberKey } from './store.ts'

/** Puts a member on probation until a moment. */
export async function setProbation(tx: Tx, { orgId, userId }: MemberKey, until: Date): Promise<void> {
  await sql`update memberships set probation_until = ${until} where org_id = ${orgId} and user_id = ${userId}`.execute(
    tx,
  )
}

/** Gives the members the probation that another member is on, unless theirs is longer; nothing where there is none. */
export async function copyProbation(tx: Tx, from: MemberKey, to: readonly string[], at: Date): Promise<void> {
  await sql`update memberships m set probation_until = f.probation_until from memberships f
    where f.org_id = ${from.orgId} and f.user_id = ${from.userId} and f.probation_until > ${at}
      and m.org_id = f.org_id and m.user_id = any(${to}::text[])
      and (m.probation_until is null or m.probation_until < f.probation_until)`.execute(tx)
}
