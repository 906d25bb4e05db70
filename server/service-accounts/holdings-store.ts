import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { HolderIn } from '../users/holding.ts'

/** Lists the service accounts that a person owns. */
export async function listOwnedBy(db: Db, { orgId, userId }: HolderIn): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`select sa.id, u.fullname "name"
    from service_accounts sa join users u on u.id = sa.id
    where sa.org_id = ${orgId} and sa.owner_id = ${userId} order by sa.id`.execute(db)
  return rows
}

/** Makes another member the owner of all of them. */
export async function giveTo(tx: Tx, { orgId, userId }: HolderIn, heirId: string): Promise<void> {
  await sql`update service_accounts set owner_id = ${heirId}
    where org_id = ${orgId} and owner_id = ${userId}`.execute(tx)
}
