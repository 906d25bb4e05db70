import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
let ada: Person
let bob: Person
let cleo: Person
let dan: Person
let eve: Person
let stranger: Person

before(async () => {
  hub = await startTestHub()
  ada = await hub.person('ada')
  bob = await hub.person('bob')
  cleo = await hub.person('cleo')
  dan = await hub.person('dan')
  eve = await hub.person('eve')
  stranger = await hub.person('stranger')
})

const lab = (name: string) =>
  hub.organization(name, { ada: 'admin', bob: 'write', cleo: 'read', dan: 'no_access', eve: 'contributor' })
const create = (who: Person | string | undefined, body: unknown) => hub.request(who, 'POST', '/api/repos/create', body)
const remove = (who: Person | undefined, body: unknown) => hub.request(who, 'DELETE', '/api/repos/delete', body)
const move = (who: Person, fromRepo: string, toRepo: string, more = {}) =>
  hub.request(who, 'POST', '/api/repos/move', { fromRepo, toRepo, ...more })
const show = (who: Person | undefined, path: string) => hub.request(who, 'GET', `/api/${path}`)
const ids = (body: { id: string }[]) => body.map(({ id }) => id).sort()
const count = async (id: string) => (await hub.events(id)).length

test('who may create where', async () => {
  const { id } = await lab('one')
  await hub.request(ada, 'POST', '/api/organizations/one/resource-groups', {
    name: 'G',
    users: [
      { user: 'dan', role: 'contributor' },
      { user: 'bob', role: 'read' },
    ],
  })
  const inGroup = { resourceGroupId: 'g' }
  const rows: [Person | string | undefined, unknown, number][] = [
    [stranger, { name: 'own-thing' }, 200],
    [stranger, { name: 'stranger/own-set', type: 'dataset' }, 200],
    [stranger, { name: 'ada/theirs' }, 403],
    [stranger, { name: 'nobody-here/x' }, 404],
    [stranger, { name: 'x', resourceGroupId: 'g' }, 400],
    [stranger, { name: 'one/x' }, 403],
    [undefined, { name: 'one/x' }, 401],
    ['hf_uNotAToken', { name: 'one/x' }, 401],
    [await hub.readToken(ada), { name: 'one/x' }, 403],
    [dan, { name: 'one/x' }, 403],
    [cleo, { name: 'one/x' }, 403],
    [eve, { name: 'one/eves' }, 200],
    [bob, { name: 'bobs', organization: 'ONE' }, 200],
    [bob, { name: 'one/x', organization: 'two' }, 400],
    [dan, { name: 'one/dans', ...inGroup }, 200],
    [bob, { name: 'one/x', ...inGroup }, 403],
    [eve, { name: 'one/x', ...inGroup }, 403],
    [eve, { name: 'one/x', resourceGroupId: 'ffffffffffffffffffffffff' }, 403],
    [ada, { name: 'one/x', resourceGroupId: 'none' }, 403],
    [ada, { name: 'one/adas', visibility: 'private', ...inGroup }, 200],
  ]
  const before = await count(id)
  for (const [who, body, status] of rows) assert.equal((await create(who, body)).status, status, JSON.stringify(body))
  const events = (await hub.events(id)).slice(before)
  assert.deepEqual(
    events.map(({ author }) => author.user),
    ['eve', 'bob', 'dan', 'ada'],
  )
  assert.ok(events.every(({ type }) => type === 'repo.create'))
  const made = await create(stranger, { name: 'tables', type: 'dataset', license: 'mit' })
  const url = `${hub.running.publicUrl}/datasets/stranger/tables`
  assert.deepEqual(made.body, { url, name: 'stranger/tables', id: made.body.id })
  const again = await create(stranger, { name: 'TABLES', type: 'dataset' })
  assert.equal(again.status, 409)
  assert.equal(again.body.url, `${hub.running.publicUrl}/datasets/stranger/TABLES`)
  assert.match(again.body.error, /already exists/)
})

test('names that cannot be are refused, others are kept as typed', async () => {
  for (const name of [
    '.x',
    'x.',
    '-x',
    'x-',
    'a..b',
    'a--b',
    'x.git',
    'x.LOCK',
    'a b',
    'é',
    'x'.repeat(97),
    'ada/b/c',
    'ada/',
    '%00',
  ]) {
    const refused = await create(ada, { name })
    assert.equal(refused.status, 400, name)
    assert.match(refused.body.error, /^name/)
  }
  for (const name of ['_', 'A', '_x.y-z_', '1.5', 'x'.repeat(96)])
    assert.equal((await create(ada, { name })).body.name, `ada/${name}`)
  assert.equal((await create(ada, { name: 'a', type: 'model' })).status, 409)
  assert.equal((await create(ada, { name: 'a', type: 'space' })).status, 200)
  assert.equal((await create(ada, { name: 'b', type: 'kernel' })).status, 400)
  const race = await Promise.all(Array.from({ length: 8 }, () => create(ada, { name: 'race' })))
  assert.deepEqual(race.map(({ status }) => status).sort(), [200, 409, 409, 409, 409, 409, 409, 409])
})

