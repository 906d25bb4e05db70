import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceGrant, type OAuthError, oauthErrors } from '../../api/oauth.ts'
import { digest, looksLikeToken, newToken } from '../../server/kernel/secret.ts'
import { codeSeconds } from '../../server/oauth/device.ts'
import { deleteExpiredSignIns } from '../../server/oauth/expiry.ts'
import { newUserCode, typedCode, userCodes } from '../../server/oauth/user-codes.ts'
import { attemptLimits } from '../../server/users/guessing/attempts.ts'
import { clientId } from '../device-recipes.ts'
import { type Reply, startTestHub } from '../hub.ts'
import { signedIn, type Visitor } from '../visitor.ts'

const hub = await startTestHub()
const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute
const settings = '/api/settings/device'

async function form(path: string, fields: Record<string, string>): Promise<Reply> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return hub.request(undefined, 'POST', path, new URLSearchParams(fields).toString(), headers)
}

interface Waiting {
  device_code: string
  user_code: string
}

async function start(): Promise<Waiting> {
  const { status, body } = await form('/oauth/device', { client_id: clientId })
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

const ask = (device: string, client = clientId) =>
  form('/oauth/token', { grant_type: deviceGrant, client_id: client, device_code: device })
const refresh = (secret: string, client = clientId) =>
  form('/oauth/token', { grant_type: 'refresh_token', client_id: client, refresh_token: secret })
const approve = (browser: Visitor, code: string, wish: object = {}) =>
  browser.send('POST', `${settings}/${code}/approve`, { name: 'hf CLI', role: 'write', ...wish })
const works = async (token: string) => (await hub.request(token, 'GET', '/api/whoami-v2')).status === 200

function refused(reply: Reply, error: OAuthError): void {
  assert.deepEqual([reply.status, reply.body], [400, { error, error_description: oauthErrors[error] }])
  assert.equal(reply.headers.get('cache-control'), 'no-store')
}

async function browserOf(name: string): Promise<{ id: string; browser: Visitor }> {
  const { id } = await hub.person(name)
  return { id, browser: await signedIn(hub, name) }
}

async function signIn(browser: Visitor, wish: object = {}) {
  const { device_code: device, user_code: code } = await start()
  const approved = await approve(browser, code, wish)
  assert.equal(approved.status, 200, JSON.stringify(approved.body))
  const { status, body } = await ask(device)
  assert.equal(status, 200, JSON.stringify(body))
  return { device, id: approved.body.id as string, ...body } as {
    device: string
    id: string
    access_token: string
    refresh_token: string
  }
}

async function mailsTo(name: string): Promise<string[]> {
  return (await hub.mails())
    .filter(({ recipient }) => recipient === `${name}@example.org`)
    .map(({ subject }) => subject)
}

test('a program is signed in: code, approval, token of the account', async () => {
  const { id, browser } = await browserOf('ada')
  const { status, body } = await form('/oauth/device', { client_id: clientId, scope: 'openid' })
  assert.equal(status, 200)
  assert.match(body.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{5}-[BCDFGHJKLMNPQRSTVWXZ]{5}$/)
  const page = `${hub.url}/device`
  const complete = `${page}?code=${body.user_code}`
  assert.deepEqual([body.verification_uri, body.verification_uri_complete], [page, complete])
  assert.deepEqual([body.expires_in, body.interval], [900, 5])
  refused(await ask(body.device_code), 'authorization_pending')

  const seen = await browser.send('GET', `${settings}/${body.user_code.toLowerCase()}`)
  const { createdAt, expiresAt, ...asks } = seen.body
  const { user_code: code } = body
  assert.deepEqual(asks, { code, program: 'hf CLI', ip: '127.0.0.1', isOtherNetwork: false })
  assert.equal(Date.parse(expiresAt) - Date.parse(createdAt), 15 * minute)

  const approved = await approve(browser, body.user_code.replace('-', ' '), { name: 'hf CLI on laptop' })
  assert.deepEqual([approved.status, approved.body.name, approved.body.role], [200, 'hf CLI on laptop', 'write'])
  assert.ok(!JSON.stringify(approved.body).includes('hf_'), 'the approval shows no secret')
  assert.ok((await mailsTo('ada')).includes('A program signed in to your account'))
  hub.moveClock(6 * second)
  const issued = await ask(body.device_code)
  assert.deepEqual([issued.status, issued.body.token_type, issued.body.expires_in], [200, 'Bearer', 7 * 86_400])
  const { access_token: token, refresh_token: secret } = issued.body
  assert.match(token, /^hf_u/)
  assert.match(secret, /^hf_r/)
  assert.ok(looksLikeToken(token) && looksLikeToken(secret))

  const whoami = (await hub.request(token, 'GET', '/api/whoami-v2')).body
  assert.deepEqual([whoami.id, whoami.auth.accessToken.displayName], [id, 'hf CLI on laptop'])
  assert.equal((await hub.request(secret, 'GET', '/api/whoami-v2')).status, 401, 'a refresh token opens nothing itself')
  const listed = (await browser.send('GET', '/api/settings/tokens')).body.find(
    (one: { id: string }) => one.id === approved.body.id,
  )
  assert.equal(listed.last4, token.slice(-4))
  assert.ok(Date.parse(listed.refreshExpiresAt) > Date.parse(listed.expiresAt))
  const events = (await hub.events('instance')).slice(-2)
  assert.deepEqual(
    events.map(({ type, message }) => [type, message]),
    [
      ['user_token.create', 'ada created the write token hf CLI on laptop for ada'],
      ['user_token.issue', 'ada signed in a program with the token hf CLI on laptop'],
    ],
  )
  assert.deepEqual(events[0]?.data.device, { program: 'hf CLI', network: '127.0.0.0' })
  const kept = JSON.stringify([events, await hub.db.selectFrom('refresh_tokens').selectAll().execute()])
  assert.ok(!kept.includes(token) && !kept.includes(secret))
  refused(await ask(body.device_code), 'invalid_grant')
  assert.ok(await works(token), 'a replay changes nothing')
  hub.moveClock(0)
})

test('a program that asks too often has to slow down, for good', async () => {
  const { device_code: device } = await start()
  refused(await ask(device), 'authorization_pending')
  refused(await ask(device), 'slow_down')
  hub.moveClock(6 * second)
  refused(await ask(device), 'slow_down')
  hub.moveClock(22 * second)
  refused(await ask(device), 'authorization_pending')
  hub.moveClock(0)
})

test('a code is over after 15 minutes, for the person and the program', async () => {
  const { browser } = await browserOf('late')
  const [asked, approved] = [await start(), await start()]
  assert.equal((await approve(browser, approved.user_code)).status, 200)
  hub.moveClock(15 * minute + second)
  refused(await ask(asked.device_code), 'expired_token')
  refused(await ask(approved.device_code), 'expired_token')
  assert.equal((await browser.send('GET', `${settings}/${asked.user_code}`)).status, 404)
  assert.equal((await approve(await signedIn(hub, 'late'), asked.user_code)).status, 404)
  hub.moveClock(day + 16 * minute)
  await deleteExpiredSignIns(hub.db)
  refused(await ask(asked.device_code), 'invalid_grant')
  const names = (await browser.send('GET', '/api/settings/tokens')).body.map(({ name }: { name: string }) => name)
  assert.deepEqual(names, ['test'], 'the token that no program got is gone')
  hub.moveClock(0)
})

test('a program that is turned away hears so, and cannot be approved afterwards', async () => {
  const { browser } = await browserOf('wary')
  const { device_code: device, user_code: code } = await start()
  assert.equal((await browser.send('POST', `${settings}/${code}/deny`)).status, 200)
  const event = (await hub.events('instance')).at(-1)
  assert.deepEqual([event?.type, event?.message], ['device.deny', 'wary denied the sign-in of hf CLI'])
  assert.equal((await approve(browser, code)).status, 404)
  refused(await ask(device), 'access_denied')
  refused(await ask(device), 'access_denied')
})

for (const [what, fields, error] of [
  ['an unknown client', { client_id: 'someone' }, 'invalid_client'],
  ['no client', { client_id: '' }, 'invalid_request'],
  ['an unknown grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ['no device code', { device_code: '' }, 'invalid_request'],
  ['an unknown device code', { device_code: 'x'.repeat(43) }, 'invalid_grant'],
  ['no refresh token', { grant_type: 'refresh_token' }, 'invalid_request'],
  ['a refresh token that is none', { grant_type: 'refresh_token', refresh_token: 'hf_rNone' }, 'invalid_grant'],
  ['an unknown refresh token', { grant_type: 'refresh_token', refresh_token: newToken('refresh') }, 'invalid_grant'],
  ['an access token as one', { grant_type: 'refresh_token', refresh_token: newToken('user') }, 'invalid_grant'],
] as [string, Record<string, string>, OAuthError][]) {
  test(`the token endpoint refuses ${what}`, async () => {
    const reply = await form('/oauth/token', { grant_type: deviceGrant, client_id: clientId, ...fields })
    assert.deepEqual([reply.status, reply.body.error, typeof reply.body.error_description], [400, error, 'string'])
  })
}

test('what another client was given is refused, and stays its own', async () => {
  const { browser } = await browserOf('mallory')
  assert.equal((await form('/oauth/device', { client_id: 'someone' })).body.error, 'invalid_client')
  const { device_code: device, user_code: code } = await start()
  const elsewhere = { client_id: 'another' }
  await hub.db.updateTable('device_codes').set(elsewhere).where('hash', '=', digest(device)).execute()
  assert.equal((await approve(browser, code)).status, 200)
  refused(await ask(device), 'invalid_grant')
  const { access_token: token, refresh_token: secret } = await signIn(browser)
  await hub.db.updateTable('refresh_tokens').set(elsewhere).where('hash', '=', digest(secret)).execute()
  refused(await refresh(secret), 'invalid_grant')
  assert.ok(await works(token), 'nothing was used up')
})

test('a refresh replaces the secret of the same token', async () => {
  const { browser } = await browserOf('renewer')
  const { id, access_token: token, refresh_token: secret } = await signIn(browser, { role: 'read' })
  hub.moveClock(8 * day)
  assert.ok(!(await works(token)), 'it expired')
  const { status, body } = await refresh(secret)
  assert.equal(status, 200)
  assert.ok(await works(body.access_token))
  const auth = (await hub.request(body.access_token, 'GET', '/api/whoami-v2')).body.auth.accessToken
  assert.equal(auth.role, 'read')
  const event = (await hub.events('instance')).at(-1)
  assert.deepEqual([event?.type, event?.message], ['user_token.refresh', 'renewer renewed the token hf CLI'])
  const rows = (await (await signedIn(hub, 'renewer')).send('GET', '/api/settings/tokens')).body
  assert.deepEqual(
    rows.map((row: { id: string; name: string }) => row.name).sort(),
    ['hf CLI', 'test'],
    'no second token',
  )
  assert.equal(rows.find((row: { name: string }) => row.name === 'hf CLI').id, id)
  hub.moveClock(8 * day + 91 * day)
  refused(await refresh(body.refresh_token), 'invalid_grant')
  hub.moveClock(0)
})

test('a sign-in ends a year after it was approved, however often it is renewed', async () => {
  const { browser } = await browserOf('yearly')
  let { refresh_token: secret } = await signIn(browser)
  for (const days of [80, 160, 240, 320, 364]) {
    hub.moveClock(days * day)
    const { status, body } = await refresh(secret)
    assert.equal(status, 200, `${days} days`)
    secret = body.refresh_token
  }
  hub.moveClock(366 * day)
  refused(await refresh(secret), 'invalid_grant')
  hub.moveClock(0)
})

test('a refresh token that comes twice ends everything that came of it', async () => {
  const { browser } = await browserOf('robbed')
  const { refresh_token: first } = await signIn(browser)
  const { body } = await refresh(first)
  refused(await refresh(first), 'invalid_grant')
  assert.ok(!(await works(body.access_token)))
  refused(await refresh(body.refresh_token), 'invalid_grant')
  assert.equal((await mailsTo('robbed')).at(-1), 'An access token was deleted')
  const event = (await hub.events('instance')).at(-1)
  assert.equal(event?.type, 'user_token.reuse')
})

test('of two refreshes at once one is the thief’s, so neither lasts', async () => {
  const { browser } = await browserOf('twice')
  const { refresh_token: secret } = await signIn(browser)
  const replies = await Promise.all([refresh(secret), refresh(secret)])
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 400])
  const won = replies.find(({ status }) => status === 200)?.body
  assert.ok(!(await works(won.access_token)))
})

