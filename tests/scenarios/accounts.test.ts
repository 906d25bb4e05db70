import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '../../server/store/database.ts'
import { closeAccount, setAccountState, setOperator } from '../../server/users/accounts/accounts.ts'
import { startTestHub, type TestHub, testPassword } from '../hub.ts'
import { linkIn, signedIn, visitor } from '../visitor.ts'

const hub = await startTestHub()

async function eventTypes(): Promise<string[]> {
  return (await hub.events('instance')).map(({ type }) => type)
}

/** What a refusal must leave as it was. */
async function traces() {
  const counts = async (table: 'users' | 'names' | 'emails' | 'sessions' | 'audit_events' | 'mails') =>
    Number(
      (
        await hub.db
          .selectFrom(table)
          .select((eb) => eb.fn.countAll().as('n'))
          .executeTakeFirstOrThrow()
      ).n,
    )
  return Promise.all((['users', 'names', 'emails', 'sessions', 'audit_events', 'mails'] as const).map(counts))
}

function newcomer(username: string, email = `${username}@example.org`) {
  return { username, email, password: testPassword }
}

const code = hub.running.setupCode

test('the first operator needs the code that was printed, from this machine too', async () => {
  const before = await traces()
  assert.match(code ?? '', /^[0-9A-Za-z]{22}$/, '131 bits')
  for (const [wrong, status] of [
    [{ code: 'wrong' }, 403],
    [{ code: '' }, 403],
    [{ code: `${code} ` }, 403],
    [{}, 400],
  ] as const) {
    const sent = { ...newcomer('eve'), ...wrong }
    const rebound = { host: 'evil.example:80', 'sec-fetch-site': 'same-origin' }
    const reply = await hub.request(undefined, 'POST', '/api/setup', sent, rebound)
    assert.equal(reply.status, status, JSON.stringify(reply.body))
    assert.equal(reply.headers.getSetCookie().length, 0)
  }
  for (const password of ['password123', 'eve-eve-eve', '1234567890']) {
    const reply = await hub.request(undefined, 'POST', '/api/setup', { ...newcomer('eve'), code, password })
    assert.deepEqual([reply.status, reply.body.fields?.[0]?.field], [400, 'password'], password)
  }
  assert.deepEqual(await traces(), before)
  assert.ok(!JSON.stringify((await hub.request(undefined, 'GET', '/api/instance')).body).includes(code ?? ''))
})

test('the first operator is created once, however many try at the same moment', async () => {
  const before = await visitor(hub).send('GET', '/api/instance')
  assert.equal(before.body.needsSetup, true)
  assert.equal(before.body.account, null)
  const browsers = ['root-one', 'root-two', 'root-three', 'root-four'].map((name) => ({ name, browser: visitor(hub) }))
  const replies = await Promise.all(
    browsers.map(({ name, browser }) => browser.send('POST', '/api/setup', { ...newcomer(name), code })),
  )
  assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 409, 409, 409])
  assert.equal(replies.find(({ status }) => status === 409)?.headers.get('x-error-code'), 'SetupDone')
  const first = browsers[replies.findIndex(({ status }) => status === 201)]
  const now = await first?.browser.send('GET', '/api/instance')
  assert.equal(now?.body.needsSetup, false)
  assert.equal(now?.body.mayCreateOrganizations, true)
  const { name, isOperator, emailVerified } = now?.body.account ?? {}
  assert.deepEqual({ name, isOperator, emailVerified }, { name: first?.name, isOperator: true, emailVerified: true })
  assert.deepEqual(await eventTypes(), ['user.create'])
})

test('sample accounts are offered by a hub that was started as the demo, and by no other', async () => {
  const asked = { 'x-demo': '1', 'x-forwarded-host': 'demo', cookie: 'demo=1', referer: `${hub.url}/?demo` }
  const ask = (of: TestHub, path: string) => of.request(undefined, 'GET', path, undefined, asked)
  const loaded = await startTestHub()
  await loaded.running.fillDemo()
  for (const ordinary of [hub, loaded]) {
    assert.equal((await ask(ordinary, '/api/instance')).body.demo, null)
    for (const query of ['?demo=true', '?demo[password]=x', '?isDemo=1']) {
      const { body } = await ask(ordinary, `/api/instance${query}`)
      assert.ok(!JSON.stringify(body).includes('guildhall-demo'), query)
    }
  }
  const demo = await startTestHub({ isDemo: true })
  await demo.running.fillDemo()
  const { people, password } = (await ask(demo, '/api/instance')).body.demo
  assert.equal(people.length, 7)
  for (const { username, fullname, about } of people) {
    const signedIn = await visitor(demo).send('POST', '/api/login', { username, password })
    assert.deepEqual([signedIn.status, signedIn.body.fullname], [200, fullname])
    assert.match(about, /^[A-Z].*\.$/)
  }
})

