import type { leaving } from '../../api/index.ts'
import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { HolderIn } from '../users/holding.ts'

type Role = leaving.Holdings['groupRoles'][number]

/** Lists the resource groups of a person with the role that counts there, by name. */
export async function listRolesOf(db: Db, { orgId, userId }: HolderIn): Promise<Role[]> {
  const { rows } = await sql<Role>`select g.id, g.name, r.role
    from (select group_id, max(role) as role from group_roles where org_id = ${orgId} and user_id = ${userId} group by group_id) r
    join resource_groups g on g.id = r.group_id order by lower(g.name)`.execute(db)
  return rows
}
