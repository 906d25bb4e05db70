import assert from 'node:assert/strict'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { stateOf } from '../state.ts'
import { signedIn, type Visitor } from '../visitor.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'gh-deletion-'))
const hub = await startTestHub({ dataDir })
const opal = await hub.person('opal', { operator: true })
const { people } = await hub.organization('lab', { ada: 'admin', wil: 'contributor', rae: 'read' })
const ada = people.ada as Person

async function repoOf(who: Person, name: string, more: object = {}): Promise<string> {
  const made = await hub.request(who, 'POST', '/api/repos/create', { name, ...more })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  return made.body.id
}

const folderOf = (id: string) => join(dataDir, 'repositories', id.slice(-2), `${id}.git`)
const deleteAccount = (browser: Visitor, body: object): Promise<Reply> =>
  browser.send('DELETE', '/api/settings/account', body) as Promise<Reply>

async function eventsSince(count: number, scope = 'instance'): Promise<string[]> {
  return (await hub.events(scope)).slice(count).map(({ message }) => message)
}

async function refused(browser: Visitor, body: object, status: number, words: RegExp): Promise<Reply> {
  const before = await stateOf(hub.db)
  const reply = await deleteAccount(browser, body)
  assert.equal(reply.status, status, JSON.stringify(reply.body))
  assert.match(JSON.stringify(reply.body), words)
  assert.deepEqual(await stateOf(hub.db), before)
  return reply
}

test('repositories of an account that is deleted are transferred or deleted, as their owner says', async () => {
  const wil = people.wil as Person
  const ids = {
    open: await repoOf(wil, 'open'),
    hidden: await repoOf(wil, 'hidden', { private: true }),
    data: await repoOf(wil, 'data', { type: 'dataset' }),
    inLab: await repoOf(wil, 'in-lab', { organization: 'lab' }),
  }
  assert.equal(
    (await hub.request(wil, 'PUT', '/api/models/wil/hidden/collaborators/rae', { role: 'read' })).status,
    200,
  )
  const browser = await signedIn(hub, 'wil')
  const undecided = await refused(browser, { confirm: 'wil' }, 409, /You own 3 repositories/)
  assert.deepEqual(
    undecided.body.repositories.map(({ type, id }: Record<string, string>) => `${type} ${id}`),
    ['model wil/open', 'model wil/hidden', 'dataset wil/data'],
  )
  const open = { type: 'model', fromRepo: 'wil/open', toRepo: 'lab/open' }
  const data = { type: 'dataset', fromRepo: 'wil/data', toRepo: 'lab/data' }
  const all = { confirm: 'wil', repositories: 'delete' }
  await refused(browser, { confirm: 'wil', transfers: [open] }, 409, /You own 2 repositories/)
  await refused(browser, { ...all, transfers: [{ ...open, toRepo: 'wil/elsewhere' }] }, 400, /transfers.0.toRepo/)
  await refused(browser, { ...all, transfers: [{ ...open, fromRepo: 'lab/in-lab' }] }, 400, /transfers.0.fromRepo/)
  await refused(browser, { ...all, transfers: [{ ...open, toRepo: 'rae/open' }] }, 403, /error/)
  await refused(browser, { ...all, transfers: [{ ...open, fromRepo: 'wil/none' }] }, 404, /error/)

  const [before, beforeInLab] = [(await hub.events('instance')).length, await labEvents()]
  const done = await deleteAccount(browser, { ...all, transfers: [open, data] })
  assert.equal(done.status, 200, JSON.stringify(done.body))
  const rows = await hub.db.selectFrom('repositories').select(['id', 'name', 'org_id', 'user_id']).execute()
  assert.deepEqual(rows.map(({ id }) => id).sort(), [ids.open, ids.data, ids.inLab].sort())
  assert.ok(rows.every(({ org_id, user_id }) => org_id !== null && user_id === null))
  assert.deepEqual([existsSync(folderOf(ids.open)), existsSync(folderOf(ids.hidden))], [true, false])
  assert.equal((await hub.request(undefined, 'GET', '/api/models/lab/open')).status, 200)
  assert.equal((await hub.db.selectFrom('repo_collaborators').select('user_id').execute()).length, 0)
  const said = [...(await eventsSince(before)), ...(await labEvents()).slice(beforeInLab.length)].join('\n')
  for (const words of [
    'wil moved the model wil/open to lab/open',
    'wil moved the dataset wil/data to lab/data',
    'wil deleted the model wil/hidden with the account',
    'wil deleted their account',
  ])
    assert.ok(said.includes(words), `${words} in\n${said}`)
})

async function labEvents(): Promise<string[]> {
  const { id } = await hub.db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', 'lab')
    .executeTakeFirstOrThrow()
  return (await hub.events(id)).map(({ message }) => message)
}

