import type * as api from '../../api/index.ts'
import type { ResultOf } from '../../api/index.ts'
import type { Author } from '../access/author.ts'
import type { Permit } from '../access/permit.ts'
import { instanceScope, record } from '../audit/record.ts'
import { daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { applyChanges } from '../members/membership/membership.ts'
import type { Join } from '../members/membership/membership-changes.ts'
import { lockPeople } from '../members/membership/membership-lock.ts'
import { refreshMetadata } from '../repos/cards/metadata.ts'
import type { RepoMaking } from '../repos/registry/places.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { hashPassword } from '../users/guessing/passwords.ts'
import { takeName } from '../users/names/names.ts'
import { type DemoLfs, makeDemoRepository, pushedAt } from './content.ts'
import { addDoors, addPast } from './doors.ts'
import { addGate } from './gates.ts'
import { daysAgo, historyOf, type PastEvent } from './history.ts'
import { addOutsiders } from './past.ts'
import {
  claimDemo,
  findDefaultPlan,
  findDemoOrganization,
  insertGroup,
  insertLfsObject,
  insertOrganization,
  insertPerson,
  insertRepo,
  setLastActive,
} from './store.ts'
import { addTokens } from './tokens.ts'
import {
  type DemoOrganization,
  demoAddress,
  demoName,
  demoPassword,
  expiring,
  groups,
  meridian,
  outsiders,
  repos,
  secondFactor,
  signInAs,
  tidepool,
} from './world.ts'

type Fill = typeof api.operator.fillDemo
type Filled = ResultOf<Fill>

/** An account that is to be admin of the demo's main organization. */
export interface DemoAdmin {
  id: string
  name: string
}

/** Fills in the demo, once, with the operator who asks as an admin of its main organization. */
export async function fillDemo(
  db: Db,
  permit: Permit<'operator.fillDemo'>,
  _input: unknown,
  making: RepoMaking,
): Promise<Filled> {
  const { actor } = permit
  const filled = await fillDemoData(db, permit, making, actor.via === 'console' ? undefined : actor)
  if (filled === undefined) throw new HubError('Conflict', 'The demo has already been loaded.')
  return filled
}

/** Fills in the demo; undefined when it was filled in before, and nothing was done. */
export async function fillDemoData(
  db: Db,
  asked: Author,
  making: RepoMaking,
  admin?: DemoAdmin,
): Promise<Filled | undefined> {
  const made = await makeDemoRepositories(making)
  const filled = await enterDemo(db, asked, made, admin)
  if (filled !== undefined) await readDemoRepositories(db, making, made)
  return filled
}

/** The repositories of the demo on disk, before the database knows them. */
export interface MadeRepositories {
  ids: readonly string[]
  large: readonly (readonly DemoLfs[])[]
}

/** Makes the repositories of the demo on disk; what no row follows is removed by the next sweep. */
export async function makeDemoRepositories(making: RepoMaking): Promise<MadeRepositories> {
  const ids = repos.map(() => newId())
  const large = await Promise.all(
    repos.map((repo, nth) => makeDemoRepository(making, ids[nth] ?? newId(), repo, demoName(repo.creator))),
  )
  return { ids, large }
}

/** Reads the cards and sizes of the demo's repositories, once they have their rows. */
export async function readDemoRepositories(db: Db, making: RepoMaking, { ids }: MadeRepositories): Promise<void> {
  for (const id of ids) await refreshMetadata(db, making.git, id)
}

/** Enters the demo in one transaction, its repositories made before; undefined when it was filled in before. */
export async function enterDemo(
  db: Db,
  asked: Author,
  made: MadeRepositories,
  admin?: DemoAdmin,
): Promise<Filled | undefined> {
  const passwordHash = await hashPassword(demoPassword)
  return transaction(db, async (tx) => {
    if (!(await claimDemo(tx, now()))) return undefined
    const people = await addPeople(tx, passwordHash)
    const main = await addOrganization(tx, meridian, people)
    const groupIds = await addGroups(tx, main.id, people)
    const organizations = [main, await addOrganization(tx, tidepool, people)]
    for (const org of organizations) await addMembers(tx, asked, org, { people, groupIds })
    await addRepos(tx, made, { people, organizations, groupIds })
    await addDoors(tx, main.id, people)
    const past = [
      ...(await addOutsiders(tx, main.id, people)),
      ...(await addTokens(tx, main.id, people)),
      ...(await addGate(tx, main.id, people)),
    ]
    for (const org of organizations) await addPast(tx, org.id, org.of.people[0].joined)
    for (const org of organizations) {
      const events = historyOf(org.of, org === main ? past : [])
      await tellHistory(tx, asked, { orgId: org.id, events }, people)
    }
    if (admin) await addAdmin(tx, asked, main, admin)
    const filled = {
      organizations: organizations.map(({ name }) => name),
      people: people.size,
      repositories: repos.length,
    }
    await record(tx, asked, {
      ...(admin && { author: authorOf(admin) }),
      type: 'operator.fill_demo',
      message: 'loaded the demo',
      data: filled,
      scope: instanceScope,
    })
    return filled
  })
}

/** Makes an account admin of the demo's main organization, where that is there and the account no member of it. */
export async function joinDemo(db: Db, author: Author, admin: DemoAdmin): Promise<void> {
  await transaction(db, async (tx) => {
    const main = await findDemoOrganization(tx, meridian.name)
    if (main) await addAdmin(tx, author, main, admin)
  })
}

/** Whom people sign in as to look at the demo, and the password of all its accounts. */
export const demoAccounts: api.users.DemoAccounts = {
  password: demoPassword,
  people: signInAs.map(({ fullname, about }) => ({ username: demoName(fullname), fullname, about })),
}

type Ids = Map<string, string>

async function addPeople(tx: Tx, passwordHash: string): Promise<Ids> {
  const ids: Ids = new Map()
  for (const { fullname, joined } of [...meridian.people, ...tidepool.people, ...outsiders]) {
    const name = demoName(fullname)
    const id = newId()
    await insertPerson(tx, {
      id,
      emailId: newId(),
      name,
      fullname,
      email: demoAddress(fullname),
      passwordHash,
      twoFactorAt: secondFactor.includes(fullname) ? daysAgo(joined, 5) : null,
      createdAt: daysAgo(joined + 1),
    })
    await takeName(tx, { name, userId: id })
    ids.set(name, id)
  }
  return ids
}

interface DemoOrg {
  id: string
  name: string
  of: DemoOrganization
}

async function addOrganization(tx: Tx, of: DemoOrganization, people: Ids): Promise<DemoOrg> {
  const { name, fullname, details, website } = of
  const [founder] = of.people
  const id = newId()
  const plan = await findDefaultPlan(tx)
  const createdBy = idOf(people, founder.fullname)
  await insertOrganization(tx, {
    id,
    name,
    fullname,
    details,
    website,
    plan,
    createdBy,
    createdAt: daysAgo(founder.joined),
  })
  await takeName(tx, { name, orgId: id })
  return { id, name, of }
}

async function addMembers(
  tx: Tx,
  author: Author,
  { id: orgId, of }: DemoOrg,
  world: { people: Ids; groupIds: Ids },
): Promise<void> {
  const changes = of.people.map((person, nth) => joinOf(person, nth, world))
  await applyChanges(tx, author, { orgId, changes, events: null })
  for (const [nth, { fullname, seen }] of of.people.entries()) {
    const at = seen === undefined ? null : secondsFromNow(-seen * daySeconds - nth * 97)
    await setLastActive(tx, orgId, idOf(world.people, fullname), at)
  }
}

function joinOf(
  { fullname, role, joined }: DemoOrganization['people'][number],
  nth: number,
  { people, groupIds }: { people: Ids; groupIds: Ids },
): Join {
  const by = demoName(meridian.people[0].fullname)
  return {
    kind: 'join',
    person: { id: idOf(people, fullname), name: demoName(fullname) },
    role,
    source: 'manual',
    joinedAt: daysAgo(joined, nth - 1),
    expiresAt: fullname === expiring.fullname ? secondsFromNow(expiring.days * daySeconds) : null,
    groups: groups.flatMap(({ name, made, people: inside }, nthGroup) => {
      const given = inside[fullname]
      const at = daysAgo(joined > made ? made : joined - 1, nthGroup)
      return given === undefined ? [] : [{ groupId: idOfGroup(groupIds, name), role: given, by, at }]
    }),
  }
}

function idOf(people: Ids, fullname: string): string {
  const id = people.get(demoName(fullname))
  if (id === undefined) throw new Error(`${fullname} is not in the demo`)
  return id
}

async function addGroups(tx: Tx, orgId: string, people: Ids): Promise<Ids> {
  const ids: Ids = new Map()
  const [founder] = meridian.people
  for (const [nth, { name, description, autoJoin, made }] of groups.entries()) {
    const id = newId()
    const createdAt = daysAgo(made, nth)
    await insertGroup(tx, {
      id,
      orgId,
      name,
      description,
      autoJoin,
      createdBy: idOf(people, founder.fullname),
      createdAt,
    })
    ids.set(name, id)
  }
  return ids
}

function idOfGroup(ids: Ids, name: string): string {
  const id = ids.get(name)
  if (id === undefined) throw new Error(`${name} is not in the demo`)
  return id
}

interface RepoWorld {
  people: Ids
  organizations: DemoOrg[]
  groupIds: Ids
}

async function addRepos(tx: Tx, { ids, large }: MadeRepositories, world: RepoWorld): Promise<void> {
  for (const [nth, repo] of repos.entries()) {
    const org = world.organizations.find(({ name }) => name === repo.owner)
    const groupId = repo.group === undefined ? undefined : world.groupIds.get(repo.group)
    const group = groupId === undefined ? undefined : { id: groupId, addedBy: demoName(meridian.people[0].fullname) }
    const id = ids[nth] ?? newId()
    await insertRepo(tx, {
      id,
      type: repo.type,
      userId: org ? null : (world.people.get(repo.owner) ?? null),
      orgId: org?.id ?? null,
      name: repo.name,
      private: repo.private,
      creatorId: idOf(world.people, repo.creator),
      group,
      createdAt: daysAgo(repo.made),
      pushedAt: pushedAt(repo),
    })
    for (const file of large[nth] ?? []) await insertLfsObject(tx, id, file)
  }
}

async function tellHistory(
  tx: Tx,
  { request }: Author,
  { orgId, events }: { orgId: string; events: PastEvent[] },
  people: Ids,
): Promise<void> {
  // In the names of the people of the demo, not of the caller.
  const theirs: Author = {
    actor: undefined,
    request: { ...request, ip: '', userAgent: undefined },
    idempotencyKey: undefined,
  }
  for (const { author, ...event } of events) {
    await record(tx, theirs, { ...event, author: { id: people.get(author) ?? '', name: author }, scope: orgId })
  }
}

function authorOf({ id, name }: DemoAdmin): { id: string; name: string } {
  return { id, name }
}

async function addAdmin(tx: Tx, author: Author, org: { id: string; name: string }, admin: DemoAdmin): Promise<void> {
  const { members } = await lockPeople(tx, { orgId: org.id, userIds: [admin.id], callerId: '' })
  if (members.has(admin.id)) return
  const event = {
    type: 'org.add_user',
    message: `added ${admin.name} with the admin role`,
    data: { user: admin.name, role: 'admin' },
    scope: org.id,
    author: authorOf(admin),
  }
  const changes = [{ kind: 'join', person: admin, role: 'admin', source: 'manual' } as const]
  await applyChanges(tx, author, { orgId: org.id, changes, events: () => [event] })
}