test('someone signs up, verifies the address, and is there', async () => {
  const ada = visitor(hub)
  const made = await ada.send('POST', '/api/signup', { ...newcomer('Ada'), fullname: 'Ada Lovelace' })
  assert.equal(made.status, 201)
  assert.equal(made.body.emailVerified, false)
  const cookie = made.headers.getSetCookie()[0] ?? ''
  assert.match(cookie, /HttpOnly/)
  assert.match(cookie, /SameSite=Lax/)
  const [mail] = (await hub.mails()).slice(-1)
  assert.equal(mail?.recipient, 'Ada@example.org')
  assert.match(mail?.text_body ?? '', new RegExp(`${hub.url}/verify-email#token=`))

  const token = await linkIn(hub, 'Ada@example.org')
  const links = await hub.db.selectFrom('account_links').select('hash').execute()
  assert.ok(!links.some(({ hash }) => hash.toString().includes(token)), 'the secret itself is not kept')
  const verified = await ada.send('POST', '/api/verify-email', { token })
  assert.deepEqual(
    [verified.status, verified.body],
    [200, { success: true, email: 'Ada@example.org', username: 'Ada' }],
  )
  assert.equal((await ada.send('POST', '/api/verify-email', { token })).status, 400, 'a link works once')

  const { body } = await ada.send('GET', '/api/settings/account')
  assert.equal(body.emailVerified, true)
  const events = (await hub.events('instance')).slice(-2)
  assert.deepEqual(
    events.map(({ type, author }) => [type, author.user]),
    [
      ['user.create', 'Ada'],
      ['email.verify', 'Ada'],
    ],
  )
})

for (const [name, why] of [
  ['a', 'too short'],
  ['a'.repeat(43), 'too long'],
  ['-ada', 'dash in front'],
  ['ada-', 'dash at the end'],
  ['a--da', 'two dashes'],
  ['12345', 'digits only'],
  ['0123456789abcdef01234567', 'like an id'],
  ['0123456789ABCDEF01234567', 'like an id in capitals'],
  ['Settings', 'reserved'],
  ['API', 'reserved'],
  ['healthz', 'reserved'],
  ['console', 'reserved'],
  ['Robots', 'reserved'],
  ['adа', 'a Cyrillic letter'],
  ['\u212Aate', 'a Kelvin sign'],
  ['a da', 'a space'],
  ['a_da', 'an underscore'],
  ['a.da', 'a dot'],
  ['../etc', 'a path'],
  ['<b>', 'markup'],
]) {
  test(`the name ${JSON.stringify(name)} is refused: ${why}`, async () => {
    const before = await traces()
    const { status, body, headers } = await visitor(hub).send(
      'POST',
      '/api/signup',
      newcomer(name ?? '', 'someone@example.org'),
    )
    assert.deepEqual([status, body.fields?.[0]?.field], [400, 'username'])
    assert.deepEqual(headers.getSetCookie(), [])
    assert.deepEqual(await traces(), before)
  })
}

for (const name of ['be', 'b'.repeat(42), 'B-e', '1a', 'x-1-2']) {
  test(`the name ${name} is taken as typed`, async () => {
    const { status, body } = await visitor(hub).send('POST', '/api/signup', newcomer(name))
    assert.deepEqual([status, body.name], [201, name])
  })
}

test('a name is taken in any case, once, however many want it at the same moment', async () => {
  const wishes = ['Grace', 'grace', 'GRACE', 'gRACE'].map((name, n) => newcomer(name, `grace${n}@example.org`))
  const replies = await Promise.all(wishes.map((wish) => visitor(hub).send('POST', '/api/signup', wish)))
  assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 409, 409, 409])
  const refused = replies.find(({ status }) => status === 409)
  assert.equal(refused?.headers.get('x-error-code'), 'NameTaken')
  const before = await traces()
  assert.equal((await visitor(hub).send('POST', '/api/signup', newcomer('GrAcE', 'g@example.org'))).status, 409)
  assert.deepEqual(await traces(), before)
})

