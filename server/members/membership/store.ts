import type { Db } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import { mailTo } from '../../users/addresses/mail-address.ts'
import type { FoundGroup } from './groups-named.ts'

/** Who a change is about. */
export interface MemberKey {
  orgId: string
  userId: string
}

/** Finds the groups of an organization by reference: 24 hex digits are an id, all else a name. */
export async function findGroups(
  db: Db,
  orgId: string,
  callerId: string,
  references: readonly string[],
): Promise<FoundGroup[]> {
  const { rows } = await sql<FoundGroup>`
    select (f.ord - 1)::int index, g.id, g.name, g.managed_by "managedBy",
      (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = ${callerId}) "callerRole"
    from (
      select ord, ig.id from unnest(${references}::text[]) with ordinality r(ref, ord)
      join resource_groups ig on ig.id = lower(ref) and ig.org_id = ${orgId}
      union all
      select ord, ng.id from unnest(${references}::text[]) with ordinality r(ref, ord)
      join resource_groups ng on ng.org_id = ${orgId} and fold(ng.name) = fold(ref)
    ) f join resource_groups g on g.id = f.id`.execute(db)
  return rows
}

export interface Account {
  id: string
  name: string
  fullname: string
  email: string | null
  isVerified: boolean
}

/** An active account by user name, an old one included. */
export async function findActiveAccount(db: Db, lowerName: string): Promise<Account | undefined> {
  const { rows } = await sql<Account>`
    select u.id, u.name, u.fullname, ${mailTo()} email,
      exists (select from emails e where e.user_id = u.id and e.verified_at is not null) "isVerified"
    from names n join users u on u.id = n.user_id and u.state = 'active'
    where n.lower_name = ${lowerName}`.execute(db)
  return rows[0]
}
