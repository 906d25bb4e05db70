import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Person, startTestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

// The scope of a token over time, and what is said about it.

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', bea: 'read' })
const ada = people.ada as Person
await hub.console('POST', '/api/operator/organizations', { name: 'beta', admin: 'ada' })
const browser = await signedIn(hub, 'ada')
const ids: Record<string, string> = {}
for (const [organization, name] of [
  ['acme', 'plain'],
  ['acme', 'other'],
  ['beta', 'secret'],
] as const)
  ids[name] = (await hub.request(ada, 'POST', '/api/repos/create', { name, organization, private: true })).body.id

interface Scoped {
  entity: { type: string; name?: string; _id?: string }
  permissions: string[]
}

const on = (type: string, name: string, ...permissions: string[]): Scoped => ({ entity: { type, name }, permissions })

async function create(...scoped: Scoped[]): Promise<{ id: string; token: string }> {
  const wish = { name: 'ci', role: 'fineGrained', fineGrained: { scoped } }
  const { status, body } = await browser.send('POST', '/api/settings/tokens', wish)
  assert.equal(status, 201, JSON.stringify(body))
  return body
}

const get = (token: string, path: string) => hub.request(token, 'GET', path)

describe('a scope over time', () => {
  test('it is edited for the very next request, recorded, and mailed', async () => {
    const { id, token } = await create(on('model', 'acme/plain', 'repo.write'))
    const edit = (...scoped: Scoped[]) =>
      browser.send('PATCH', `/api/settings/tokens/${id}`, { fineGrained: { scoped } })
    const events = (await hub.events('instance')).length
    assert.equal((await edit(on('model', 'acme/plain', 'repo.write'))).status, 200)
    assert.equal((await hub.events('instance')).length, events, 'no change, no event')
    const { status, body } = await edit(on('model', 'acme/other', 'repo.content.read'))
    assert.deepEqual([status, body.fineGrained.scoped[0].entity.name], [200, 'acme/other'])
    assert.equal((await get(token, '/api/models/acme/plain')).status, 404)
    assert.equal((await get(token, '/api/models/acme/other')).status, 200)
    const event = (await hub.events('instance')).at(-1)
    assert.deepEqual(
      [event?.type, event?.message],
      ['user_token.update', 'ada changed the permissions of the token ci'],
    )
    assert.equal((await hub.mails()).at(-1)?.subject, 'The permissions of an access token were changed')
    const rotated = (await browser.send('POST', `/api/settings/tokens/${id}/rotate`)).body
    assert.match(rotated.token, /^hf_f/)
    assert.equal((await get(rotated.token, '/api/models/acme/other')).status, 200)
    assert.equal((await get(token, '/api/models/acme/other')).status, 401)
  })

  test('a token with a role has no scope to edit, and a refused edit changes nothing', async () => {
    const { body } = await browser.send('POST', '/api/settings/tokens', { name: 'plain', role: 'read' })
    const refused = await browser.send('PATCH', `/api/settings/tokens/${body.id}`, {
      name: 'x',
      fineGrained: { scoped: [on('user', 'ada', 'repo.write')] },
    })
    assert.deepEqual([refused.status, refused.body.fields[0].field], [400, 'fineGrained'])
    const { id, token } = await create(on('model', 'acme/plain', 'repo.write'))
    const bad = await browser.send('PATCH', `/api/settings/tokens/${id}`, {
      name: 'new',
      fineGrained: { scoped: [on('model', 'zoe/none', 'repo.write')] },
    })
    assert.equal(bad.status, 400)
    assert.equal((await get(token, '/api/whoami-v2')).body.auth.accessToken.displayName, 'ci')
  })

  test('it follows the repository through renames and moves, and ends with it', async () => {
    await hub.request(ada, 'POST', '/api/repos/create', { name: 'wanderer', organization: 'acme', private: true })
    const { token } = await create(on('model', 'acme/wanderer', 'repo.content.read'))
    const move = (fromRepo: string, toRepo: string) =>
      hub.request(ada, 'POST', '/api/repos/move', { fromRepo, toRepo, type: 'model' })
    assert.equal((await move('acme/wanderer', 'beta/settler')).status, 200)
    assert.equal((await get(token, '/api/models/beta/settler')).status, 200)
    await hub.request(ada, 'POST', '/api/repos/create', { name: 'wanderer', organization: 'acme', private: true })
    assert.equal((await get(token, '/api/models/acme/wanderer')).status, 404, 'another repository of the old name')
    await hub.request(ada, 'DELETE', '/api/repos/delete', { name: 'settler', organization: 'beta' })
    await hub.request(ada, 'POST', '/api/repos/create', { name: 'settler', organization: 'beta', private: true })
    assert.equal((await get(token, '/api/models/beta/settler')).status, 404)
    assert.deepEqual((await get(token, '/api/whoami-v2')).body.auth.accessToken.fineGrained, { scoped: [] })
  })

  test('it ends with its group; what was in the group is then outside of it', async () => {
    const { body } = await hub.request(ada, 'POST', '/api/organizations/acme/resource-groups', { name: 'brief' })
    await hub.request(ada, 'POST', '/api/repos/create', {
      name: 'brief',
      organization: 'acme',
      private: true,
      resourceGroupId: body.id,
    })
    const { token } = await create(on('resource-group', 'acme/brief', 'repo.write'))
    assert.equal((await get(token, '/api/models/acme/brief')).status, 200)
    assert.equal((await hub.request(ada, 'DELETE', `/api/organizations/acme/resource-groups/${body.id}`)).status, 200)
    assert.equal((await get(token, '/api/models/acme/brief')).status, 404)
  })

  test('who left keeps no view of it: names that they can no longer see are left out', async () => {
    await hub.console('POST', '/api/operator/organizations/beta/members', { username: 'bea', role: 'read' })
    const member = await signedIn(hub, 'bea')
    const scoped = [on('model', 'beta/secret', 'repo.content.read')]
    const { body } = await member.send('POST', '/api/settings/tokens', {
      name: 'x',
      role: 'fineGrained',
      fineGrained: { scoped },
    })
    assert.equal((await get(body.token, '/api/models/beta/secret')).status, 200)
    assert.equal((await hub.request(ada, 'DELETE', '/api/organizations/beta/members/bea')).status, 200)
    assert.equal((await get(body.token, '/api/models/beta/secret')).status, 404)
    const entity = (await get(body.token, '/api/whoami-v2')).body.auth.accessToken.fineGrained.scoped[0].entity
    assert.deepEqual(entity, { _id: ids.secret, type: 'model' })
  })
})