for (const [field, body] of [
  ['email', { ...newcomer('bad-input'), email: 'not an address' }],
  ['email', { ...newcomer('bad-input'), email: `${'a'.repeat(250)}@example.org` }],
  ['password', { ...newcomer('bad-input'), password: 'short' }],
  ['password', { ...newcomer('bad-input'), password: 'x'.repeat(513) }],
  ['fullname', { ...newcomer('bad-input'), fullname: 'a\nb' }],
  ['isOperator', { ...newcomer('bad-input'), isOperator: true }],
] as const) {
  test(`sign-up with a wrong ${field} is refused and leaves nothing`, async () => {
    const before = await traces()
    const reply = await visitor(hub).send('POST', '/api/signup', body)
    assert.deepEqual([reply.status, reply.body.fields?.[0]?.field], [400, field])
    assert.deepEqual(await traces(), before)
  })
}

test('operators say who may sign up', async () => {
  const operator = await hub.person('gatekeeper', { operator: true })
  for (const signUp of ['invited', 'sso']) {
    assert.equal((await hub.request(operator, 'PATCH', '/api/operator/settings', { signUp })).status, 200)
    const before = await traces()
    const { status, body } = await visitor(hub).send('POST', '/api/signup', newcomer('shut-out'))
    assert.equal(status, 403)
    assert.equal(body.error, 'Only site admins can create accounts. Ask one of them.')
    assert.deepEqual(await traces(), before)
  }
  const open = await hub.request(operator, 'PATCH', '/api/operator/settings', { signUp: 'open', name: 'Test hub' })
  assert.deepEqual(open.body, {
    name: 'Test hub',
    signUp: 'open',
    organizationCreation: 'everyone',
    defaultPlan: 'plus',
    currency: 'EUR',
    seatPrices: { team: 0, enterprise: 0, plus: 0 },
    storageLimits: { accounts: null, openSignUp: 10e9, organizations: null },
  })
  const last = (await hub.events('instance')).at(-1)
  assert.deepEqual([last?.type, last?.author.user], ['operator.update_settings', 'gatekeeper'])
  const types = await eventTypes()
  assert.equal((await hub.request(operator, 'PATCH', '/api/operator/settings', { name: 'Test hub' })).status, 200)
  assert.deepEqual(await eventTypes(), types, 'no change, no event')
})

test('settings and people are for operators', async () => {
  const noOne = await hub.person('plain')
  for (const [method, path, body] of [
    ['GET', '/api/operator/settings'],
    ['PATCH', '/api/operator/settings', { name: 'mine' }],
    ['GET', '/api/operator/people'],
    ['POST', '/api/operator/people', newcomer('minion')],
  ] as const) {
    const before = await traces()
    assert.equal((await hub.request(noOne, method, path, body)).status, 403)
    assert.equal((await hub.request(undefined, method, path, body)).status, 401)
    assert.deepEqual(await traces(), before)
  }
})

test('the profile is changed by its owner, and what is public is seen by all', async () => {
  await hub.person('painter')
  const browser = await signedIn(hub, 'painter')
  const fullname = 'Frida <script>alert(1)</script> Kahlo'
  const changed = await browser.send('PATCH', '/api/settings/account', { fullname, details: 'Paints & draws.' })
  assert.deepEqual([changed.status, changed.body.fullname, changed.body.details], [200, fullname, 'Paints & draws.'])
  const types = await eventTypes()
  assert.equal(types.at(-1), 'user.update')
  assert.equal((await browser.send('PATCH', '/api/settings/account', { fullname })).status, 200)
  assert.deepEqual(await eventTypes(), types, 'no change, no event')
  assert.equal((await browser.send('PATCH', '/api/settings/account', { fullname: '  ' })).status, 400)

  const { status, body } = await hub.request(undefined, 'GET', '/api/users/PAINTER/overview')
  assert.deepEqual(
    [status, body.user, body.fullname, body.type, body.isPro, body.orgs],
    [200, 'painter', fullname, 'user', false, []],
  )
  const picture = await hub.request(undefined, 'GET', '/api/avatars/Painter')
  assert.equal(picture.headers.get('content-type'), 'image/svg+xml; charset=utf-8')
  assert.match(picture.body, /^<svg .*>FK<\/text><\/svg>$/)
  assert.equal(
    (await hub.request(undefined, 'GET', '/api/users/painter/avatar')).body.avatarUrl,
    `${hub.url}/api/avatars/painter`,
  )
  assert.equal(
    (await hub.request(undefined, 'GET', '/api/users/painter/avatar?redirect=1')).headers.get('location'),
    `${hub.url}/api/avatars/painter`,
  )
  assert.deepEqual((await hub.request(undefined, 'GET', '/api/users/painter/followers')).body, [])
  for (const path of [
    '/api/users/no-one/overview',
    '/api/users/no-one/socials',
    '/api/avatars/no-one',
    '/api/avatars/%E2%84%AAate',
  ]) {
    assert.equal((await hub.request(undefined, 'GET', path)).status, 404)
  }
})

