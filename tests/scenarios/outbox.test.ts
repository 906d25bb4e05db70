import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { liveInvitations } from '../../server/joining/invitations/expiry.ts'
import { blankDeadMails } from '../../server/mail/outbox.ts'
import { liveLinks } from '../../server/users/expiry.ts'
import { startTestHub, testPassword } from '../hub.ts'
import { stateOf } from '../state.ts'
import { until } from '../until.ts'
import { signedIn, type Visitor } from '../visitor.ts'

const hub = await startTestHub()
const opal = await hub.person('opal', { operator: true })
const { people } = await hub.organization('lab', { ada: 'admin' })
const { ada } = people
const secret = /[0-9A-Za-z]{43}/
const day = 86_400_000

async function mailTo(address: string, from: Visitor) {
  const find = async () =>
    (await from.send('GET', `/api/operator/outbox?search=${encodeURIComponent(address)}`)).body[0]
  await until(async () => (await find())?.state === 'kept')
  return find()
}

async function blank(): Promise<void> {
  await blankDeadMails(hub.db, async (hashes) => [
    ...(await liveLinks(hub.db, hashes)),
    ...(await liveInvitations(hub.db, hashes)),
  ])
}

async function lastEvent(): Promise<{ type: string; message: string } | undefined> {
  return (await hub.events('instance')).at(-1)
}

test('no token makes people or operators, suspends, or reads mail: that takes the session of a site admin', async () => {
  const requests: [method: string, path: string, body?: unknown][] = [
    ['POST', '/api/operator/people', { username: 'puppet', email: 'puppet@example.org', operator: true }],
    ['POST', '/api/operator/people', { username: 'puppet', email: 'puppet@example.org', password: testPassword }],
    ['PATCH', '/api/operator/people/ada', { operator: true }],
    ['PATCH', '/api/operator/people/ada', { suspended: true }],
    ['GET', '/api/operator/outbox'],
    ['POST', `/api/operator/outbox/${'0'.repeat(24)}/read`],
    ['POST', `/api/operator/outbox/${'0'.repeat(24)}/reveal`],
  ]
  for (const [method, path, body] of requests) {
    const before = await stateOf(hub.db)
    const { status, headers } = await hub.request(opal, method, path, body)
    assert.deepEqual([path, status, headers.get('x-error-code')], [path, 403, 'SessionRequired'])
    assert.deepEqual(await stateOf(hub.db), before)
  }
  const own = await signedIn(hub, 'opal')
  assert.equal((await own.send('PATCH', '/api/operator/people/ada', { operator: true })).status, 200)
  assert.equal((await own.send('PATCH', '/api/operator/people/ada', { operator: false })).status, 200)
})

test('the outbox lists mails without their texts; reading one and revealing its link are events', async () => {
  const own = await signedIn(hub, 'opal')
  await hub.request(ada, 'POST', '/api/organizations/lab/invitations', { email: 'kim@example.org', role: 'read' })
  const mail = await mailTo('kim@example.org', own)
  assert.deepEqual([mail.hasSecret, mail.isBlank, 'text' in mail, 'html' in mail], [true, false, false, false])
  const read = await own.send('POST', `/api/operator/outbox/${mail.id}/read`)
  assert.match(read.body.text, /\/join#(…|%E2%80%A6)/)
  assert.ok(!secret.test(read.body.text + read.body.html), read.body.text)
  assert.deepEqual(
    [(await lastEvent())?.type, (await lastEvent())?.message],
    ['operator.read_mail', 'opal read the email to kim@example.org'],
  )
  const revealed = await own.send('POST', `/api/operator/outbox/${mail.id}/reveal`)
  assert.match(revealed.body.text, /\/join#token=[0-9A-Za-z]{43}/)
  assert.deepEqual(
    [(await lastEvent())?.type, (await lastEvent())?.message],
    ['operator.reveal_mail', 'opal revealed the link in the email to kim@example.org'],
  )
  const kept = JSON.stringify(await hub.events('instance'))
  assert.ok(!kept.includes(revealed.body.text.match(secret)?.[0]))
  assert.equal((await own.send('POST', `/api/operator/outbox/${'0'.repeat(24)}/read`)).status, 404)
})

test('the text of a kept mail is blanked once its link is used, replaced or expired', async () => {
  const own = await signedIn(hub, 'opal')
  await hub.console('POST', '/api/operator/people', { username: 'wil', email: 'wil@example.org' })
  await hub.request(ada, 'POST', '/api/organizations/lab/invitations', { email: 'lou@example.org', role: 'read' })
  const [welcome, invitation] = [await mailTo('wil@example.org', own), await mailTo('lou@example.org', own)]
  await blank()
  for (const { id } of [welcome, invitation])
    assert.match((await own.send('POST', `/api/operator/outbox/${id}/reveal`)).body.text, secret)

  await hub.request(ada, 'POST', '/api/organizations/lab/invitations', { email: 'lou@example.org', role: 'read' })
  const { text } = (await own.send('POST', `/api/operator/outbox/${welcome.id}/reveal`)).body
  const [token] = text.match(secret)
  const password = { token, password: 'a new sentence of my own' }
  assert.equal((await hub.request(undefined, 'POST', '/api/password-reset/confirm', password)).status, 200)
  await blank()
  for (const { id } of [welcome, invitation]) {
    const { body } = await own.send('POST', `/api/operator/outbox/${id}/reveal`)
    assert.ok(!secret.test(body.text + body.html))
    assert.match(body.text, /no longer stored/)
    assert.equal((await own.send('POST', `/api/operator/outbox/${id}/retry`)).status, 409)
  }
  const renewed = await mailTo('lou@example.org', own)
  assert.equal(renewed.isBlank, false)
  hub.moveClock(40 * day)
  await blank()
  hub.moveClock(0)
  const { rows } = await sql<{ bodies: string }>`select string_agg(body::text, ' ') as bodies from mails`.execute(
    hub.db,
  )
  assert.ok(!secret.test(rows[0]?.bodies ?? ''))
})