test('what new repositories are follows the organization, and who changes it too', async () => {
  const { id } = await lab('two')
  const isPrivate = async (name: string, body = {}) => {
    assert.equal((await create(bob, { name: `two/${name}`, ...body })).status, 200)
    return (await show(ada, `models/two/${name}`)).body.private
  }
  const rule = (repoVisibility: string) =>
    hub.request(ada, 'PATCH', '/api/organizations/two/settings', { repoVisibility })
  assert.equal(await isPrivate('a'), false)
  assert.equal(await isPrivate('b', { private: true }), true)
  await rule('private')
  assert.equal(await isPrivate('c', { private: null }), true)
  assert.equal(await isPrivate('d', { visibility: 'public' }), false)
  await rule('private_only')
  assert.equal(await isPrivate('e'), true)
  assert.equal((await create(bob, { name: 'two/f', private: false })).status, 403)
  assert.equal((await create(bob, { name: 'two/f', private: true, visibility: 'public' })).status, 400)
  const set = (who: Person | undefined, name: string, body: unknown) =>
    hub.request(who, 'PUT', `/api/models/two/${name}/settings`, body)
  const before = await count(id)
  assert.equal((await set(bob, 'e', { private: false })).status, 403)
  assert.equal((await set(cleo, 'a', { private: true })).status, 403)
  assert.equal((await set(dan, 'e', { private: false })).status, 404)
  assert.equal((await set(undefined, 'a', { private: true })).status, 401)
  assert.equal((await set(ada, 'e', { private: true })).status, 200)
  assert.equal(await count(id), before)
  const ungated = { gated: false, orgMembersGated: false, gatedNotificationsMode: 'real-time' }
  const open = { private: false, visibility: 'public', ...ungated }
  assert.deepEqual((await set(ada, 'e', { visibility: 'public' })).body, open)
  assert.equal((await show(undefined, 'models/two/e')).body.private, false)
  const [event] = (await hub.events(id)).slice(before)
  assert.equal(event?.type, 'repo.update_settings')
  assert.equal(event?.message, 'ada made the model two/e public')
})

test('who sees and changes a repository, by role and by group', async () => {
  await lab('three')
  const people = [
    { user: 'dan', role: 'write' },
    { user: 'cleo', role: 'contributor' },
  ]
  await hub.request(ada, 'POST', '/api/organizations/three/resource-groups', { name: 'G', users: people })
  await create(eve, { name: 'three/eves', private: true })
  await create(ada, { name: 'three/plain', private: true })
  await create(ada, { name: 'three/inside', private: true, resourceGroupId: 'G' })
  await create(cleo, { name: 'three/cleos', private: true, resourceGroupId: 'G' })
  const sees = async (name: string) => {
    const who = [ada, bob, cleo, dan, eve, stranger]
    const statuses = await Promise.all(who.map(async (person) => (await show(person, `models/three/${name}`)).status))
    return who.filter((_, index) => statuses[index] === 200).map((person) => person.name)
  }
  assert.deepEqual(await sees('plain'), ['ada', 'bob', 'cleo', 'eve'])
  assert.deepEqual(await sees('inside'), ['ada', 'cleo', 'dan'])
  const missing = await show(undefined, 'models/three/plain')
  assert.equal(missing.status, 401)
  assert.equal(missing.headers.get('x-error-code'), 'RepoNotFound')
  assert.equal(missing.body.error, 'Invalid username or password.')
  assert.equal((await show(dan, 'models/three/plain')).body.error, 'Repository not found')
  const may = async (who: Person, name: string) =>
    (await show(who, `models/three/${name}`)).body.may.includes('repo.delete')
  assert.equal(await may(bob, 'eves'), true)
  assert.equal(await may(eve, 'eves'), true)
  assert.equal(await may(eve, 'plain'), false)
  assert.equal(await may(cleo, 'plain'), false)
  assert.equal(await may(dan, 'inside'), true)
  assert.equal(await may(cleo, 'inside'), false)
  assert.equal(await may(cleo, 'cleos'), true)
  // A repository of one's own that is moved into a group one is not in is no longer one's own to see.
  await hub.request(ada, 'POST', '/api/models/three/eves/resource-group', { resourceGroupId: 'G' })
  assert.equal((await show(eve, 'models/three/eves')).status, 404)
  assert.equal((await show(ada, 'models/three/inside')).body.resourceGroup.name, 'G')
  await hub.request(ada, 'PUT', '/api/models/three/inside/settings', { private: false })
  const seen = (await show(stranger, 'models/three/inside')).body
  assert.equal('resourceGroup' in seen, false)
  assert.deepEqual(Object.keys(seen).sort(), [
    '_id',
    'author',
    'cardData',
    'createdAt',
    'createdBy',
    'disabled',
    'downloads',
    'gated',
    'id',
    'lastModified',
    'likes',
    'may',
    'modelId',
    'private',
    'sha',
    'siblings',
    'tags',
    'type',
    'usedStorage',
  ])
})

