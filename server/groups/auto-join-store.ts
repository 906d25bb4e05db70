import type { GroupRole } from '../../api/index.ts'
import { noAccessRow } from '../access/grants.ts'
import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

export interface AutoJoinRule {
  role: GroupRole
  scope: 'all' | 'read_plus'
}

/**
 * Waits for people who are joining the organization at this moment, or rising from `no_access`, and lets later ones
 * wait until this transaction ends: no one slips between a back-fill and the rule it belongs to.
 */
export async function lockDoors(tx: Tx, orgId: string): Promise<void> {
  await sql`select from organizations where id = ${orgId} for update`.execute(tx)
  await sql`select from memberships where org_id = ${orgId} and ${noAccessRow('memberships')} order by user_id for share`.execute(
    tx,
  )
}

/** Writes the rule of a group; undefined turns it off. */
export async function setAutoJoin(tx: Tx, groupId: string, rule: AutoJoinRule | undefined): Promise<void> {
  await sql`update resource_groups set auto_join_role = ${rule?.role ?? null}, auto_join_scope = ${rule?.scope ?? null}
    where id = ${groupId}`.execute(tx)
}