test('explain names the scope among the reasons', async () => {
  const { id } = await create(on('org', 'beta', 'org.read'))
  const path = (organization: string, action: string) =>
    `/api/organizations/${organization}/access/explain?token=${id}&action=${action}`
  const outside = (await hub.request(ada, 'GET', path('acme', 'org.viewSettings'))).body
  assert.deepEqual([outside.allowed, outside.code, outside.blockedBy], [false, 'TokenScope', ['token_scope']])
  assert.deepEqual(outside.changes, ['Give the token the permission org.read here.'])
  const inside = (await hub.request(ada, 'GET', path('beta', 'org.viewSettings'))).body
  assert.deepEqual([inside.allowed, inside.blockedBy], [true, []])
  const missing = (await hub.request(ada, 'GET', `${path('beta', 'repo.read')}&repo=beta/secret`)).body
  assert.deepEqual([missing.code, missing.blockedBy], ['RepoNotFound', ['token_scope']])
})

test('who-can counts a fine-grained token where its scope reaches the repository', async () => {
  const counted = async () =>
    (await hub.request(ada, 'GET', '/api/organizations/beta/access/who-can?repo=beta/secret')).body.tokens
  const before = await counted()
  await create(on('model', 'acme/plain', 'repo.write'))
  assert.equal(await counted(), before)
  await create(on('org', 'beta', 'repo.content.read'))
  assert.equal(await counted(), before + 1)
})
