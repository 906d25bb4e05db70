import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generate } from 'otplib'
import { now } from '../../server/kernel/clock.ts'
import { transaction } from '../../server/store/database.ts'
import { checkSecondFactor, removeTwoFactor } from '../../server/users/sign-in/two-factor.ts'
import { startTestHub, testPassword } from '../hub.ts'
import { signedIn, type Visitor, visitor } from '../visitor.ts'

const hub = await startTestHub()
const path = '/api/settings/two-factor'
const stepMs = 30_000

/** The code an authenticator shows, so many steps from now. */
function codeOf(secret: string, steps = 0): Promise<string> {
  return generate({ secret, epoch: Math.floor(now().getTime() / 1000) + steps * 30 })
}

function wrong(code: string): string {
  return code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))
}

async function enrol(name: string): Promise<{ browser: Visitor; secret: string; recoveryCodes: string[]; id: string }> {
  const { id } = await hub.person(name)
  const browser = await signedIn(hub, name)
  const { secret } = (await browser.send('POST', path)).body
  const { status, body } = await browser.send('POST', `${path}/confirm`, { code: await codeOf(secret, -1) })
  assert.equal(status, 200)
  return { browser, secret, recoveryCodes: body.recoveryCodes, id }
}

function logIn(username: string, code?: string, password = testPassword) {
  return visitor(hub).send('POST', '/api/login', { username, password, ...(code !== undefined && { code }) })
}

async function eventTypes(): Promise<string[]> {
  return (await hub.events('instance')).map(({ type }) => type)
}

test('2FA is set up with a first code', async () => {
  const { id } = await hub.person('alan')
  const browser = await signedIn(hub, 'alan')
  assert.deepEqual((await browser.send('GET', path)).body, { enabled: false, enabledAt: null, recoveryCodesLeft: 0 })
  assert.equal((await browser.send('POST', `${path}/confirm`, { code: '123456' })).status, 409, 'begin first')
  assert.equal((await browser.send('POST', `${path}/recovery-codes`)).status, 409)
  assert.equal((await browser.send('DELETE', path)).status, 409)

  const begun = await browser.send('POST', path)
  const { secret, uri } = begun.body
  assert.match(uri, /^otpauth:\/\/totp\/Guildhall:alan\?/)
  const row = await hub.db.selectFrom('users').select('totp_secret').where('id', '=', id).executeTakeFirstOrThrow()
  assert.ok(!row.totp_secret?.toString('latin1').includes(secret), 'kept sealed')
  assert.equal((await browser.send('GET', path)).body.enabled, false, 'not in force yet')
  assert.equal((await logIn('alan')).status, 200)

  const refused = await browser.send('POST', `${path}/confirm`, { code: wrong(await codeOf(secret)) })
  assert.deepEqual([refused.status, refused.body.fields[0].field], [400, 'code'])
  const cookie = browser.cookie
  const confirmed = await browser.send('POST', `${path}/confirm`, { code: await codeOf(secret) })
  assert.equal(confirmed.status, 200)
  assert.notEqual(browser.cookie, cookie, 'the session has a new secret')
  assert.equal(new Set(confirmed.body.recoveryCodes).size, 10)
  for (const code of confirmed.body.recoveryCodes) assert.match(code, /^[a-z2-9]{5}-[a-z2-9]{5}$/)
  assert.equal((await browser.send('GET', path)).body.recoveryCodesLeft, 10)
  assert.equal((await browser.send('GET', '/api/settings/account')).body.twoFactorEnabled, true)
  assert.equal((await browser.send('POST', path)).status, 409, 'on already')
  assert.deepEqual(
    (await eventTypes()).filter((type) => type.startsWith('two_factor.')),
    ['two_factor.begin', 'two_factor.enable'],
  )
})

