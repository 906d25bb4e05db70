import type { Db, Tx } from '../store/database.ts'
import { matching, sql } from '../store/sql.ts'
import type { Holder, HolderIn } from '../users/holding.ts'

/** Lists as what a person is provisioned in an organization. */
export async function listProvisionedOf(db: Db, { orgId, userId }: HolderIn): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`select id, user_name "name" from scim_users
    where org_id = ${orgId} and user_id = ${userId}`.execute(db)
  return rows
}

/** Forgets that a person was provisioned. */
export async function deleteProvisionedOf(tx: Tx, { orgId, userId }: Holder): Promise<void> {
  await sql`delete from scim_users s where ${matching('s.org_id', orgId)} and s.user_id = ${userId}`.execute(tx)
}
