import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { permitOn } from '../../server/access/authorize.ts'
import { within } from '../../server/access/bounds.ts'
import { type Decision, decide } from '../../server/access/decide.ts'
import { explain, holdersOf, reachOf } from '../../server/access/explain.ts'
import { type AccessTarget, type Credential, type Facts, loadFacts } from '../../server/access/facts.ts'
import type { Caller } from '../../server/access/permit.ts'
import { type Action, type PolicyRow, policy } from '../../server/access/policy.ts'
import type { Ground } from '../../server/access/requirements.ts'
import { tokenCredential } from '../../server/http/dialects/caller.ts'
import { HubError } from '../../server/kernel/errors.ts'
import { digest } from '../../server/kernel/secret.ts'
import { sql } from '../../server/store/sql.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { acceptingAll, buildWorld, randomWorld, type World } from '../random-worlds.ts'
import { makeToken } from '../world.ts'

// What explain and who-can say is what the door says, for every action in every world.

const worlds = Number(process.env.GUILDHALL_WORLDS ?? 40)
// Asking for every action takes the longest.
const worldsOfEveryAction = Number(process.env.GUILDHALL_WORLDS ?? 10)
let hub: TestHub
let reader: Person
let owner: Person
let tokens: { token: string; id: string }[]
let fineToken: string

before(async () => {
  hub = await startTestHub()
  reader = await hub.person('reader')
  owner = await hub.person('owner')
  fineToken = await makeToken(hub.db, reader, 'fineGrained')
  tokens = await Promise.all([reader.token, fineToken].map(async (token) => ({ token, id: await idOf(token) })))
})

async function idOf(token: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`select id from access_tokens where hash = ${digest(token)}`.execute(hub.db)
  return rows[0]?.id ?? ''
}

const actions = Object.keys(policy) as Action[]

/** What the door answers on facts that were read once: `allowed`, or the code of the refusal. */
function atTheDoor(facts: Facts, credential: Credential, action: Action): string {
  const request = { id: 'test', ip: '', userAgent: undefined }
  try {
    permitOn(facts, { credential, request } as Caller, action)
    return 'allowed'
  } catch (error) {
    if (error instanceof HubError) return error.code
    throw error
  }
}

const answerOf = (decision: Decision) => (decision.allowed ? 'allowed' : decision.refused)

test('explain says what the door says, for every action', async () => {
  await fc.assert(
    fc.asyncProperty(randomWorld, async (given) => {
      const place = await buildWorld({ hub, reader, owner, fineToken }, given)
      const targets: AccessTarget[] = [
        { org: 'org', subject: 'reader' },
        { org: 'org', group: place.groupId, subject: 'reader' },
        { namespace: 'org', group: place.groupId },
        ...place.repos.map(({ id }) => ({ repoId: id, subject: 'reader' })),
      ]
      for (const target of targets) for (const { token, id } of tokens) await compareDoor(token, id, target)
    }),
    { numRuns: worldsOfEveryAction },
  )
})

async function compareDoor(token: string, id: string, target: AccessTarget): Promise<void> {
  const credential = tokenCredential(token)
  const facts = await loadFacts(hub.db, credential, target)
  const explained = await explain(hub.db, { kind: 'tokenId', id }, 'repo.view', target)
  for (const action of actions)
    assert.equal(answerOf(decide(action, explained.facts)), atTheDoor(facts, credential, action), action)
}

/** What a fine-grained token may do, said once more and in other words: the owner may, and a row of its scope covers it. */
function coveredBy(given: World, index: number, action: Action): boolean {
  const row: PolicyRow = policy[action]
  const repo = given.repos[index]
  if (row.permission === undefined || repo === undefined) return false
  const isOrgs = repo.whose === 'org'
  const rows = [
    ...(row.permissionOn === 'org' ? [] : [repo.scope, isOrgs && repo.grouped ? given.scope.group : null]),
    isOrgs ? given.scope.org : null,
    row.permissionOn === undefined && repo.whose === 'reader' ? given.scope.own : null,
  ]
  const words = row.permission === 'repo.content.read' ? ['repo.content.read', 'repo.write'] : [row.permission]
  return rows.some((permissions) => permissions?.some((permission) => words.includes(permission)))
}

// What everyone may who can see the repository: behind a gate, not with its files
function isForReaders(action: Action, repo: World['repos'][number] | undefined): boolean {
  const { requires } = policy[action]
  return requires === 'repoRead' || (requires === 'repoContent' && repo?.gate === null)
}

test('a fine-grained token does what its owner may and its scope covers, and finds nothing private beside it', async () => {
  await fc.assert(
    fc.asyncProperty(randomWorld.map(acceptingAll), async (given) => {
      const { repos } = await buildWorld({ hub, reader, owner, fineToken }, given)
      for (const [index, { id }] of repos.entries()) {
        const target = { repoId: id, subject: 'reader' }
        const [own, fine, stranger] = await Promise.all(
          [tokenCredential(reader.token), tokenCredential(fineToken), { kind: 'none' } as const].map((each) =>
            loadFacts(hub.db, each, target),
          ),
        )
        const isSeen = coveredBy(given, index, 'repo.view') || given.repos[index]?.private === false
        for (const action of actions.filter((each) => policy[each].on === 'repo')) {
          const [mine, bounded] = [decide(action, own as Facts), decide(action, fine as Facts)]
          const isOpen = isForReaders(action, given.repos[index]) && decide('repo.view', stranger as Facts).allowed
          const expected = mine.allowed && ((isSeen && coveredBy(given, index, action)) || isOpen)
          assert.equal(bounded.allowed, expected, `${action}: ${JSON.stringify([mine, bounded])}`)
          if (!isSeen)
            assert.deepEqual(bounded, decide(action, { ...(fine as Facts), repo: undefined } as never), action)
        }
      }
    }),
    { numRuns: worlds },
  )
})

