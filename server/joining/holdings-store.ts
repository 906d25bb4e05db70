import { liveMembership } from '../access/grants.ts'
import type { Db, Tx } from '../store/database.ts'
import { matching, sql } from '../store/sql.ts'
import type { Holder, HolderIn } from '../users/holding.ts'
import { openLink, pendingInvitation } from './entrance/live-store.ts'

/** The pending invitations `i` that a person received: by name, or to an address of theirs that admins may see. */
const received = (
  { orgId, userId }: Holder,
  at: Date,
) => sql`${matching('i.org_id', orgId)} and ${pendingInvitation('i', at)} and (i.user_id = ${userId} or (
    exists (select from memberships m where m.org_id = i.org_id and m.user_id = ${userId}
      and ${liveMembership('m', at)})
    and exists (select from emails e join organization_domains d on d.org_id = i.org_id and d.state <> 'unverified'
        and d.domain = lower(split_part(e.address, '@', 2))
      where e.user_id = ${userId} and e.verified_at is not null and lower(e.address) = lower(i.address))))`

/** The pending invitations `i` that a person answers for. */
const sent = ({ orgId, userId }: Holder, at: Date) =>
  sql`${matching('i.org_id', orgId)} and i.invited_by = ${userId} and ${pendingInvitation('i', at)}`

/** The invite links `l` of a person that still let people in. */
const links = ({ orgId, userId }: Holder, at: Date) => sql`${matching('l.org_id', orgId)} and l.created_by = ${userId}
  and ${openLink('l', at)}`

/** The requests to join `j` of a person that are not decided. */
const requests = ({ orgId, userId }: Holder) =>
  sql`${matching('j.org_id', orgId)} and j.user_id = ${userId} and j.state = 'pending'`

interface Addressed {
  id: string
  to: string
}

/** Lists the pending invitations that a person received. */
export async function listReceived(db: Db, holder: HolderIn, at: Date): Promise<Addressed[]> {
  const { rows } = await sql<Addressed>`select i.id, coalesce(i.address, u.name) "to"
    from invitations i left join users u on u.id = i.user_id where ${received(holder, at)} order by i.id`.execute(db)
  return rows
}

/** Lists the pending invitations that a person sent. */
export async function listSent(db: Db, holder: HolderIn, at: Date): Promise<Addressed[]> {
  const { rows } = await sql<Addressed>`select i.id, coalesce(i.address, u.name) "to"
    from invitations i left join users u on u.id = i.user_id where ${sent(holder, at)} order by i.id`.execute(db)
  return rows
}

/** Lists the invite links of a person that still let people in. */
export async function listLinksOf(db: Db, holder: HolderIn, at: Date): Promise<{ id: string; label: string }[]> {
  const { rows } = await sql<{ id: string; label: string }>`
    select l.id, l.label from invite_links l where ${links(holder, at)} order by l.id`.execute(db)
  return rows
}

/** Lists the requests of a person that are not decided. */
export async function listRequestsOf(db: Db, holder: HolderIn): Promise<{ id: string }[]> {
  const { rows } = await sql<{
    id: string
  }>`select j.id from join_requests j where ${requests(holder)} order by j.id`.execute(db)
  return rows
}

/** Locks the invite links of a person, in one order for everybody who locks many. */
export async function lockLinksOf(tx: Tx, holder: Holder, at: Date): Promise<void> {
  await sql`select from invite_links l where ${links(holder, at)} order by l.id for update`.execute(tx)
}

/** Locks the invitations that a person sent or received: both in one statement, so that they are locked in one order. */
export async function lockInvitationsOf(tx: Tx, holder: Holder, at: Date): Promise<void> {
  await sql`select from invitations i where (${sent(holder, at)}) or (${received(holder, at)}) order by i.id for update`.execute(
    tx,
  )
}

/** Locks the requests of a person that are not decided. */
export async function lockRequestsOf(tx: Tx, holder: Holder): Promise<void> {
  await sql`select from join_requests j where ${requests(holder)} order by j.id for update`.execute(tx)
}

/** Revokes the invitations that a person received. */
export async function revokeReceived(tx: Tx, holder: Holder, at: Date): Promise<void> {
  await sql`update invitations i set state = 'revoked', ended_at = ${at} where ${received(holder, at)}`.execute(tx)
}

/** Revokes the invitations that a person sent. */
export async function revokeSent(tx: Tx, holder: Holder, at: Date): Promise<void> {
  await sql`update invitations i set state = 'revoked', ended_at = ${at} where ${sent(holder, at)}`.execute(tx)
}

/** Revokes the invite links of a person. */
export async function revokeLinksOf(tx: Tx, holder: Holder, at: Date): Promise<void> {
  await sql`update invite_links l set revoked_at = ${at} where ${links(holder, at)}`.execute(tx)
}

/** Withdraws the requests of a person. */
export async function withdrawRequestsOf(tx: Tx, holder: Holder, at: Date): Promise<void> {
  await sql`update join_requests j set state = 'withdrawn', decided_at = ${at} where ${requests(holder)}`.execute(tx)
}

/** Lets another member answer for the invitations that a person sent. */
export async function reassignSent(tx: Tx, holder: HolderIn, to: string, at: Date): Promise<void> {
  await sql`update invitations i set invited_by = ${to} where ${sent(holder, at)}`.execute(tx)
}

/** Lets another member answer for the invite links of a person. */
export async function reassignLinksOf(tx: Tx, holder: HolderIn, to: string, at: Date): Promise<void> {
  await sql`update invite_links l set created_by = ${to} where ${links(holder, at)}`.execute(tx)
}
