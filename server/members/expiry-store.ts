import type { OrgRole } from '../../api/index.ts'
import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { MemberKey } from './store.ts'

/** Memberships that are past their expiry, the oldest first. */
export async function findExpired(db: Db, at: Date, limit: number): Promise<MemberKey[]> {
  const { rows } = await sql<MemberKey>`
    select org_id "orgId", user_id "userId" from memberships where expires_at <= ${at} order by expires_at limit ${limit}`.execute(
    db,
  )
  return rows
}

export interface EndedMember {
  user: string
  role: OrgRole
  expiresAt: Date
}

/** Deletes a membership if it is past its expiry still. */
export async function endExpired(tx: Tx, { orgId, userId }: MemberKey, at: Date): Promise<EndedMember | undefined> {
  const { rows } = await sql<EndedMember>`
    delete from memberships m using users u where u.id = m.user_id and m.org_id = ${orgId} and m.user_id = ${userId} and m.expires_at <= ${at}
    returning u.name "user", m.role, m.expires_at "expiresAt"`.execute(tx)
  return rows[0]
}
