import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { ScimBase } from '../../api/scim.ts'
import type { Permit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { Links } from '../mail/links.ts'
import { type Held, recheckAndHold, recheckAndSee } from '../members/membership/membership-lock.ts'
import { refusedBy } from '../store/conflict.ts'
import type { Db, Tx } from '../store/database.ts'
import { endAccountLater } from '../users/managed/managed.ts'
import { requireBase, requireStill } from './base.ts'
import { countRemovals, holdWindow, type RemovalAsked, removalsOf } from './breaker.ts'
import { type Account, accountFor, changeAccount } from './managed.ts'
import { carryOut } from './operations.ts'
import { readUser, readUserPatch, type UserChange } from './protocol/body.ts'
import { badRequest, noResource, notUnique } from './protocol/errors.ts'
import { narrowedBy } from './protocol/filter-store.ts'
import { toldAs, toldAsCreated, toldAsPage, userData, userReply } from './replies.ts'
import { putToSleep, remove, wake } from './sleep.ts'
import * as store from './users-store.ts'

type Scim = typeof api.scim
type WritePermit = Permit<'scim.write'>

/** Lists provisioned users, deactivated ones included; a filter finds some of them. */
export async function listScimUsers(
  db: Db,
  { org }: Permit<'scim.read'>,
  input: InputOf<Scim['listScimUsers']>,
  links: Links,
): Promise<ResultOf<Scim['listScimUsers']>> {
  requireBase(org, input.scimBase)
  const at = now()
  const narrowed = narrowedBy(input.filter, store.userFilterColumns(at))
  return toldAsPage(telling(org, input, links), input, {
    rows: (page) => store.listUserRows(db, { orgId: org.id, narrowed, ...page }, at),
    total: () => store.countUsers(db, org.id, narrowed),
  })
}

function telling({ name }: { name: string }, { scimBase }: { scimBase: ScimBase }, links: Links) {
  return { make: userReply, links, place: { org: name, base: scimBase } }
}

/** Reads one provisioned user. */
export async function getScimUser(
  db: Db,
  { org }: Permit<'scim.read'>,
  input: InputOf<Scim['getScimUser']>,
  links: Links,
): Promise<ResultOf<Scim['getScimUser']>> {
  requireBase(org, input.scimBase)
  return toldAs(telling(org, input, links), await getUser(db, org.id, input.id), input)
}

async function getUser(db: Db, orgId: string, id: string): Promise<store.UserRow> {
  const row = await store.findUser(db, orgId, id, now())
  if (row === undefined) throw noResource('User', id)
  return row
}

/** Provisions a user: invites the account that has the address. */
export async function createScimUser(
  db: Db,
  permit: WritePermit,
  input: InputOf<Scim['createScimUser']>,
  links: Links,
): Promise<ResultOf<Scim['createScimUser']>> {
  const { org } = permit
  requireBase(org, input.scimBase)
  const asked = {
    method: 'POST',
    resource: 'User',
    subject: String(input.resource.userName ?? ''),
    status: 201,
  } as const
  const row = await carryOut(db, permit, asked, (tx) => create(tx, permit, readUser(input.resource)))
  return toldAsCreated(telling(org, input, links), row, input)
}

async function create(tx: Tx, permit: WritePermit, wish: UserChange): Promise<store.UserRow> {
  const { org } = permit
  const { userName, email = userName, active = true } = wish
  if (userName === undefined) throw badRequest('invalidValue', 'userName: is required.')
  if (!email?.includes('@')) throw badRequest('invalidValue', 'emails: send the work email address of the person.')
  const names = { givenName: wish.givenName ?? '', familyName: wish.familyName ?? '' }
  const account = await (org.isManaged ? accountFor(tx, permit, { userName, email, ...names }) : accountOf(tx, email))
  const { isMember, held } = await lockNew(tx, permit, account.id, active)
  const told = { userName, externalId: wish.externalId ?? null, email, ...names, id: newId() }
  const made = newRow({ ...told, account, managed: account.managedBy === org.id, active, isMember })
  return refusingTwice(async () => {
    await store.insertUser(tx, { ...told, orgId: org.id, userId: account.id, active, at: now() })
    if (held !== undefined) await settleInactive(tx, permit, made, held)
    else if (!isMember) await wake(tx, permit, made)
    // A person who was not a member is one by now, or is invited
    const row = { ...made, active }
    const message = `provisioned ${account.name} by SCIM${active ? '' : ' as deactivated'}`
    await record(tx, permit, { type: 'scim.user.create', message, data: userData(row) })
    return row
  })
}

// What a person has is read only where it is about to end.
async function lockNew(
  tx: Tx,
  permit: WritePermit,
  userId: string,
  active: boolean,
): Promise<{ isMember: boolean; held?: Held }> {
  const orgId = permit.org.id
  const others = [userId]
  if (active) {
    const { permit: fresh, isMember } = await recheckAndSee(tx, permit, { others }, { orgId, userId })
    requireStill(permit.org, fresh.org)
    return { isMember }
  }
  const key = { orgId, userIds: [userId], callerId: '' }
  const { permit: fresh, held } = await recheckAndHold(tx, permit, { others }, key)
  requireStill(permit.org, fresh.org)
  return { isMember: held.members.has(userId), held }
}

async function settleInactive(tx: Tx, permit: WritePermit, made: store.UserRow, held: Held): Promise<void> {
  const isMember = held.members.has(made.user_id)
  if (isMember) {
    const { id, account } = made
    const summary = `deactivate ${account}`
    const asked = { method: 'PATCH', resource: 'User', id, body: { active: false }, summary } as const
    await countLeaver(tx, permit, made, { asked, held })
  }
  if (isMember || made.managed) await putToSleep(tx, permit, made, held)
}

// As it would be read again
function newRow({ id, account, userName, externalId, email, givenName, familyName, ...told }: NewRow): store.UserRow {
  return {
    ...{ id, user_id: account.id, user_name: userName, external_id: externalId, email },
    ...{ given_name: givenName, family_name: familyName, fullname: account.fullname, account: account.name },
    ...{ managed: told.managed, wanted: told.active, active: told.active && told.isMember, asleep: null },
  }
}

interface NewRow extends Pick<store.NewUser, 'id' | 'userName' | 'externalId' | 'email' | 'givenName' | 'familyName'> {
  account: Account
  managed: boolean
  active: boolean
  isMember: boolean
}

// Basic SSO adds a door in front of the organization: people have accounts of their own already.
async function accountOf(db: Db, email: string): Promise<Account> {
  const account = await store.findAccountOf(db, email)
  if (account !== undefined) return account
  throw new HubError(
    'NotFound',
    `No account has ${email} as a verified email address. The person has to sign up first.`,
  )
}

const uniques: Record<string, string> = {
  scim_users_name: 'A user with this userName is already provisioned.',
  scim_users_external: 'A user with this externalId is already provisioned.',
  scim_users_org_id_user_id_key: 'The account with this email address is already provisioned.',
}

async function refusingTwice<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const sentence = uniques[refusedBy(error) ?? '']
    if (sentence === undefined) throw error
    throw notUnique(sentence)
  }
}