function compareStranger(given: World, action: Action, own: Facts, fine: Facts): void {
  const { allowed } = decide(action, fine)
  if (allowed) assert.ok(decide(action, own).allowed, `${action}: no more than the owner`)
  if (!withoutScope(given, action)) return
  assert.equal(allowed, policy[action].requires === 'anyone' && !given.deleted, action)
  if (allowed) assert.equal(within(policy[action], fine).org?.standing, undefined, action)
}

test('of an organization outside its scope a fine-grained token learns what a stranger does', async () => {
  await fc.assert(
    fc.asyncProperty(randomWorld.map(acceptingAll), async (given) => {
      const { groupId } = await buildWorld({ hub, reader, owner, fineToken }, given)
      for (const target of [{ org: 'org', subject: 'owner' }, { org: 'org', group: groupId }, { namespace: 'org' }]) {
        const [own, fine] = await Promise.all(
          [reader.token, fineToken].map((token) => loadFacts(hub.db, tokenCredential(token), target)),
        )
        for (const action of actions.filter((each) => ['org', 'group', 'namespace'].includes(policy[each].on)))
          compareStranger(given, action, own as Facts, fine as Facts)
      }
    }),
    { numRuns: worlds },
  )
})

const withoutScope = ({ scope }: World, action: Action) =>
  scope.org === null && (scope.group === null || policy[action].on === 'org')

const removals: Partial<Record<Ground['kind'], (id: string) => ReturnType<typeof sql>>> = {
  membership: (id) => sql`delete from memberships where id = ${id}`,
  group_role: (id) => sql`delete from group_roles where group_id = ${id} and user_id = ${reader.id}`,
  collaborator: (id) => sql`delete from repo_collaborators where repo_id = ${id} and user_id = ${reader.id}`,
  gate: (id) => sql`delete from gate_requests where id = ${id}`,
  public: (id) => sql`update repositories set private = true where id = ${id}`,
}

const ofOrganization = (id: string) => sql`delete from gate_organizations where id = ${id}`

test('taking away every ground of what is allowed refuses it, and each ground is a row that exists', async () => {
  await fc.assert(
    fc.asyncProperty(randomWorld, async (given) => {
      const { repos } = await buildWorld({ hub, reader, owner }, given)
      for (const { id } of repos) {
        for (const action of actions.filter((each) => policy[each].on === 'repo')) {
          const { decision } = await explain(hub.db, { kind: 'person', userId: reader.id }, action, { repoId: id })
          if (!decision.allowed || decision.grounds.some(({ kind }) => removals[kind] === undefined)) continue
          await withoutGrounds(decision.grounds, action, id)
        }
      }
    }),
    { numRuns: worlds },
  )
})

async function withoutGrounds(grounds: readonly Ground[], action: Action, repoId: string): Promise<void> {
  const undo = new Error('undo')
  await hub.db
    .transaction()
    .execute(async (tx) => {
      // Roles in groups end with a membership, so the membership goes last.
      for (const ground of [...grounds].sort(({ kind }) => (kind === 'membership' ? 1 : -1))) {
        const removal = ground.organization === undefined ? removals[ground.kind] : ofOrganization
        const found = await removal?.(ground.id ?? '').execute(tx)
        assert.ok(Number(found?.numAffectedRows) > 0, `${action}: the ground ${ground.kind} is a row`)
      }
      const facts = await loadFacts(tx, { kind: 'person', userId: reader.id }, { repoId })
      assert.equal(decide(action, facts).allowed, false, `${action} is refused without its grounds`)
      throw undo
    })
    .catch((error) => {
      if (error !== undo) throw error
    })
}

const person = (): Credential => ({ kind: 'person', userId: reader.id })

/** Who-can lists the reader for an action, or not, as the decision says; the public part aside, which has no list. */
async function compareHolders(action: Action, repoId: string): Promise<void> {
  const { decision } = await explain(hub.db, person(), action, { repoId })
  const { holders } = await holdersOf(hub.db, { repoId, action, after: '', limit: 50 })
  const isListed = holders.some(({ facts }) => facts.actor?.id === reader.id)
  if (decision.allowed && decision.grounds.some(({ kind }) => kind !== 'public'))
    assert.ok(isListed, `${action}: listed`)
  if (isListed) assert.ok(decision.allowed, `${action}: allowed`)
}

test('who can and what a person reaches list exactly those for whom the decision says so', async () => {
  await fc.assert(
    fc.asyncProperty(randomWorld, async (given) => {
      const built = await buildWorld({ hub, reader, owner }, given)
      const repos = built.repos.filter(({ namespace }) => namespace === 'org')
      const reached = await reachOf(hub.db, { orgId: built.orgId, userId: reader.id, after: '', limit: 50 })
      for (const { id } of repos) {
        for (const action of actions.filter((each) => policy[each].on === 'repo')) await compareHolders(action, id)
        const { decision } = await explain(hub.db, person(), 'repo.view', { repoId: id })
        assert.equal(
          reached.some(({ repo }) => repo?.id === id),
          decision.allowed,
        )
      }
    }),
    { numRuns: worlds },
  )
})