test('operators create accounts, and list and find them page by page', async () => {
  const operator = await hub.person('registrar', { operator: true })
  const made = await hub.console('POST', '/api/operator/people', {
    username: 'zz-invitee',
    fullname: 'Zoë Zander',
    email: 'zz@corp.example',
  })
  assert.deepEqual(
    [made.status, made.body.emailVerified, made.body.state, made.body.isOperator],
    [201, true, 'active', false],
  )
  assert.equal((await visitor(hub).send('POST', '/api/login', { username: 'zz-invitee', password: '' })).status, 401)
  const token = await linkIn(hub, 'zz@corp.example')
  assert.equal(
    (await hub.request(undefined, 'POST', '/api/password-reset/confirm', { token, password: testPassword })).status,
    200,
  )
  await signedIn(hub, 'zz@corp.example')
  const taken = await hub.console('POST', '/api/operator/people', {
    username: 'zz-second',
    email: 'ZZ@corp.example',
  })
  assert.equal(taken.status, 409)

  const seen: string[] = []
  let next: string | null = `${hub.url}/api/operator/people?limit=7`
  while (next) {
    const reply = await hub.request(operator, 'GET', next.slice(hub.url.length))
    seen.push(...reply.body.map((person: { name: string }) => person.name))
    next = reply.headers.get('link')?.match(/<([^>]+)>/)?.[1] ?? null
  }
  const all = await hub.db.selectFrom('users').select('name').orderBy('id').execute()
  assert.deepEqual(
    seen,
    all.map(({ name }) => name),
  )
  for (const [search, names] of [
    ['zander', ['zz-invitee']],
    ['ZZ-INV', ['zz-invitee']],
    ['@corp', ['zz-invitee']],
    ['100%_', []],
  ] as const) {
    const { body } = await hub.request(operator, 'GET', `/api/operator/people?search=${encodeURIComponent(search)}`)
    assert.deepEqual(
      body.map((person: { name: string }) => person.name),
      names,
    )
  }
})

test('a closed account is gone, and its name stays taken', async () => {
  const person = await hub.person('goner')
  const browser = await signedIn(hub, 'goner')
  await transaction(hub.db, (tx) => closeAccount(tx, person.id))
  assert.equal((await browser.send('GET', '/api/settings/account')).status, 401)
  assert.equal((await hub.request(person, 'GET', '/api/whoami-v2')).status, 401)
  assert.equal((await hub.request(undefined, 'GET', '/api/users/goner/overview')).status, 404)
  assert.equal((await hub.request(undefined, 'GET', '/api/avatars/goner')).status, 404)
  assert.equal(
    (await visitor(hub).send('POST', '/api/login', { username: 'goner', password: testPassword })).status,
    401,
  )
  assert.equal((await visitor(hub).send('POST', '/api/signup', newcomer('Goner', 'new@example.org'))).status, 409)
})

test('the only operator cannot be taken away, of two at once one stays', async () => {
  const operators = await hub.db
    .selectFrom('users')
    .select(['id', 'name'])
    .where('is_operator', '=', true)
    .orderBy('id')
    .execute()
  const [first, second, ...rest] = operators.map(({ id }) => id)
  for (const id of rest) await transaction(hub.db, (tx) => setOperator(tx, id, false))
  const results = await Promise.allSettled([
    transaction(hub.db, (tx) => setAccountState(tx, first ?? '', 'suspended')),
    transaction(hub.db, (tx) => setOperator(tx, second ?? '', false)),
  ])
  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  const left = await hub.db
    .selectFrom('users')
    .select('id')
    .where('is_operator', '=', true)
    .where('state', '=', 'active')
    .execute()
  assert.equal(left.length, 1)
  await assert.rejects(
    transaction(hub.db, (tx) => closeAccount(tx, left[0]?.id ?? '')),
    /only site admin/,
  )
})
