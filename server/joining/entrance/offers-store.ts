import type { RawBuilder } from 'kysely'
import { expiredSince, liveMembership } from '../../access/grants.ts'
import type { Db, Tx } from '../../store/database.ts'
import { rowOf, sql } from '../../store/sql.ts'
import { type InvitationRow, invitationColumns } from './invitations-store.ts'
import { pendingInvitation } from './live-store.ts'

export interface OfferedOrg {
  name: string
  fullname: string
  is_verified: boolean
}

/** An invitation that works by itself, seen with the eyes of one account; whether its inviter may still invite is asked later. */
export interface OfferRow extends InvitationRow {
  org: OfferedOrg
  /** It is for this account, by name or by an address that it has verified. */
  is_mine: boolean
  /** The account names the invited address, verified or not. */
  names_address: boolean
  is_member: boolean
}

const offerColumns = (viewerId: string | null, at: Date) => sql`${invitationColumns(at)},
  json_build_object('name', o.name, 'fullname', o.fullname, 'is_verified', o.is_verified) org,
  coalesce(i.user_id = ${viewerId}, exists (select from emails e where e.user_id = ${viewerId} and e.verified_at is not null
    and lower(e.address) = lower(i.address))) is_mine,
  exists (select from emails e where e.user_id = ${viewerId} and lower(e.address) = lower(i.address)) names_address,
  exists (select from memberships m where m.org_id = i.org_id and m.user_id = ${viewerId}
    and ${liveMembership('m', at)}) is_member`

// An invitation from before someone was offboarded, or stopped being a member, is none for them, whatever address it went to
// and no matter who else may take it up. Its state stays: a change would tell whose the address is. Asked by row, so that
// the index serves each.
const live = (viewerId: string | null, at: Date) => sql`${pendingInvitation('i', at)} and o.deleted_at is null
  and not coalesce((select true from offboardings f where f.org_id = i.org_id and f.user_id = ${viewerId} and f.at >= i.sent_at limit 1), false)
  and not coalesce((select true from membership_ends f where f.org_id = i.org_id and f.user_id = ${viewerId} and f.at > i.sent_at), false)
  and not exists (select from memberships m where m.org_id = i.org_id and m.user_id = ${viewerId}
    and ${expiredSince('m', at, sql`i.sent_at`)})`

/** Which invitation: by the hash of its secret, or by its id. */
export type OfferKey = { hash: Buffer } | { id: string }

function matches(key: OfferKey) {
  return 'hash' in key ? sql`i.hash = ${key.hash}` : sql`i.id = ${key.id}`
}

/** Finds an invitation that is pending and not expired. */
export async function findOffer(
  db: Db,
  key: OfferKey,
  viewerId: string | null,
  at: Date,
): Promise<OfferRow | undefined> {
  const { rows } = await sql<OfferRow>`select ${offerColumns(viewerId, at)}
    from invitations i join organizations o on o.id = i.org_id where ${matches(key)} and ${live(viewerId, at)}`.execute(
    db,
  )
  return rows[0]
}

/** Locks an invitation until the transaction ends, so that it is answered once. */
export async function lockOffer(tx: Tx, key: OfferKey): Promise<void> {
  await sql`select from invitations i where ${matches(key)} for update`.execute(tx)
}

/** The statement for invitations that wait for an account, by name or by a verified address, where it is not a member. */
export function offersTo(viewerId: string, at: Date): RawBuilder<OfferRow> {
  return sql<OfferRow>`select ${offerColumns(viewerId, at)}
    from (
      select n.* from invitations n where n.user_id = ${viewerId} and n.state = 'pending'
      union all
      select n.* from emails e join lateral (
        select * from invitations where lower(address) = lower(e.address) and state = 'pending' offset 0) n on true
      where e.user_id = ${viewerId} and e.verified_at is not null
    ) i join ${rowOf('organizations', 'i.org_id')} o on true where ${live(viewerId, at)}
      and not exists (select from memberships m where m.org_id = i.org_id and m.user_id = ${viewerId}
        and ${liveMembership('m', at)})
    order by i.sent_at desc limit 200`
}

/** Lists the invitations that wait for an account. */
export async function listOffers(db: Db, viewerId: string, at: Date): Promise<OfferRow[]> {
  const { rows } = await offersTo(viewerId, at).execute(db)
  return rows
}
