import type { Tx } from '../store/database.ts'
import { bytesOf, sql } from '../store/sql.ts'

interface LeakedRow {
  id: string
  name: string
  role: string
  last4: string
  owner_id: string
  owner_name: string
  addresses: string[]
}

/** Deletes the access tokens that have, or can be renewed with, one of these secrets; answers them with their owners. */
export async function deleteLeaked(tx: Tx, hashes: readonly Buffer[]): Promise<LeakedRow[]> {
  const known = bytesOf(hashes)
  const { rows } = await sql<LeakedRow>`
    with found as (
      select id from access_tokens where id in (
        select id from access_tokens where hash = any(${known})
        union all select token_id from refresh_tokens where hash = any(${known}))
      order by id for update),
    gone as (delete from access_tokens t using found where t.id = found.id returning t.*)
    select gone.id, gone.name, gone.role, gone.last4, u.id owner_id, u.name owner_name,
      array(select e.address from emails e where e.user_id = u.id and e.verified_at is not null
        order by e.is_primary desc, e.id) addresses
    from gone join users u on u.id = gone.user_id order by gone.id`.execute(tx)
  return rows
}
