import { adminRow } from '../../access/grants.ts'
import type { Db } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import type { MemberKey } from './store.ts'

/** Until when some admin of an organization is on probation, and whether this person is an admin who is not. */
export async function findProbation(
  db: Db,
  { orgId, userId }: MemberKey,
  at: Date,
): Promise<{ until: Date | null; isProven: boolean }> {
  const { rows } = await sql<{ until: Date | null; isProven: boolean }>`
    select max(probation_until) filter (where probation_until > ${at}) until,
      coalesce(bool_or(user_id = ${userId} and (probation_until is null or probation_until <= ${at})), false) "isProven"
    from memberships where org_id = ${orgId} and ${adminRow('memberships')}`.execute(db)
  return rows[0] ?? { until: null, isProven: false }
}
