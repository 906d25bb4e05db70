import type { GroupRole, OrgRole } from '../../../api/index.ts'
import { liveMembership } from '../../access/grants.ts'
import type { Db, Tx } from '../../store/database.ts'
import { arrayOf, rowOf, sql } from '../../store/sql.ts'
import { pendingInvitation } from '../entrance/live-store.ts'

/** An invitation that waits, as a change of many sees it. */
export interface PendingInvitation {
  id: string
  userId: string | null
  address: string | null
  role: OrgRole
  groups: { id: string; name: string; role: GroupRole }[]
  sentAt: Date
  expiresAt: Date
  inviter: string | null
  /** The role that the inviter has now; without the right to invite, the invitation does not work. */
  inviterRole: OrgRole | null
}

/** Finds the invitations of an organization that wait for these people or addresses, and have not expired. */
export async function findPending(
  db: Db,
  orgId: string,
  { userIds, addresses }: { userIds: readonly string[]; addresses: readonly string[] },
  at: Date,
): Promise<PendingInvitation[]> {
  const { rows } = await sql<PendingInvitation>`
    select i.id, i.user_id "userId", i.address, i.role, i.sent_at "sentAt", i.expires_at "expiresAt",
      (select name from users u where u.id = i.invited_by) inviter,
      (select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
        where m.org_id = i.org_id and m.user_id = i.invited_by and ${liveMembership('m', at)}) "inviterRole",
      coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', ig.role) order by lower(g.name))
        from invitation_groups ig join ${rowOf('resource_groups', 'ig.group_id')} g on true where ig.invitation_id = i.id), '[]') groups
    from invitations i where i.org_id = ${orgId} and ${pendingInvitation('i', at)}
      and (i.user_id = any(${arrayOf(userIds)}) or lower(i.address) = any(${arrayOf(addresses)}))`.execute(db)
  return rows
}

/** Locks invitations until the transaction ends, in one order; answers those that still wait. */
export async function lockPending(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from invitations
    where id = any(${arrayOf(ids)}) and state = 'pending' order by id for update`.execute(tx)
  return rows.map(({ id }) => id)
}

/** Takes invitations back. */
export async function revokeMany(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  await sql`update invitations set state = 'revoked', ended_at = ${at} where id = any(${arrayOf(ids)})`.execute(tx)
}
