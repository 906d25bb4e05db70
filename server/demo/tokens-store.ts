import type { TokenPermission } from '../../api/index.ts'
import type { Tx } from '../store/database.ts'
import { arrayOf, sql } from '../store/sql.ts'

interface NewToken {
  id: string
  userId: string
  hash: Buffer
  name: string
  role: 'read' | 'write' | 'fineGrained'
  last4: string
  createdAt: Date
  lastUsedAt: Date | null
}

/** Inserts an access token. */
export async function insertToken(tx: Tx, token: NewToken): Promise<void> {
  await sql`insert into access_tokens (id, user_id, hash, name, role, last4, created_at, last_used_at)
    values (${token.id}, ${token.userId}, ${token.hash}, ${token.name}, ${token.role}, ${token.last4}, ${token.createdAt},
      ${token.lastUsedAt})`.execute(tx)
}

/** Gives a fine-grained token its permissions on an organization. */
export async function insertScope(
  tx: Tx,
  scope: { tokenId: string; orgId: string; permissions: readonly TokenPermission[] },
): Promise<void> {
  await sql`insert into token_scopes (token_id, org_id, permissions)
    values (${scope.tokenId}, ${scope.orgId}, ${arrayOf(scope.permissions)})`.execute(tx)
}

interface NewServiceAccount {
  id: string
  orgId: string
  username: string
  name: string
  description: string
  ownerId: string
  createdAt: Date
}

/** Inserts a service account of an organization. */
export async function insertServiceAccount(tx: Tx, account: NewServiceAccount): Promise<void> {
  const { id, username, name, createdAt } = account
  await sql`insert into users (id, name, fullname, state, created_at)
    values (${id}, ${username}, ${name}, 'service', ${createdAt})`.execute(tx)
  await sql`insert into service_accounts (id, org_id, kind, username, description, owner_id)
    values (${id}, ${account.orgId}, 'service_account', ${username}, ${account.description}, ${account.ownerId})`.execute(
    tx,
  )
}