test('of two programs that ask at once with one code, one gets a token', async () => {
  const { browser } = await browserOf('parallel')
  const { device_code: device, user_code: code } = await start()
  await approve(browser, code)
  const replies = await Promise.all([ask(device), ask(device), ask(device)])
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 400, 400])
  assert.ok(await works(replies.find(({ status }) => status === 200)?.body.access_token))
})

test('deleting or rotating the token ends its refresh token', async () => {
  const { browser } = await browserOf('owner')
  for (const [method, tail] of [
    ['DELETE', ''],
    ['POST', '/rotate'],
  ] as const) {
    const { id, access_token: token, refresh_token: secret } = await signIn(browser)
    const done = await browser.send(method, `/api/settings/tokens/${id}${tail}`)
    assert.equal(done.status, 200)
    assert.ok(!(await works(token)))
    refused(await refresh(secret), 'invalid_grant')
    assert.equal(done.body.refreshExpiresAt, undefined)
  }
})

test('deleting the token before the program got it leaves nothing to get', async () => {
  const { browser } = await browserOf('quick')
  const { device_code: device, user_code: code } = await start()
  const { body } = await approve(browser, code)
  assert.equal((await browser.send('DELETE', `/api/settings/tokens/${body.id}`)).status, 200)
  refused(await ask(device), 'invalid_grant')
})

