import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '../../server/store/database.ts'
import { setAccountState } from '../../server/users/accounts/accounts.ts'
import { deleteExpiredAccess } from '../../server/users/expiry.ts'
import { startSession } from '../../server/users/sessions/sessions.ts'
import { startTestHub, testPassword } from '../hub.ts'
import { signedIn, visitor } from '../visitor.ts'

const hub = await startTestHub()
const minute = 60_000
const day = 86_400_000
const account = '/api/settings/account'

async function sessionCount(userId: string): Promise<number> {
  return (await hub.db.selectFrom('sessions').select('id').where('user_id', '=', userId).execute()).length
}

function logIn(username: string, password: string) {
  return visitor(hub).send('POST', '/api/login', { username, password })
}

async function lastEvent() {
  return (await hub.events('instance')).at(-1)
}

test('people sign in with their name in any case, or a verified address in any case', async () => {
  await hub.person('Hedy')
  for (const username of ['Hedy', 'hedy', 'HEDY', 'hedy@example.org', 'HEDY@EXAMPLE.ORG']) {
    const { status, body } = await logIn(username, testPassword)
    assert.deepEqual([status, body.name], [200, 'Hedy'])
    const event = await lastEvent()
    assert.deepEqual([event?.type, event?.author.user, event?.message], ['session.create', 'Hedy', 'Hedy signed in'])
  }
})

test('an unverified address opens nothing', async () => {
  await visitor(hub).send('POST', '/api/signup', {
    username: 'unproven',
    email: 'unproven@example.org',
    password: testPassword,
  })
  assert.equal((await logIn('unproven@example.org', testPassword)).status, 401)
  assert.equal((await logIn('unproven', testPassword)).status, 200)
})

test('a wrong name and a wrong password get the same answer', async () => {
  const person = await hub.person('target')
  const events = (await hub.events('instance')).length
  const answers = []
  for (const [username, password] of [
    ['target', 'not the password'],
    ['nobody-here', testPassword],
    ['nobody@example.org', testPassword],
    ['', testPassword],
    ['\u212Aate', testPassword],
    ["' or 1=1 --", testPassword],
  ] as const) {
    const reply = await logIn(username, password)
    answers.push({
      status: reply.status,
      body: reply.body,
      code: reply.headers.get('x-error-code'),
      cookies: reply.headers.getSetCookie(),
    })
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0])
  assert.deepEqual(answers[0]?.body, { error: 'Incorrect username or password.' })
  assert.equal(answers[0]?.status, 401)
  const written = (await hub.events('instance')).slice(events)
  assert.deepEqual([...new Set(written.map(({ type }) => type))], ['session.fail'], 'and what was typed is not written')
  assert.ok(!JSON.stringify(written).includes('nobody@example.org'))
  assert.equal(await sessionCount(person.id), 0)
})

for (const who of ['guessed', 'not-there-at-all']) {
  test(`guessing the password of ${who} ends after ten tries, for a quarter of an hour`, async () => {
    await hub.person('guessed')
    const guesses = await Promise.all(Array.from({ length: 14 }, (_, n) => logIn(who, `guess number ${n}`)))
    const statuses = guesses.map(({ status }) => status).sort()
    assert.deepEqual(statuses, [...Array(10).fill(401), ...Array(4).fill(429)])
    const refused = guesses.find(({ status }) => status === 429)
    const wait = Number(refused?.headers.get('retry-after'))
    assert.ok(wait > 0 && wait <= 900, `Retry-After: ${wait}`)
    assert.equal(refused?.headers.get('x-error-code'), 'TooManyRequests')
    assert.equal((await logIn(who, testPassword)).status, 429)
    hub.moveClock(wait * 1000 + 1000)
    assert.equal((await logIn(who, testPassword)).status, who === 'guessed' ? 200 : 401)
    hub.moveClock(0)
  })
}

test('signing in well forgets the wrong tries before', async () => {
  await hub.person('clumsy')
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 9; n++) assert.equal((await logIn('clumsy', 'mistyped it')).status, 401)
    assert.equal((await logIn('clumsy', testPassword)).status, 200)
  }
})

