import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../server/kernel/ids.ts'
import { instanceKey } from '../../server/keys/instance-key.ts'
import { holding } from '../holding.ts'
import { startBeside, startTestHub, type TestHub, testPassword, testSecret } from '../hub.ts'
import { stateOf } from '../state.ts'
import { until } from '../until.ts'
import { signedIn, visitor } from '../visitor.ts'

const hub = await startTestHub()
await hub.person('opal', { operator: true })
const { people } = await hub.organization('once', { ada: 'admin', bob: 'read' })
const { ada, bob } = people
const day = 86_400_000

const keyed = (key: string) => ({ 'idempotency-key': key })

function orgs(name: string): Promise<number> {
  return hub.db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', name)
    .execute()
    .then((rows) => rows.length)
}

async function keys(): Promise<number> {
  return (await hub.db.selectFrom('idempotency_keys').select('key').execute()).length
}

test('a request that is sent again with its key is carried out once, and answered alike', async () => {
  const first = await hub.request(ada, 'POST', '/api/organizations', { name: 'first-org' }, keyed('k1'))
  const before = await stateOf(hub.db)
  const again = await hub.request(ada, 'POST', '/api/organizations', { name: 'first-org' }, keyed('k1'))
  assert.deepEqual([first.status, again.status], [201, 201])
  assert.deepEqual(again.body, first.body)
  assert.equal(again.headers.get('content-type'), first.headers.get('content-type'))
  assert.deepEqual(await stateOf(hub.db), before)
  const without = await hub.request(ada, 'POST', '/api/organizations', { name: 'first-org' })
  assert.equal(without.status, 409)
})

test('what is kept of a body is a keyed hash, which a copy of the database cannot be tested against', async () => {
  const row = await hub.db
    .selectFrom('idempotency_keys')
    .select('request_hash')
    .where('key', '=', 'k1')
    .executeTakeFirst()
  const text = `post /api/organizations\n${JSON.stringify({ name: 'first-org' })}`
  assert.deepEqual(row?.request_hash, Buffer.from(instanceKey(testSecret).sign('idempotency', text), 'base64url'))
})

test('a key that was used for another request is refused', async () => {
  const rows: [method: string, path: string, body: unknown][] = [
    ['POST', '/api/organizations', { name: 'second-org' }],
    ['POST', '/api/organizations', { name: 'first-org', details: '' }],
    ['POST', '/api/organizations?', { name: 'first-org' }],
    ['PATCH', '/api/organizations/once', { details: 'x' }],
    ['DELETE', '/api/organizations/once/members/bob', undefined],
  ]
  for (const [method, path, body] of rows) {
    const before = await stateOf(hub.db)
    const reply = await hub.request(ada, method, path, body, keyed('k1'))
    assert.equal(reply.status, 422, `${method} ${path}`)
    assert.match(reply.body.error, /^Idempotency-Key: /)
    assert.deepEqual(await stateOf(hub.db), before)
  }
})

test('a key is its owner’s: the same one of someone else is another', async () => {
  const reply = await hub.request(bob, 'POST', '/api/organizations', { name: 'bobs-org' }, keyed('k1'))
  assert.equal(reply.status, 201)
})

test('twenty at once with one key do it once; the others are told to wait or get the reply', async () => {
  const send = () => hub.request(ada, 'POST', '/api/organizations', { name: 'racy-org' }, keyed('k2'))
  const replies = await Promise.all(Array.from({ length: 20 }, send))
  const made = replies.filter(({ status }) => status === 201)
  assert.ok(made.length >= 1)
  for (const { status, body, headers } of replies) {
    if (status === 201) assert.deepEqual(body, made[0]?.body)
    else
      assert.deepEqual(
        [status, headers.get('x-error-code'), typeof body.applied],
        [409, 'RequestInProgress', 'boolean'],
      )
  }
  assert.equal(await orgs('racy-org'), 1)
  const created = (await hub.events(made[0]?.body.id)).filter(({ type }) => type === 'org.create')
  assert.equal(created.length, 1)
  assert.deepEqual((await send()).body, made[0]?.body)
})

