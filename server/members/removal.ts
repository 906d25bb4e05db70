import type * as api from '../../api/index.ts'
import type { leaving } from '../../api/index.ts'
import { isAdminRole, readsUngrouped } from '../access/escalation.ts'
import type { Permit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { guardAdmins } from '../orgs/admins.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import type { Holdings, Stock } from '../users/holding.ts'
import { findMade, type Made, type Sight } from './removal-store.ts'
import { deleteMember, getRole, type LockedMember, lockMember } from './store.ts'

const maxRepositoriesNamed = 100

/** Removes a member at once, with group roles and seat; tells what remains. */
export function removeMember(holdings: Holdings) {
  return async (
    db: Db,
    permit: Permit<'member.remove'>,
    input: api.InputOf<typeof api.members.removeMember>,
  ): Promise<api.ResultOf<typeof api.members.removeMember>> => {
    const { subject } = permit
    const dryRun = input.dryRun ?? false
    const sight = { viewerId: permit.actor.id, all: true, ungrouped: true }
    const [type, message] = ['org.remove_user' as const, `removed ${subject.name}`]
    const ending = { person: subject, sight, dryRun, holdings, type, message }
    return transaction(db, (tx) => endMembership(tx, permit, ending), { dryRun })
  }
}

/** Leaves an organization; also who is kept out for want of a second factor may go. The last usable admin may not. */
export function leaveOrganization(holdings: Holdings) {
  return async (
    db: Db,
    permit: Permit<'member.leave'>,
    input: api.InputOf<typeof api.members.leaveOrganization>,
  ): Promise<api.ResultOf<typeof api.members.leaveOrganization>> => {
    const { actor, org } = permit
    const dryRun = input.dryRun ?? false
    const sight = { viewerId: actor.id, all: isAdminRole(org.role), ungrouped: readsUngrouped(org.role) }
    const [type, message] = ['org.leave' as const, 'left the organization']
    const ending = { person: actor, sight, dryRun, holdings, type, message }
    return transaction(db, (tx) => endMembership(tx, permit, ending), { dryRun })
  }
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
  ending: Ending,
): Promise<api.members.Removal> {
  const { org } = permit
  const key = { orgId: org.id, userId: ending.person.id }
  const member = await lockMember(tx, key, now())
  if (member === undefined) throw noMember(ending)
  const stock = await ending.holdings.takeStock(tx, key, 'removal')
  const made = await findMade(tx, key, ending.sight, maxRepositoriesNamed)
  if (isAdminRole(member.role)) await guardAdmins(tx, permit, org, () => deleteMember(tx, key))
  else await deleteMember(tx, key)
  await refuseDemotedCaller(tx, permit, ending.person.id)
  await record(tx, permit, {
    type: ending.type,
    message: ending.message,
    data: endingData(ending, member, { groups: stock.has.groupRoles }),
  })
  return removalOf(member, { stock, made }, ending.dryRun)
}

function noMember({ type }: Ending): HubError {
  if (type === 'org.leave') return new HubError('Forbidden', 'You are no member any more.')
  return new HubError('NotFound', 'There is no member of this name.')
}

/**
 * Refuses who ends somebody else's membership and is no admin any more: of two admins who remove each other at once, one
 * is not admin when it is their turn. Ask last, when everything is locked, so that who is about to take the last admin
 * hears that first.
 */
export async function refuseDemotedCaller(
  tx: Tx,
  { actor, org }: { actor: { id: string }; org: { id: string } },
  personId: string,
): Promise<void> {
  if (personId === actor.id) return
  const caller = await getRole(tx, { orgId: org.id, userId: actor.id }, now())
  if (!isAdminRole(caller)) throw new HubError('Forbidden', 'This takes the role admin.')
}

/** What the log keeps of a membership that ended. */
export function endingData(
  { person }: { person: { id: string; name: string } },
  { role, source }: Pick<LockedMember, 'role' | 'source'>,
  { groups }: { groups: leaving.Belongings['groupRoles'] },
): Record<string, unknown> {
  return { user: { _id: person.id, user: person.name }, before: { role, source, resourceGroups: groups }, after: null }
}

function removalOf(
  { role }: LockedMember,
  { stock, made }: { stock: Stock; made: Made },
  dryRun: boolean,
): api.members.Removal {
  const { has, ended, remaining } = stock
  return {
    success: true,
    dryRun,
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
}: leaving.Belongings['collaboratorGrants'][number]): api.members.Removal['remains']['grants'][number] {
  return { kind: 'collaborator', on: `${type} ${repository}`, role }
}
