import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { ScimBase } from '../../api/scim.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { Links } from '../mail/links.ts'
import { recheckAndHold } from '../members/membership/membership-lock.ts'
import { ChangedMeanwhile, refusedBy } from '../store/conflict.ts'
import type { Db, Tx } from '../store/database.ts'
import { requireBase } from './base.ts'
import { countRemovals, holdWindow, type RemovalAsked, removalsOf } from './breaker.ts'
import * as store from './groups-store.ts'
import { freeLinked } from './links-store.ts'
import { carryOut } from './operations.ts'
import { returns } from './protocol/body.ts'
import { badRequest, noResource, notUnique } from './protocol/errors.ts'
import { narrowedBy } from './protocol/filter-store.ts'
import { type GroupChange, type MembersChange, readGroup, readGroupPatch } from './protocol/group-body.ts'
import { groupReply, groupSchema, toldAs, toldAsCreated, toldAsPage } from './replies.ts'
import { giveRoles, holdPeople, losersAmong, type Person } from './roles.ts'

type Scim = typeof api.scim
type WritePermit = Permit<'scim.write'>

/** Lists groups with their members, unless those are left out; a filter finds some of them. */
export async function listScimGroups(
  db: Db,
  { org }: Permit<'scim.read'>,
  input: InputOf<Scim['listScimGroups']>,
  links: Links,
): Promise<ResultOf<Scim['listScimGroups']>> {
  requireBase(org, input.scimBase)
  const narrowed = narrowedBy(input.filter, store.groupFilterColumns)
  const withMembers = returns(input, 'members')
  return toldAsPage(telling(org, input, links), input, {
    rows: (page) => store.listGroupRows(db, { orgId: org.id, narrowed, withMembers, ...page }),
    total: () => store.countGroups(db, org.id, narrowed),
  })
}

function telling({ name }: { name: string }, { scimBase }: { scimBase: ScimBase }, links: Links) {
  return { make: groupReply, links, place: { org: name, base: scimBase } }
}

/** Reads one group. */
export async function getScimGroup(
  db: Db,
  { org }: Permit<'scim.read'>,
  input: InputOf<Scim['getScimGroup']>,
  links: Links,
): Promise<ResultOf<Scim['getScimGroup']>> {
  requireBase(org, input.scimBase)
  const row = await getGroup(db, org.id, input.id, returns(input, 'members'))
  return toldAs(telling(org, input, links), row, input)
}

async function getGroup(db: Db, orgId: string, id: string, withMembers = false): Promise<store.GroupRow> {
  const row = await store.findGroup(db, orgId, id, { withMembers })
  if (row === undefined) throw noResource('Group', id)
  return row
}

/** Creates a group. It gives nothing until an admin links it to resource groups. */
export async function createScimGroup(
  db: Db,
  permit: WritePermit,
  input: InputOf<Scim['createScimGroup']>,
  links: Links,
): Promise<ResultOf<Scim['createScimGroup']>> {
  const { org } = permit
  requireBase(org, input.scimBase)
  const asked = {
    method: 'POST',
    resource: 'Group',
    subject: String(input.resource.displayName ?? ''),
    status: 201,
  } as const
  const row = await carryOut(db, permit, asked, (tx) => create(tx, permit, readGroup(input.resource)))
  return toldAsCreated(telling(org, input, links), row, input)
}

async function create(
  tx: Tx,
  permit: WritePermit,
  { displayName, externalId = null, members }: GroupChange,
): Promise<store.GroupRow> {
  if (displayName === undefined) throw badRequest('invalidValue', 'displayName: is required.')
  const { org } = await recheck(tx, permit)
  const id = newId()
  const ids = [...(members?.plus ?? [])].sort()
  return refusingTwice(async () => {
    await store.insertGroup(tx, { id, orgId: org.id, displayName, externalId, at: now() })
    await findAll(tx, org.id, ids)
    await store.insertMembers(tx, { id, orgId: org.id }, ids)
    const message = `created the SCIM group ${displayName}`
    const data = { group: { id, displayName, externalId }, members: ids.length }
    await record(tx, permit, { type: 'scim.group.create', message, data })
    return { id, display_name: displayName, external_id: externalId, members: ids }
  })
}

async function refusingTwice<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (refusedBy(error) !== 'scim_groups_name') throw error
    throw notUnique('A group with this displayName already exists.')
  }
}

