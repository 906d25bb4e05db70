import { adminRow, liveMembership } from '../access/grants.ts'
import type { Tx } from '../store/database.ts'
import { bytesOf, sql } from '../store/sql.ts'

export interface LeakedRow {
  id: string
  name: string
  role: string
  last4: string
  owner: string
  /** The organization whose service account, or API token, it was. */
  org_id: string | null
  org_name: string | null
  /** Who is told: the owner, or admins of that organization. */
  addresses: string[]
}

const mostAdmins = 5

/** Deletes the access tokens that have, or can be renewed with, one of these secrets; answers them, and who is told. */
export async function deleteLeaked(tx: Tx, hashes: readonly Buffer[], at: Date): Promise<LeakedRow[]> {
  const known = bytesOf(hashes)
  const ofOwner = sql`select e.address from emails e where e.user_id = u.id and e.verified_at is not null
    order by e.is_primary desc, e.id`
  const ofAdmins = sql`select e.address from memberships m join users a on a.id = m.user_id and a.state = 'active'
    join emails e on e.user_id = a.id and e.is_primary and e.verified_at is not null
    where m.org_id = sa.org_id and ${adminRow('m')} and ${liveMembership('m', at)} order by m.id limit ${mostAdmins}`
  const { rows } = await sql<LeakedRow>`
    with found as (
      select id from access_tokens where id in (
        select id from access_tokens where hash = any(${known})
        union all select token_id from refresh_tokens where hash = any(${known}))
      order by id for update),
    gone as (delete from access_tokens t using found where t.id = found.id returning t.*)
    select gone.id, gone.name, gone.role, gone.last4, u.name owner, sa.org_id, o.name org_name,
      case when sa.id is null then array(${ofOwner}) else array(${ofAdmins}) end addresses
    from gone join users u on u.id = gone.user_id
    left join service_accounts sa on sa.id = u.id left join organizations o on o.id = sa.org_id
    order by gone.id`.execute(tx)
  return rows
}
