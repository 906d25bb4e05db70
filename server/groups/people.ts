import type * as api from '../../api/index.ts'
import type { GroupRole, InputOf, ResultOf } from '../../api/index.ts'
import { highestRole } from '../access/escalation.ts'
import { reaches } from '../access/ladder.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { badField, HubError } from '../kernel/errors.ts'
import type { Links } from '../mail/links.ts'
import { type FoundGroup, findGroupsNamed } from '../members/membership/groups-named.ts'
import { applyChanges } from '../members/membership/membership.ts'
import type { Update } from '../members/membership/membership-changes.ts'
import { type GroupRow, type Held, lockPeople } from '../members/membership/membership-lock.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { groupIsGone, readGroup } from './reply.ts'
import { type AskedPerson, findAskedPeople, lockGroup } from './store.ts'

type GroupPermit =
  | Permit<'group.create'>
  | Permit<'group.addUsers'>
  | Permit<'group.changeRole'>
  | Permit<'group.removeUser'>
type Groups = typeof api.groups

/** A person to put into a group. */
export interface WantedPerson {
  user: string
  role: GroupRole
}

/** Adds members to a group: all of them, or no one. */
export async function addGroupUsers(
  db: Db,
  permit: Permit<'group.addUsers'>,
  input: InputOf<Groups['addGroupUsers']>,
  links: Links,
): Promise<ResultOf<Groups['addGroupUsers']>> {
  return transaction(db, async (tx) => {
    const people = await lockWanted(tx, permit, input.users)
    const group = await lockedGroup(tx, permit)
    const users = await addPeople(tx, permit, group, people)
    const message = `added ${listed(users.map(({ user }) => user))} to the resource group ${group.name}`
    await record(tx, permit, { type: 'resource_group.add_users', message, data: { group: named(group), users } })
    return readGroup(tx, group.id, links)
  })
}

/** People to put into a group, whose memberships are locked. */
export interface WantedPeople {
  held: Held
  people: { id: string; name: string; role: GroupRole }[]
}

/** Finds the members to put into a group, and locks their memberships; refuses all of them when one is no member. */
export async function lockWanted(tx: Tx, permit: GroupPermit, wanted: readonly WantedPerson[]): Promise<WantedPeople> {
  const names = wanted.map(({ user }) => user)
  const found = await findAskedPeople(tx, names)
  refuseUnknown(found)
  refuseTwice(found)
  const people = found.map(({ user_id: id, name }, index) => ({
    id: id ?? '',
    name,
    role: wanted[index]?.role ?? 'read',
  }))
  const userIds = people.map(({ id }) => id)
  await recheck(tx, permit, { members: userIds })
  const held = await lockPeople(tx, { orgId: permit.org.id, userIds, callerId: permit.actor.id })
  const outside = people.filter(({ id }) => !held.members.has(id))
  if (outside.length > 0)
    throw new HubError(
      'Forbidden',
      `users: ${listed(outside.map(({ name }) => name))} ${outside.length > 1 ? 'are not members' : 'is not a member'} of the organization.`,
    )
  return { held, people }
}

/** Puts people into a group in the transaction of the caller, who records it; refuses all of them when one is in it. */
export async function addPeople(
  tx: Tx,
  by: GroupPermit,
  group: FoundGroup,
  { held, people }: WantedPeople,
): Promise<WantedPerson[]> {
  const inside = people.filter(({ id }) => rolesIn(held, id, group.id).some(({ source }) => source === 'manual'))
  if (inside.length > 0) throw alreadyThere(inside.map(({ name }) => name))
  const changes = people.map(({ role, ...person }) => roleChange(person, group, role))
  await applyChanges(tx, by, { orgId: by.org.id, changes, by, events: null }, held)
  return people.map(({ name, role }) => ({ user: name, role }))
}

function roleChange(person: { id: string; name: string }, group: FoundGroup, role: GroupRole | null): Update {
  return { kind: 'update', person, groups: { mode: 'exact', named: [{ ...group, role }] } }
}

function rolesIn(held: Held, userId: string, groupId: string): GroupRow[] {
  return held.members.get(userId)?.rows.filter(({ id }) => id === groupId) ?? []
}

function named({ id, name }: FoundGroup): { id: string; name: string } {
  return { id, name }
}

function refuseUnknown(found: AskedPerson[]): void {
  const index = found.findIndex(({ user_id }) => user_id === null)
  if (index >= 0) throw badField(`users[${index}].user`, `no account named “${found[index]?.asked}”`)
}

function refuseTwice(found: AskedPerson[]): void {
  const seen = new Set<string | null>()
  for (const [index, { user_id, asked }] of found.entries()) {
    if (seen.has(user_id)) throw badField(`users[${index}].user`, `${asked} is listed twice`)
    seen.add(user_id)
  }
}

function alreadyThere(names: string[]): HubError {
  return new HubError(
    'Forbidden',
    `users: ${listed(names)} ${names.length > 1 ? 'are' : 'is'} already in the resource group.`,
  )
}

