import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { HolderIn } from '../users/holding.ts'

/** The linked identity of a person in an organization, as a list of one or none. */
export async function listIdentitiesOf(
  db: Db,
  { orgId, userId }: HolderIn,
): Promise<{ subject: string; email: string | null }[]> {
  const { rows } = await sql<{ subject: string; email: string | null }>`
    select subject, email from sso_identities where org_id = ${orgId} and user_id = ${userId}`.execute(db)
  return rows
}

/** The live SSO sessions of a person in an organization. */
export async function listSessionsOf(
  db: Db,
  { orgId, userId }: HolderIn,
  at: Date,
): Promise<{ id: string; expiresAt: Date }[]> {
  const { rows } = await sql<{ id: string; expiresAt: Date }>`
    select id, expires_at "expiresAt" from sso_sessions
    where org_id = ${orgId} and user_id = ${userId} and expires_at > ${at} order by id`.execute(db)
  return rows
}