test('the program of a suspended person gets nothing, until they are back', async () => {
  const { browser } = await browserOf('paused')
  const { refresh_token: secret } = await signIn(browser)
  const { device_code: device, user_code: code } = await start()
  await approve(browser, code)
  const suspend = (suspended: boolean) => hub.console('PATCH', '/api/operator/people/paused', { suspended })
  assert.equal((await suspend(true)).status, 200)
  refused(await refresh(secret), 'invalid_grant')
  refused(await ask(device), 'access_denied')
  assert.equal((await suspend(false)).status, 200)
  assert.equal((await refresh(secret)).status, 200)
})

test('what an organization decides about tokens holds for programs, also after a refresh', async () => {
  const { people } = await hub.organization('acme', { olga: 'admin', pete: 'write', quinn: 'write' })
  const org = '/api/organizations/acme'
  const code = async (token: string) => (await hub.request(token, 'GET', `${org}/settings`)).headers.get('x-error-code')
  const one = await signIn(await signedIn(hub, 'pete'))
  const two = await signIn(await signedIn(hub, 'quinn'))
  assert.equal(await code(one.access_token), null)
  const revoked = await hub.request(people.olga, 'POST', `${org}/settings/tokens/${one.id}/revoke`)
  assert.ok(revoked.status < 300, JSON.stringify(revoked.body))
  assert.equal(await code(one.access_token), 'TokenRevoked')
  const renewed = (await refresh(one.refresh_token)).body.access_token
  assert.equal(await code(renewed), 'TokenRevoked')
  assert.ok(await works(renewed), 'it works elsewhere')
  assert.equal(await code(two.access_token), null)
  const policy = await (await signedIn(hub, 'olga')).send('PATCH', `${org}/settings`, { tokenPolicy: 'fineGrained' })
  assert.equal(policy.status, 200, JSON.stringify(policy.body))
  assert.equal(await code(two.access_token), 'TokenKind')
  assert.equal(await code((await refresh(two.refresh_token)).body.access_token), 'TokenKind')
})

