import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestHub, testPassword } from '../hub.ts'
import { stateOf } from '../state.ts'
import { linkIn, signedIn, visitor } from '../visitor.ts'

const hub = await startTestHub()

const spanMs = { hour: 3_600_000, day: 86_400_000 }

async function eventTypes(): Promise<string[]> {
  return (await hub.events('instance')).map(({ type }) => type)
}

function newcomer(username: string, email = `${username}@example.org`) {
  return { username, email, password: testPassword }
}

test('a verification link works three days', async () => {
  const browser = visitor(hub)
  await browser.send('POST', '/api/signup', newcomer('late'))
  const token = await linkIn(hub, 'late@example.org')
  hub.moveClock(3 * spanMs.day + 1000)
  const { status, body } = await browser.send('POST', '/api/verify-email', { token })
  hub.moveClock(0)
  assert.deepEqual([status, body.error], [400, 'This link has expired or was already used. Request a new email.'])
})

test('signing up with an address of someone else looks the same, and tells only the owner', async () => {
  await hub.person('owner')
  const free = await visitor(hub).send('POST', '/api/signup', newcomer('honest'))
  const thief = visitor(hub)
  const taken = await thief.send('POST', '/api/signup', newcomer('thief', 'OWNER@example.org'))
  assert.deepEqual([taken.status, Object.keys(taken.body)], [free.status, Object.keys(free.body)])
  const mail = (await hub.mails()).at(-1)
  assert.deepEqual(
    [mail?.recipient, mail?.subject],
    ['OWNER@example.org', 'This email address already belongs to an account'],
  )
  assert.doesNotMatch(mail?.text_body ?? '', /token=/)
  const [email] = (await thief.send('GET', '/api/settings/emails')).body
  assert.equal(email.verified, false)
  assert.equal((await thief.send('POST', `/api/settings/emails/${email.id}/primary`, {})).status, 409)
})

test('of two accounts that claim an address only the first to verify has it', async () => {
  const claims = []
  for (const name of ['claim-a', 'claim-b']) {
    const browser = visitor(hub)
    await browser.send('POST', '/api/signup', newcomer(name, 'claimed@example.org'))
    claims.push({ browser, token: await linkIn(hub, 'claimed@example.org') })
  }
  const replies = await Promise.all(
    claims.map(({ browser, token }) => browser.send('POST', '/api/verify-email', { token })),
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
    (await browser.send('POST', '/api/verify-email', { token: stale })).status,
    400,
    'a new link ends the old',
  )
  assert.equal((await browser.send('POST', '/api/verify-email', { token })).status, 200)
  assert.equal((await browser.send('POST', `${path}/resend`)).status, 409)

  const primary = await browser.send('POST', `${path}/primary`, {})
  assert.deepEqual([primary.status, primary.body.primary], [200, true])
  const told = (await hub.mails()).slice(-2).map(({ recipient }) => recipient)
  assert.ok(told.includes(person.email), 'the former address is told')
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
  await browser.send('POST', '/api/verify-email', { token: await linkIn(hub, 'typo@example.org') })
  const { body } = await browser.send('GET', '/api/settings/account')
  assert.deepEqual([body.email, body.emailVerified], ['typo@example.org', true])
})

test('no one is flooded with verification mail', async () => {
  const browser = await signedIn(hub, (await hub.person('flooder')).name)
  const { body } = await browser.send('POST', '/api/settings/emails', { address: 'flooded@example.org' })
  const statuses = []
  for (let n = 0; n < 6; n++)
    statuses.push((await browser.send('POST', `/api/settings/emails/${body.id}/resend`)).status)
  assert.deepEqual(statuses, [202, 202, 202, 202, 429, 429])
})

test('a forgotten password is set again, once, and everybody else is out', async () => {
  const person = await hub.person('forgetful')
  const browser = await signedIn(hub, 'forgetful')
  const known = await hub.request(undefined, 'POST', '/api/password-reset', { email: 'FORGETFUL@example.org' })
  const mails = await hub.mails()
  const unknown = await hub.request(undefined, 'POST', '/api/password-reset', { email: 'nobody@example.org' })
  assert.deepEqual([known.status, known.body], [unknown.status, unknown.body])
  assert.equal(known.status, 202)
  assert.equal((await hub.mails()).length, mails.length, 'no mail to an unknown address')
  const token = await linkIn(hub, person.email)

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
  const browser = await signedIn(hub, 'dawdler')
  assert.equal((await browser.send('POST', '/api/verify-email', { token })).status, 400)
  hub.moveClock(spanMs.hour + 1000)
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

test('a password is changed only with the old one, and guessing it ends', async () => {
  await hub.person('changer')
  const browser = await signedIn(hub, 'changer')
  const change = (currentPassword?: string) =>
    browser.send('PATCH', '/api/settings/account', {
      newPassword: 'another password',
      ...(currentPassword !== undefined && { currentPassword }),
    })
  const before = await stateOf(hub.db)
  assert.equal((await change()).body.fields[0].field, 'currentPassword')
  const statuses = []
  for (let n = 0; n < 11; n++) statuses.push((await change(`guess ${n}`)).status)
  assert.deepEqual(statuses, [...Array(10).fill(403), 429])
  assert.deepEqual(await stateOf(hub.db), before)
  assert.equal((await change(testPassword)).status, 429, 'not even with the right one for a while')
  hub.moveClock(16 * 60_000)
  assert.equal((await change(testPassword)).status, 200)
  hub.moveClock(0)
})
