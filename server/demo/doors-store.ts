import type { OrgRole } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** Lets people ask to join, sets a seat limit, and dismisses the setup checklist. */
export async function openDoors(tx: Tx, org: { id: string; seats: number }): Promise<void> {
  await sql`update organizations
    set allow_join_requests = true, is_verified = true, seat_limit = ${org.seats}, setup_checklist = false
    where id = ${org.id}`.execute(tx)
}

/** Inserts an email domain, verified or not. */
export async function insertDomain(
  tx: Tx,
  row: { id: string; orgId: string; domain: string; token: string; addedBy: string; at: Date; verifiedAt: Date | null },
): Promise<void> {
  const checkedAt = row.verifiedAt === null ? null : now()
  await sql`insert into organization_domains (id, org_id, domain, token, state, added_at, added_by, verified_at, checked_at)
    values (${row.id}, ${row.orgId}, ${row.domain}, ${row.token}, ${row.verifiedAt === null ? 'unverified' : 'verified'},
      ${row.at}, ${row.addedBy}, ${row.verifiedAt}, ${checkedAt})`.execute(tx)
}

/** A pending invitation, to an account or to an address. */
export interface NewInvitation {
  id: string
  orgId: string
  userId: string | null
  address: string | null
  role: OrgRole
  message: string
  hash: Buffer
  invitedBy: string
  at: Date
  expiresAt: Date
}

/** Inserts a pending invitation. */
export async function insertInvitation(tx: Tx, row: NewInvitation): Promise<void> {
  await sql`insert into invitations (id, org_id, user_id, address, role, message, lifetime_days, hash, invited_by, created_at, sent_at, expires_at)
    values (${row.id}, ${row.orgId}, ${row.userId}, ${row.address}, ${row.role}, ${row.message}, 7, ${row.hash}, ${row.invitedBy},
      ${row.at}, ${row.at}, ${row.expiresAt})`.execute(tx)
}

/** Inserts a pending request to join. */
export async function insertRequest(
  tx: Tx,
  row: { id: string; orgId: string; userId: string; message: string; at: Date },
): Promise<void> {
  await sql`insert into join_requests (id, org_id, user_id, message, created_at)
    values (${row.id}, ${row.orgId}, ${row.userId}, ${row.message}, ${row.at})`.execute(tx)
}

/** Inserts an invite link that has been used some times. */
export async function insertInviteLink(
  tx: Tx,
  row: {
    id: string
    orgId: string
    label: string
    hash: Buffer
    last4: string
    uses: number
    createdBy: string
    at: Date
    expiresAt: Date
  },
): Promise<void> {
  await sql`insert into invite_links (id, org_id, label, role, hash, last4, max_uses, uses, lifetime_days, created_by, created_at, expires_at)
    values (${row.id}, ${row.orgId}, ${row.label}, 'read', ${row.hash}, ${row.last4}, 10, ${row.uses}, 14, ${row.createdBy}, ${row.at}, ${row.expiresAt})`.execute(
    tx,
  )
}

/** Writes the seats of the days from the first one until now, as the memberships tell them. */
export async function countPastDays(tx: Tx, orgId: string, from: Date, at: Date): Promise<void> {
  await sql`insert into seat_days (org_id, day, plan, members, pending, used)
    select o.id, d.day::date, o.plan, count(m.user_id), 0, count(m.user_id)
    from organizations o cross join generate_series(${from}::timestamptz::date, ${at}::timestamptz::date, interval '1 day') d(day)
    left join memberships m on m.org_id = o.id and m.joined_at < d.day + interval '1 day'
    where o.id = ${orgId} group by o.id, d.day`.execute(tx)
}

/** Writes how many were active in each past week, as the memberships would have it, and lets some come by other doors. */
export async function countPastWeeks(tx: Tx, orgId: string, from: Date, at: Date): Promise<void> {
  await sql`insert into activity_weeks (org_id, week, active)
    select m.org_id, w.week::date, ceil(count(*) * (0.72 + 0.05 * (extract(week from w.week)::int % 5)))
    from memberships m join generate_series(date_trunc('week', ${from}::timestamptz), date_trunc('week', ${at}::timestamptz), interval '1 week') w(week)
      on m.joined_at < w.week + interval '1 week'
    where m.org_id = ${orgId} group by m.org_id, w.week`.execute(tx)
  await sql`update member_activity a set
      api_at = case when m.role in ('contributor', 'write', 'admin') then a.web_at - interval '5 hours' end,
      git_at = case when m.role in ('contributor', 'write') then a.web_at - interval '26 hours' end
    from memberships m where m.org_id = a.org_id and m.user_id = a.user_id and a.org_id = ${orgId} and a.web_at is not null`.execute(
    tx,
  )
}

/** Names who becomes admin should all admins be lost, in order. */
export async function nameSuccessors(tx: Tx, orgId: string, userIds: readonly string[]): Promise<void> {
  await sql`insert into successors (org_id, user_id, position)
    select ${orgId}, t.id, t.ord from unnest(${userIds}::text[]) with ordinality t(id, ord)`.execute(tx)
}

/** Sets what a seat costs, where no one has set a price. */
export async function setPrices(tx: Tx): Promise<void> {
  await sql`update instance set seat_price_team = 900, seat_price_enterprise = 1900, seat_price_plus = 2900
    where seat_price_team = 0 and seat_price_enterprise = 0 and seat_price_plus = 0`.execute(tx)
}
