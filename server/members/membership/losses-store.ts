import type { Db } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** How many private repositories of an organization are in no resource group. */
export async function countUngrouped(db: Db, orgId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int count from repositories where org_id = ${orgId} and private and group_id is null`.execute(db)
  return rows[0]?.count ?? 0
}