test('the last admin hears so before anything is transferred', async () => {
  await repoOf(ada, 'kept')
  const transfers = [{ type: 'model', fromRepo: 'ada/kept', toRepo: 'lab/kept' }]
  const reply = await refused(await signedIn(hub, 'ada'), { confirm: 'ada', transfers }, 403, /last active admin/)
  assert.equal(reply.headers.get('x-error-code'), 'LastAdmin')
})

test('an organization that is full takes no repository, and then the account stays', async () => {
  const { people: others } = await hub.organization('full', { ann: 'admin', moe: 'write' })
  const moe = others.moe as Person
  await repoOf(moe, 'large')
  await hub.request(opal, 'PUT', '/api/operator/storage/full', { limit: 0 })
  const transfers = [{ type: 'model', fromRepo: 'moe/large', toRepo: 'full/large' }]
  await refused(await signedIn(hub, 'moe'), { confirm: 'moe', transfers }, 507, /storage limit of full/)
})

test('a repository that is made while the account is deleted is not left behind', async () => {
  for (let round = 0; round < 5; round++) {
    const person = await hub.person(`racer-${round}`)
    await repoOf(person, 'first')
    const browser = await signedIn(hub, person.name)
    const [deleted] = await Promise.all([
      deleteAccount(browser, { confirm: person.name, repositories: 'delete' }),
      ...['second', 'third'].map((name) => hub.request(person, 'POST', '/api/repos/create', { name })),
    ])
    assert.equal(deleted.status, 200, JSON.stringify(deleted.body))
  }
  const left = await hub.db
    .selectFrom('repositories')
    .innerJoin('users', 'users.id', 'repositories.user_id')
    .select('repositories.id')
    .where('users.state', '=', 'deleted')
    .execute()
  assert.deepEqual(left, [])
})

test('site admins list, transfer and delete repositories without an owner', async () => {
  const gone = await hub.person('gone')
  const ids = [await repoOf(gone, 'one'), await repoOf(gone, 'two', { private: true }), await repoOf(gone, 'three')]
  // As deletions left it before they asked
  await hub.db.updateTable('users').set({ state: 'deleted' }).where('name', '=', 'gone').execute()
  const list = (who: Person, query = '') => hub.request(who, 'GET', `/api/operator/ownerless${query}`)
  assert.equal((await list(ada)).status, 403)
  assert.deepEqual(
    (await list(opal)).body.map(({ id, name, private: isPrivate }: Record<string, unknown>) => [id, name, isPrivate]),
    [
      [ids[0], 'gone/one', false],
      [ids[1], 'gone/two', true],
      [ids[2], 'gone/three', false],
    ],
  )
  const first = await list(opal, '?limit=2')
  assert.equal(first.body.length, 2)
  assert.match(first.headers.get('link') ?? '', /rel="next"/)

  const transfer = (id: string | undefined, toRepo: string, who = opal) =>
    hub.request(who, 'POST', `/api/operator/ownerless/${id}/transfer`, { toRepo })
  const kept = await repoOf(ada, 'mine')
  for (const [id, toRepo, status] of [
    [kept, 'lab/mine', 404],
    [ids[1], 'rae/two', 403],
    [ids[0], 'gone/again', 400],
    [ids[0], 'no-one-there/one', 400],
    [ids[0], 'one', 400],
    [ids[0], 'lab/open', 409],
    [ids[0], 'full/one', 507],
  ] as const) {
    const before = await stateOf(hub.db)
    assert.equal((await transfer(id, toRepo)).status, status, toRepo)
    assert.deepEqual(await stateOf(hub.db), before, toRepo)
  }
  await hub.request(ada, 'PATCH', '/api/organizations/lab/settings', { repoVisibility: 'private_only' })
  assert.equal((await transfer(ids[0], 'lab/one', ada)).status, 403)
  assert.equal((await transfer(ids[0], 'lab/one')).status, 200)
  const moved = await hub.request(ada, 'GET', '/api/models/lab/one')
  assert.deepEqual([moved.status, moved.body.private], [200, true])
  assert.ok((await labEvents()).at(-1)?.includes('transferred the model gone/one, which had no owner, to lab/one'))
  assert.equal((await transfer(ids[2], 'rae/three')).status, 200)
  assert.equal((await hub.request(people.rae, 'GET', '/api/models/rae/three')).body.private, false)

  const remove = (id: string | undefined, who = opal) => hub.request(who, 'DELETE', `/api/operator/ownerless/${id}`)
  assert.equal((await remove(ids[1], ada)).status, 403)
  assert.equal((await remove(kept)).status, 404)
  assert.equal((await remove(ids[1])).status, 200)
  assert.equal(existsSync(folderOf(ids[1] ?? '')), false)
  assert.equal((await hub.events('instance')).at(-1)?.type, 'operator.delete_repository')
  assert.deepEqual((await list(opal)).body, [])
})
