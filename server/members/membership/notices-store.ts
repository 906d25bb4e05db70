import type { OrgRole } from '../../../api/index.ts'
import { liveMembership } from '../../access/grants.ts'
import { sendWithNext, type Tx } from '../../store/database.ts'
import { arrayOf, sql } from '../../store/sql.ts'

/** A member whose role changed, or who was removed, and the role before. */
export interface Changed {
  userId: string
  wasRole: OrgRole
  isRemoval: boolean
}

/** Keeps whom to tell, where the organization tells its members. Of several changes in a row the first role stays. */
export async function insertNotices(tx: Tx, orgId: string, changed: readonly Changed[]): Promise<void> {
  const people = sql`unnest(${arrayOf(changed.map(({ userId }) => userId))}, ${changed.map(({ wasRole }) => wasRole)}::org_role[],
    ${changed.map(({ isRemoval }) => isRemoval)}::boolean[])`
  const insert = sql`insert into member_notices (org_id, user_id, was_role, is_removal)
    select o.id, c.user_id, c.was_role, c.is_removal from organizations o, ${people} c(user_id, was_role, is_removal)
    where o.id = ${orgId} and o.notify_members order by c.user_id
    on conflict (org_id, user_id) do update set is_removal = excluded.is_removal`
  await sendWithNext(tx, insert.compile(tx))
}

/** A member to tell, and the role they have now. */
export interface Notice extends Changed {
  orgId: string
  org: string
  role: OrgRole | null
}

/** Takes notices out, which no other process takes meanwhile; those of deleted organizations are left out. */
export async function takeNotices(tx: Tx, at: Date, limit: number): Promise<{ taken: number; notices: Notice[] }> {
  const { rows } = await sql<Notice & { isThere: boolean }>`
    with due as (
      select org_id, user_id from member_notices order by org_id, user_id limit ${limit} for update skip locked
    ), taken as (
      delete from member_notices n using due where n.org_id = due.org_id and n.user_id = due.user_id
      returning n.org_id, n.user_id, n.was_role, n.is_removal
    )
    select t.org_id "orgId", t.user_id "userId", t.was_role "wasRole", t.is_removal "isRemoval", o.name org,
      o.deleted_at is null "isThere", (select m.role from memberships m
        where m.org_id = t.org_id and m.user_id = t.user_id and ${liveMembership('m', at)}) role
    from taken t join organizations o on o.id = t.org_id order by t.org_id, t.user_id`.execute(tx)
  return { taken: rows.length, notices: rows.filter(({ isThere }) => isThere) }
}
