import type * as api from '../../api/index.ts'
import type { GroupRole, InputOf, ResultOf } from '../../api/index.ts'
import { reaches } from '../access/ladder.ts'
import type { AnyPermit, Permit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { handOnProbation } from '../members/probation.ts'
import { refusedBy } from '../store/conflict.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { groupIsGone, readGroup } from './reply.ts'
import {
  type AskedPerson,
  deleteManualRole,
  findAskedPeople,
  findRoles,
  insertManualRoles,
  lockGroup,
  setManualRole,
} from './store.ts'

type Groups = typeof api.groups

/** A person to put into a group. */
export interface WantedPerson {
  user: string
  role: GroupRole
}

/** Adds members to a group: all of them, or nobody. */
export async function addGroupUsers(
  db: Db,
  permit: Permit<'group.addUsers'>,
  input: InputOf<Groups['addGroupUsers']>,
): Promise<ResultOf<Groups['addGroupUsers']>> {
  refuseManaged(permit)
  return transaction(db, async (tx) => {
    const group = await lockedGroup(tx, permit)
    const users = await addPeople(tx, permit, group.id, input.users)
    const reply = await readGroup(tx, permit, group.id)
    const message = `added ${listed(users.map(({ user }) => user))} to the resource group ${group.name}`
    await record(tx, permit, { type: 'resource_group.add_users', message, data: { group, users } })
    return reply
  })
}

/** Puts people into a group in the transaction of the caller; refuses all of them when one cannot be added. */
export async function addPeople(
  tx: Tx,
  permit: AnyPermit,
  groupId: string,
  wanted: readonly WantedPerson[],
): Promise<WantedPerson[]> {
  if (wanted.length === 0) return []
  const orgId = permit.facts.org?.id ?? ''
  const found = await findAskedPeople(
    tx,
    { orgId, groupId },
    wanted.map(({ user }) => user),
  )
  refuseUnknown(found)
  refuseTwice(found)
  const outside = found.filter(({ is_member }) => !is_member)
  if (outside.length > 0)
    throw new HubError(
      'Forbidden',
      `users: ${listed(outside.map(({ name }) => name))} ${outside.length > 1 ? 'are no members' : 'is no member'} of the organization.`,
    )
  const inside = found.filter(({ in_group }) => in_group)
  if (inside.length > 0) throw alreadyThere(inside.map(({ name }) => name))
  const people = found.map((person, index) => ({
    userId: person.user_id ?? '',
    user: person.name,
    role: wanted[index]?.role ?? 'read',
  }))
  await refusedAsSentence(insertManualRoles(tx, { orgId, groupId, addedBy: permit.actor?.name ?? 'system' }, people))
  for (const { userId, role } of people) await handOnProbation(tx, permit, { orgId, userIds: [userId], role })
  return people.map(({ user, role }) => ({ user, role }))
}

function refuseUnknown(found: AskedPerson[]): void {
  const index = found.findIndex(({ user_id }) => user_id === null)
  if (index >= 0) throw badField(`users[${index}].user`, `there is no account called ${found[index]?.asked}`)
}

function refuseTwice(found: AskedPerson[]): void {
  const seen = new Set<string | null>()
  for (const [index, { user_id, asked }] of found.entries()) {
    if (seen.has(user_id)) throw badField(`users[${index}].user`, `${asked} is named twice`)
    seen.add(user_id)
  }
}

// What changed between looking and writing is refused by the database.
async function refusedAsSentence(write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (error) {
    const constraint = refusedBy(error)
    if (constraint === 'group_roles_pkey')
      throw new HubError('Forbidden', 'users: one of them was just added to the resource group.')
    if (constraint?.startsWith('group_roles_org'))
      throw new HubError('Forbidden', 'users: one of them has just left the organization.')
    throw error
  }
}

function alreadyThere(names: string[]): HubError {
  return new HubError(
    'Forbidden',
    `users: ${listed(names)} ${names.length > 1 ? 'are' : 'is'} in the resource group already.`,
  )
}

/** Changes the role that a person has in a group by hand. */
export async function changeGroupRole(
  db: Db,
  permit: Permit<'group.changeRole'>,
  input: InputOf<Groups['changeGroupRole']>,
): Promise<ResultOf<Groups['changeGroupRole']>> {
  refuseManaged(permit)
  return transaction(db, async (tx) => {
    const group = await lockedGroup(tx, permit)
    const person = await personIn(tx, permit, group.id)
    refuseBelow(person, input.role)
    if (person.role === input.role && (person.manual === input.role || person.manual === undefined))
      return readGroup(tx, permit, group.id)
    await setManualRole(
      tx,
      { orgId: permit.org.id, groupId: group.id, addedBy: permit.actor.name },
      person.id,
      input.role,
    )
    await handOnProbation(tx, permit, { orgId: permit.org.id, userIds: [person.id], role: input.role })
    const reply = await readGroup(tx, permit, group.id)
    const message = `changed the role of ${person.name} in the resource group ${group.name} from ${person.role} to ${input.role}`
    const data = { group, user: person.name, before: { role: person.role }, after: { role: input.role } }
    await record(tx, permit, { type: 'resource_group.change_role', message, data })
    return reply
  })
}

/** Takes a person out of a group. Who is there by auto-join as well stays with that role. */
export async function removeGroupUser(
  db: Db,
  permit: Permit<'group.removeUser'>,
  _input: InputOf<Groups['removeGroupUser']>,
): Promise<ResultOf<Groups['removeGroupUser']>> {
  refuseManaged(permit)
  return transaction(db, async (tx) => {
    const group = await lockedGroup(tx, permit)
    const person = await personIn(tx, permit, group.id)
    if (person.manual === undefined)
      throw new HubError('Forbidden', `${person.name} is in the resource group ${byWhat(person)}.`)
    await deleteManualRole(tx, group.id, person.id)
    const reply = await readGroup(tx, permit, group.id)
    const message = `removed ${person.name} from the resource group ${group.name}`
    const data = {
      group,
      users: [{ user: person.name, role: person.manual }],
      ...(person.other && { remains: person.other }),
    }
    await record(tx, permit, { type: 'resource_group.remove_users', message, data })
    return reply
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

async function personIn(tx: Tx, permit: AnyPermit, groupId: string): Promise<PersonInGroup> {
  const { subject } = permit.facts
  const roles = subject?.role === undefined ? [] : await findRoles(tx, groupId, subject.id)
  const highest = roles[0]
  if (subject === undefined || highest === undefined)
    throw new HubError('NotFound', 'There is nobody of this name in the resource group.')
  const manual = roles.find(({ source }) => source === 'manual')
  const other = roles.find(({ source }) => source !== 'manual')
  return {
    id: subject.id,
    name: subject.name,
    role: highest.role as GroupRole,
    manual: manual?.role as GroupRole | undefined,
    other: other && { source: other.source, role: other.role as GroupRole },
  }
}

// A role by hand below the one that another source gives would change nothing and look as if it had.
function refuseBelow(person: PersonInGroup, role: GroupRole): void {
  if (person.other === undefined || reaches(role, person.other.role)) return
  throw new HubError('Forbidden', `role: ${person.name} has the role ${person.other.role} ${byWhat(person)}.`)
}

function byWhat({ other }: PersonInGroup): string {
  return other?.source === 'auto_join'
    ? 'through auto-join; turn that off first'
    : 'through the identity provider; change it there'
}

function refuseManaged(permit: Permit<'group.addUsers' | 'group.changeRole' | 'group.removeUser'>): void {
  if (permit.group.managedBy !== 'scim') return
  throw new HubError(
    'Forbidden',
    'The people of this resource group come from the identity provider; change them there.',
  )
}

async function lockedGroup(
  tx: Tx,
  permit: Permit<'group.addUsers' | 'group.changeRole' | 'group.removeUser'>,
): Promise<{ id: string; name: string }> {
  const group = await lockGroup(tx, permit.group.id)
  if (group === undefined) throw groupIsGone()
  return { id: group.id, name: group.name }
}

const mostListed = 10

function listed(names: readonly string[]): string {
  if (names.length > mostListed) return `${names.slice(0, mostListed).join(', ')} and ${names.length - mostListed} more`
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? 'nobody')
}
