import assert from 'node:assert/strict'
import { before, describe, it, test } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub()
  people = (await hub.organization('lab', { ada: 'admin', wil: 'write', rae: 'read' })).people
  for (const name of ['sam', 'bea']) people[name] = await hub.person(name)
  await create('ada', { name: 'lab/open' })
  await create('ada', { name: 'lab/hidden', private: true })
})

const ask = (who: string | undefined, method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  hub.request(who === undefined ? undefined : people[who], method, path, body, headers)
const create = (who: string, body: unknown) => ask(who, 'POST', '/api/repos/create', body)
const move = (who: string, fromRepo: string, toRepo: string) =>
  ask(who, 'POST', '/api/repos/move', { fromRepo, toRepo })
const copy = (who: string, repo: string, body: unknown) => ask(who, 'POST', `/api/models/${repo}/duplicate`, body)

test('booleans of a query are taken as JavaScript and as Python write them', async () => {
  const count = async (value: string) => {
    const { status, body } = await ask('ada', 'GET', `/api/models/lab/open?blobs=${value}`)
    return status === 200 ? 'size' in body.siblings[0] : status
  }
  for (const value of ['true', 'True', '1']) assert.equal(await count(value), true, value)
  for (const value of ['false', 'False', '0']) assert.equal(await count(value), false, value)
  for (const value of ['TRUE', 'yes', '']) assert.equal(await count(value), 400, value)
  const paths = [
    '/api/models?full=True&cardData=True&config=False',
    '/api/models/lab/open/tree/main?recursive=True&expand=False',
    '/api/models/lab/open/refs?include_prs=True',
    '/api/models/lab/open?securityStatus=True',
    '/api/organizations/lab/collaborators?external=True',
    '/api/organizations/lab/audit-log?includeExports=False',
  ]
  for (const path of paths) assert.equal((await ask('ada', 'GET', path)).status, 200, path)
})

describe('out of an organization', () => {
  const forbidden = /Only admins of the organization can move a repository out of it/
  const settings = (repoVisibility: string) =>
    ask('ada', 'PATCH', '/api/organizations/lab/settings', { repoVisibility })

  it('only its admins move a repository', async () => {
    await settings('private_only')
    await create('wil', { name: 'lab/plans' })
    const { id } = (await ask('ada', 'GET', '/api/organizations/lab')).body
    const before = (await hub.events(id)).length
    const refused = await move('wil', 'lab/plans', 'wil/plans')
    assert.deepEqual([refused.status, forbidden.test(refused.body.error)], [403, true])
    assert.equal((await hub.events(id)).length, before)
    assert.equal((await ask('wil', 'GET', '/api/models/wil/plans')).status, 404)
    assert.equal((await move('wil', 'lab/plans', 'lab/ideas')).status, 200)
    assert.equal((await move('ada', 'lab/ideas', 'ada/ideas')).status, 200)
    await settings('public')
    await create('wil', { name: 'lab/free' })
    assert.equal((await move('wil', 'lab/free', 'wil/free')).status, 403)
    await create('wil', { name: 'wil/own' })
    assert.equal((await move('wil', 'wil/own', 'lab/own')).status, 200)
  })

  it('only its admins publish a copy of a private repository', async () => {
    const body = (repository: string, isPrivate?: boolean) => ({
      repository,
      ...(isPrivate !== undefined && { private: isPrivate }),
    })
    const refused = await copy('rae', 'lab/hidden', body('rae/leak', false))
    assert.equal(refused.status, 403)
    assert.match(refused.body.error, /^visibility: /)
    assert.equal((await copy('wil', 'lab/hidden', { repository: 'wil/leak', visibility: 'public' })).status, 403)
    assert.equal((await ask('rae', 'GET', '/api/models/rae/leak')).status, 404)
    assert.equal((await copy('rae', 'lab/hidden', body('rae/kept'))).status, 200)
    assert.equal((await ask('rae', 'GET', '/api/models/rae/kept')).body.private, true)
    assert.equal((await copy('ada', 'lab/hidden', body('ada/shown', false))).status, 200)
    assert.equal((await copy('rae', 'lab/open', body('rae/open', false))).status, 200)
  })

  it('leads no name without a namespace, and no name that begins with a slash', async () => {
    const rows: [sent: () => ReturnType<typeof move>, field: string][] = [
      [() => move('ada', 'lab/open', 'y'), 'toRepo'],
      [() => move('ada', 'lab/open', '/y'), 'toRepo'],
      [() => create('sam', { name: '/abs' }), 'name'],
      [() => create('ada', { name: '/abs', organization: 'lab' }), 'name'],
      [() => copy('ada', 'lab/open', { repository: 'y' }), 'repository'],
      [() => copy('ada', 'lab/open', { repository: '/y' }), 'repository'],
    ]
    for (const [send, field] of rows) {
      const { status, body } = await send()
      assert.deepEqual([status, body.fields?.[0]?.field], [400, field], JSON.stringify(body))
    }
    assert.equal((await ask('ada', 'GET', '/api/models/lab/open')).body.id, 'lab/open')
  })
})

test('what is not offered says so, and what is not there is no page for programs', async () => {
  const unbuilt = [
    '/api/users/sam/likes',
    '/api/models-tags-by-type',
    '/api/datasets-tags-by-type',
    '/api/jobs/lab',
    '/api/jobs/hardware',
    '/api/scheduled-jobs/lab',
    '/api/buckets/lab',
    '/buckets/lab/one/resolve/x',
    '/api/papers/1234.5678',
    '/papers/1234.5678.md',
    '/api/daily_papers',
    '/api/kernels/lab/one',
    '/api/datasets/lab/one/leaderboard',
    '/api/spaces/semantic-search?q=x',
    '/api/spaces/templates',
    '/api/models/lab/open/likers',
    '/api/models/lab/open/discussions',
    '/api/collections',
    '/api/settings/webhooks',
    '/oauth/userinfo',
  ]
  for (const path of unbuilt) {
    const { status, body } = await ask('ada', 'GET', path)
    assert.equal(status, 501, path)
    assert.match(body.error, /^[A-Z`].* (is|are) not supported by this server\.$/, path)
  }
  const rows: [path: string, accept: string | undefined, status: number][] = [
    ['/nothing/here', '*/*', 404],
    ['/nothing/here', 'application/json', 404],
    ['/nothing/here', 'text/html,application/xhtml+xml,*/*;q=0.8', 200],
    ['/', '*/*', 200],
    ['/lab/open', '*/*', 404],
    ['/lab/open', 'text/html', 200],
    ['/api/nothing', 'text/html', 404],
  ]
  for (const [path, accept, status] of rows) {
    const reply = await ask(undefined, 'GET', path, undefined, accept === undefined ? {} : { accept })
    assert.equal(reply.status, status, `${path} ${accept}`)
    const isPage = reply.headers.get('content-type')?.startsWith('text/html')
    assert.equal(isPage, status === 200, `${path} ${accept}`)
  }
})

test('refusals are plain text for git, and for who asks for text', async () => {
  const rows: [who: string | undefined, method: string, path: string, status: number, text: string][] = [
    [undefined, 'GET', '/lab/open.git/info/refs?service=git-receive-pack', 401, ''],
    ['rae', 'GET', '/lab/open.git/info/refs?service=git-receive-pack', 403, 'You need write access'],
    ['sam', 'GET', '/lab/hidden.git/info/refs?service=git-upload-pack', 404, 'Repository not found\n'],
    ['sam', 'POST', '/lab/hidden.git/git-upload-pack', 404, 'Repository not found\n'],
    ['sam', 'GET', '/lab/open.git/info/refs', 403, 'service: '],
    ['sam', 'GET', '/nothing.git/info/refs', 404, 'Repository not found\n'],
  ]
  for (const [who, method, path, status, text] of rows) {
    const body = method === 'POST' ? '0000' : undefined
    const type = { 'content-type': 'application/x-git-upload-pack-request' }
    const reply = await ask(who, method, path, body, type)
    assert.equal(reply.status, status, path)
    assert.equal(reply.headers.get('content-type'), 'text/plain; charset=utf-8', path)
    assert.ok(String(reply.body).startsWith(text), `${path}: ${reply.body}`)
  }
  const lfs = await ask('sam', 'POST', '/lab/hidden.git/info/lfs/objects/batch', { operation: 'download', objects: [] })
  assert.match(lfs.headers.get('content-type') ?? '', /^application\/vnd\.git-lfs\+json/)
})

test('cards are checked as the clients read them', async () => {
  const check = (card: string, headers = {}) =>
    ask('ada', 'POST', '/api/validate-yaml', { content: card, repoType: 'model' }, headers)
  const refused: [head: string, word: RegExp][] = [
    ['license: asdf', /"license" must be one of/],
    ['tags: 7', /"tags" must be/],
    ['model-index: foo', /"model-index" must be/],
    ['license: [', /./],
  ]
  for (const [head, word] of refused) {
    for (const blank of ['', '\n\n']) {
      const { status, body } = await check(`${blank}---\n${head}\n---\n# Hm\n`)
      assert.deepEqual([status, body.warnings], [400, []], head)
      assert.match(body.errors[0].message, word)
      assert.match(body.error, /[^.]\.$/)
    }
  }
  const asText = await check('---\nlicense: asdf\n---\n', { accept: 'text/plain' })
  assert.match(String(asText.body), /^"license" must be one of/)
  assert.deepEqual((await check('\n---\nlicense: mit\n---\n')).body, { errors: [], warnings: [] })
  assert.equal((await check('# No head\n')).body.warnings.length, 1)
})

test('the picture of a person or an organization: a redirect for image tags, JSON for others', async () => {
  const rows: [query: string, fetched: string | undefined, status: number][] = [
    ['', undefined, 200],
    ['', 'empty', 200],
    ['', 'image', 302],
    ['?redirect=true', undefined, 302],
    ['?redirect=1', 'empty', 302],
    ['?redirect', undefined, 302],
    ['?redirect=false', undefined, 200],
    ['?redirect=False', 'image', 200],
    ['?redirect=0', 'image', 200],
    ['?redirect=maybe', undefined, 400],
  ]
  for (const path of ['/api/users/sam/avatar', '/api/organizations/lab/avatar']) {
    for (const [query, fetched, status] of rows) {
      const headers = fetched === undefined ? {} : { 'sec-fetch-dest': fetched }
      const reply = await ask(undefined, 'GET', path + query, undefined, headers)
      assert.equal(reply.status, status, `${path}${query} ${fetched}`)
      if (status === 200) assert.match(reply.body.avatarUrl, /\/api\/avatars\//)
      if (status === 302) assert.match(reply.headers.get('location') ?? '', /\/api\/avatars\//)
    }
  }
})

test('a 403 to the Python client has no full stop, since that client adds one', async () => {
  const remove = (agent: string) =>
    ask('sam', 'DELETE', '/api/repos/delete', { name: 'lab/open' }, { 'user-agent': agent })
  const said = await remove('unknown/None; hf_hub/2.4.0; python/3.12')
  assert.match(said.body.error, /[^.]$/)
  assert.equal(said.headers.get('x-error-message'), said.body.error)
  assert.match((await remove('curl/8')).body.error, /[^.]\.$/)
})

describe('what the client is told of a large file', () => {
  let without: TestHub
  before(async () => {
    without = await startTestHub({ storage: { hasXet: false } })
    const { ada } = (await without.organization('lab', { ada: 'admin' })).people
    await without.request(ada, 'POST', '/api/repos/create', { name: 'lab/open' })
  })
  const rows: [agent: string, size: number, mode: string, withoutXet: string][] = [
    ['unknown/None; hf_hub/2.4.0; python/3.12', 100, 'lfs', 'regular'],
    ['unknown/None; hf_hub/2.4.0; python/3.12', 3 * 1024 ** 3, 'lfs', 'lfs'],
    ['unknown/None; hf_hub/1.19.0; python/3.12', 100, 'lfs', 'lfs'],
    ['unknown/None; hf_hub/0.36.2; python/3.12', 100, 'lfs', 'lfs'],
    ['datasets/5.2.0; hf_hub/2.4.0; python/3.12', 100, 'lfs', 'lfs'],
    ['curl/8', 100, 'lfs', 'lfs'],
  ]
  for (const [agent, size, mode, withoutXet] of rows) {
    it(`${agent} with ${size} bytes: ${mode}, and ${withoutXet} where Xet is off`, async () => {
      const told = async (at: TestHub) => {
        const files = [
          { path: 'data/train.parquet', size, sample: '' },
          { path: 'README.md', size: 100, sample: '' },
        ]
        const ada = await at.person('ada')
        const path = '/api/models/lab/open/preupload/main'
        const { body } = await at.request(ada, 'POST', path, { files }, { 'user-agent': agent })
        return body.files.map(({ uploadMode }: { uploadMode: string }) => uploadMode)
      }
      assert.deepEqual(await told(hub), [mode, 'regular'])
      assert.deepEqual(await told(without), [withoutXet, 'regular'])
    })
  }
})

test('the end of a collaborator’s access is taken in any form of the time', async () => {
  const year = new Date().getUTCFullYear() + 1
  const set = (expiresAt: string) =>
    ask('ada', 'PUT', '/api/models/lab/open/collaborators/sam', { role: 'read', expiresAt })
  for (const form of ['T12:00:00Z', 'T12:00:00.000Z', 'T12:00:00+00:00', 'T14:00:00+02:00'])
    assert.equal((await set(`${year}-06-01${form}`)).body.expiresAt, `${year}-06-01T12:00:00.000Z`, form)
  for (const form of ['', 'T12:00:00']) assert.equal((await set(`${year}-06-01${form}`)).status, 400, form)
})
