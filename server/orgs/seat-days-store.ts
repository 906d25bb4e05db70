import type { Plan } from '../../api/index.ts'
import { liveMembership } from '../access/grants.ts'
import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import { reservesSeat } from './seats-store.ts'

/** The seats of one day (UTC), as they were when most were used. */
export interface SeatDay {
  day: string
  plan: Plan
  members: number
  pending: number
  used: number
}

/** Counts the seats of every organization, and keeps of each day the count when most were used. */
export async function countDay(db: Db, day: string, at: Date): Promise<void> {
  await sql`insert into seat_days (org_id, day, plan, members, pending, used)
    select c.id, ${day}::date, c.plan, c.members, c.pending, c.members + case when c.plan = 'free' then 0 else c.pending end
    from (
      select o.id, o.plan, coalesce(m.count, 0)::int members, coalesce(i.count, 0)::int pending
      from organizations o
      left join (select org_id, count(*) from memberships where ${liveMembership('memberships', at)} group by org_id) m on m.org_id = o.id
      left join (select org_id, count(*) from invitations where ${reservesSeat(at)} group by org_id) i on i.org_id = o.id
      where o.deleted_at is null
    ) c
    on conflict (org_id, day) do update set plan = excluded.plan, members = excluded.members, pending = excluded.pending, used = excluded.used
      where excluded.used >= seat_days.used`.execute(db)
}

/** Keeps the count of one organization, where more seats are used than were before on its day. */
export async function keepMost(db: Db, orgId: string, { day, plan, members, pending, used }: SeatDay): Promise<void> {
  await sql`insert into seat_days (org_id, day, plan, members, pending, used)
    select id, ${day}::date, ${plan}::plan, ${members}::int, ${pending}::int, ${used}::int from organizations where id = ${orgId}
    on conflict (org_id, day) do update set plan = excluded.plan, members = excluded.members, pending = excluded.pending, used = excluded.used
      where excluded.used > seat_days.used`.execute(db)
}

/** Forgets the days before this one. */
export async function deleteDaysBefore(db: Db, day: string): Promise<void> {
  await sql`delete from seat_days where day < ${day}::date`.execute(db)
}

/** The days of an organization from this one on, the oldest first. */
export async function listDays(db: Db, orgId: string, from: string): Promise<SeatDay[]> {
  const { rows } = await sql<SeatDay>`
    select to_char(day, 'YYYY-MM-DD') "day", plan, members, pending, used from seat_days
    where org_id = ${orgId} and day >= ${from}::date order by day`.execute(db)
  return rows
}

export interface Prices {
  currency: string
  team: number
  enterprise: number
  plus: number
}

/** What one seat costs for a month on each plan, in hundredths. */
export async function findPrices(db: Db): Promise<Prices> {
  const { rows } = await sql<Prices>`select currency, seat_price_team team, seat_price_enterprise enterprise,
    seat_price_plus plus from instance`.execute(db)
  return rows[0] ?? { currency: 'EUR', team: 0, enterprise: 0, plus: 0 }
}