async function findAll(db: Db, orgId: string, ids: readonly string[]): Promise<store.Member[]> {
  const found = await store.findMembers(db, orgId, ids)
  if (found.length === ids.length) return found
  const known = new Set(found.map(({ id }) => id))
  throw badRequest('invalidValue', `members: no user with the ID ${ids.find((id) => !known.has(id))}.`)
}

/** Replaces a group: who is not named leaves it. */
export async function replaceScimGroup(
  db: Db,
  permit: WritePermit,
  input: InputOf<Scim['replaceScimGroup']>,
  links: Links,
): Promise<ResultOf<Scim['replaceScimGroup']>> {
  requireBase(permit.org, input.scimBase)
  await changeGroup(db, permit, { method: 'PUT', resource: 'Group', id: input.id, body: input.resource })
  return getScimGroup(db, permit as unknown as Permit<'scim.read'>, input, links)
}

/** Changes a group by PATCH operations; answers nothing unless attributes are asked for. */
export async function patchScimGroup(
  db: Db,
  permit: WritePermit,
  input: InputOf<Scim['patchScimGroup']>,
  links: Links,
): Promise<ResultOf<Scim['patchScimGroup']>> {
  const { org } = permit
  requireBase(org, input.scimBase)
  await changeGroup(db, permit, { method: 'PATCH', resource: 'Group', id: input.id, body: input.resource })
  if (!input.attributes) return { reply: { schemas: [groupSchema], id: input.id }, headers: {}, isEmpty: true }
  const row = await getGroup(db, org.id, input.id, returns(input, 'members'))
  return { reply: toldAs(telling(org, input, links), row, input), headers: {} }
}

type GroupAsked = Omit<RemovalAsked, 'summary'>

/** Carries out a change of a group; one that was approved is not counted again. */
export async function changeGroup(db: Db, permit: WritePermit, given: GroupAsked): Promise<void> {
  const seen = await getGroup(db, permit.org.id, given.id)
  const told = { method: given.method, resource: 'Group', subject: seen.display_name } as const
  const asked = { ...given, id: seen.id, summary: `take people out of the group ${seen.display_name}` }
  await carryOut(db, permit, told, async (tx) => {
    const wish = given.method === 'PUT' ? readGroup(given.body) : readGroupPatch(given.body)
    const isWhole = given.method === 'PUT' && wish.members === undefined
    const members = isWhole ? { replaces: true, plus: new Set<string>(), minus: new Set<string>() } : wish.members
    await change(tx, permit, seen, { asked, wish: { ...wish, ...(members && { members }) } })
  })
}

async function change(
  tx: Tx,
  permit: WritePermit,
  seen: store.GroupRow,
  { asked, wish }: { asked: RemovalAsked; wish: GroupChange },
): Promise<void> {
  const orgId = permit.org.id
  const moves = await movesOf(tx, orgId, seen.id, wish.members)
  const people = [...moves.plus, ...moves.minus]
  const userIds = people.map(({ userId }) => userId)
  // What they are in is changed by no one else once their memberships are locked
  const { held } = await recheckAndHold(tx, permit, { accounts: userIds }, { orgId, userIds, callerId: '' })
  if (!(await store.lockGroup(tx, seen.id, strengthFor(wish)))) throw noResource('Group', seen.id)
  if (wish.members?.replaces) await refuseOthers(tx, seen.id, moves)
  const window = moves.minus.length > 0 ? await holdWindow(tx, permit) : undefined
  const added = await store.addMembers(tx, { id: seen.id, orgId }, idsOf(moves.plus))
  const removed = await store.removeMembers(tx, seen.id, idsOf(moves.minus))
  const steps = await giveRoles(tx, permit, people, held)
  if (window !== undefined) {
    const going = losersAmong(steps).map(({ person }) => person.id)
    await countRemovals(tx, permit, window, { asked, people: removalsOf(held, going) })
  }
  const renamed = await rename(tx, seen, wish)
  if (added + removed === 0 && !renamed) return
  const message = `changed the SCIM group ${wish.displayName ?? seen.display_name}`
  const counts = { added, removed, rolesChanged: steps.length }
  const data = { group: { id: seen.id, displayName: seen.display_name }, ...counts, ...namesIn(moves) }
  await record(tx, permit, { type: 'scim.group.update', message, data })
}