/** Replaces what is known of a user; who is not said to be inactive is active. */
export async function replaceScimUser(
  db: Db,
  permit: WritePermit,
  input: InputOf<Scim['replaceScimUser']>,
  links: Links,
): Promise<ResultOf<Scim['replaceScimUser']>> {
  return changeAndReply(db, permit, { ...input, method: 'PUT', links })
}

/** Changes a user by PATCH operations. */
export async function patchScimUser(
  db: Db,
  permit: WritePermit,
  input: InputOf<Scim['patchScimUser']>,
  links: Links,
): Promise<ResultOf<Scim['patchScimUser']>> {
  return changeAndReply(db, permit, { ...input, method: 'PATCH', links })
}

type Change = InputOf<Scim['patchScimUser']> & { method: 'PUT' | 'PATCH'; links: Links }

async function changeAndReply(
  db: Db,
  permit: WritePermit,
  { id, scimBase, method, resource, links, ...projection }: Change,
): Promise<api.scim.ScimUser> {
  const { org } = permit
  requireBase(org, scimBase)
  const row = await changeUser(db, permit, { method, resource: 'User', id, body: resource })
  return toldAs(telling(org, { scimBase }, links), row, projection)
}

type UserAsked = Omit<RemovalAsked, 'summary'>

/** Carries out a change of a user; a removal that was approved is not counted again. */
export async function changeUser(db: Db, permit: WritePermit, given: UserAsked): Promise<store.UserRow> {
  const seen = await getUser(db, permit.org.id, given.id)
  const told = { method: given.method, resource: 'User', subject: seen.user_name } as const
  const asked = { ...given, id: seen.id, summary: `deactivate ${seen.account}` }
  return carryOut(db, permit, told, (tx) => change(tx, permit, seen, asked))
}

