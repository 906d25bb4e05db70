import assert from 'node:assert/strict'
import { afterEach, before, test } from 'node:test'
import { purgeDeletedOrganizations } from '../../server/orgs/deletion.ts'
import { deleteExpiredAccess } from '../../server/users/expiry.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { signedIn, visitor } from '../visitor.ts'

const day = 86_400_000
let hub: TestHub
let ada: Person
let bob: Person
let eve: Person
let opal: Person
let stranger: Person

before(async () => {
  hub = await startTestHub()
  ada = await hub.person('ada')
  bob = await hub.person('bob')
  eve = await hub.person('eve')
  opal = await hub.person('opal', { operator: true })
  stranger = await hub.person('stranger')
})

afterEach(() => hub.moveClock(0))

const found = (who: Person, name: string) => hub.request(who, 'POST', '/api/organizations', { name })
const rename = (who: Person, from: string, name: string) =>
  hub.request(who, 'PATCH', `/api/organizations/${from}`, { name })
const create = (who: Person, name: string) => hub.request(who, 'POST', '/api/repos/create', { name })
const remove = (who: Person, name: string) => hub.request(who, 'DELETE', '/api/repos/delete', { name })
const move = (who: Person, fromRepo: string, toRepo: string) =>
  hub.request(who, 'POST', '/api/repos/move', { fromRepo, toRepo })
const show = (who: Person, path: string) => hub.request(who, 'GET', `/api/${path}`)
const newcomer = (username: string) => ({ username, password: 'plenty of letters 7', email: `${username}@example.net` })

/** Every door by which a stranger could come to a name of people and organizations. */
const doors: Record<string, (name: string) => Promise<{ status: number; body: { error?: string } }>> = {
  'create an organization': (name) => found(stranger, name),
  'rename an organization': (name) => rename(stranger, 'strangers', name),
  'sign up': (name) => visitor(hub).send('POST', '/api/signup', newcomer(name)),
  'create an account as a site admin': async (name) =>
    (await signedIn(hub, 'opal')).send('POST', '/api/operator/people', {
      username: name,
      email: `${name}@example.net`,
    }),
  'create an organization as a site admin': (name) =>
    hub.request(opal, 'POST', '/api/operator/organizations', { name, admin: 'stranger' }),
}

test('the old name of an organization is refused at every door, in the words of a taken one', async () => {
  await hub.organization('strangers', { stranger: 'admin' })
  await hub.organization('heron', { ada: 'admin' })
  await hub.organization('current', { ada: 'admin' })
  await create(ada, 'heron/net')
  await rename(ada, 'heron', 'egret')
  hub.moveClock(89 * day)
  for (const [door, take] of Object.entries(doors)) {
    const kept = await take('heron')
    const taken = await take('current')
    assert.equal(kept.status, 409, door)
    assert.equal(kept.body.error?.replace('heron', 'current'), taken.body.error, door)
  }
  assert.equal((await show(stranger, 'organizations/heron')).body.name, 'egret')
  assert.equal((await show(stranger, 'models/heron/net')).body.id, 'egret/net')
  assert.equal((await show(stranger, 'models?author=heron')).body.length, 1)
  assert.equal((await rename(ada, 'egret', 'heron')).status, 200)
  assert.equal((await show(stranger, 'models/egret/net')).body.id, 'heron/net')
})

test('after 90 days the redirect ends, and who takes the name then gets no one else’s traffic', async () => {
  await hub.organization('gull', { ada: 'admin' })
  await create(ada, 'gull/net')
  await rename(ada, 'gull', 'tern')
  hub.moveClock(91 * day)
  for (const path of ['organizations/gull', 'models/gull/net', 'models/gull/net/revision/main'])
    assert.equal((await show(ada, path)).status, 404, path)
  assert.deepEqual((await show(ada, 'models?author=gull')).body, [])
  assert.equal((await show(stranger, 'models/tern/net')).status, 200)
  const both = await Promise.all([found(stranger, 'gull'), found(eve, 'GULL')])
  assert.deepEqual(both.map(({ status }) => status).sort(), [201, 409])
  assert.equal((await show(ada, 'models/gull/net')).status, 404)
  const taker = both[0]?.status === 201 ? stranger : eve
  assert.equal((await create(taker, 'gull/net')).status, 200)
  assert.equal((await show(ada, 'models/gull/net')).body.id, (await show(taker, 'models/gull/net')).body.id)
  assert.equal((await rename(ada, 'tern', 'gull')).status, 409)
})

test('of the former owner and a stranger at once, the former owner gets the old name', async () => {
  await hub.organization('dunlin', { ada: 'admin' })
  await rename(ada, 'dunlin', 'knot')
  const both = await Promise.all([found(stranger, 'dunlin'), rename(ada, 'knot', 'dunlin')])
  assert.deepEqual(
    both.map(({ status }) => status),
    [409, 200],
  )
})