// Members come and go side by side; what the group itself is changes one after the other.
function strengthFor({ displayName, externalId, members }: GroupChange): 'share' | 'update' {
  const changesItself = displayName !== undefined || externalId !== undefined
  return changesItself || members?.replaces ? 'update' : 'share'
}

const mostNamed = 100

function namesIn({ plus, minus }: Moves): Record<string, unknown> {
  const names = (people: readonly Person[]) => people.slice(0, mostNamed).map(({ name }) => name)
  return { addedUsers: names(plus), removedUsers: names(minus) }
}

async function rename(tx: Tx, seen: store.GroupRow, wish: GroupChange): Promise<boolean> {
  const displayName = wish.displayName ?? seen.display_name
  const externalId = wish.externalId === undefined ? seen.external_id : wish.externalId
  if (displayName === seen.display_name && externalId === seen.external_id) return false
  await refusingTwice(() => store.updateGroup(tx, { id: seen.id, displayName, externalId, at: now() }))
  return true
}

interface Moves {
  plus: store.Member[]
  minus: store.Member[]
}

// Only a replacement looks at who is in the group. A person who is unknown can't be put in, and need not be taken out.
async function movesOf(tx: Tx, orgId: string, groupId: string, change: MembersChange | undefined): Promise<Moves> {
  if (change === undefined) return { plus: [], minus: [] }
  const plus = await findAll(tx, orgId, [...change.plus])
  if (!change.replaces) return { plus, minus: await store.findMembers(tx, orgId, [...change.minus]) }
  const present = await store.listMembersOf(tx, [groupId])
  const inside = new Set(idsOf(present))
  return {
    plus: plus.filter(({ id }) => !inside.has(id)),
    minus: present.filter(({ id }) => !change.plus.has(id)),
  }
}

function idsOf(members: readonly store.Member[]): string[] {
  return members.map(({ id }) => id)
}

// Who came in while the group was not locked yet would stay.
async function refuseOthers(tx: Tx, groupId: string, { minus }: Moves): Promise<void> {
  const leaving = new Set(idsOf(minus))
  const present = await store.listMembersOf(tx, [groupId])
  if (minus.length > 0 && present.filter(({ id }) => leaving.has(id)).length < minus.length)
    throw new ChangedMeanwhile()
}

/** Deletes a group: everyone in it loses what it gave. */
export async function deleteScimGroup(
  db: Db,
  permit: WritePermit,
  { id, scimBase }: InputOf<Scim['deleteScimGroup']>,
): Promise<ResultOf<Scim['deleteScimGroup']>> {
  requireBase(permit.org, scimBase)
  await endGroup(db, permit, { method: 'DELETE', resource: 'Group', id, body: null })
  return {}
}

/** Carries out the deletion of a group; one that was approved is not counted again. */
export async function endGroup(db: Db, permit: WritePermit, given: GroupAsked): Promise<void> {
  const orgId = permit.org.id
  const seen = await getGroup(db, orgId, given.id)
  const told = { method: 'DELETE', resource: 'Group', subject: seen.display_name, status: 204 } as const
  const asked = { ...given, id: seen.id, summary: `delete the group ${seen.display_name}` }
  await carryOut(db, permit, told, async (tx) => {
    const people = await store.listMembersOf(tx, [seen.id])
    const userIds = people.map(({ userId }) => userId)
    await recheck(tx, permit, { accounts: userIds, members: userIds })
    if (!(await store.lockGroup(tx, seen.id, 'update'))) throw noResource('Group', seen.id)
    if ((await store.listMembersOf(tx, [seen.id])).length !== people.length) throw new ChangedMeanwhile()
    const held = await holdPeople(tx, orgId, people)
    const window = await holdWindow(tx, permit)
    await freeLinked(tx, seen.id)
    await store.deleteGroup(tx, seen.id)
    const steps = await giveRoles(tx, permit, people, held)
    const going = losersAmong(steps).map(({ person }) => person.id)
    await countRemovals(tx, permit, window, { asked, people: removalsOf(held, going) })
    const data = { group: { id: seen.id, displayName: seen.display_name }, members: people.length }
    await record(tx, permit, {
      type: 'scim.group.delete',
      message: `deleted the SCIM group ${seen.display_name}`,
      data,
    })
  })
}