function wishOf({ method, body }: UserAsked): UserChange {
  if (method === 'PATCH') return readUserPatch(body)
  const { active = true, externalId = null, ...rest } = readUser(body)
  return { ...rest, active, externalId }
}

async function change(tx: Tx, permit: WritePermit, seen: store.UserRow, asked: RemovalAsked): Promise<store.UserRow> {
  const wish = wishOf(asked)
  const { row: before, held } = await lockSeen(tx, permit, seen)
  const { active = before.wanted, externalId = before.external_id } = wish
  if (!active) await countLeaver(tx, permit, before, { asked, held })
  const told = await changeAccount(tx, permit, before, wish)
  await refusingTwice(() => store.updateUser(tx, { id: before.id, ...told, externalId, active, at: now() }))
  if (active && !before.active) await wake(tx, permit, before)
  if (!active && before.wanted) await putToSleep(tx, permit, before, held)
  const after = await getUser(tx, permit.org.id, before.id)
  await recordChange(tx, permit, before, after)
  return after
}

async function recordChange(tx: Tx, permit: WritePermit, before: store.UserRow, after: store.UserRow): Promise<void> {
  const data = { before: userData(before), after: userData(after) }
  if (JSON.stringify(data.before) === JSON.stringify(data.after)) return
  const name = after.account
  if (before.active && !after.active)
    return record(tx, permit, { type: 'scim.user.deactivate', message: `deactivated ${name} by SCIM`, data })
  if (!before.active && after.active)
    return record(tx, permit, { type: 'scim.user.activate', message: `activated ${name} by SCIM`, data })
  return record(tx, permit, { type: 'scim.user.update', message: `changed ${name} by SCIM`, data })
}

/** Deprovisions a user for good: ends the membership, and forgets the link to the account. */
export async function deleteScimUser(
  db: Db,
  permit: WritePermit,
  { id, scimBase }: InputOf<Scim['deleteScimUser']>,
): Promise<ResultOf<Scim['deleteScimUser']>> {
  const { org } = permit
  requireBase(org, scimBase)
  await deleteUser(db, permit, { method: 'DELETE', resource: 'User', id, body: null })
  return {}
}

/** Carries out the removal of a user; one that was approved is not counted again. */
export async function deleteUser(db: Db, permit: WritePermit, given: UserAsked): Promise<void> {
  const seen = await getUser(db, permit.org.id, given.id)
  const told = { method: 'DELETE', resource: 'User', subject: seen.user_name, status: 204 } as const
  const asked = { ...given, id: seen.id, summary: `deprovision ${seen.account}` }
  await carryOut(db, permit, told, async (tx) => {
    const { row, held } = await lockSeen(tx, permit, seen)
    await countLeaver(tx, permit, row, { asked, held })
    await remove(tx, permit, row, held)
    if (row.managed) await endAccountLater(tx, row.user_id)
    await store.deleteUser(tx, row.id)
    const message = `deprovisioned ${row.account} by SCIM`
    await record(tx, permit, { type: 'scim.user.delete', message, data: userData(row) })
  })
}

async function countLeaver(
  tx: Tx,
  permit: WritePermit,
  row: store.UserRow,
  { asked, held }: { asked: RemovalAsked; held: Held },
): Promise<void> {
  const people = removalsOf(held, [row.user_id])
  if (people.length > 0) await countRemovals(tx, permit, await holdWindow(tx, permit), { asked, people })
}

// The account is locked with it: who joins by another door at this moment comes before or after.
async function lockSeen(tx: Tx, permit: WritePermit, seen: store.UserRow): Promise<{ row: store.UserRow; held: Held }> {
  const { user_id: userId, id } = seen
  const key = { orgId: permit.org.id, userIds: [userId], callerId: '' }
  const { permit: fresh, held } = await recheckAndHold(tx, permit, { accounts: [userId] }, key)
  requireStill(permit.org, fresh.org)
  await store.lockUser(tx, id)
  return { row: await getUser(tx, permit.org.id, id), held }
}
