// Fine-grained tokens at gates: what they read of gated repositories, and what they don't.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { type Content, makeTemplate } from '../content.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { signedIn, type Visitor } from '../visitor.ts'

let hub: TestHub
let people: Record<string, Person>
let browser: Visitor
let content: Content
let plain: string
let reading: string
let readingId: string

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization('acme', { ada: 'admin' })
  people = { ...made.people, sam: await hub.person('sam') }
  for (const [name, isPrivate] of [
    ['weights', false],
    ['other', false],
    ['secret', true],
  ] as const) {
    const body = { name, organization: 'acme', private: isPrivate }
    const { id } = (await hub.request(people.ada, 'POST', '/api/repos/create', body)).body
    content = await (await makeTemplate(hub.running.server.hub, hub.db)).copyTo(id)
    await hub.request(people.ada, 'PUT', `/api/models/acme/${name}/settings`, { gated: 'manual' })
  }
  browser = await signedIn(hub, 'sam')
  await hub.request(people.sam, 'POST', '/api/repos/create', { name: 'own' })
  const own = [{ entity: { type: 'user' }, permissions: ['repo.write'] }]
  plain = (await create({ scoped: own })).body.token
  const made2 = await create({ canReadGatedRepos: true })
  assert.equal(made2.status, 201, JSON.stringify(made2.body))
  ;({ token: reading, id: readingId } = made2.body)
})

const create = (fineGrained: object) =>
  browser.send('POST', '/api/settings/tokens', { name: 'ci', role: 'fineGrained', fineGrained })
const decide = (name: string, status: string) =>
  hub.request(people.ada, 'POST', `/api/models/acme/${name}/user-access-request/handle`, { user: 'sam', status })

async function get(token: string, path: string, method = 'GET', body?: unknown) {
  const headers = { authorization: `Bearer ${token}` }
  const reply = await hub.request(undefined, method, path, body, headers)
  return { status: reply.status, code: reply.headers.get('x-error-code'), body: reply.body }
}
const file = (token: string, name = 'weights') => get(token, `/acme/${name}/resolve/main/data/a.txt`)

describe('a fine-grained token that reads gated repositories', () => {
  it('is told apart in its reply, in the list, and by whoami', async () => {
    const { body } = await get(reading, '/api/whoami-v2')
    assert.deepEqual(body.auth.accessToken.fineGrained, { scoped: [], canReadGatedRepos: true })
    const other = await get(plain, '/api/whoami-v2')
    assert.equal(other.body.auth.accessToken.fineGrained.canReadGatedRepos, undefined)
    const list = (await browser.send('GET', '/api/settings/tokens')).body
    const flags = list.map(({ fineGrained }: { fineGrained?: { canReadGatedRepos?: boolean } }) => fineGrained)
    assert.ok(flags.some((scope: { canReadGatedRepos?: boolean } | undefined) => scope?.canReadGatedRepos === true))
  })

  it('reads what its owner was let into, at every door, and another fine-grained token does not', async () => {
    assert.deepEqual([(await file(reading)).code, (await file(plain)).code], ['GatedRepo', 'TokenScope'])
    await hub.request(people.ada, 'POST', '/api/models/acme/weights/user-access-request/grant', { user: 'sam' })
    const { oid, size } = content.lfs
    const batch = { operation: 'download', objects: [{ oid, size }] }
    const doors: [path: string, method?: string, body?: unknown][] = [
      ['/acme/weights/resolve/main/data/a.txt'],
      ['/api/models/acme/weights/tree/main'],
      ['/api/models/acme/weights/auth-check'],
      ['/acme/weights.git/info/refs?service=git-upload-pack'],
      ['/acme/weights.git/info/lfs/objects/batch', 'POST', batch],
    ]
    for (const [path, method, body] of doors) {
      assert.equal((await get(reading, path, method, body)).status, 200, path)
      const refused = await get(plain, path, method, body)
      assert.deepEqual([refused.status, refused.code], [403, 'TokenScope'], path)
    }
    assert.match((await file(plain)).body.error, /can’t read this gated repository/)
  })

  it('reads no other gated repository, no private one, and changes nothing', async () => {
    assert.equal((await file(reading, 'other')).code, 'GatedRepo')
    await hub.request(people.ada, 'PUT', '/api/models/acme/secret/collaborators/sam', { role: 'read' })
    assert.equal((await hub.request(people.sam, 'GET', '/acme/secret/resolve/main/data/a.txt')).status, 200)
    assert.equal((await file(reading, 'secret')).status, 404)
    const changes: [path: string, method: string, body?: unknown][] = [
      ['/api/models/acme/weights/branch/new', 'POST', {}],
      ['/api/models/acme/weights/user-access-request/pending', 'GET'],
      ['/api/models/acme/other/user-access-request', 'POST', {}],
      ['/api/models/acme/weights/user-access-request/cancel', 'POST'],
      ['/api/models/sam/own/branch/new', 'POST', {}],
      ['/api/models/acme/weights/duplicate', 'POST', { repository: 'sam/copy' }],
    ]
    for (const [path, method, body] of changes) assert.equal((await get(reading, path, method, body)).status, 403, path)
  })

  it('stops with the access of its owner, and with the permission, on the next request', async () => {
    assert.equal((await file(reading)).status, 200)
    await decide('weights', 'pending')
    assert.deepEqual([(await file(reading)).status, (await file(reading)).code], [403, 'GatedRepo'])
    await decide('weights', 'accepted')
    assert.equal((await file(reading)).status, 200)
    const scoped = [{ entity: { type: 'user' }, permissions: ['repo.write'] }]
    const before = (await hub.events('instance')).length
    const edited = await browser.send('PATCH', `/api/settings/tokens/${readingId}`, { fineGrained: { scoped } })
    assert.equal(edited.body.fineGrained.canReadGatedRepos, undefined)
    assert.equal((await file(reading)).code, 'TokenScope')
    const [event] = (await hub.events('instance')).slice(before)
    assert.equal(event?.message, 'sam changed the permissions of the token ci')
  })

  it('needs something to reach', async () => {
    for (const fineGrained of [{}, { scoped: [] }, { scoped: [], canReadGatedRepos: false }])
      assert.equal((await create(fineGrained)).status, 400)
  })
})