test('a refused attempt leaves the key free', async () => {
  const before = await stateOf(hub.db)
  const body = { name: 'once' }
  assert.equal((await hub.request(ada, 'POST', '/api/organizations', body, keyed('k3'))).status, 409)
  assert.equal((await hub.request(ada, 'POST', '/api/organizations', { name: 'x' }, keyed('k3'))).status, 400)
  assert.equal(
    (await hub.request(bob, 'DELETE', '/api/organizations/once', { confirm: 'once' }, keyed('k3'))).status,
    403,
  )
  assert.deepEqual(await stateOf(hub.db), before)
  assert.equal((await hub.request(ada, 'POST', '/api/organizations', { name: 'third-org' }, keyed('k3'))).status, 201)
})

test('rights are asked again: who lost them does not get the reply from before', async () => {
  const write = { role: 'write' }
  await hub.request(ada, 'PUT', '/api/organizations/once/members/bob/role', write)
  const group = { name: 'Kept', users: [{ user: 'ada', role: 'admin' }] }
  await hub.request(ada, 'PATCH', '/api/organizations/once/settings', { groupCreation: 'write' })
  const made = await hub.request(bob, 'POST', '/api/organizations/once/resource-groups', group, keyed('k4'))
  assert.equal(made.status, 200, JSON.stringify(made.body))
  await hub.request(ada, 'DELETE', '/api/organizations/once/members/bob')
  const again = await hub.request(bob, 'POST', '/api/organizations/once/resource-groups', group, keyed('k4'))
  assert.equal(again.status, 403)
})

test('the secret of a token is repeated to its owner, and not readable where it is kept', async () => {
  const browser = await signedIn(hub, 'ada')
  const wish = { name: 'once', role: 'read' }
  const first = await browser.send('POST', '/api/settings/tokens', wish, keyed('k5'))
  const again = await browser.send('POST', '/api/settings/tokens', wish, keyed('k5'))
  assert.equal(first.status, 201)
  assert.equal(again.body.token, first.body.token)
  for (const reply of [first, again]) assert.equal(reply.headers.get('cache-control'), 'no-store')
  const rows = await hub.db.selectFrom('idempotency_keys').selectAll().execute()
  for (const row of rows) {
    assert.ok(!JSON.stringify(row).includes(first.body.token))
    assert.ok(!row.reply?.toString('latin1').includes('hf_'), 'sealed')
  }
})

test('signing up with a key signs in, and the same again makes no second account', async () => {
  const newcomer = { username: 'newcomer', email: 'newcomer@example.org', password: testPassword }
  const browser = visitor(hub)
  const first = await browser.send('POST', '/api/signup', newcomer, keyed('k6'))
  assert.equal(first.status, 201)
  assert.equal((await browser.send('GET', '/api/settings/account')).body.name, 'newcomer')
  const again = await visitor(hub).send('POST', '/api/signup', newcomer, keyed('k6'))
  assert.deepEqual([again.status, again.body], [201, first.body])
  assert.equal(again.headers.getSetCookie().length, 0, 'a session is not given out twice')
})

test('signing in and out with a key works as without', async () => {
  for (let round = 0; round < 2; round++) {
    const browser = visitor(hub)
    const { status } = await browser.send(
      'POST',
      '/api/login',
      { username: 'ada', password: testPassword },
      keyed('k7'),
    )
    assert.equal(status, 200)
    assert.equal((await browser.send('GET', '/api/settings/account')).status, 200, 'the cookie is there, each time')
    await browser.send('POST', '/api/logout', {}, keyed(`k8-${round}`))
    assert.equal(browser.cookie, undefined, 'and cleared')
  }
})

test('a key on a request that changes nothing is not kept', async () => {
  const before = await keys()
  assert.equal((await hub.request(ada, 'GET', '/api/whoami-v2', undefined, keyed('k9'))).status, 200)
  assert.equal(await keys(), before)
})

