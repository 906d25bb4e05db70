import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generate } from 'otplib'
import { now } from '../../server/kernel/clock.ts'
import { log } from '../../server/kernel/log.ts'
import { startTestHub, testPassword } from '../hub.ts'
import { signedIn, visitor } from '../visitor.ts'

const hub = await startTestHub({ trustedProxies: ['127.0.0.1'] })
await hub.person('opal', { operator: true })
const quarter = 900_000

function logIn(username: string, password: string, { ip = '192.0.2.1', code = '', cookie = '' } = {}) {
  const body = { username, password, ...(code && { code }) }
  return hub.request(undefined, 'POST', '/api/login', body, { 'x-forwarded-for': ip, ...(cookie && { cookie }) })
}

async function failures() {
  const events = await hub.events('instance')
  return events.filter(({ type }) => type.startsWith('session.fail') || type === 'limit.reach')
}

test('one network that tries one password under many names is stopped after fifty', async () => {
  const { name } = await hub.person('sprayed')
  const statuses = []
  for (let n = 0; n < 52; n++)
    statuses.push((await logIn(`name-${n}`, 'Summer-of-2026!', { ip: '198.51.100.7' })).status)
  assert.deepEqual(statuses, [...Array(50).fill(401), 429, 429])
  assert.equal((await logIn(name, testPassword, { ip: '198.51.100.8' })).status, 429, 'the whole network')
  assert.equal((await logIn(name, testPassword, { ip: '203.0.113.8' })).status, 200, 'others are not held up')
  hub.moveClock(quarter)
  assert.equal((await logIn(name, testPassword, { ip: '198.51.100.8' })).status, 200)
  hub.moveClock(0)
})

test('right passwords of one network count for nothing', async () => {
  await hub.person('busy')
  for (let n = 0; n < 55; n++) assert.equal((await logIn('busy', testPassword, { ip: '198.18.1.1' })).status, 200)
})

test('a browser that signed in before is not locked out by strangers, and its cookie opens nothing', async () => {
  await hub.person('owner')
  await hub.person('other')
  const ip = '192.0.2.77'
  const first = await logIn('owner', testPassword, { ip })
  const set = first.headers.getSetCookie().find((cookie) => cookie.startsWith('guildhall_device=')) ?? ''
  assert.match(set, /; HttpOnly; SameSite=Lax/)
  const [device = ''] = set.split(';')
  for (let n = 0; n < 14; n++) await logIn('owner', `wrong guess ${n}`, { ip })
  assert.equal((await logIn('owner', testPassword, { ip })).status, 429, 'without the cookie')
  const again = await logIn('owner', testPassword, { ip, cookie: device })
  assert.equal(again.status, 200)

  assert.equal(
    (await hub.request(undefined, 'GET', '/api/settings/account', undefined, { cookie: device })).status,
    401,
  )
  const forged = device.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
  assert.equal((await logIn('owner', testPassword, { ip, cookie: forged })).status, 429)
  for (let n = 0; n < 14; n++) await logIn('other', `wrong guess ${n}`, { ip })
  assert.equal((await logIn('other', testPassword, { ip, cookie: device })).status, 429, 'it is of one account')
  const guesses = []
  for (let n = 0; n < 12; n++) guesses.push((await logIn('owner', `wrong ${n}`, { ip, cookie: device })).status)
  assert.deepEqual(guesses.slice(-2), [429, 429], 'and guesses no faster')
})

test('after the right password, three wrong codes are told to the owner, and the pause grows', async () => {
  const { email, name } = await hub.person('guarded')
  const browser = await signedIn(hub, name)
  const { secret } = (await browser.send('POST', '/api/settings/two-factor')).body
  const codeAt = (steps: number) => generate({ secret, epoch: Math.floor(now().getTime() / 1000) + steps * 30 })
  await browser.send('POST', '/api/settings/two-factor/confirm', { code: await codeAt(-1) })
  const wrong = async (ip: string) => {
    const code = (await codeAt(0)).replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))
    return (await logIn(name, testPassword, { ip, code })).status
  }
  // Each window begins again on the clock: these lie well inside their hours
  const hour = 3_600_000
  const start = Math.ceil(Date.now() / (24 * hour)) * 24 * hour + hour - Date.now()
  hub.moveClock(start)
  const statuses = []
  for (let n = 0; n < 5; n++) statuses.push(await wrong(`192.0.2.${100 + n}`))
  assert.deepEqual(statuses, [401, 401, 401, 429, 429])
  const told = (await hub.mails()).filter(
    ({ recipient, subject }) => recipient === email && /guessing your code/.test(subject),
  )
  assert.equal(told.length, 1)
  hub.moveClock(start + quarter)
  const later = [await wrong('203.0.113.1'), await wrong('203.0.113.2'), await wrong('203.0.113.3')]
  assert.deepEqual(later, [401, 401, 429], 'an hour now')
  hub.moveClock(start + hour)
  assert.equal(await wrong('203.0.113.3'), 401)
  hub.moveClock(start + 2 * hour)
  assert.equal((await logIn(name, testPassword, { code: await codeAt(0) })).status, 200)
  hub.moveClock(start + 2 * hour + 60_000)
  for (let n = 0; n < 3; n++) assert.equal(await wrong(`203.0.113.${10 + n}`), 401, 'the right code starts it again')
  const at = async (hours: number, n: number) => {
    hub.moveClock(start + hours * hour)
    return wrong(`203.0.113.${20 + n}`)
  }
  const day = []
  for (const [n, hours] of [3, 3, 3, 3.25, 3.25, 4, 4, 4, 5].entries()) day.push(await at(hours, n))
  assert.deepEqual(day, [...Array(7).fill(401), 429, 429], 'a day now')
  assert.equal(await at(23, 9), 401)
  hub.moveClock(0)
  const written = (await failures()).filter(({ type, data }) => type === 'session.fail_code' && data.user === name)
  assert.ok(written.length > 0, 'and site admins find it in the log')
})

