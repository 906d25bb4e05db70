import { type Db, readShortly } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** Whether the identity provider of an organization creates and deletes its accounts. */
export async function isManaged(db: Db, orgId: string): Promise<boolean> {
  const rows = await readShortly(
    db,
    sql<{ one: number }>`
    select 1 as one from managed_organizations where org_id = ${orgId}`,
  )
  return rows.length > 0
}