test('a renamed or moved repository is found under its old name until it is taken again', async () => {
  const { id } = await lab('four')
  await lab('five')
  await create(ada, { name: 'four/net' })
  await create(ada, { name: 'four/taken' })
  const before = await count(id)
  const conflict = await move(bob, 'four/net', 'four/Taken')
  assert.equal(conflict.status, 409)
  // As clients expect it, word for word
  assert.match(conflict.body.error, /A model repository called four\/Taken already exists/)
  const refused: [Person, string, string, number][] = [
    [cleo, 'four/net', 'four/net2', 403],
    [eve, 'four/net', 'four/net2', 403],
    [stranger, 'four/net', 'stranger/net', 403],
    [bob, 'four/net', 'ada/net', 403],
    [bob, 'four/net', 'five/net', 403],
    [bob, 'four/net', 'bob/net', 403],
    [bob, 'four/net', 'nobody-here/net', 404],
    [bob, 'four/absent', 'four/x', 404],
    [bob, 'four/net', 'four/x.git', 400],
  ]
  for (const [who, from, to, status] of refused)
    assert.equal((await move(who, from, to)).status, status, `${who.name} ${from} ${to}`)
  assert.equal((await move(bob, 'four/net', 'four/net')).status, 200)
  assert.equal(await count(id), before)
  assert.deepEqual((await move(bob, 'four/net', 'four/Net2')).body, { success: true })
  assert.equal((await show(cleo, 'models/Four/net')).body.id, 'four/Net2')
  assert.equal((await move(ada, 'four/net', 'five/net3')).status, 200)
  assert.equal((await show(cleo, 'models/four/NET2')).body.id, 'five/net3')
  assert.equal((await create(bob, { name: 'four/net' })).status, 200)
  assert.equal((await show(cleo, 'models/four/net')).body.id, 'four/net')
  assert.equal((await move(bob, 'five/net3', 'five/NET3')).status, 200)
  assert.equal((await show(cleo, 'models/five/net3')).body.id, 'five/NET3')
  assert.deepEqual(
    (await hub.events(id)).slice(before).map(({ type }) => type),
    ['repo.move', 'repo.move', 'repo.create'],
  )
  const race = await Promise.all([move(bob, 'four/net', 'four/same'), move(bob, 'four/taken', 'four/same')])
  assert.deepEqual(race.map(({ status }) => status).sort(), [200, 409])
})

test('a repository in a group leaves the organization only by its admins', async () => {
  await lab('six')
  await hub.request(ada, 'POST', '/api/organizations/six/resource-groups', {
    name: 'G',
    users: [{ user: 'bob', role: 'admin' }],
  })
  await create(bob, { name: 'six/net', resourceGroupId: 'G' })
  assert.equal((await move(bob, 'six/net', 'six/net2')).status, 200)
  assert.equal((await show(ada, 'models/six/net2')).body.resourceGroup.name, 'G')
  const refused = await move(bob, 'six/net2', 'bob/net')
  assert.equal(refused.status, 403)
  assert.match(refused.body.error, /Only admins of the organization/)
  assert.equal((await move(ada, 'six/net2', 'ada/net')).status, 200)
  assert.equal((await show(bob, 'models/six/net')).body.id, 'ada/net')
  assert.equal((await show(ada, 'models/ada/net')).body.resourceGroup, null)
  await hub.request(ada, 'PATCH', '/api/organizations/six/settings', { repoVisibility: 'private_only' })
  assert.equal((await move(ada, 'ada/net', 'six/back')).status, 403)
})

