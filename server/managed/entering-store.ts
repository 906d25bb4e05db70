import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** Whether the identity provider of an organization has provisioned a person by SCIM. */
export async function isProvisioned(db: Db, orgId: string, userId: string): Promise<boolean> {
  const { rows } = await sql`select from scim_users where org_id = ${orgId} and user_id = ${userId}`.execute(db)
  return rows.length > 0
}
