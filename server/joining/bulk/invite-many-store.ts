import type { GroupRole, OrgRole } from '../../../api/index.ts'
import { liveMembership } from '../../access/grants.ts'
import type { Db, Tx } from '../../store/database.ts'
import { arrayOf, sql } from '../../store/sql.ts'

/** What all invitations that are written together have in common. */
export interface ManyTerms {
  orgId: string
  invitedBy: string
  message: string
  days: number
  at: Date
  expiresAt: Date
}

/** One of them, as a row. */
export interface ManyWrite {
  id: string
  userId: string | null
  address: string | null
  role: OrgRole
  hash: Buffer
}

/** Inserts pending invitations, or renews those that are pending for the same people or addresses; answers their ids. */
export async function putInvitations(
  tx: Tx,
  terms: ManyTerms,
  writes: readonly ManyWrite[],
): Promise<Map<ManyWrite, string>> {
  const ids = new Map<ManyWrite, string>()
  for (const kind of ['address', 'userId'] as const) {
    const of = writes.filter((write) => write[kind] !== null)
    if (of.length === 0) continue
    const found = new Map((await putOfKind(tx, terms, of, kind)).map(({ key, id }) => [key, id]))
    for (const write of of) ids.set(write, found.get(write[kind]?.toLowerCase() ?? '') ?? write.id)
  }
  return ids
}

const targets = {
  address: sql`(org_id, lower(address)) where state = 'pending' and address is not null`,
  userId: sql`(org_id, user_id) where state = 'pending' and user_id is not null`,
}

// In the order of the keys, so that two who write many wait for each other instead of both.
async function putOfKind(
  tx: Tx,
  terms: ManyTerms,
  writes: readonly ManyWrite[],
  kind: 'address' | 'userId',
): Promise<{ key: string; id: string }[]> {
  const { orgId, invitedBy, message, days, at, expiresAt } = terms
  const { rows } = await sql<{ key: string; id: string }>`
    insert into invitations as i (id, org_id, user_id, address, role, message, lifetime_days, hash, invited_by,
      created_at, sent_at, expires_at)
    select w.id, ${orgId}, w.user_id, w.address, w.role, ${message}, ${days}, w.hash, ${invitedBy}, ${at}, ${at}, ${expiresAt}
    from unnest(${arrayOf(writes.map(({ id }) => id))},
      ${writes.map(({ userId }) => userId)}::text[], ${writes.map(({ address }) => address)}::text[],
      ${writes.map(({ role }) => role)}::org_role[], ${writes.map(({ hash }) => hash)}::bytea[]) w(id, user_id, address, role, hash)
    order by w.user_id, lower(w.address)
    on conflict ${targets[kind]} do update set role = excluded.role, message = excluded.message,
      lifetime_days = excluded.lifetime_days, hash = excluded.hash, invited_by = excluded.invited_by,
      sent_at = excluded.sent_at, expires_at = excluded.expires_at
    returning coalesce(i.user_id, lower(i.address)) key, i.id`.execute(tx)
  return rows
}

/** Sets the group roles that come with invitations: these, and no others. */
export async function setGroupsOfMany(
  tx: Tx,
  invitationIds: readonly string[],
  groups: readonly { invitationId: string; groupId: string; role: GroupRole }[],
): Promise<void> {
  await sql`delete from invitation_groups where invitation_id = any(${arrayOf(invitationIds)})`.execute(tx)
  if (groups.length === 0) return
  await sql`insert into invitation_groups (invitation_id, group_id, role)
    select g.* from unnest(${arrayOf(groups.map(({ invitationId }) => invitationId))},
      ${arrayOf(groups.map(({ groupId }) => groupId))}, ${groups.map(({ role }) => role)}::org_role[]) g`.execute(tx)
}

/** What each address is to an organization: that of a member, of some account; nobody's here are left out. */
export async function findRecipients(
  db: Db,
  orgId: string,
  lowerAddresses: readonly string[],
  at: Date,
): Promise<Map<string, 'account' | 'member'>> {
  const { rows } = await sql<{ address: string; member: boolean }>`
    select lower(e.address) address, m.id is not null member
    from emails e left join memberships m
      on m.org_id = ${orgId} and m.user_id = e.user_id and ${liveMembership('m', at)}
    where lower(e.address) = any(${arrayOf(lowerAddresses)}) and e.verified_at is not null`.execute(db)
  return new Map(rows.map(({ address, member }) => [address, member ? 'member' : 'account']))
}
