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

interface NewToken {
  id: string
  accountId: string
  hash: Buffer
  name: string
  last4: string
  at: Date
}

/** Inserts a token of an account that is locked, unless it has so many already. */
export async function insertToken(tx: Tx, token: NewToken, most: number): Promise<boolean> {
  const { id, accountId, hash, name, last4, at } = token
  const { rows } = await sql`
    insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
    select ${id}, ${accountId}, ${hash}, ${name}, 'fineGrained', ${last4}, ${at}::timestamptz
    where (select count(*) from access_tokens where user_id = ${accountId}) < ${most}::integer returning id`.execute(tx)
  return rows.length > 0
}

/** Locks a token of an account, so that no request is decided with it until the transaction ends. */
export async function lockToken(tx: Tx, accountId: string, id: string): Promise<TokenRow | undefined> {
  const { rows } = await sql<TokenRow>`select id, name, last4, created_at, last_used_at from access_tokens
    where id = ${id} and user_id = ${accountId} for update`.execute(tx)
  return rows[0]
}

/** Gives a token another secret. */
export async function replaceSecret(
  tx: Tx,
  { id, hash, last4, at }: Pick<NewToken, 'id' | 'hash' | 'last4' | 'at'>,
): Promise<void> {
  await sql`update access_tokens set hash = ${hash}, last4 = ${last4}, created_at = ${at}, last_used_at = null
    where id = ${id}`.execute(tx)
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