test('who deletes, and that deleted is gone', async () => {
  const { id } = await lab('seven')
  for (const name of ['a', 'b', 'c']) await create(eve, { name: `seven/${name}` })
  const before = await count(id)
  const rows: [Person | undefined, unknown, number][] = [
    [undefined, { name: 'seven/a' }, 401],
    [stranger, { name: 'seven/a' }, 403],
    [cleo, { name: 'seven/a' }, 403],
    [bob, { name: 'seven/absent' }, 404],
    [bob, { name: 'seven/a', type: 'dataset' }, 404],
    [eve, { name: 'a', organization: 'seven' }, 200],
    [bob, { name: 'seven/b' }, 200],
    [bob, { name: 'seven/b' }, 404],
  ]
  for (const [who, body, status] of rows) assert.equal((await remove(who, body)).status, status, JSON.stringify(body))
  assert.equal((await remove(bob, { name: 'seven/b' })).headers.get('x-error-code'), 'RepoNotFound')
  assert.deepEqual(
    (await hub.events(id)).slice(before).map(({ message }) => message),
    ['eve deleted the model seven/a', 'bob deleted the model seven/b'],
  )
  const race = await Promise.all([1, 2, 3].map(() => remove(bob, { name: 'seven/c' })))
  assert.deepEqual(race.map(({ status }) => status).sort(), [200, 404, 404])
})

test('lists hold what the caller may read, page by page, newest first', async () => {
  await lab('eight')
  await hub.request(ada, 'POST', '/api/organizations/eight/resource-groups', {
    name: 'G',
    users: [{ user: 'dan', role: 'read' }],
  })
  for (const name of ['p1', 'p2', 'p3']) await create(ada, { name: `eight/${name}` })
  await create(ada, { name: 'eight/closed', private: true })
  await create(ada, { name: 'eight/inside', private: true, resourceGroupId: 'G' })
  await create(ada, { name: 'eight/inside-open', resourceGroupId: 'G' })
  const listed = async (who: Person | undefined, query: string) =>
    ids((await show(who, `models?author=eight${query}`)).body)
  const open = ['eight/inside-open', 'eight/p1', 'eight/p2', 'eight/p3']
  assert.deepEqual(await listed(undefined, ''), open)
  assert.deepEqual(await listed(cleo, ''), [...open, 'eight/closed'].sort())
  assert.deepEqual(await listed(dan, ''), [...open, 'eight/inside'].sort())
  assert.deepEqual(await listed(ada, '&visibility=private'), ['eight/closed', 'eight/inside'])
  assert.deepEqual(await listed(dan, '&group=g'), ['eight/inside', 'eight/inside-open'])
  assert.deepEqual(await listed(cleo, '&group=g'), [])
  assert.deepEqual(await listed(cleo, '&search=P2'), ['eight/p2'])
  assert.deepEqual(await listed(cleo, '&search=eight/p3'), ['eight/p3'])
  assert.deepEqual(await listed(cleo, '&search=100%25'), [])
  assert.deepEqual(await listed(cleo, '&full=true&sort=likes'), [...open, 'eight/closed'].sort())
  const { body: first, headers } = await show(cleo, 'models?author=EIGHT&limit=2')
  assert.deepEqual(
    first.map(({ id }: { id: string }) => id),
    ['eight/inside-open', 'eight/closed'],
  )
  const next = headers.get('link')?.match(/^<(.*)>; rel="next"$/)?.[1] ?? ''
  const second = await hub.request(cleo, 'GET', next.slice(hub.running.publicUrl.length))
  assert.deepEqual(
    second.body.map(({ id }: { id: string }) => id),
    ['eight/p3', 'eight/p2'],
  )
  assert.equal((await show(cleo, 'models?cursor=nonsense')).status, 400)
  assert.equal((await show(cleo, 'kernels')).status, 501)
  assert.deepEqual((await show(cleo, 'models?author=nobody-here')).body, [])

  const storage = await show(dan, 'organizations/eight/settings/repositories')
  assert.deepEqual(ids(storage.body), [...open, 'eight/inside'].sort())
  const {
    updatedAt,
    storage: bytes,
    storagePercent,
    ...row
  } = storage.body.find(({ id }: { id: string }) => id === 'eight/inside')
  assert.deepEqual(row, { id: 'eight/inside', type: 'model', visibility: 'private' })
  assert.ok(bytes >= 0 && storagePercent >= 0 && storagePercent <= 100, `${bytes} bytes, ${storagePercent} %`)
  assert.match(updatedAt, /Z$/)
  assert.equal((await show(stranger, 'organizations/eight/settings/repositories')).status, 403)
  assert.deepEqual((await show(dan, 'organizations/eight/settings/repositories?type=bucket')).body, [])
  await create(cleo, { name: 'mine' })
  assert.deepEqual(ids((await show(cleo, 'settings/repositories?search=MIN')).body), ['cleo/mine'])
})
