import type { joining } from '../../../api/index.ts'
import type { Db } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** An invitation in whatever state, by its link. */
export interface AskedAbout {
  id: string
  orgId: string
  org: string
  /** Whom it was for, as the inviter named them. */
  whom: string
  state: joining.InvitationState
  isExpired: boolean
}

/** Finds an invitation by the hash of its secret; those of deleted organizations are left out. */
export async function findByLink(db: Db, hash: Buffer, at: Date): Promise<AskedAbout | undefined> {
  const { rows } = await sql<AskedAbout>`
    select i.id, i.org_id "orgId", o.name org, coalesce(i.address, u.name) whom, i.state, i.expires_at <= ${at} "isExpired"
    from invitations i join organizations o on o.id = i.org_id and o.deleted_at is null left join users u on u.id = i.user_id
    where i.hash = ${hash}`.execute(db)
  return rows[0]
}
