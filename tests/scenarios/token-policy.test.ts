import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { OrgSettings } from '../../api/index.ts'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

// What an organization accepts of the tokens of its people, at every door: the API, git, LFS, and downloads.

const hub = await startTestHub()
const { people, id: orgId } = await hub.organization('acme', { ada: 'admin', bea: 'write' })
const [ada, bea] = [people.ada as Person, people.bea as Person]
const cole = await hub.person('cole')
const browser = await signedIn(hub, 'bea')
const admin = await signedIn(hub, 'ada')
const outsider = await signedIn(hub, 'cole')
const readToken = await hub.readToken(bea)
for (const [name, isPrivate] of [
  ['plain', true],
  ['open', false],
] as const) {
  const body = { name, organization: 'acme', private: isPrivate }
  assert.equal((await hub.request(ada, 'POST', '/api/repos/create', body)).status, 200)
}
await hub.request(bea, 'POST', '/api/repos/create', { name: 'diary', private: true })
await hub.request(ada, 'PUT', '/api/models/acme/plain/collaborators/cole', { role: 'write' })

const day = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * day - 60_000).toISOString()
const scoped = [
  { entity: { type: 'org', name: 'acme' }, permissions: ['repo.write', 'org.read'] },
  { entity: { type: 'user', name: 'bea' }, permissions: ['repo.write'] },
]

async function fineToken(expiresAt?: string): Promise<{ id: string; token: string }> {
  const wish = { name: 'ci', role: 'fineGrained', expiresAt, fineGrained: { scoped } }
  const { status, body } = await browser.send('POST', '/api/settings/tokens', wish)
  assert.equal(status, 201, JSON.stringify(body))
  return body
}

const asGit = (token: string) => ({ authorization: `Basic ${Buffer.from(`bea:${token}`).toString('base64')}` })
const git = (token: string, service: string, repo = 'acme/plain') =>
  hub.request(undefined, 'GET', `/${repo}.git/info/refs?service=${service}`, undefined, asGit(token))

/** Every door that leads to what the organization keeps private, and to its members. */
const doors: Record<string, (token: string) => Promise<Reply>> = {
  'the API of a repository': (token) => hub.request(token, 'GET', '/api/models/acme/plain'),
  'a commit': (token) => commit(token, 'acme/plain'),
  'a commit to a public repository': (token) => commit(token, 'acme/open'),
  'a download': (token) => hub.request(token, 'GET', '/acme/plain/resolve/main/.gitattributes'),
  'git fetch': (token) => git(token, 'git-upload-pack'),
  'git push': (token) => git(token, 'git-receive-pack'),
  LFS: (token) =>
    hub.request(
      undefined,
      'POST',
      '/acme/plain.git/info/lfs/objects/batch',
      { operation: 'upload', objects: [{ oid: 'ab'.repeat(32), size: 3 }] },
      { ...asGit(token), 'content-type': 'application/vnd.git-lfs+json' },
    ),
  'the settings of the organization': (token) => hub.request(token, 'GET', '/api/organizations/acme/settings'),
}

function commit(token: string, repo: string): Promise<Reply> {
  const lines = [
    { key: 'header', value: { summary: 'x' } },
    { key: 'file', value: { path: 'a.txt', content: 'YQ==', encoding: 'base64' } },
  ]
  return hub.request(
    token,
    'POST',
    `/api/models/${repo}/commit/main`,
    lines.map((each) => JSON.stringify(each)).join('\n'),
    {
      'content-type': 'application/x-ndjson',
    },
  )
}

async function set(settings: Partial<OrgSettings>): Promise<Reply> {
  const reply = await admin.send('PATCH', '/api/organizations/acme/settings', settings)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply
}

async function decided(id: string, state: string): Promise<void> {
  const row = { org_id: orgId, token_id: id, state, changed_at: new Date() }
  await hub.db.insertInto('token_states').values(row).execute()
}

async function assertRefused(token: string, code: string, words: RegExp): Promise<void> {
  for (const [door, knock] of Object.entries(doors)) {
    const { status, headers } = await knock(token)
    assert.deepEqual([door, status, headers.get('x-error-code')], [door, 403, code])
    assert.match(headers.get('x-error-message') ?? '', words)
  }
}

async function assertAccepted(token: string): Promise<void> {
  for (const [door, knock] of Object.entries(doors)) {
    const { status } = await knock(token)
    assert.ok(status === 200 || status === 307, `${door}: ${status}`)
  }
}

/** What is public, and what belongs to the person alone, is not for the organization to close. */
async function assertWorksElsewhere(token: string): Promise<void> {
  const status = async (path: string) => (await hub.request(token, 'GET', path)).status
  assert.equal(await status('/api/models/acme/open'), 200)
  assert.equal((await git(token, 'git-upload-pack', 'acme/open')).status, 200)
  assert.equal(await status('/api/models/bea/diary'), 200)
}

const restrictions = async (token: string) =>
  (await hub.request(token, 'GET', '/api/whoami-v2')).body.orgs[0].securityRestrictions

