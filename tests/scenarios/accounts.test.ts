import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '../../server/store/database.ts'
import { closeAccount, setAccountState, setOperator } from '../../server/users/accounts.ts'
import { startTestHub, testPassword } from '../hub.ts'
import { linkIn, signedIn, visitor } from '../visitor.ts'

const hub = await startTestHub()

const sleepMs = { hour: 3_600_000, day: 86_400_000 }

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

test('the first operator is created once, however many try at the same moment', async () => {
  const before = await visitor(hub).send('GET', '/api/instance')
  assert.equal(before.body.needsSetup, true)
  assert.equal(before.body.account, null)
  const browsers = ['root-one', 'root-two', 'root-three', 'root-four'].map((name) => ({ name, browser: visitor(hub) }))
  const replies = await Promise.all(
    browsers.map(({ name, browser }) => browser.send('POST', '/api/setup', newcomer(name))),
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

test('somebody signs up, verifies the address, and is there', async () => {
  const ada = visitor(hub)
  const made = await ada.send('POST', '/api/signup', { ...newcomer('Ada'), fullname: 'Ada Lovelace' })
  assert.equal(made.status, 201)
  assert.equal(made.body.emailVerified, false)
  const cookie = made.headers.getSetCookie()[0] ?? ''
  assert.match(cookie, /HttpOnly/)
  assert.match(cookie, /SameSite=Lax/)
  const [mail] = (await hub.mails()).slice(-1)
  assert.equal(mail?.recipient, 'Ada@example.org')
  assert.match(mail?.text_body ?? '', new RegExp(`${hub.url}/verify-email\\?token=`))

  const token = await linkIn(hub, 'Ada@example.org')
  const links = await hub.db.selectFrom('account_links').select('hash').execute()
  assert.ok(!links.some(({ hash }) => hash.toString().includes(token)), 'the secret itself is not kept')
  const verified = await hub.request(undefined, 'POST', '/api/verify-email', { token })
  assert.deepEqual(
    [verified.status, verified.body],
    [200, { success: true, email: 'Ada@example.org', username: 'Ada' }],
  )
  assert.equal((await hub.request(undefined, 'POST', '/api/verify-email', { token })).status, 400, 'a link works once')

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

test('a verification link works three days', async () => {
  await visitor(hub).send('POST', '/api/signup', newcomer('late'))
  const token = await linkIn(hub, 'late@example.org')
  hub.moveClock(3 * sleepMs.day + 1000)
  const { status, body } = await hub.request(undefined, 'POST', '/api/verify-email', { token })
  hub.moveClock(0)
  assert.deepEqual([status, body.error], [400, 'This link has expired or was used already; ask for a new mail.'])
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
    assert.match(body.error, /^Accounts /)
    assert.deepEqual(await traces(), before)
  }
  const open = await hub.request(operator, 'PATCH', '/api/operator/settings', { signUp: 'open', name: 'Test hub' })
  assert.deepEqual(open.body, {
    name: 'Test hub',
    signUp: 'open',
    organizationCreation: 'everyone',
    defaultPlan: 'plus',
  })
  const last = (await hub.events('instance')).at(-1)
  assert.deepEqual([last?.type, last?.author.user], ['operator.update_settings', 'gatekeeper'])
  const types = await eventTypes()
  assert.equal((await hub.request(operator, 'PATCH', '/api/operator/settings', { name: 'Test hub' })).status, 200)
  assert.deepEqual(await eventTypes(), types, 'no change, no event')
})

test('settings and people are for operators', async () => {
  const nobody = await hub.person('plain')
  for (const [method, path, body] of [
    ['GET', '/api/operator/settings'],
    ['PATCH', '/api/operator/settings', { name: 'mine' }],
    ['GET', '/api/operator/people'],
    ['POST', '/api/operator/people', newcomer('minion')],
  ] as const) {
    const before = await traces()
    assert.equal((await hub.request(nobody, method, path, body)).status, 403)
    assert.equal((await hub.request(undefined, method, path, body)).status, 401)
    assert.deepEqual(await traces(), before)
  }
})

test('signing up with an address of somebody else looks the same, and tells only the owner', async () => {
  await hub.person('owner')
  const free = await visitor(hub).send('POST', '/api/signup', newcomer('honest'))
  const thief = visitor(hub)
  const taken = await thief.send('POST', '/api/signup', newcomer('thief', 'OWNER@example.org'))
  assert.deepEqual([taken.status, Object.keys(taken.body)], [free.status, Object.keys(free.body)])
  const mail = (await hub.mails()).at(-1)
  assert.deepEqual(
    [mail?.recipient, mail?.subject],
    ['OWNER@example.org', 'This address already belongs to an account'],
  )
  assert.doesNotMatch(mail?.text_body ?? '', /token=/)
  const [email] = (await thief.send('GET', '/api/settings/emails')).body
  assert.equal(email.verified, false)
  assert.equal((await thief.send('POST', `/api/settings/emails/${email.id}/primary`, {})).status, 409)
})

test('of two accounts that claim an address only the first to verify has it', async () => {
  await visitor(hub).send('POST', '/api/signup', newcomer('claim-a', 'claimed@example.org'))
  const first = await linkIn(hub, 'claimed@example.org')
  await visitor(hub).send('POST', '/api/signup', newcomer('claim-b', 'claimed@example.org'))
  const second = await linkIn(hub, 'claimed@example.org')
  const replies = await Promise.all(
    [first, second].map((token) => hub.request(undefined, 'POST', '/api/verify-email', { token })),
  )
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409])
  const rows = await hub.db
    .selectFrom('emails')
    .select('id')
    .where('address', '=', 'claimed@example.org')
    .where('verified_at', 'is not', null)
    .execute()
  assert.equal(rows.length, 1)
})

test('addresses: add, verify, make primary, remove', async () => {
  const person = await hub.person('mailer')
  const browser = await signedIn(hub, 'mailer')
  const added = await browser.send('POST', '/api/settings/emails', { address: 'second@example.org' })
  assert.deepEqual([added.status, added.body.verified, added.body.primary], [201, false, false])
  assert.equal((await browser.send('POST', '/api/settings/emails', { address: 'SECOND@example.org' })).status, 409)
  const path = `/api/settings/emails/${added.body.id}`
  assert.equal((await browser.send('POST', `${path}/primary`, {})).status, 409, 'not before it is verified')

  const stale = await linkIn(hub, 'second@example.org')
  assert.equal((await browser.send('POST', `${path}/resend`)).status, 202)
  const token = await linkIn(hub, 'second@example.org')
  assert.equal(
    (await hub.request(undefined, 'POST', '/api/verify-email', { token: stale })).status,
    400,
    'a new link ends the old',
  )
  assert.equal((await hub.request(undefined, 'POST', '/api/verify-email', { token })).status, 200)
  assert.equal((await browser.send('POST', `${path}/resend`)).status, 409)

  const primary = await browser.send('POST', `${path}/primary`, {})
  assert.deepEqual([primary.status, primary.body.primary], [200, true])
  assert.equal((await hub.mails()).at(-1)?.recipient, person.email, 'the former address is told')
  assert.equal((await browser.send('DELETE', path)).status, 409, 'the primary one stays')
  const former = (await browser.send('GET', '/api/settings/emails')).body.find(
    (email: { primary: boolean }) => !email.primary,
  )
  const stranger = await signedIn(hub, (await hub.person('mail-stranger')).name)
  assert.equal((await stranger.send('DELETE', `/api/settings/emails/${former.id}`)).status, 404)
  assert.equal((await browser.send('DELETE', `/api/settings/emails/${former.id}`)).status, 200)
  assert.deepEqual((await eventTypes()).filter((type) => type.startsWith('email.')).slice(-5), [
    'email.create',
    'email.resend',
    'email.verify',
    'email.update',
    'email.delete',
  ])
})

test('the first verified address becomes the primary one', async () => {
  const browser = visitor(hub)
  await browser.send('POST', '/api/signup', newcomer('typo', 'tpyo@example.org'))
  await browser.send('POST', '/api/settings/emails', { address: 'typo@example.org' })
  await hub.request(undefined, 'POST', '/api/verify-email', { token: await linkIn(hub, 'typo@example.org') })
  const { body } = await browser.send('GET', '/api/settings/account')
  assert.deepEqual([body.email, body.emailVerified], ['typo@example.org', true])
})

test('nobody is flooded with verification mail', async () => {
  const browser = await signedIn(hub, (await hub.person('flooder')).name)
  const { body } = await browser.send('POST', '/api/settings/emails', { address: 'flooded@example.org' })
  const statuses = []
  for (let n = 0; n < 6; n++)
    statuses.push((await browser.send('POST', `/api/settings/emails/${body.id}/resend`)).status)
  assert.deepEqual(statuses, [202, 202, 202, 202, 429, 429])
})

test('a forgotten password is set anew, once, and everybody else is out', async () => {
  const person = await hub.person('forgetful')
  const browser = await signedIn(hub, 'forgetful')
  const known = await hub.request(undefined, 'POST', '/api/password-reset', { email: 'FORGETFUL@example.org' })
  const mails = await hub.mails()
  const unknown = await hub.request(undefined, 'POST', '/api/password-reset', { email: 'nobody@example.org' })
  assert.deepEqual([known.status, known.body], [unknown.status, unknown.body])
  assert.equal(known.status, 202)
  assert.equal((await hub.mails()).length, mails.length, 'no mail to an unknown address')
  const token = await linkIn(hub, 'FORGETFUL@example.org')

  assert.equal(
    (await hub.request(undefined, 'POST', '/api/password-reset/confirm', { token: 'x', password: testPassword }))
      .status,
    400,
  )
  assert.equal(
    (await hub.request(undefined, 'POST', '/api/password-reset/confirm', { token, password: 'short' })).status,
    400,
  )
  const password = 'an altogether new one'
  assert.equal((await hub.request(undefined, 'POST', '/api/password-reset/confirm', { token, password })).status, 200)
  assert.equal((await hub.request(undefined, 'POST', '/api/password-reset/confirm', { token, password })).status, 400)
  assert.equal((await browser.send('GET', '/api/settings/account')).status, 401)
  assert.equal(
    (await visitor(hub).send('POST', '/api/login', { username: 'forgetful', password: testPassword })).status,
    401,
  )
  assert.equal((await visitor(hub).send('POST', '/api/login', { username: 'forgetful', password })).status, 200)
  const told = (await hub.mails()).at(-1)
  assert.deepEqual([told?.recipient, told?.subject], [person.email, 'Your password was changed'])
  assert.ok((await eventTypes()).includes('user.reset_password'))
})

test('a reset link works one hour, and not to verify an address', async () => {
  await hub.person('dawdler')
  await hub.request(undefined, 'POST', '/api/password-reset', { email: 'dawdler@example.org' })
  const token = await linkIn(hub, 'dawdler@example.org')
  assert.equal((await hub.request(undefined, 'POST', '/api/verify-email', { token })).status, 400)
  hub.moveClock(sleepMs.hour + 1000)
  assert.equal(
    (await hub.request(undefined, 'POST', '/api/password-reset/confirm', { token, password: testPassword })).status,
    400,
  )
  hub.moveClock(0)
})

test('an unverified address gets no reset mail', async () => {
  await visitor(hub).send('POST', '/api/signup', newcomer('unsure'))
  const before = (await hub.mails()).length
  assert.equal(
    (await hub.request(undefined, 'POST', '/api/password-reset', { email: 'unsure@example.org' })).status,
    202,
  )
  assert.equal((await hub.mails()).length, before)
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

test('a password is changed only with the old one, and guessing it ends', async () => {
  await hub.person('changer')
  const browser = await signedIn(hub, 'changer')
  const change = (currentPassword?: string) =>
    browser.send('PATCH', '/api/settings/account', {
      newPassword: 'another password',
      ...(currentPassword !== undefined && { currentPassword }),
    })
  const before = await traces()
  assert.equal((await change()).body.fields[0].field, 'currentPassword')
  const statuses = []
  for (let n = 0; n < 11; n++) statuses.push((await change(`guess ${n}`)).status)
  assert.deepEqual(statuses, [...Array(10).fill(403), 429])
  assert.deepEqual(await traces(), before)
  assert.equal((await change(testPassword)).status, 429, 'not even with the right one for a while')
  hub.moveClock(16 * 60_000)
  assert.equal((await change(testPassword)).status, 200)
  hub.moveClock(0)
})

test('operators create accounts, and list and find them page by page', async () => {
  const operator = await hub.person('registrar', { operator: true })
  const made = await hub.request(operator, 'POST', '/api/operator/people', {
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
  const taken = await hub.request(operator, 'POST', '/api/operator/people', {
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
    /only operator/,
  )
})
