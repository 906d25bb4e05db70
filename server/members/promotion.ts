import type { OrgRole } from '../../api/index.ts'
import { joinsReadGroups } from '../access/escalation.ts'
import { now } from '../kernel/clock.ts'
import type { Tx } from '../store/database.ts'
import { type MemberKey, writeMember } from './store.ts'

/** Makes a member admin whom nobody else made one; with that they join the groups that members of their new role join. */
export async function promote(tx: Tx, key: MemberKey, before: OrgRole): Promise<void> {
  const joins = !joinsReadGroups(before)
  await writeMember(tx, {
    ...key,
    role: 'admin',
    expiresAt: null,
    removed: [],
    put: [],
    joins,
    by: 'system',
    at: now(),
  })
}
