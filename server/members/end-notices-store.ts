import { expiredMembership, liveMembership } from '../access/grants.ts'
import { daySeconds } from '../kernel/clock.ts'
import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { MemberKey } from './membership/store.ts'

/** A member whose membership ends soon. */
export interface Ending extends MemberKey {
  org: string
  endsAt: Date
}

const inDays = (at: Date, days: number) => new Date(at.getTime() + days * daySeconds * 1000)

/**
 * Claims reminders that are due: 14 and 3 days before a membership ends, and on its last day. Each is answered once, to
 * whichever process comes first; one whose time has passed is left out for the next.
 */
export async function claimEndings(tx: Tx, at: Date, limit: number): Promise<Ending[]> {
  const days = sql`case when ${expiredMembership('m', inDays(at, 1))} then 0 when ${expiredMembership('m', inDays(at, 3))} then 3 else 14 end`
  const { rows } = await sql<Ending>`
    with claimed as (
      insert into membership_end_notices as n (org_id, user_id, ends_at, days)
      select m.org_id, m.user_id, m.expires_at, ${days} from memberships m join organizations mo on mo.id = m.org_id and mo.deleted_at is null
      where ${expiredMembership('m', inDays(at, 14))} and ${liveMembership('m', at)}
        and not exists (select from membership_end_notices t where t.org_id = m.org_id and t.user_id = m.user_id
          and t.ends_at = m.expires_at and t.days <= ${days})
      order by m.org_id, m.user_id limit ${limit}
      on conflict (org_id, user_id) do update set ends_at = excluded.ends_at, days = excluded.days
        where n.ends_at <> excluded.ends_at or n.days > excluded.days
      returning org_id, user_id, ends_at
    )
    select c.org_id "orgId", c.user_id "userId", c.ends_at "endsAt", o.name org
    from claimed c join organizations o on o.id = c.org_id`.execute(tx)
  return rows
}