test('every sign-in has a secret of its own; none is taken from the visitor', async () => {
  const person = await hub.person('fixed')
  const planted = 'guildhall_session=a-secret-that-somebody-planted-before'
  const browser = visitor(hub, planted)
  const first = await browser.send('POST', '/api/login', { username: 'fixed', password: testPassword })
  assert.equal(first.status, 200)
  assert.notEqual(browser.cookie, planted)
  const before = browser.cookie
  await browser.send('POST', '/api/login', { username: 'fixed', password: testPassword })
  assert.notEqual(browser.cookie, before)
  assert.equal((await visitor(hub, planted).send('GET', account)).status, 401)
  assert.equal((await visitor(hub, before).send('GET', account)).status, 401, 'the session before was replaced')
  assert.equal(await sessionCount(person.id), 1)
  const secret = browser.cookie?.split('=')[1] ?? ''
  const rows = await hub.db.selectFrom('sessions').select('hash').where('user_id', '=', person.id).execute()
  assert.ok(
    rows.every(({ hash }) => !hash.toString().includes(secret)),
    'the secret itself is not kept',
  )
})

test('a suspended account is told so after the right password only, and its sessions end', async () => {
  const person = await hub.person('benched')
  const browser = await signedIn(hub, 'benched')
  await transaction(hub.db, (tx) => setAccountState(tx, person.id, 'suspended'))
  assert.equal((await browser.send('GET', account)).status, 401)
  assert.equal((await hub.request(person, 'GET', '/api/whoami-v2')).status, 401)
  assert.equal((await logIn('benched', 'not the password')).status, 401)
  const refused = await logIn('benched', testPassword)
  assert.deepEqual([refused.status, refused.body.error], [403, 'This account is suspended. Ask a site admin.'])
  assert.equal((await hub.request(undefined, 'GET', '/api/users/benched/overview')).status, 200, 'still to be seen')
  assert.equal(await sessionCount(person.id), 0)
  await transaction(hub.db, (tx) => setAccountState(tx, person.id, 'active'))
  assert.equal((await browser.send('GET', account)).status, 401, 'the sessions do not come back')
  assert.equal((await hub.request(person, 'GET', '/api/whoami-v2')).status, 200)
})

test('the secret of a session changes daily, and two requests at once log no one out', async () => {
  await hub.person('daily')
  const browser = await signedIn(hub, 'daily')
  const old = browser.cookie
  assert.deepEqual((await browser.send('GET', account)).headers.getSetCookie(), [])
  hub.moveClock(day + minute)
  const replies = await Promise.all(Array.from({ length: 6 }, () => visitor(hub, old).send('GET', account)))
  assert.deepEqual(
    replies.map(({ status }) => status),
    Array(6).fill(200),
  )
  const set = replies.flatMap(({ headers }) => headers.getSetCookie())
  assert.equal(set.length, 1, 'one of them brings the new secret')
  const fresh = set[0]?.split(';')[0]
  assert.equal((await visitor(hub, old).send('GET', account)).status, 200, 'the one before works a little longer')
  hub.moveClock(day + 3 * minute)
  assert.equal((await visitor(hub, old).send('GET', account)).status, 401)
  assert.equal((await visitor(hub, fresh).send('GET', account)).status, 200)
  hub.moveClock(0)
})

test('a session that is not used ends after 30 days, one that is used goes on', async () => {
  await hub.person('regular')
  const idle = await signedIn(hub, 'regular')
  const used = await signedIn(hub, 'regular')
  for (const days of [10, 20, 29, 31]) {
    hub.moveClock(days * day)
    assert.equal((await used.send('GET', account)).status, 200, `after ${days} days`)
  }
  assert.equal((await idle.send('GET', account)).status, 401)
  const { body } = await used.send('GET', '/api/settings/sessions')
  assert.equal(body.length, 1)
  await deleteExpiredAccess(hub.db)
  hub.moveClock(0)
})

