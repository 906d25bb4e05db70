import type { GroupRole } from '../../../api/index.ts'
import { liveMembership } from '../../access/grants.ts'
import type { Db } from '../../store/database.ts'
import { arrayOf, sql } from '../../store/sql.ts'

/** An account that a request names. */
export interface NamedAccount {
  /** The name it was found by, in small letters; an old one, maybe. */
  asked: string
  id: string
  name: string
  isActive: boolean
}

/** Finds accounts by their names, old ones included. */
export async function findAccountsNamed(db: Db, lowerNames: readonly string[]): Promise<NamedAccount[]> {
  const { rows } = await sql<NamedAccount>`
    select n.lower_name asked, u.id, u.name, u.state = 'active' "isActive" from names n join users u on u.id = n.user_id and u.state <> 'deleted'
    where n.lower_name = any(${arrayOf(lowerNames)})`.execute(db)
  return rows
}

export interface OrgGroup {
  id: string
  name: string
  managedBy: 'manual' | 'scim'
  autoJoinRole: GroupRole | null
  autoJoinScope: 'all' | 'read_plus' | null
}

/** All resource groups of an organization by their names. */
export async function findOrgGroups(db: Db, orgId: string): Promise<OrgGroup[]> {
  const { rows } = await sql<OrgGroup>`
    select id, name, managed_by "managedBy", auto_join_role "autoJoinRole", auto_join_scope "autoJoinScope"
    from resource_groups where org_id = ${orgId} order by lower(name)`.execute(db)
  return rows
}

/** How many members count, and how many private repositories are in no resource group. */
export async function countOfOrg(db: Db, orgId: string, at: Date): Promise<{ members: number; ungrouped: number }> {
  const { rows } = await sql<{ members: number; ungrouped: number }>`
    select (select count(*)::int from memberships where org_id = ${orgId} and ${liveMembership('memberships', at)}) members,
      (select count(*)::int from repositories where org_id = ${orgId} and private and group_id is null) ungrouped`.execute(
    db,
  )
  return rows[0] ?? { members: 0, ungrouped: 0 }
}