/** Changes the role that a person has in a group by hand. */
export async function changeGroupRole(
  db: Db,
  permit: Permit<'group.changeRole'>,
  input: InputOf<Groups['changeGroupRole']>,
  links: Links,
): Promise<ResultOf<Groups['changeGroupRole']>> {
  return transaction(db, async (tx) => {
    const { group, person, held } = await lockPerson(tx, permit)
    refuseBelow(person, input.role)
    const isSame = person.role === input.role && (person.manual === input.role || person.manual === undefined)
    if (!isSame) await setRole(tx, permit, { group, person, held }, input.role)
    return readGroup(tx, group.id, links)
  })
}

async function setRole(
  tx: Tx,
  by: Permit<'group.changeRole'>,
  { group, person, held }: HeldPerson,
  role: GroupRole,
): Promise<void> {
  const message = `changed the role of ${person.name} in the resource group ${group.name} from ${person.role} to ${role}`
  const data = { group: named(group), user: person.name, before: { role: person.role }, after: { role } }
  const events = () => [{ type: 'resource_group.change_role', message, data }]
  await applyChanges(tx, by, { orgId: by.org.id, changes: [roleChange(person, group, role)], by, events }, held)
}

/** Takes a person out of a group. Who is there by auto-join as well stays with that role. */
export async function removeGroupUser(
  db: Db,
  permit: Permit<'group.removeUser'>,
  _input: InputOf<Groups['removeGroupUser']>,
  links: Links,
): Promise<ResultOf<Groups['removeGroupUser']>> {
  return transaction(db, async (tx) => {
    const { group, person, held } = await lockPerson(tx, permit)
    if (person.manual === undefined)
      throw new HubError('Forbidden', `${person.name} is in the resource group ${byWhat(person)}.`)
    const message = `removed ${person.name} from the resource group ${group.name}`
    const users = [{ user: person.name, role: person.manual }]
    const data = { group: named(group), users, ...(person.other && { remains: person.other }) }
    const events = () => [{ type: 'resource_group.remove_users', message, data }]
    const changes = [roleChange(person, group, null)]
    await applyChanges(tx, permit, { orgId: permit.org.id, changes, by: permit, events }, held)
    return readGroup(tx, group.id, links)
  })
}

interface PersonInGroup {
  id: string
  name: string
  /** The role that counts. */
  role: GroupRole
  manual: GroupRole | undefined
  /** The highest role from elsewhere than by hand. */
  other: { source: string; role: GroupRole } | undefined
}

interface HeldPerson {
  group: FoundGroup
  person: PersonInGroup
  held: Held
}

async function lockPerson(
  tx: Tx,
  permit: Permit<'group.changeRole'> | Permit<'group.removeUser'>,
): Promise<HeldPerson> {
  const { subject } = permit.facts
  if (subject === undefined) throw notInGroup()
  const { id, name } = subject
  await recheck(tx, permit, { members: [id] })
  const held = await lockPeople(tx, { orgId: permit.org.id, userIds: [id], callerId: permit.actor.id })
  const group = await lockedGroup(tx, permit)
  const roles = rolesIn(held, id, group.id)
  const role = highestRole(roles.map((row) => row.role))
  if (role === undefined) throw notInGroup()
  const manual = roles.find(({ source }) => source === 'manual')?.role
  const others = roles.filter(({ source }) => source !== 'manual')
  const otherRole = highestRole(others.map((row) => row.role))
  const other = others.find((row) => row.role === otherRole)
  const person = { id, name, role, manual, other: other && { source: other.source, role: other.role } }
  return { group, person, held }
}

function notInGroup(): HubError {
  return new HubError('NotFound', 'No one with this username in the resource group.')
}

// A role by hand below the one that another source gives would change nothing and look as if it had.
function refuseBelow(person: PersonInGroup, role: GroupRole): void {
  if (person.other === undefined || reaches(role, person.other.role)) return
  throw new HubError('Forbidden', `role: ${person.name} has the ${person.other.role} role ${byWhat(person)}.`)
}

function byWhat({ other }: PersonInGroup): string {
  return other?.source === 'auto_join'
    ? 'through auto-join. Turn off auto-join first'
    : 'through the identity provider. Change it there'
}

// Memberships are locked before the group, as the rules of auto-join lock them.
async function lockedGroup(
  tx: Tx,
  { org, group, actor }: Exclude<GroupPermit, Permit<'group.create'>>,
): Promise<FoundGroup> {
  const row = await lockGroup(tx, group.id)
  if (row === undefined) throw groupIsGone()
  const found = (await findGroupsNamed(tx, org.id, actor.id, [row.id])).get(row.id)
  if (found === undefined) throw groupIsGone()
  return found
}

const mostListed = 10

function listed(names: readonly string[]): string {
  if (names.length > mostListed) return `${names.slice(0, mostListed).join(', ')} and ${names.length - mostListed} more`
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? 'no one')
}