test('failures are in the log of the instance and warned of, folded, without what was typed', async () => {
  await hub.person('watched')
  const before = (await failures()).length
  const ip = '198.18.5.130'
  const warned: unknown[] = []
  const { level, warn } = log
  log.warn = ((...words: unknown[]) => void warned.push(words)) as typeof log.warn
  for (let n = 0; n < 13; n++) await logIn('watched', `mistyped secret ${n}`, { ip })
  for (let n = 0; n < 2; n++) await logIn(`my password ${n}`, 'x', { ip })
  Object.assign(log, { warn, level })
  const written = (await failures()).slice(before)
  assert.deepEqual(
    written.map(({ type, data }) => [type, data.user, data.count]),
    [
      ['session.fail', 'watched', 1],
      ['session.fail', 'watched', 10],
      ['limit.reach', null, 1],
      ['session.fail', null, 1],
      ['session.fail', null, 1],
    ],
  )
  assert.equal(warned.length, written.length)
  const kept = JSON.stringify([written, warned])
  assert.ok(!/mistyped|my password/.test(kept))
})

test('a flood of failures writes at most two hundred events of a type in an hour', async () => {
  hub.moveClock(50 * 3_600_000)
  const before = (await failures()).length
  const tries = Array.from({ length: 260 }, (_, n) => logIn(`flood-${n}`, 'wrong', { ip: `10.0.${n}.1` }))
  await Promise.all(tries)
  assert.equal((await failures()).length - before, 200)
  hub.moveClock(0)
})

const refused: [password: string, why: RegExp][] = [
  ['1234567890', /easy to guess/],
  ['0987654321', /easy to guess/],
  ['aaaaaaaaaaaa', /easy to guess/],
  ['abcabcabcabc', /easy to guess/],
  ['abcdefghijkl', /easy to guess/],
  ['password123', /common/],
  ['Password123!', /common/],
  ['qwertyuiop', /common/],
  ['newcomer12', /username/],
  ['newcomer-newcomer', /username/],
  ['Unusual.Address1', /username or email address/],
]
for (const [password, why] of refused) {
  test(`the password ${password} is refused`, async () => {
    const body = { username: 'newcomer', email: 'unusual.address@example.org', password }
    const reply = await visitor(hub).send('POST', '/api/signup', body)
    assert.deepEqual([reply.status, reply.body.fields?.[0]?.field], [400, 'password'])
    assert.match(reply.body.error, why)
  })
}

test('every way to choose a password refuses a common one', async () => {
  const own = await signedIn(hub, 'opal')
  const password = 'password123'
  const change = await own.send('PATCH', '/api/settings/account', {
    currentPassword: testPassword,
    newPassword: password,
  })
  assert.deepEqual([change.status, change.body.fields?.[0]?.field], [400, 'newPassword'])
  const made = await own.send('POST', '/api/operator/people', { username: 'made', email: 'made@example.org', password })
  assert.equal(made.status, 400)
  await hub.console('POST', '/api/operator/people', { username: 'fresh', email: 'fresh@example.org' })
  const mail = (await hub.mails()).findLast(({ recipient }) => recipient === 'fresh@example.org')
  const token = mail?.text_body.match(/[0-9A-Za-z]{43}/)?.[0]
  const reset = (chosen: string) =>
    hub.request(undefined, 'POST', '/api/password-reset/confirm', { token, password: chosen })
  assert.equal((await reset(password)).status, 400)
  assert.equal((await reset('fresh-fresh-1')).status, 400)
  assert.equal((await reset('a phrase of my own')).status, 200)
})

test('the table of attempts holds keyed hashes', async () => {
  const { createHash } = await import('node:crypto')
  const plain = createHash('sha256').update('watched').digest('base64url')
  const rows = await hub.db.selectFrom('attempts').select('key').execute()
  assert.ok(rows.length > 0)
  assert.ok(!rows.some(({ key }) => key.includes(plain)))
})
