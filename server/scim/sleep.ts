import type { OrgRole } from '../../api/index.ts'
import { isAdminRole } from '../access/escalation.ts'
import type { Permit } from '../access/permit.ts'
import { inviteProvisioned, revokeProvisioned } from '../joining/invitations/provisioned.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { applyChanges } from '../members/membership/membership.ts'
import type { GroupGrant, Join } from '../members/membership/membership-changes.ts'
import type { Held, HeldMember } from '../members/membership/membership-lock.ts'
import { recordSuccession, succeed } from '../members/successors.ts'
import { losesLastAdmin } from '../orgs/admins.ts'
import { collaboratorGrants } from '../repos/holdings.ts'
import type { Tx } from '../store/database.ts'
import { deprovisionAccount, reprovisionAccount } from '../users/managed/managed.ts'
import { type Asleep, findGroupsLeft, setAsleep, type UserRow } from './users-store.ts'

type WritePermit = Permit<'scim.write'>

/** Ends the access of a person whom the identity provider deactivated, and keeps the membership to give it back. */
export async function putToSleep(tx: Tx, permit: WritePermit, row: UserRow, held: Held): Promise<void> {
  const member = held.members.get(row.user_id)
  if (member !== undefined) await setAsleep(tx, row.id, asleepOf(member))
  await remove(tx, permit, row, held)
  if (row.managed) await deprovisionAccount(tx, row.user_id)
}

/** Ends the access of a person in the organization: the membership, collaborator access, and invitations by SCIM. */
export async function remove(tx: Tx, permit: WritePermit, row: UserRow, held: Held): Promise<void> {
  const { org } = permit
  await revokeProvisioned(tx, row.id)
  const member = held.members.get(row.user_id)
  if (member !== undefined) await endMembership(tx, permit, row, held)
  await collaboratorGrants.end?.(tx, { orgId: org.id, userId: row.user_id }, now())
}

// It can't be refused: the first successor becomes admin where the last one goes.
async function endMembership(tx: Tx, permit: WritePermit, row: UserRow, held: Held): Promise<void> {
  const { org } = permit
  const person = { id: row.user_id, name: row.account }
  const set = { orgId: org.id, changes: [{ kind: 'leave', person } as const], events: null }
  if (!isAdminRole(held.members.get(row.user_id)?.role)) {
    await applyChanges(tx, permit, set, held)
    return
  }
  const isLast = await losesLastAdmin(tx, org, () => applyChanges(tx, permit, set, held))
  if (!isLast) return
  const succession = await succeed(tx, permit, org)
  await recordSuccession(tx, permit, { ...person, how: 'deprovisioning' }, succession)
}

// What SCIM groups, rules, and the mapping of SSO give comes back by itself.
function asleepOf({ role, source, isExternal, expiresAt, rows }: HeldMember): Asleep {
  const groups = rows.filter((row) => row.source === 'manual').map((row) => ({ id: row.id, role: row.role }))
  return { role, source, isExternal, expiresAt: expiresAt?.toISOString() ?? null, groups }
}

/**
 * Gives a person the membership back that they had when they were deactivated. Who had none is invited, and joins by
 * accepting; with a managed account they join at once. `409` when no seat is free.
 */
export async function wake(tx: Tx, permit: WritePermit, row: UserRow): Promise<void> {
  const { org } = permit
  const account = { id: row.user_id, name: row.account }
  const asleep = stillValid(row.asleep) ?? (row.managed ? newcomer(org.defaultRole) : null)
  if (row.managed) await reprovisionAccount(tx, row.user_id)
  try {
    if (asleep !== null) await rejoin(tx, permit, row, asleep)
    else await inviteProvisioned(tx, { org, account, scimUserId: row.id, role: org.defaultRole })
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'SeatLimit') throw error
    throw new HubError('Conflict', error.message)
  }
}

function newcomer(role: OrgRole): Asleep {
  return { role, source: 'scim', isExternal: false, expiresAt: null, groups: [] }
}

// A membership that would have ended meanwhile is not given back.
function stillValid(asleep: Asleep | null): Asleep | null {
  const hasEnded = typeof asleep?.expiresAt === 'string' && new Date(asleep.expiresAt) <= now()
  return hasEnded ? null : asleep
}

async function rejoin(tx: Tx, permit: WritePermit, row: UserRow, asleep: Asleep): Promise<void> {
  const { org } = permit
  const join: Join = {
    kind: 'join',
    person: { id: row.user_id, name: row.account },
    role: asleep.role,
    source: asleep.source,
    isExternal: asleep.isExternal,
    expiresAt: asleep.expiresAt === null ? null : new Date(asleep.expiresAt),
    groups: await groupsLeft(tx, org.id, asleep),
  }
  await applyChanges(tx, permit, { orgId: org.id, changes: [join], events: null })
  if (row.asleep !== null) await setAsleep(tx, row.id, null)
}

async function groupsLeft(tx: Tx, orgId: string, { groups: rows }: Asleep): Promise<GroupGrant[]> {
  if (rows.length === 0) return []
  const left = await findGroupsLeft(
    tx,
    orgId,
    rows.map(({ id }) => id),
  )
  return rows.filter(({ id }) => left.has(id)).map(({ id, role }) => ({ groupId: id, role, by: null }))
}