test('signing in takes a code, each code once', async () => {
  const { secret } = await enrol('grete')
  const missing = await logIn('grete')
  assert.deepEqual([missing.status, missing.headers.get('x-error-code')], [401, 'TwoFactorCodeRequired'])
  assert.deepEqual(missing.headers.getSetCookie(), [])
  assert.equal(
    (await logIn('grete', undefined, 'not the password')).headers.get('x-error-code'),
    null,
    'only the password’s owner learns of it',
  )

  const code = await codeOf(secret)
  assert.equal((await logIn('grete', 'six of them')).status, 401)
  assert.equal((await logIn('grete', code, 'not the password')).status, 401)
  const replies = await Promise.all(
    Array.from({ length: 3 }, () => logIn('grete', ` ${code.slice(0, 3)} ${code.slice(3)} `)),
  )
  assert.deepEqual(
    replies.map(({ status }) => status).filter((status) => status === 200),
    [200],
    'once, even at the same moment',
  )
  assert.notEqual((await logIn('grete', await codeOf(secret, -1))).status, 200, 'nor an earlier one afterwards')
})

test('clocks may differ by one step, not by two', async () => {
  const { secret } = await enrol('skewed')
  assert.equal((await logIn('skewed', await codeOf(secret, 2))).status, 401)
  assert.equal((await logIn('skewed', await codeOf(secret, 1))).status, 200)
  hub.moveClock(10 * stepMs)
  assert.equal((await logIn('skewed', await codeOf(secret, -2))).status, 401)
  assert.equal((await logIn('skewed', await codeOf(secret, -1))).status, 200)
  hub.moveClock(0)
})

test('a recovery code works once, and new ones replace the old', async () => {
  const { browser, recoveryCodes, id } = await enrol('loser')
  const [first = '', second = ''] = recoveryCodes
  const rows = await hub.db.selectFrom('recovery_codes').select('hash').where('user_id', '=', id).execute()
  assert.ok(rows.every(({ hash }) => hash.length === 32))
  const replies = await Promise.all([logIn('loser', first), logIn('loser', first.toUpperCase().replace('-', ' '))])
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 401])
  assert.equal((await browser.send('GET', path)).body.recoveryCodesLeft, 9)

  const renewed = await browser.send('POST', `${path}/recovery-codes`)
  assert.equal(renewed.body.recoveryCodes.length, 10)
  assert.equal((await logIn('loser', second)).status, 401)
  assert.equal((await logIn('loser', renewed.body.recoveryCodes[0])).status, 200)
  assert.ok((await eventTypes()).includes('two_factor.renew_recovery_codes'))
})

test('a recovery code is worth nothing in another account', async () => {
  const { recoveryCodes } = await enrol('giver')
  await enrol('taker')
  assert.equal((await logIn('taker', recoveryCodes[0])).status, 401)
  assert.equal((await logIn('giver', recoveryCodes[0])).status, 200)
})

test('guessing codes with the right password ends after three tries', async () => {
  const { secret } = await enrol('besieged')
  const bad = wrong(await codeOf(secret))
  const statuses = []
  for (let n = 0; n < 5; n++) statuses.push((await logIn('besieged', bad)).status)
  assert.deepEqual(statuses, [401, 401, 401, 429, 429])
  assert.equal((await logIn('besieged', await codeOf(secret))).status, 429)
})

test('asking for the code again and again is no failure', async () => {
  await enrol('patient')
  for (let n = 0; n < 12; n++)
    assert.equal((await logIn('patient')).headers.get('x-error-code'), 'TwoFactorCodeRequired')
})

test('taking 2FA away needs it, and leaves nothing of it', async () => {
  const { id, secret, recoveryCodes } = await enrol('quitter')
  const { key } = hub.running.server.hub
  const code = await codeOf(secret)
  await assert.rejects(checkSecondFactor(hub.db, key, id, wrong(code)), { code: 'Forbidden' })
  await checkSecondFactor(hub.db, key, id, code)
  await assert.rejects(checkSecondFactor(hub.db, key, id, code), { code: 'Forbidden' })
  await checkSecondFactor(hub.db, key, id, recoveryCodes[3] ?? '')
  await transaction(hub.db, (tx) => removeTwoFactor(tx, { id, name: 'quitter' }))
  assert.equal((await logIn('quitter')).status, 200)
  const row = await hub.db
    .selectFrom('users')
    .select(['totp_secret', 'totp_enabled_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  assert.deepEqual(row, { totp_secret: null, totp_enabled_at: null })
  assert.deepEqual(await hub.db.selectFrom('recovery_codes').select('hash').where('user_id', '=', id).execute(), [])
})
