import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

export interface TokenRow {
  id: string
  name: string
  last4: string
  created_at: Date
  last_used_at: Date | null
}

/** Lists the SCIM tokens of an organization, the oldest first. */
export async function listTokens(db: Db, orgId: string): Promise<TokenRow[]> {
  const { rows } = await sql<TokenRow>`select t.id, t.name, t.last4, t.created_at, t.last_used_at
    from service_accounts sa join access_tokens t on t.user_id = sa.id
    where sa.org_id = ${orgId} and sa.kind = 'scim' order by t.id`.execute(db)
  return rows
}

/** Locks a token of an account, so that no request is decided with it until the transaction ends. */
export async function lockToken(tx: Tx, accountId: string, id: string): Promise<TokenRow | undefined> {
  const { rows } = await sql<TokenRow>`select id, name, last4, created_at, last_used_at from access_tokens
    where id = ${id} and user_id = ${accountId} for update`.execute(tx)
  return rows[0]
}

/** Deletes a token. */
export async function deleteToken(tx: Tx, id: string): Promise<void> {
  await sql`delete from access_tokens where id = ${id}`.execute(tx)
}

export interface Counts {
  users: number
  active_users: number
  groups: number
  linked_groups: number
  held: number
}

/** Counts what is provisioned in an organization, and what waits. */
export async function countProvisioned(db: Db, orgId: string): Promise<Counts> {
  const { rows } = await sql<Counts>`select
    (select count(*)::int from scim_users where org_id = ${orgId}) users,
    (select count(*)::int from scim_users where org_id = ${orgId} and active) active_users,
    (select count(*)::int from scim_groups where org_id = ${orgId}) "groups",
    (select count(distinct group_id)::int from scim_group_links where org_id = ${orgId}) linked_groups,
    (select count(*)::int from scim_held where org_id = ${orgId} and state = 'waiting') held`.execute(db)
  return rows[0] ?? { users: 0, active_users: 0, groups: 0, linked_groups: 0, held: 0 }
}