test('the name of a deleted account is never given out', async () => {
  const gone = await hub.person('gone')
  await create(gone, 'gone/net')
  await remove(gone, 'gone/net')
  const browser = await signedIn(hub, 'gone')
  const deleted = await browser.send('DELETE', '/api/settings/account', { confirm: 'gone' })
  assert.equal(deleted.status, 200, JSON.stringify(deleted.body))
  for (const days of [0, 91]) {
    hub.moveClock(days * day)
    await deleteExpiredAccess(hub.db)
    for (const [door, take] of Object.entries(doors)) assert.equal((await take('gone')).status, 409, door)
  }
})

const lab = (name: string) => hub.organization(name, { ada: 'admin', bob: 'write', eve: 'contributor' })

test('the old name of a repository is for admins, for who gave it up, and for the repository', async () => {
  const { id } = await lab('lab')
  for (const name of ['renamed', 'moved', 'deleted']) await create(ada, `lab/${name}`)
  await move(ada, 'lab/renamed', 'lab/renamed-v2')
  await move(ada, 'lab/moved', 'ada/moved')
  await remove(ada, 'lab/deleted')
  await create(eve, 'lab/eves')
  await create(bob, 'bob/source')
  const events = (await hub.events(id)).length
  for (const name of ['renamed', 'moved', 'deleted'])
    for (const who of [bob, eve]) {
      assert.equal((await create(who, `lab/${name}`)).status, 409, `${who.name} ${name}`)
      const copy = { repository: `lab/${name}` }
      const copied = await hub.request(who, 'POST', '/api/models/bob/source/duplicate', copy)
      assert.equal(copied.status, 409, `${who.name} copies to ${name}`)
      assert.equal((await move(who, 'lab/eves', `lab/${name}`)).status, 409, `${who.name} moves to ${name}`)
    }
  assert.equal((await hub.events(id)).length, events)
  assert.equal((await show(stranger, 'models/lab/renamed')).body.id, 'lab/renamed-v2')
  assert.equal((await show(stranger, 'models/lab/moved')).body.id, 'ada/moved')
  assert.equal((await show(ada, 'models/lab/deleted')).status, 404)
  assert.equal((await move(bob, 'lab/renamed', 'lab/renamed')).status, 200)
  for (const name of ['moved', 'deleted']) assert.equal((await create(ada, `lab/${name}`)).status, 200, name)
  assert.equal((await remove(eve, 'lab/eves')).status, 200)
  assert.equal((await create(eve, 'lab/eves')).status, 200)
})

test('what an organization that is deleted for good was called, and its repositories elsewhere, stays kept', async () => {
  await lab('origin')
  await hub.organization('ending', { ada: 'admin' })
  await create(ada, 'origin/gone')
  await move(ada, 'origin/gone', 'ending/gone')
  await rename(ada, 'ending', 'ended')
  assert.equal(
    (await (await signedIn(hub, 'ada')).send('DELETE', '/api/organizations/ended', { confirm: 'ended' })).status,
    200,
  )
  hub.moveClock(31 * day)
  assert.equal(await purgeDeletedOrganizations(hub.db), 1)
  await deleteExpiredAccess(hub.db)
  for (const name of ['ending', 'ended']) {
    for (const [door, take] of Object.entries(doors)) assert.equal((await take(name)).status, 409, `${name}: ${door}`)
    assert.equal((await found(ada, name)).status, 409)
    assert.equal((await show(ada, `organizations/${name}`)).status, 404)
  }
  assert.equal((await create(eve, 'origin/gone')).status, 409)
  assert.equal((await create(ada, 'origin/gone')).status, 200)
  hub.moveClock(91 * day)
  await deleteExpiredAccess(hub.db)
  for (const name of ['ending', 'ended']) assert.equal((await found(stranger, name)).status, 201)
})

test('after 90 days the old name of a repository is free, and redirects no more', async () => {
  await lab('later')
  for (const name of ['renamed', 'deleted']) await create(ada, `later/${name}`)
  await move(ada, 'later/renamed', 'later/renamed-v2')
  await remove(ada, 'later/deleted')
  hub.moveClock(91 * day)
  assert.equal((await show(ada, 'models/later/renamed')).status, 404)
  for (const name of ['renamed', 'deleted']) assert.equal((await create(eve, `later/${name}`)).status, 200, name)
  assert.equal((await show(stranger, 'models/later/renamed')).body.id, 'later/renamed')
  const both = await Promise.all([create(eve, 'later/free'), create(bob, 'later/free')])
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409])
})
