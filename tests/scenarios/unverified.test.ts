import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestHub, testPassword } from '../hub.ts'
import { stateOf } from '../state.ts'
import { linkIn, visitor } from '../visitor.ts'
import { makeToken } from '../world.ts'

// Without a verified address an account signs in, looks, takes care of itself, and goes. It creates, pushes and joins nothing.
const hub = await startTestHub()
await hub.organization('open', { ada: 'admin' })
const ada = await hub.person('ada')
await hub.request(ada, 'POST', '/api/repos/create', { name: 'open/model' })
await hub.request(ada, 'PATCH', '/api/organizations/open/settings', { allowJoinRequests: true })
const browser = visitor(hub)
const { body: account } = await browser.send('POST', '/api/signup', {
  username: 'newcomer',
  email: 'newcomer@example.org',
  password: testPassword,
})
await hub.request(ada, 'PUT', '/api/models/open/model/collaborators/newcomer', { role: 'write' })
const { body: invitation } = await hub.request(ada, 'POST', '/api/organizations/open/invitations', {
  username: 'newcomer',
  role: 'read',
})

const file = JSON.stringify({ key: 'header', value: { summary: 'Try' } })
const closed: [what: string, method: string, path: string, body?: unknown, type?: string][] = [
  ['create an organization', 'POST', '/api/organizations', { name: 'mine' }],
  ['create a repository', 'POST', '/api/repos/create', { name: 'mine' }],
  ['commit', 'POST', '/api/models/open/model/commit/main', file, 'application/x-ndjson'],
  ['push', 'GET', '/open/model.git/info/refs?service=git-receive-pack'],
  ['create a token', 'POST', '/api/settings/tokens', { name: 'laptop', role: 'read' }],
  ['ask to join', 'POST', '/api/organizations/open/join', {}],
  ['accept an invitation', 'POST', `/api/settings/invitations/${invitation.id}/accept`],
  ['duplicate a repository', 'POST', '/api/models/open/model/duplicate', { repository: 'newcomer/copy' }],
]

for (const [what, method, path, body, type] of closed)
  test(`an unverified account cannot ${what}, in a browser or with a token`, async () => {
    const token = await makeToken(hub.db, account, 'write')
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
    const isForToken = !path.startsWith('/api/settings/tokens')
    const isForBrowser = !path.includes('.git/')
    const before = await stateOf(hub.db)
    const replies = [
      ...(isForBrowser ? [await browser.send(method, path, body, headers)] : []),
      ...(isForToken ? [await hub.request(token, method, path, body, headers)] : []),
    ]
    for (const reply of replies) {
      const answer = [reply.status, reply.headers.get('x-error-code')]
      assert.deepEqual(answer, [403, 'EmailNotVerified'], JSON.stringify(reply.body))
    }
    assert.deepEqual(await stateOf(hub.db), before)
  })

test('it looks around, and takes care of itself', async () => {
  for (const [method, path, body] of [
    ['GET', '/api/models/open/model'],
    ['GET', '/open/model.git/info/refs?service=git-upload-pack'],
    ['GET', '/api/organizations/open'],
    ['GET', '/api/settings/tokens'],
    ['PATCH', '/api/settings/account', { fullname: 'New Comer' }],
    ['POST', '/api/settings/emails', { address: 'other@example.org' }],
    ['POST', '/api/settings/two-factor'],
    ['POST', '/api/settings/sessions/confirm', { password: testPassword }],
  ] as const) {
    const reply = await browser.send(method, path, body)
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
  }
  const { mayCreateOrganizations } = (await browser.send('GET', '/api/instance')).body
  assert.equal(mayCreateOrganizations, false)
})

test('explain says so, with what would change it', async () => {
  const path = '/api/organizations/open/access/explain?user=newcomer&repo=open/model&action=repo.write'
  const { body } = await hub.request(ada, 'GET', path)
  assert.deepEqual([body.allowed, body.code, body.changes], [false, 'EmailNotVerified', ['Verify an email address.']])
})

test('once the address is verified, all of it is open', async () => {
  const token = await linkIn(hub, 'newcomer@example.org')
  assert.equal((await browser.send('POST', '/api/verify-email', { token })).status, 200)
  assert.equal((await browser.send('POST', '/api/organizations', { name: 'mine' })).status, 201)
  assert.equal((await browser.send('POST', `/api/settings/invitations/${invitation.id}/accept`)).status, 200)
})
