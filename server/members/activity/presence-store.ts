import type { ActivityDoor } from '../../../api/billing.ts'
import type { Db } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** A member who was seen at a door. */
export interface Sighting {
  orgId: string
  userId: string
  door: ActivityDoor
  at: Date
}

/**
 * Writes down who was seen, and counts whom no one had seen before in the week; answers whose it could write. Rows that
 * someone else holds are passed over: it never waits for a change of members, and no change waits for it long.
 */
export async function writeSightings(
  db: Db,
  sightings: readonly Sighting[],
): Promise<{ orgId: string; userId: string }[]> {
  const { rows } = await sql<{ orgId: string; userId: string }>`
    with seen as (
      select m.org_id, m.user_id, max(s.at) last_at,
        max(s.at) filter (where s.door = 'web') web_at, max(s.at) filter (where s.door = 'api') api_at,
        max(s.at) filter (where s.door = 'git') git_at, max(s.at) filter (where s.door = 'sso') sso_at
      from unnest(${sightings.map(({ orgId }) => orgId)}::text[], ${sightings.map(({ userId }) => userId)}::text[],
        ${sightings.map(({ door }) => door)}::text[], ${sightings.map(({ at }) => at)}::timestamptz[]) given(org_id, user_id, door, at)
      join memberships m on m.org_id = given.org_id and m.user_id = given.user_id
      cross join lateral (select given.door, greatest(given.at, m.joined_at) at) s
      group by m.org_id, m.user_id
    ), held as materialized (
      select a.org_id, a.user_id, a.last_at from member_activity a join seen s on s.org_id = a.org_id and s.user_id = a.user_id
      order by a.org_id, a.user_id for no key update of a skip locked
    ), written as (
      update member_activity a set web_at = greatest(a.web_at, s.web_at), api_at = greatest(a.api_at, s.api_at),
        git_at = greatest(a.git_at, s.git_at), sso_at = greatest(a.sso_at, s.sso_at)
      from held h join seen s on s.org_id = h.org_id and s.user_id = h.user_id
      where a.org_id = h.org_id and a.user_id = h.user_id
        and (greatest(a.web_at, s.web_at), greatest(a.api_at, s.api_at), greatest(a.git_at, s.git_at), greatest(a.sso_at, s.sso_at))
          is distinct from (a.web_at, a.api_at, a.git_at, a.sso_at)
    ), counted as (
      insert into activity_weeks as w (org_id, week, active)
      select h.org_id, date_trunc('week', s.last_at)::date, count(*)
      from held h join seen s on s.org_id = h.org_id and s.user_id = h.user_id
      where h.last_at < date_trunc('week', s.last_at) group by 1, 2 order by 1, 2
      on conflict (org_id, week) do update set active = w.active + excluded.active
    )
    select org_id "orgId", user_id "userId" from held`.execute(db)
  return rows
}
