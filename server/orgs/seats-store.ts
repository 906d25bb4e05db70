import type { RawBuilder } from 'kysely'
import type { Plan } from '../../api/index.ts'
import { expiredMembership } from '../access/grants.ts'
import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** The limit that an organization has on its seats, and what counts as one. */
export interface SeatPolicy {
  name: string
  plan: Plan
  limit: number | null
}

/** Reads the limit on the seats of an organization. */
export async function findSeatPolicy(db: Db, orgId: string): Promise<SeatPolicy | undefined> {
  const { rows } = await sql<SeatPolicy>`
    select name, plan, seat_limit "limit" from organizations where id = ${orgId}`.execute(db)
  return rows[0]
}

/** The same, with the row held until the transaction ends, so that no other door takes a seat meanwhile. */
export async function lockSeatPolicy(tx: Tx, orgId: string): Promise<SeatPolicy | undefined> {
  const { rows } = await sql<SeatPolicy>`
    select name, plan, seat_limit "limit" from organizations where id = ${orgId} for no key update`.execute(tx)
  return rows[0]
}

export interface SeatCount {
  members: number
  pending: number
}

/** The condition that a row of `invitations` is pending, and reserves a seat on plans with seats. */
export function reservesSeat(at: Date): RawBuilder<boolean> {
  return sql<boolean>`state = 'pending' and expires_at > ${at}`
}

// Members are counted without a look at their expiry, so that an index alone answers; those past theirs are taken off.
const countedSeats = (orgId: string, at: Date) => sql`
  ((select count(*) from memberships where org_id = ${orgId})
    - (select count(*) from memberships where org_id = ${orgId} and ${expiredMembership('memberships', at)}))::int members,
  (select count(*)::int from invitations where org_id = ${orgId} and ${reservesSeat(at)}) pending`

/** Counts the members that count, and the invitations that are pending and have not expired. */
export async function countSeats(db: Db, orgId: string, at: Date): Promise<SeatCount> {
  const { rows } = await sql<SeatCount>`select ${countedSeats(orgId, at)}`.execute(db)
  return rows[0] ?? { members: 0, pending: 0 }
}

/** What the operator sets for an organization. */
export interface Subscription {
  plan: Plan
  seatLimit: number | null
}

/** Locks an organization that is not deleted, and reads what the operator has set for it. */
export async function lockSubscription(tx: Tx, orgId: string): Promise<Subscription | undefined> {
  const { rows } = await sql<Subscription>`select plan, seat_limit "seatLimit" from organizations
    where id = ${orgId} and deleted_at is null for no key update`.execute(tx)
  return rows[0]
}

/** Writes the plan of an organization and the limit on its seats. */
export async function updateSubscription(tx: Tx, orgId: string, { plan, seatLimit }: Subscription): Promise<void> {
  await sql`update organizations set plan = ${plan}, seat_limit = ${seatLimit} where id = ${orgId}`.execute(tx)
}
