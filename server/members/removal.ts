import type * as api from '../../api/index.ts'
import type { leaving } from '../../api/index.ts'
import { isAdminRole, readsUngrouped } from '../access/escalation.ts'
import type { Permit } from '../access/permit.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import type { Holdings, Stock } from '../users/holding.ts'
import { readLosses } from './membership/losses.ts'
import { applyChanges } from './membership/membership.ts'
import type { ChangeSet } from './membership/membership-changes.ts'
import { leaveData } from './membership/membership-events.ts'
import { noMember } from './membership/membership-judge.ts'
import { type HeldMember, lockMembers } from './membership/membership-lock.ts'
import type { Step } from './membership/membership-steps.ts'
import { findMade, type Made, type Sight } from './removal-store.ts'

const maxRepositoriesNamed = 100

/** Removes a member at once, with group roles and seat; tells what remains. */
export async function removeMember(
  db: Db,
  permit: Permit<'member.remove'>,
  input: api.InputOf<typeof api.members.removeMember>,
  holdings: Holdings,
): Promise<api.ResultOf<typeof api.members.removeMember>> {
  const { subject } = permit
  const dryRun = input.dryRun ?? false
  const sight = { viewerId: permit.actor.id, all: true, ungrouped: true }
  const [type, message] = ['org.remove_user' as const, `removed ${subject.name}`]
  const ending = { person: subject, sight, dryRun, holdings, type, message }
  return transaction(db, (tx) => endMembership(tx, permit, ending), { dryRun })
}

/** Leaves an organization; members who lack required 2FA may leave too. The last usable admin may not. */
export async function leaveOrganization(
  db: Db,
  permit: Permit<'member.leave'>,
  input: api.InputOf<typeof api.members.leaveOrganization>,
  holdings: Holdings,
): Promise<api.ResultOf<typeof api.members.leaveOrganization>> {
  const { actor, org } = permit
  const dryRun = input.dryRun ?? false
  const sight = { viewerId: actor.id, all: isAdminRole(org.role), ungrouped: readsUngrouped(org.role) }
  const [type, message] = ['org.leave' as const, 'left the organization']
  const ending = { person: actor, sight, dryRun, holdings, type, message }
  return transaction(db, (tx) => endMembership(tx, permit, ending), { dryRun })
}

interface Ending {
  person: { id: string; name: string }
  sight: Sight
  dryRun: boolean
  holdings: Holdings
  type: 'org.remove_user' | 'org.leave'
  message: string
}

async function endMembership(
  tx: Tx,
  permit: Permit<'member.remove'> | Permit<'member.leave'>,
  { person, sight, dryRun, holdings, type, message }: Ending,
): Promise<api.members.Removal> {
  const orgId = permit.org.id
  const changes = [{ kind: 'leave', person } as const]
  const events = (steps: readonly Step[]) =>
    steps.flatMap((step) => (step.kind === 'leave' ? [{ type, message, data: leaveData(step) }] : []))
  const set: ChangeSet = { orgId, changes, by: permit, events }
  const held = await lockMembers(tx, set)
  const member = held.members.get(person.id)
  if (member === undefined) throw noMember(permit)
  const key = { orgId, userId: person.id }
  const stock = await holdings.takeStock(tx, key, 'removal')
  const made = await findMade(tx, key, sight, maxRepositoriesNamed)
  await applyChanges(tx, permit, set, held)
  const before = { role: member.role, groups: stock.has.groupRoles }
  const { loses } = await readLosses(tx, permit.org, before, null)
  return removalOf(member, { stock, made, loses }, dryRun)
}

function removalOf(
  { role }: HeldMember,
  { stock, made, loses }: { stock: Stock; made: Made; loses: string[] },
  dryRun: boolean,
): api.members.Removal {
  const { has, ended, remaining } = stock
  return {
    success: true,
    dryRun,
    loses,
    removed: { role, groups: has.groupRoles, seatFreed: true, counts: ended },
    remains: {
      ...made,
      personalTokens: has.tokens.length,
      grants: has.collaboratorGrants.map(shownGrant),
      counts: remaining,
    },
  }
}

// A grant on a single repository was given beside the membership and does not end with it.
function shownGrant({
  type,
  repository,
  role,
}: leaving.Holdings['collaboratorGrants'][number]): api.members.Removal['remains']['grants'][number] {
  return { kind: 'collaborator', on: `${type} ${repository}`, role }
}
