import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generate } from 'otplib'
import { policy } from '../../server/access/policy.ts'
import { now } from '../../server/kernel/clock.ts'
import { startTestHub, testPassword } from '../hub.ts'
import { stateOf } from '../state.ts'
import { signedIn, type Visitor, visitor } from '../visitor.ts'

const hub = await startTestHub()
const minute = 60_000
const confirm = '/api/settings/sessions/confirm'

/** What takes a recent sign-in, as a request of the caller's own. */
const sensitive: [action: string, method: string, path: string, body?: unknown][] = [
  ['email.create', 'POST', '/api/settings/emails', { address: 'second@example.org' }],
  ['email.update', 'POST', '/api/settings/emails/0123456789abcdef01234567/primary'],
  ['email.delete', 'DELETE', '/api/settings/emails/0123456789abcdef01234567'],
  ['token.create', 'POST', '/api/settings/tokens', { name: 'lasting', role: 'write' }],
  ['token.update', 'PATCH', '/api/settings/tokens/0123456789abcdef01234567', { name: 'wider' }],
  ['token.rotate', 'POST', '/api/settings/tokens/0123456789abcdef01234567/rotate'],
  ['device.approve', 'POST', '/api/settings/device/WDJBM-JHTQX/approve', { name: 'hf CLI', role: 'write' }],
  ['twoFactor.begin', 'POST', '/api/settings/two-factor'],
  ['twoFactor.enable', 'POST', '/api/settings/two-factor/confirm', { code: '123456' }],
  ['twoFactor.renewRecoveryCodes', 'POST', '/api/settings/two-factor/recovery-codes'],
  ['twoFactor.disable', 'DELETE', '/api/settings/two-factor'],
  ['session.end', 'DELETE', '/api/settings/sessions/0123456789abcdef01234567'],
  ['session.end', 'DELETE', '/api/settings/sessions'],
  ['account.delete', 'DELETE', '/api/settings/account', { confirm: 'ada' }],
  ['org.delete', 'DELETE', '/api/organizations/acme', { confirm: 'acme' }],
  ['operator.listOutbox', 'GET', '/api/operator/outbox'],
  ['operator.readMail', 'POST', '/api/operator/outbox/0123456789abcdef01234567/read'],
  ['operator.revealMail', 'POST', '/api/operator/outbox/0123456789abcdef01234567/reveal'],
  ['operator.createPerson', 'POST', '/api/operator/people', { username: 'made', email: 'made@example.org' }],
  ['operator.updatePerson', 'PATCH', '/api/operator/people/bob', { operator: true }],
]

async function staleBrowser(name: string): Promise<Visitor> {
  const browser = await signedIn(hub, name)
  hub.moveClock(10 * minute + 1000)
  return browser
}

const codeOf = ({ headers }: { headers: Headers }) => headers.get('x-error-code')

test('what decides about an account or reveals secrets is in the policy, and in this list', () => {
  const recent = Object.entries(policy).filter(([, row]) => 'recent' in row)
  for (const [action] of sensitive)
    assert.ok(
      recent.some(([name]) => name === action),
      action,
    )
})

test('eleven minutes after signing in, the password is asked for again', async () => {
  await hub.person('ada', { operator: true })
  await hub.organization('acme', { ada: 'admin', bob: 'admin' })
  const browser = await staleBrowser('ada')
  for (const [action, method, path, body] of sensitive) {
    const before = await stateOf(hub.db)
    const reply = await browser.send(method, path, body)
    assert.deepEqual([action, reply.status, codeOf(reply)], [action, 403, 'RecentSignInRequired'])
    assert.equal(reply.body.error, 'Enter your password again to confirm it’s you.')
    assert.deepEqual(await stateOf(hub.db), before, action)
  }
  assert.equal((await browser.send('GET', '/api/settings/tokens')).status, 200, 'the rest goes on')
  const seen = (await browser.send('GET', '/api/organizations/acme')).body.may
  assert.ok(seen.includes('org.delete'), 'the page offers it: it asks for the password itself')
  hub.moveClock(0)
})

test('the right password makes the sign-in recent, for ten minutes, in this session alone', async () => {
  const { id } = await hub.person('cleo')
  const other = await signedIn(hub, 'cleo')
  const browser = await staleBrowser('cleo')
  const wrong = await browser.send('POST', confirm, { password: 'not the password' })
  assert.deepEqual([wrong.status, codeOf(wrong)], [403, null])
  const wish = { name: 'laptop', role: 'read' }
  assert.equal((await browser.send('POST', '/api/settings/tokens', wish)).status, 403)
  const stolen = visitor(hub, browser.cookie)
  assert.equal((await browser.send('POST', confirm, { password: testPassword })).status, 200)
  assert.equal((await stolen.send('POST', '/api/settings/tokens', wish)).status, 401, 'the cookie before')
  const event = (await hub.events('instance')).at(-1)
  assert.deepEqual([event?.type, event?.author.user], ['session.confirm', 'cleo'])
  assert.equal((await browser.send('POST', '/api/settings/tokens', wish)).status, 201)
  assert.equal((await other.send('POST', '/api/settings/tokens', wish)).status, 403)
  hub.moveClock(21 * minute)
  assert.equal((await browser.send('POST', '/api/settings/tokens', wish)).status, 403)
  hub.moveClock(0)
  const tokens = await hub.db.selectFrom('access_tokens').select('name').where('user_id', '=', id).execute()
  assert.equal(tokens.filter(({ name }) => name === 'laptop').length, 1)
})

test('where 2FA is on, the password alone confirms nothing', async () => {
  await hub.person('dora')
  const browser = await signedIn(hub, 'dora')
  const { secret } = (await browser.send('POST', '/api/settings/two-factor')).body
  const code = (steps: number) => generate({ secret, epoch: Math.floor(now().getTime() / 1000) + steps * 30 })
  await browser.send('POST', '/api/settings/two-factor/confirm', { code: await code(0) })
  hub.moveClock(11 * minute)
  const before = await stateOf(hub.db)
  const without = await browser.send('POST', confirm, { password: testPassword })
  assert.deepEqual([without.status, without.body.fields[0].field], [400, 'code'])
  assert.equal((await browser.send('POST', confirm, { password: testPassword, code: '000000' })).status, 403)
  assert.equal((await browser.send('DELETE', '/api/settings/two-factor')).status, 403)
  assert.deepEqual(await stateOf(hub.db), before)
  assert.equal((await browser.send('POST', confirm, { password: testPassword, code: await code(0) })).status, 200)
  assert.equal((await browser.send('DELETE', '/api/settings/two-factor')).status, 200)
  hub.moveClock(0)
})

test('guessing the password there ends after ten tries', async () => {
  await hub.person('eve')
  const browser = await signedIn(hub, 'eve')
  const statuses = []
  for (let n = 0; n < 11; n++) statuses.push((await browser.send('POST', confirm, { password: `guess ${n}` })).status)
  assert.deepEqual(statuses, [...Array(10).fill(403), 429])
})

test('a token confirms nothing', async () => {
  const fay = await hub.person('fay')
  const reply = await hub.request(fay, 'POST', confirm, { password: testPassword })
  assert.deepEqual([reply.status, codeOf(reply)], [403, 'SessionRequired'])
})
