import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { permitOn } from '../../server/access/authorize.ts'
import { type Decision, decide } from '../../server/access/decide.ts'
import { explain, holdersOf, reachOf } from '../../server/access/explain.ts'
import { type AccessTarget, type Credential, type Facts, loadFacts } from '../../server/access/facts.ts'
import type { Caller } from '../../server/access/permit.ts'
import { type Action, policy } from '../../server/access/policy.ts'
import type { Ground } from '../../server/access/requirements.ts'
import { HubError } from '../../server/kernel/errors.ts'
import { digest } from '../../server/kernel/secret.ts'
import { sql } from '../../server/store/sql.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { buildWorld, randomWorld } from '../random-worlds.ts'

// What explain and who-can say is what the door says, for every action in every world.

const worlds = Number(process.env.GUILDHALL_WORLDS ?? 40)
// Asking for every action takes the longest.
const worldsOfEveryAction = Number(process.env.GUILDHALL_WORLDS ?? 10)
let hub: TestHub
let reader: Person
let owner: Person
let tokenId: string

before(async () => {
  hub = await startTestHub()
  reader = await hub.person('reader')
  owner = await hub.person('owner')
  const { rows } = await sql<{ id: string }>`select id from access_tokens where hash = ${digest(reader.token)}`.execute(
    hub.db,
  )
  tokenId = rows[0]?.id ?? ''
})

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
      const place = await buildWorld({ hub, reader, owner }, given)
      const byToken: Credential = { kind: 'token', hash: digest(reader.token) }
      const targets: AccessTarget[] = [
        { org: 'org', subject: 'reader' },
        { org: 'org', group: place.groupId, subject: 'reader' },
        { namespace: 'org', group: place.groupId },
        ...place.repos.map(({ id }) => ({ repoId: id, subject: 'reader' })),
      ]
      for (const target of targets) {
        const facts = await loadFacts(hub.db, byToken, target)
        for (const action of actions) {
          const explained = await explain(hub.db, { kind: 'tokenId', id: tokenId }, action, target)
          assert.equal(answerOf(explained.decision), atTheDoor(facts, byToken, action), action)
        }
      }
    }),
    { numRuns: worldsOfEveryAction },
  )
})

const removals: Partial<Record<Ground['kind'], (id: string) => ReturnType<typeof sql>>> = {
  membership: (id) => sql`delete from memberships where id = ${id}`,
  group_role: (id) => sql`delete from group_roles where group_id = ${id} and user_id = ${reader.id}`,
  collaborator: (id) => sql`delete from repo_collaborators where repo_id = ${id} and user_id = ${reader.id}`,
  public: (id) => sql`update repositories set private = true where id = ${id}`,
}

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
        const found = await removals[ground.kind]?.(ground.id ?? '').execute(tx)
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
