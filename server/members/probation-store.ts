import type { Db, Tx } from '../store/database.ts'
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

/** Until when some admin of an organization is on probation, and whether this person is an admin who is not. */
export async function findProbation(
  db: Db,
  { orgId, userId }: MemberKey,
  at: Date,
): Promise<{ until: Date | null; isProven: boolean }> {
  const { rows } = await sql<{ until: Date | null; isProven: boolean }>`
    select max(probation_until) filter (where probation_until > ${at}) until,
      coalesce(bool_or(user_id = ${userId} and (probation_until is null or probation_until <= ${at})), false) "isProven"
    from memberships where org_id = ${orgId} and role = 'admin'`.execute(db)
  return rows[0] ?? { until: null, isProven: false }
}