test('when a session was last seen is noted every quarter of an hour', async () => {
  const person = await hub.person('seen')
  const browser = await signedIn(hub, 'seen')
  const lastSeen = async () =>
    (
      await hub.db
        .selectFrom('sessions')
        .select('last_seen_at')
        .where('user_id', '=', person.id)
        .executeTakeFirstOrThrow()
    ).last_seen_at.getTime()
  const start = await lastSeen()
  hub.moveClock(14 * minute)
  await browser.send('GET', account)
  assert.equal(await lastSeen(), start)
  hub.moveClock(16 * minute)
  await browser.send('GET', account)
  assert.ok((await lastSeen()) > start)
  hub.moveClock(0)
})

test('people see where they are signed in, and sign out there', async () => {
  await hub.person('roamer')
  const [home, work, phone] = await Promise.all([
    signedIn(hub, 'roamer'),
    signedIn(hub, 'roamer'),
    signedIn(hub, 'roamer'),
  ])
  const { body } = await home.send('GET', '/api/settings/sessions')
  assert.equal(body.length, 3)
  assert.deepEqual(body.filter((session: { current: boolean }) => session.current).length, 1)
  assert.equal(body[0].ip, '127.0.0.0', 'addresses are kept shortened')
  const workId = (await work.send('GET', '/api/settings/sessions')).body.find(
    (session: { current: boolean }) => session.current,
  ).id

  const stranger = await signedIn(hub, (await hub.person('lurker')).name)
  assert.equal((await stranger.send('DELETE', `/api/settings/sessions/${workId}`)).status, 404)
  assert.equal((await home.send('DELETE', `/api/settings/sessions/${workId}`)).status, 200)
  assert.equal((await work.send('GET', account)).status, 401)
  assert.equal((await home.send('DELETE', `/api/settings/sessions/${workId}`)).status, 404)

  assert.deepEqual((await home.send('DELETE', '/api/settings/sessions')).body, { ended: 1 })
  assert.equal((await lastEvent())?.type, 'session.end')
  const events = (await hub.events('instance')).length
  assert.deepEqual((await home.send('DELETE', '/api/settings/sessions')).body, { ended: 0 })
  assert.equal((await hub.events('instance')).length, events, 'nothing ended, no event')
  assert.equal((await phone.send('GET', account)).status, 401)

  const kept = home.cookie
  assert.equal((await home.send('POST', '/api/logout')).status, 200)
  assert.equal(home.cookie, undefined)
  assert.equal((await visitor(hub, kept).send('GET', account)).status, 401)
  assert.equal((await lastEvent())?.type, 'session.delete')
})

test('a new password ends the other sessions and changes the secret of this one', async () => {
  await hub.person('careful')
  const [mine, other] = await Promise.all([signedIn(hub, 'careful'), signedIn(hub, 'careful')])
  const before = mine.cookie
  const { status } = await mine.send('PATCH', account, {
    currentPassword: testPassword,
    newPassword: 'a better password',
  })
  assert.equal(status, 200)
  assert.notEqual(mine.cookie, before)
  assert.equal((await other.send('GET', account)).status, 401)
  assert.equal((await mine.send('GET', account)).status, 200)
  assert.equal((await visitor(hub, before).send('GET', account)).status, 401, 'the secret from before is worth nothing')
})

test('no one has more than a hundred sessions', async () => {
  const person = await hub.person('collector')
  const request = { id: 'test', ip: '2001:db8::1', userAgent: 'x'.repeat(5000) }
  for (let n = 0; n < 103; n++) await transaction(hub.db, (tx) => startSession(tx, person.id, request))
  assert.equal(await sessionCount(person.id), 100)
})

test('another site cannot make changes with the visitor’s cookie', async () => {
  await hub.person('visited')
  const browser = await signedIn(hub, 'visited')
  const forged = await browser.send(
    'PATCH',
    account,
    { details: 'pwned' },
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  )
  assert.deepEqual([forged.status, forged.headers.get('x-error-code')], [403, 'CrossSite'])
  assert.equal((await browser.send('GET', account)).body.details, '')
})
