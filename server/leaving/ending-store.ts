import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { HolderIn } from '../users/holding.ts'
import { mailTo } from '../users/mail-address.ts'

/**
 * Locks accounts, and then the membership of the person, in the order that everybody locks in. No door can let the
 * person in, nor can anybody give them anything, until the transaction ends; of two offboardings one waits for the other.
 */
export async function lockPeople(tx: Tx, { orgId, userId }: HolderIn, callerId: string): Promise<void> {
  await sql`select from users where id = any(${[userId, callerId]}::text[]) order by id for update`.execute(tx)
  await sql`select from memberships where org_id = ${orgId} and user_id = ${userId} for update`.execute(tx)
}

export interface SuccessorRow {
  id: string
  name: string
  email: string | null
}

/** Finds a member by user name, and holds their membership until the transaction ends. */
export async function holdSuccessor(
  tx: Tx,
  orgId: string,
  lowerName: string,
  at: Date,
): Promise<SuccessorRow | undefined> {
  const { rows } = await sql<SuccessorRow>`
    select u.id, u.name, ${mailTo()} email
    from names n join users u on u.id = n.user_id and u.state = 'active'
    join memberships m on m.org_id = ${orgId} and m.user_id = u.id and (m.expires_at is null or m.expires_at > ${at})
    where n.lower_name = ${lowerName} for key share of m`.execute(tx)
  return rows[0]
}

/** Deletes the membership, and with it group roles and a place among the successors. */
export async function deleteMembership(tx: Tx, { orgId, userId }: HolderIn): Promise<void> {
  await sql`delete from memberships where org_id = ${orgId} and user_id = ${userId}`.execute(tx)
}

/** Makes a member admin of groups. */
export async function makeGroupAdmin(
  tx: Tx,
  { orgId, userId }: HolderIn,
  groupIds: readonly string[],
  { by, at }: { by: string; at: Date },
): Promise<void> {
  await sql`insert into group_roles (group_id, org_id, user_id, source, role, added_by, added_at)
    select id, ${orgId}, ${userId}, 'manual', 'admin', ${by}, ${at}::timestamptz from unnest(${groupIds}::text[]) g(id) order by id
    on conflict (group_id, user_id, source) do update set role = excluded.role, added_by = excluded.added_by, added_at = excluded.added_at`.execute(
    tx,
  )
}
