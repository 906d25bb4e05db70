import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

export interface OrganizationTokenRow {
  token_id: string
  last4: string
  created_at: Date
  last_used_at: Date | null
  sealed: Buffer
}

/** Finds the API token of an organization. */
export async function findOrganizationToken(db: Db, orgId: string): Promise<OrganizationTokenRow | undefined> {
  const { rows } = await sql<OrganizationTokenRow>`
    select ot.token_id, t.last4, t.created_at, t.last_used_at, ot.sealed
    from organization_tokens ot join access_tokens t on t.id = ot.token_id where ot.org_id = ${orgId}`.execute(db)
  return rows[0]
}

interface NewToken {
  orgId: string
  accountId: string
  id: string
  hash: Buffer
  last4: string
  sealed: Buffer
  at: Date
}

/** Inserts the API token of an organization that has none. */
export async function insertOrganizationToken(tx: Tx, token: NewToken): Promise<void> {
  const { orgId, accountId, id, hash, last4, sealed, at } = token
  await sql`insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
    values (${id}, ${accountId}, ${hash}, 'Organization API token', 'fineGrained', ${last4}, ${at})`.execute(tx)
  await sql`insert into organization_tokens (org_id, token_id, sealed) values (${orgId}, ${id}, ${sealed})`.execute(tx)
}

/** Locks the API token of an organization, so that no request is decided with it until the transaction ends. */
export async function lockOrganizationToken(tx: Tx, orgId: string): Promise<void> {
  await sql`select from access_tokens where id = (select token_id from organization_tokens where org_id = ${orgId})
    for update`.execute(tx)
}

/** Gives the API token of an organization another secret. */
export async function replaceOrganizationToken(
  tx: Tx,
  { id, hash, last4, sealed, at }: Omit<NewToken, 'orgId' | 'accountId'>,
): Promise<void> {
  await sql`update access_tokens set hash = ${hash}, last4 = ${last4}, created_at = ${at}, last_used_at = null
    where id = ${id}`.execute(tx)
  await sql`update organization_tokens set sealed = ${sealed} where token_id = ${id}`.execute(tx)
}