test('while an attempt is at work, however long, its key is not taken over; not by another process either', async () => {
  const other = await startBeside(hub)
  const send = (to: TestHub) => to.request(ada, 'POST', '/api/organizations', { name: 'slow-org' }, keyed('k10'))
  const name = await holding(hub.db, (tx) =>
    tx
      .insertInto('names')
      .values({
        lower_name: 'slow-org',
        name: 'slow-org',
        user_id: ada?.id ?? '',
        current: false,
        kept_until: new Date(),
      })
      .execute(),
  )
  const first = send(hub)
  await until(async () => (await findClaim('k10')) !== undefined)
  await hub.db
    .updateTable('idempotency_keys')
    .set({ created_at: new Date(Date.now() - 3_600_000) })
    .where('key', '=', 'k10')
    .execute()
  for (const to of [hub, other]) {
    const reply = await send(to)
    assert.deepEqual([reply.status, reply.body.applied], [409, false], JSON.stringify(reply.body))
    assert.match(reply.body.error, /still in progress/)
  }
  await name.undo()
  assert.equal((await first).status, 201)
  for (const to of [hub, other]) assert.deepEqual((await send(to)).body, (await first).body)
  assert.equal(await orgs('slow-org'), 1)
})

test('an attempt whose process is gone is taken over, one that was carried out is not', async () => {
  const gone = await leftBehind()
  const id = ada?.id ?? ''
  const hash = hashOf('post /api/organizations', { name: 'tenth-org' })
  const row = { actor: id, created_at: new Date(), process: gone, claim: gone }
  await hub.db
    .insertInto('idempotency_keys')
    .values([
      { ...row, key: 'k11', request_hash: hash },
      { ...row, key: 'k12', request_hash: Buffer.alloc(32), applied: true, claim: newId() },
    ])
    .execute()
  const again = await hub.request(ada, 'POST', '/api/organizations', { name: 'tenth-org' }, keyed('k11'))
  assert.equal(again.status, 201, JSON.stringify(again.body))
  const other = await hub.request(ada, 'POST', '/api/organizations', { name: 'eleventh-org' }, keyed('k12'))
  assert.equal(other.status, 422)
  assert.equal(await orgs('eleventh-org'), 0)
})

test('an attempt that was taken over writes nothing any more', async () => {
  const name = await holding(hub.db, (tx) =>
    tx
      .insertInto('names')
      .values({
        lower_name: 'twice-org',
        name: 'twice-org',
        user_id: ada?.id ?? '',
        current: false,
        kept_until: new Date(),
      })
      .execute(),
  )
  const first = hub.request(ada, 'POST', '/api/organizations', { name: 'twice-org' }, keyed('k13'))
  await until(async () => (await findClaim('k13')) !== undefined)
  // As it is once another process found that of the first gone.
  await hub.db.updateTable('idempotency_keys').set({ claim: newId() }).where('key', '=', 'k13').execute()
  const before = await stateOf(hub.db)
  await name.undo()
  const reply = await first
  assert.deepEqual([reply.status, reply.headers.get('x-error-code')], [409, 'RequestInProgress'])
  assert.deepEqual(await stateOf(hub.db), before)
  assert.equal(await orgs('twice-org'), 0)
})

async function findClaim(key: string): Promise<string | undefined> {
  const row = await hub.db.selectFrom('idempotency_keys').select('claim').where('key', '=', key).executeTakeFirst()
  return row?.claim ?? undefined
}

// The row of a process that was killed: no connection carries its name.
async function leftBehind(): Promise<string> {
  const id = newId()
  const seen = new Date(Date.now() - 30_000)
  const public_url = hub.running.publicUrl
  await hub.db.insertInto('processes').values({ id, public_url, started_at: seen, seen_at: seen }).execute()
  return id
}

function hashOf(address: string, body: object): Buffer {
  return Buffer.from(instanceKey(testSecret).sign('idempotency', `${address}\n${JSON.stringify(body)}`), 'base64url')
}

test('after a day a key is new', async () => {
  hub.moveClock(day + 1000)
  const reply = await hub.request(ada, 'POST', '/api/organizations', { name: 'later-org' }, keyed('k1'))
  hub.moveClock(0)
  assert.equal(reply.status, 201, JSON.stringify(reply.body))
})