test('the approval takes a session, a recent sign-in, and a verified address', async () => {
  const { id, browser } = await browserOf('careless')
  const { user_code: code } = await start()
  const codeOf = ({ status, headers }: Reply) => [status, headers.get('x-error-code')]
  const path = `${settings}/${code}/approve`
  const wish = { name: 'hf CLI', role: 'write' }
  assert.deepEqual(codeOf(await hub.request(undefined, 'POST', path, wish)), [401, null])
  assert.deepEqual(codeOf(await hub.request(await hub.person('careless'), 'POST', path, wish)), [
    403,
    'SessionRequired',
  ])
  await hub.db.updateTable('emails').set({ verified_at: null }).where('user_id', '=', id).execute()
  assert.deepEqual(codeOf(await approve(browser, code)), [403, 'EmailNotVerified'])
  await hub.db.updateTable('emails').set({ verified_at: new Date() }).where('user_id', '=', id).execute()
  hub.moveClock(11 * minute)
  assert.deepEqual(codeOf(await approve(browser, code)), [403, 'RecentSignInRequired'])
  hub.moveClock(0)
  assert.equal((await approve(browser, code, { name: ' ' })).status, 400)
  assert.equal((await approve(browser, code, { role: 'fineGrained' })).status, 400)
  assert.equal((await approve(browser, code)).status, 200)
  assert.equal((await approve(browser, code)).status, 404, 'once')
})

