import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Person, startTestHub } from '../hub.ts'

// The one API token of an organization: who can see it, what it reads, and when it dies.

const hub = await startTestHub()
const members = { ada: 'admin', bea: 'read', cleo: 'no_access' } as const
const { people, id: acmeId } = await hub.organization('acme', members)
const [ada, bea, cleo] = [people.ada as Person, people.bea as Person, people.cleo as Person]
await hub.console('POST', '/api/operator/organizations', { name: 'beta', admin: 'ada' })
const speech = (await hub.request(ada, 'POST', '/api/organizations/acme/resource-groups', { name: 'speech' })).body.id
for (const [organization, name, resourceGroupId] of [
  ['acme', 'plain', undefined],
  ['acme', 'voices', speech],
  ['beta', 'secret', undefined],
] as const) {
  const body = { name, organization, private: true, ...(resourceGroupId && { resourceGroupId }) }
  assert.equal((await hub.request(ada, 'POST', '/api/repos/create', body)).status, 200)
}

const path = '/api/organizations/acme/settings/api-token'
const ask = (who: Person | string, method: string, tail = '', body?: unknown) =>
  hub.request(who, method, `${path}${tail}`, body)
const get = (token: string, address: string) => hub.request(token, 'GET', address)
const types = async () => (await hub.events(acmeId)).map(({ type }) => type)

describe('the API token of an organization', () => {
  test('is there once it is revealed, by members with the read role, and each reveal is recorded', async () => {
    assert.deepEqual((await ask(bea, 'GET', '/state')).body, { token: null })
    const replies = await Promise.all([ask(ada, 'GET'), ask(bea, 'GET')])
    const [first, second] = replies.map(({ body }) => body)
    assert.match(first.token, /^hf_o[0-9A-Za-z]{38}$/)
    assert.equal(second.token, first.token, 'there is one')
    const told = (await types()).filter((type) => type.startsWith('org.api_token'))
    assert.deepEqual(told.sort(), ['org.api_token.create', 'org.api_token.reveal', 'org.api_token.reveal'])
    assert.equal((await ask(bea, 'GET', '/state')).body.token.last4, first.token.slice(-4))
    const { rows } = { rows: await hub.db.selectFrom('organization_tokens').select('sealed').execute() }
    assert.equal(rows[0]?.sealed.includes(Buffer.from(first.token)), false, 'it is sealed')
  })

  test('is not for others, nor for tokens with a scope', async () => {
    const zoe = await hub.person('zoe')
    for (const who of [cleo, zoe]) {
      assert.equal((await ask(who, 'GET')).status, 403)
      assert.equal((await ask(who, 'GET', '/state')).status, 403)
    }
    assert.equal((await ask(bea, 'POST', '/refresh')).status, 403)
    const { token } = (await ask(bea, 'GET')).body
    for (const [method, tail] of [
      ['GET', ''],
      ['GET', '/state'],
      ['POST', '/refresh'],
    ] as const)
      assert.equal((await ask(token, method, tail)).status, 403, `${method} ${tail}`)
  })

  test('speaks as the organization, and reads what a member with the read role does', async () => {
    const { token } = (await ask(bea, 'GET')).body
    const { body } = await get(token, '/api/whoami-v2')
    assert.deepEqual([body.type, body.id, body.name, body.orgs], ['org', acmeId, 'acme', []])
    for (const [address, status] of Object.entries({
      '/api/models/acme/plain': 200,
      '/api/models/acme/voices': 404,
      '/api/models/beta/secret': 404,
      '/api/organizations/acme/settings': 200,
      '/api/organizations/acme/members': 200,
      '/api/organizations/acme/invitations': 403,
      '/api/organizations/acme/audit-log': 403,
      '/api/organizations/beta/settings': 403,
      '/api/settings/account': 403,
      '/api/settings/tokens': 403,
      '/acme/plain.git/info/refs?service=git-upload-pack': 200,
      '/acme/plain.git/info/refs?service=git-receive-pack': 403,
    }))
      assert.equal((await get(token, address)).status, status, address)
    const listed: { id: string }[] = (await get(token, '/api/models?author=acme')).body
    assert.deepEqual(
      listed.map(({ id }) => id),
      ['acme/plain'],
    )
    const create = await hub.request(token, 'POST', '/api/repos/create', { name: 'x', organization: 'acme' })
    assert.equal(create.status, 403)
    const batch = await hub.request(token, 'POST', '/acme/plain.git/info/lfs/objects/batch', {
      operation: 'upload',
      objects: [{ oid: 'ab'.repeat(32), size: 3 }],
    })
    assert.equal(batch.status, 403)
  })

  test('is one, also where several reveal it for the first time at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => hub.request(ada, 'GET', '/api/organizations/beta/settings/api-token')),
    )
    assert.equal(
      new Set(replies.map(({ body }) => body.token)).size,
      1,
      JSON.stringify(replies.map(({ body }) => body)),
    )
  })

  test('is named when someone who has seen it is offboarded, until it is refreshed', async () => {
    const remains = async (username: string) => {
      const path = `/api/organizations/acme/members/${username}/offboard`
      const { body } = await hub.request(ada, 'POST', path, { mode: 'plan' })
      return body.remains.filter((sentence: string) => sentence.includes('API token'))
    }
    const words = 'bea has seen the organization API token of acme. Refresh it, so that they can’t use it.'
    assert.deepEqual(await remains('bea'), [words])
    assert.deepEqual(await remains('cleo'), [])
    hub.moveClock(1000)
    assert.equal((await ask(ada, 'POST', '/refresh')).status, 200)
    assert.deepEqual(await remains('bea'), [])
  })

  test('dies at once when an admin refreshes it, and with the organization', async () => {
    const old = (await ask(bea, 'GET')).body.token
    const refreshed = await ask(ada, 'POST', '/refresh')
    assert.equal((await get(old, '/api/whoami-v2')).status, 401)
    assert.equal((await get(refreshed.body.token, '/api/models/acme/plain')).status, 200)
    assert.equal((await ask(bea, 'GET')).body.token, refreshed.body.token)
    assert.equal((await types()).includes('org.api_token.refresh'), true)
    await hub.db.updateTable('organizations').set({ deleted_at: new Date() }).where('id', '=', acmeId).execute()
    assert.equal((await get(refreshed.body.token, '/api/whoami-v2')).status, 401)
  })
})