beforeEach(() => set({ tokenPolicy: 'any', tokenMaxLifetimeDays: null }))

describe('what an organization accepts', () => {
  test('every token, unless it says otherwise', async () => {
    await assertAccepted(bea.token)
    await assertAccepted((await fineToken()).token)
    assert.equal(await restrictions(bea.token), undefined)
  })

  test('only fine-grained tokens: others reach what is public, and nothing through the organization', async () => {
    const { token } = await fineToken()
    await set({ tokenPolicy: 'fineGrained' })
    await assertRefused(bea.token, 'TokenKind', /only accepts fine-grained tokens.*\/settings\/tokens$/)
    await assertWorksElsewhere(bea.token)
    await assertAccepted(token)
    const read = await hub.request(readToken, 'GET', '/api/models/acme/plain')
    assert.deepEqual([read.status, read.headers.get('x-error-code')], [403, 'TokenKind'])
    assert.equal((await hub.request(readToken, 'GET', '/api/models/acme/open')).status, 200)
    assert.deepEqual(await restrictions(readToken), ['token-policy'])
    assert.equal((await browser.send('GET', '/api/models/acme/plain')).status, 200, 'sessions are no tokens')
  })

  test('the same of collaborators', async () => {
    await set({ tokenPolicy: 'fineGrained' })
    const read = await hub.request(cole, 'GET', '/api/models/acme/plain')
    assert.deepEqual([read.status, read.headers.get('x-error-code')], [403, 'TokenKind'])
    assert.equal((await outsider.send('GET', '/api/models/acme/plain')).status, 200)
  })

  test('approved tokens: others are pending until an admin approves them', async () => {
    const { id, token } = await fineToken()
    await set({ tokenPolicy: 'approval' })
    await assertRefused(token, 'TokenPending', /waiting for approval/)
    await assertWorksElsewhere(token)
    await assertRefused(bea.token, 'TokenKind', /only accepts fine-grained/)
    assert.deepEqual(await restrictions(token), ['token-policy'])
    await decided(id, 'approved')
    await assertAccepted(token)
  })

  test('a denied token, once approval is no longer asked for', async () => {
    const { id, token } = await fineToken()
    await decided(id, 'denied')
    await assertAccepted(token)
    await set({ tokenPolicy: 'approval' })
    await assertRefused(token, 'TokenDenied', /An admin .* denied this token/)
    await assertWorksElsewhere(token)
  })

  test('no revoked token, under every policy', async () => {
    const { id, token } = await fineToken()
    await decided(id, 'revoked')
    for (const tokenPolicy of ['any', 'fineGrained', 'approval'] as const) {
      await set({ tokenPolicy })
      const settings = await hub.request(token, 'GET', '/api/organizations/acme/settings')
      assert.deepEqual([settings.status, settings.headers.get('x-error-code')], [403, 'TokenRevoked'])
      for (const door of ['the API of a repository', 'git fetch', 'git push', 'LFS'])
        assert.equal((await doors[door]?.(token))?.status, 404, door)
      await assertWorksElsewhere(token)
      assert.ok((await restrictions(token)).includes('token-revoked'))
    }
  })

  test('tokens that last no longer than it allows', async () => {
    const short = await fineToken(inDays(30))
    const long = await fineToken(inDays(31.1))
    await set({ tokenMaxLifetimeDays: 30 })
    await assertAccepted(short.token)
    await assertRefused(long.token, 'TokenLifetime', /lasts longer than this organization allows/)
    await assertRefused(bea.token, 'TokenLifetime', /lasts longer/)
    await assertWorksElsewhere(long.token)
    await set({ tokenMaxLifetimeDays: 32 })
    await assertAccepted(long.token)
  })
})

test('explain names every reason', async () => {
  const { id } = await fineToken()
  await set({ tokenPolicy: 'approval', tokenMaxLifetimeDays: 1 })
  const asked = `/api/organizations/acme/access/explain?token=${id}&action=repo.read&repo=acme/plain`
  const { status, body } = await admin.send('GET', asked)
  assert.deepEqual([status, body.allowed, body.code], [200, false, 'TokenLifetime'])
  assert.deepEqual(body.blockedBy, ['token_pending', 'token_lifetime'])
})

test('a strict policy needs a plan that has it; the way back does not', async () => {
  await set({ tokenPolicy: 'fineGrained' })
  await hub.db.updateTable('organizations').set({ plan: 'team' }).where('id', '=', orgId).execute()
  const change = (body: object) => admin.send('PATCH', '/api/organizations/acme/settings', body)
  assert.equal((await change({ tokenPolicy: 'approval' })).status, 402)
  assert.equal((await change({ tokenMaxLifetimeDays: 9 })).status, 402)
  assert.equal((await change({ tokenPolicy: 'any' })).status, 200)
  await hub.db.updateTable('organizations').set({ plan: 'plus' }).where('id', '=', orgId).execute()
})