test('another site cannot approve in a visitor’s name', async () => {
  const { browser } = await browserOf('lured')
  const { user_code: code } = await start()
  const headers = { origin: 'https://evil.example' }
  const reply = await browser.send('POST', `${settings}/${code}/approve`, { name: 'x', role: 'write' }, headers)
  assert.deepEqual([reply.status, reply.headers.get('x-error-code')], [403, 'CrossSite'])
})

test('user codes have no look-alike letters, and are read as people type them', () => {
  for (let tries = 0; tries < 200; tries++) assert.match(newUserCode(), /^[^AEIOUY0-9]{10}$/)
  assert.equal(typedCode(' wdjbm–jhtqx '), 'WDJBMJHTQX')
  for (const wrong of ['', 'WDJBM-JHTQ', 'WDJBM-JHTQXX', 'WDJBM-JHTQ0']) assert.equal(typedCode(wrong), undefined)
})

test('guessing the code of a program succeeds less than once in 10⁹ lives of one', () => {
  const { most, windowSeconds } = attemptLimits.userCodeInTotal
  const tries = most * (Math.ceil(codeSeconds / windowSeconds) + 1)
  assert.ok(tries / userCodes < 1e-9, String(tries / userCodes))
})

test('wrong codes are counted, right ones are not', async () => {
  const { browser } = await browserOf('guesser')
  const { user_code: code } = await start()
  const look = (text: string) => browser.send('GET', `${settings}/${text}`)
  for (let tries = 0; tries < 12; tries++) assert.equal((await look(code)).status, 200)
  const [last] = (await Promise.all(Array.from({ length: 10 }, () => look(newUserCode())))).slice(-1)
  assert.equal(last?.status, 404)
  assert.equal((await look(code)).status, 429)
  assert.equal((await approve(browser, code)).status, 429)
  assert.equal((await (await browserOf('other')).browser.send('GET', `${settings}/${code}`)).status, 200)
  hub.moveClock(16 * minute)
  assert.equal((await look(newUserCode())).status, 404)
  hub.moveClock(0)
})

test('one network cannot start endless sign-ins, and hears it as OAuth says', async () => {
  hub.moveClock(60 * minute)
  const replies = await Promise.all(
    Array.from({ length: attemptLimits.deviceCode.most + 1 }, () => form('/oauth/device', { client_id: clientId })),
  )
  const over = replies.filter(({ status }) => status === 429)
  assert.equal(over.length, 1)
  assert.equal(over[0]?.body.error, 'slow_down')
  assert.ok(Number(over[0]?.headers.get('retry-after')) > 0)
  hub.moveClock(0)
})
