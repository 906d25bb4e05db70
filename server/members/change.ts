import type { OrgRole } from '../../api/index.ts'
import {
  isAdminRole,
  joinsReadGroups,
  mayActOn,
  mayChangeRoles,
  mayGrant,
  mayManageGroup,
  unmakesAdmin,
} from '../access/escalation.ts'
import type { Permit } from '../access/permit.ts'
import { type NewEvent, record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { clearAdminless, guardAdmins } from '../orgs/admins.ts'
import { refusedBy } from '../store/conflict.ts'
import type { Tx } from '../store/database.ts'
import { type GroupPlan, groupsAfter, loggedGroups, planGroups, type TouchedGroup } from './group-plan.ts'
import { type GroupsAsked, resolveGroups } from './groups-named.ts'
import { handOnProbation } from './probation.ts'
import {
  type GroupRow,
  getRole,
  type JoinedGroup,
  type LockedMember,
  lockWithStanding,
  type MemberKey,
  type Standing,
  writeMember,
  writeRole,
} from './store.ts'

/** What is asked of a membership; what is left out stays as it is. */
export interface MemberChange {
  role?: OrgRole | undefined
  groups?: (GroupsAsked & { mode: 'merge' | 'replace' }) | undefined
  expiresAt?: Date | null | undefined
}

interface Decided {
  key: MemberKey
  before: LockedMember
  role: OrgRole
  expiresAt: Date | null
  standing: Standing
  plan: GroupPlan
}

type ChangePermit = Permit<'member.changeRole'> | Permit<'member.update'>

/**
 * Changes the role, the manual group roles or the expiry of the member that the permit is about. Decides on what is
 * true once the membership is locked, whatever was true at the door, and writes one event, or none if nothing changes.
 */
export async function changeMember(tx: Tx, permit: ChangePermit, change: MemberChange): Promise<void> {
  const decided = await decide(tx, permit, change)
  if (!changes(decided)) return
  const joined = losesAdmin(decided) ? await writeGuarded(tx, permit, decided) : await write(tx, permit, decided)
  const given = decided.plan.put.map(({ role }): OrgRole => role)
  if (decided.role !== decided.before.role) given.push(decided.role)
  for (const role of given) await handOnProbation(tx, permit, { ...decided.key, userIds: [decided.key.userId], role })
  if (gainsAdmin(decided)) await clearAdminless(tx, permit.org.id)
  await record(tx, permit, changeEvent(permit.subject, { ...decided, rows: decided.standing.rows }, joined))
}

async function decide(tx: Tx, permit: ChangePermit, change: MemberChange): Promise<Decided> {
  const { org, subject, actor } = permit
  const at = now()
  const key = { orgId: org.id, userId: subject.id }
  const named = change.groups ? await resolveGroups(tx, org.id, actor.id, change.groups) : []
  const locked = await lockWithStanding(tx, key, actor.id, at)
  if (locked === undefined) throw new HubError('NotFound', 'There is no member of this name.')
  const { member: before, standing } = locked
  const role = change.role ?? before.role
  const expiresAt = change.expiresAt === undefined ? before.expiresAt : change.expiresAt
  const plan = planGroups(standing.rows, named, change.groups?.mode ?? 'merge')
  const decided = { key, before, role, expiresAt, standing, plan }
  // Where an admin is lost, the caller's role now is asked last; see writeGuarded.
  const callerRole = losesAdmin(decided) && actor.id !== subject.id ? org.role : standing.callerRole
  refusePerson(decided, callerRole)
  refuseGroups(decided, callerRole)
  return decided
}

type CallerRole = OrgRole | null | undefined

function refusePerson({ before, role, standing }: Decided, callerRole: CallerRole): void {
  if (!mayChangeRoles(callerRole, standing.memberManagement)) {
    throw new HubError('Forbidden', 'This takes the role write or higher, or admin where the organization says so.')
  }
  if (!mayActOn(callerRole, before.role)) {
    throw new HubError(
      'Forbidden',
      'With the role write you may only act on members whose role is below write; ask an admin.',
    )
  }
  if (!mayGrant(callerRole, role)) throw new HubError('Forbidden', 'Only an admin makes somebody else admin.')
}

function refuseGroups({ plan }: Decided, callerRole: CallerRole): void {
  const touched: TouchedGroup[] = [...plan.removed, ...plan.put]
  const foreign = touched.find((group) => !mayManageGroup(callerRole, group.callerRole))
  if (foreign) {
    throw new HubError(
      'Forbidden',
      `This would change a role in the resource group ${foreign.name}, of which you are not admin. Nothing was changed.`,
    )
  }
  const managed = touched.find((group) => group.managedBy === 'scim')
  if (managed) {
    throw new HubError(
      'Forbidden',
      `The people of the resource group ${managed.name} are managed by the identity provider. Nothing was changed.`,
    )
  }
}

function changes({ before, role, expiresAt, plan }: Decided): boolean {
  return before.role !== role || !sameTime(before.expiresAt, expiresAt) || plan.removed.length + plan.put.length > 0
}

function sameTime(one: Date | null, other: Date | null): boolean {
  return one?.getTime() === other?.getTime()
}

// An admin whose membership ends by itself does not count either.
function losesAdmin({ before, role, expiresAt }: Decided): boolean {
  return (
    unmakesAdmin(before.role, role) || (isAdminRole(before.role) && before.expiresAt === null && expiresAt !== null)
  )
}

function gainsAdmin({ role, expiresAt }: Decided): boolean {
  return isAdminRole(role) && expiresAt === null
}

// Of two admins who demote each other at once, one is not admin any more when it is their turn: asked last, when the
// organization is locked, so that who is about to take the last admin hears that first.
async function writeGuarded(tx: Tx, permit: ChangePermit, decided: Decided): Promise<JoinedGroup[]> {
  const { org, actor, subject } = permit
  const joined = await guardAdmins(tx, permit, org, () => write(tx, permit, decided))
  if (actor.id !== subject.id) refusePerson(decided, await getRole(tx, { orgId: org.id, userId: actor.id }, now()))
  return joined
}

async function write(tx: Tx, permit: ChangePermit, decided: Decided): Promise<JoinedGroup[]> {
  const { key, before, role, expiresAt, plan } = decided
  const joins = joinsReadGroups(role) && !joinsReadGroups(before.role)
  if (!joins && plan.removed.length + plan.put.length === 0) {
    await writeRole(tx, key, role, { expiresAt, at: now() })
    return []
  }
  const removed = plan.removed.map(({ id }) => id)
  try {
    return await writeMember(tx, {
      ...key,
      role,
      expiresAt,
      removed,
      put: plan.put,
      joins,
      by: permit.actor.name,
      at: now(),
    })
  } catch (error) {
    if (refusedBy(error) === undefined) throw error
    throw new HubError('Forbidden', 'A resource group that was named has just been deleted. Nothing was changed.')
  }
}

/** What became of a membership, and of the group roles that went with it. */
export interface Changed {
  before: Pick<LockedMember, 'role' | 'expiresAt'>
  role: OrgRole
  expiresAt: Date | null
  /** The group roles before. */
  rows: readonly GroupRow[]
  plan: GroupPlan
}

/** The event of a changed member; `joined` are the groups they joined by themselves with it. */
export function changeEvent(
  person: { id: string; name: string },
  changed: Changed,
  joined: readonly JoinedGroup[],
): NewEvent {
  const { before, role, expiresAt, rows, plan } = changed
  const aboutGroups = plan.removed.length + plan.put.length > 0
  return {
    type: before.role === role && !aboutGroups ? 'org.update_member' : 'org.change_role',
    message: `changed ${changedWords(person.name, changed)}`,
    data: {
      user: { _id: person.id, user: person.name },
      before: { role: before.role, expiresAt: before.expiresAt, resourceGroups: loggedGroups(rows) },
      after: { role, expiresAt, resourceGroups: groupsAfter(rows, plan, joined) },
    },
  }
}

/** What changes about a member, in words. */
export function changedWords(name: string, { before, role, expiresAt, plan }: Omit<Changed, 'rows'>): string {
  const groups = [...plan.removed, ...plan.put].map((group) => group.name)
  const words: string[] = []
  if (before.role !== role) words.push(`the role of ${name} from ${before.role} to ${role}`)
  if (groups.length > 0) words.push(`the roles of ${name} in ${groupWords(groups)}`)
  if (!sameTime(before.expiresAt, expiresAt))
    words.push(`the end of the membership of ${name} to ${expiresAt?.toISOString() ?? 'never'}`)
  return words.join(' and ')
}

function groupWords(names: string[]): string {
  const most = 5
  if (names.length <= most) return names.join(', ')
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more resource groups`
}
