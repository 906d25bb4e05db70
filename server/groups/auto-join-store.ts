import type { GroupRole } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

export interface AutoJoinRule {
  role: GroupRole
  scope: 'all' | 'read_plus'
}

/**
 * Waits for people who are joining the organization at this moment, or rising from `no_access`, and lets later ones
 * wait until this transaction ends: nobody slips between a back-fill and the rule it belongs to.
 */
export async function holdDoors(tx: Tx, orgId: string): Promise<void> {
  await sql`select from organizations where id = ${orgId} for update`.execute(tx)
  await sql`select from memberships where org_id = ${orgId} and role = 'no_access' order by user_id for share`.execute(
    tx,
  )
}

/** Writes the rule of a group; undefined turns it off. */
export async function setAutoJoin(tx: Tx, groupId: string, rule: AutoJoinRule | undefined): Promise<void> {
  await sql`update resource_groups set auto_join_role = ${rule?.role ?? null}, auto_join_scope = ${rule?.scope ?? null}
    where id = ${groupId}`.execute(tx)
}

/** Gives everybody who matches the rule its role; those who are in by it already get its present role. Tells how many joined. */
export async function backfill(tx: Tx, group: { id: string; orgId: string }, rule: AutoJoinRule): Promise<number> {
  await sql`update group_roles set role = ${rule.role} where group_id = ${group.id} and source = 'auto_join' and role <> ${rule.role}`.execute(
    tx,
  )
  const { numAffectedRows } = await sql`insert into group_roles (group_id, org_id, user_id, source, role, added_at)
    select ${group.id}, m.org_id, m.user_id, 'auto_join', ${rule.role}, ${now()}
    from memberships m join users u on u.id = m.user_id and u.state <> 'deleted'
    where m.org_id = ${group.orgId} and (m.expires_at is null or m.expires_at > ${now()})
      and (${rule.scope}::text = 'all' or m.role >= 'read')
    order by m.user_id
    on conflict (group_id, user_id, source) do nothing`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** Hands the people of a rule that ends over to manual care: they keep the role they effectively have. */
export async function keepByHand(tx: Tx, groupId: string): Promise<void> {
  await sql`insert into group_roles (group_id, org_id, user_id, source, role, added_by, added_at)
    select group_id, org_id, user_id, 'manual', role, added_by, added_at
    from group_roles where group_id = ${groupId} and source = 'auto_join' order by user_id
    on conflict (group_id, user_id, source) do update set role = greatest(group_roles.role, excluded.role)`.execute(tx)
  await sql`delete from group_roles where group_id = ${groupId} and source = 'auto_join'`.execute(tx)
}
