import type { Permit } from '../access/permit.ts'
import { applyChanges } from '../members/membership/membership.ts'
import type { Update } from '../members/membership/membership-changes.ts'
import { type Held, lockPeople } from '../members/membership/membership-lock.ts'
import type { Step, UpdateStep } from '../members/membership/membership-steps.ts'
import type { Tx } from '../store/database.ts'
import { listGivenRoles } from './groups-store.ts'

/** Someone whose SCIM groups changed. */
export interface Person {
  userId: string
  name: string
}

/** Locks the memberships of people, for {@link giveRoles}. Lock their accounts first: one of them may be joining. */
export async function holdPeople(tx: Tx, orgId: string, people: readonly Person[]): Promise<Held> {
  return lockPeople(tx, { orgId, userIds: people.map(({ userId }) => userId), callerId: '' })
}

/**
 * Gives people the group roles that their SCIM groups give by now, the highest where several do, and no others from SCIM.
 * Those who are not members get theirs when they join. Answers what changed.
 */
export async function giveRoles(
  tx: Tx,
  permit: Permit & { org: { id: string } },
  people: readonly Person[],
  held: Held,
): Promise<UpdateStep[]> {
  const orgId = permit.org.id
  const members = people.filter(({ userId }) => held.members.has(userId))
  if (members.length === 0) return []
  const given = Map.groupBy(
    await listGivenRoles(
      tx,
      orgId,
      members.map(({ userId }) => userId),
    ),
    ({ userId }) => userId,
  )
  const changes = members.map(({ userId, name }): Update => {
    const groups = { mode: 'sync', named: given.get(userId) ?? [], source: 'scim' } as const
    return { kind: 'update', person: { id: userId, name }, groups }
  })
  const steps = await applyChanges(tx, permit, { orgId, changes, events: null }, held)
  return steps.filter((step: Step) => step.kind === 'update')
}

/** The people who lost a role in a resource group by it. */
export function losersAmong(steps: readonly UpdateStep[]): UpdateStep[] {
  return steps.filter(({ groups }) => groups.removed.length > 0)
}
