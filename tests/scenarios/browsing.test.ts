import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { scratchOn, type Writer } from '../git-repository.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
let ada: Person
let bob: Person
let writer: Writer
let id: string
let first: string
let second: string
let head: string

const sha256 = 'c'.repeat(64)
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize 123456\n`
const card =
  '---\nlicense: mit\nlibrary_name: trees\npipeline_tag: text-generation\ntags: [oak]\nlanguage: en\n---\n# Hi\n'

before(async () => {
  hub = await startTestHub()
  ada = await hub.person('ada')
  bob = await hub.person('bob')
  id = (await hub.request(ada, 'POST', '/api/repos/create', { name: 'm', visibility: 'private' })).body.id
  writer = scratchOn(hub.running.server.hub.git)
  first = writer.commit(id, { 'README.md': card, 'folder/a.txt': 'a', 'folder/deep/b.txt': 'bb' }, { message: 'first' })
  second = writer.commit(
    id,
    { 'model.safetensors': pointer, link: { mode: '120000', content: 'README.md' } },
    {
      message: 'second <b>\n\nwith & body\n\nCo-authored-by: Grace <grace@users.noreply.127.0.0.1>',
    },
  )
  head = writer.commit(
    id,
    { 'folder/a.txt': 'changed', sub: { mode: '160000', content: '1'.repeat(40) } },
    { message: 'third' },
  )
  writer.git(id, ['update-ref', 'refs/heads/feature/x', first])
  writer.git(id, ['tag', 'v1', second])
})

const get = (path: string, who: Person | undefined = ada) => hub.request(who, 'GET', `/api/models/ada/m${path}`)
const paths = (reply: { body: { path: string }[] }) => reply.body.map(({ path }) => path)

describe('a repository', () => {
  it('tells of its files, its card and its latest commit', async () => {
    const { status, body } = await get('')
    assert.equal(status, 200)
    assert.deepEqual([body._id, body.id, body.modelId, body.author, body.sha], [id, 'ada/m', 'ada/m', 'ada', head])
    assert.deepEqual([body.private, body.gated, body.disabled, body.type], [true, false, false, 'model'])
    assert.deepEqual([body.pipeline_tag, body.library_name, body.cardData.license], ['text-generation', 'trees', 'mit'])
    assert.deepEqual(body.tags, ['trees', 'text-generation', 'oak', 'en', 'license:mit'])
    const files = ['.gitattributes', 'README.md', 'folder/a.txt', 'folder/deep/b.txt', 'link', 'model.safetensors']
    assert.deepEqual(
      body.siblings,
      files.map((rfilename) => ({ rfilename })),
    )
    assert.ok(body.may.includes('repo.write'))
  })

  it('tells sizes when asked', async () => {
    const { body } = await get('?blobs=true')
    const model = body.siblings.find(({ rfilename }: { rfilename: string }) => rfilename === 'model.safetensors')
    assert.deepEqual([model.size, model.lfs], [123456, { sha256, size: 123456, pointerSize: pointer.length }])
    const text = body.siblings.find(({ rfilename }: { rfilename: string }) => rfilename === 'folder/a.txt')
    assert.deepEqual([text.size, text.blobId.length, text.lfs], [7, 40, undefined])
  })

  it('tells what is asked for and nothing else', async () => {
    for (const query of ['?expand=sha&expand=tags', '?expand[]=sha&expand[]=tags']) {
      assert.deepEqual(Object.keys((await get(query)).body).sort(), ['_id', 'id', 'sha', 'tags'])
    }
    assert.deepEqual(Object.keys((await get('?expand=downloads&expand=xetEnabled')).body).sort(), [
      '_id',
      'downloads',
      'id',
    ])
    assert.equal((await get('?expand=nonsense')).status, 400)
  })

  it('is shown as of a revision', async () => {
    for (const rev of ['feature%2Fx', first, first.slice(0, 8), 'refs%2Fheads%2Ffeature%2Fx'])
      assert.equal((await get(`/revision/${rev}`)).body.sha, first)
    assert.equal((await get('/revision/HEAD')).body.sha, head)
    assert.equal((await get('/revision/v1')).body.sha, second)
    const missing = await get('/revision/none')
    assert.deepEqual([missing.status, missing.headers.get('x-error-code')], [404, 'RevisionNotFound'])
    assert.equal(missing.body.error, 'Invalid rev id: none')
  })

  it('of whose card nothing can be read is shown without', async () => {
    const { body } = await hub.request(ada, 'POST', '/api/repos/create', { name: 'broken' })
    writer.commit(body.id, { 'README.md': '---\na: [\n---\n' })
    const shown = await hub.request(ada, 'GET', '/api/models/ada/broken')
    assert.deepEqual([shown.status, shown.body.tags], [200, []])
  })

  it('is not there for who may not read it', async () => {
    const tails = [
      '',
      '/revision/main',
      '/tree/main',
      '/refs',
      '/commits/main',
      '/commit/main',
      '/compare/a..b',
      '/auth-check',
      '/auth-check/write',
      '/treesize/main/x',
      '/tree/none',
    ]
    for (const tail of tails) {
      const stranger = await get(tail, bob)
      assert.deepEqual([stranger.status, stranger.headers.get('x-error-code')], [404, 'RepoNotFound'], tail)
      const noOne = await hub.request(undefined, 'GET', `/api/models/ada/m${tail}`)
      assert.deepEqual([noOne.status, noOne.headers.get('x-error-code')], [401, 'RepoNotFound'], tail)
    }
    assert.equal((await get('/auth-check')).status, 200)
    assert.equal((await get('/auth-check/write')).status, 200)
    const reader = { ...ada, token: await hub.readToken(ada) }
    assert.equal((await get('/auth-check', reader)).status, 200)
    assert.equal((await get('/auth-check/write', reader)).status, 403)
  })
})

describe('a tree', () => {
  it('lists a folder', async () => {
    const { body } = await get('/tree/main')
    assert.deepEqual(
      body.map(({ type, path, size }: { type: string; path: string; size: number }) => [type, path, size]),
      [
        ['file', '.gitattributes', body[0].size],
        ['file', 'README.md', card.length],
        ['directory', 'folder', 0],
        ['file', 'link', 9],
        ['file', 'model.safetensors', 123456],
        ['unknown', 'sub', 0],
      ],
    )
    assert.deepEqual(body[4].lfs, { oid: sha256, size: 123456, pointerSize: pointer.length })
    assert.deepEqual(paths(await get('/tree/main/folder')), ['folder/a.txt', 'folder/deep'])
    assert.deepEqual(paths(await get('/tree/main/folder%2Fdeep')), ['folder/deep/b.txt'])
    assert.deepEqual(paths(await get('/tree/main/folder/')), ['folder/a.txt', 'folder/deep'])
    assert.deepEqual(paths(await get('/tree/feature/x/folder')), ['folder/a.txt', 'folder/deep'])
    assert.deepEqual(paths(await get('/tree/feature/x')).length, 3)
  })

  it('lists everything below, in pages', async () => {
    const whole = paths(await get('/tree/main?recursive=true'))
    assert.deepEqual(whole.slice(2, 6), ['folder', 'folder/a.txt', 'folder/deep', 'folder/deep/b.txt'])
    const found: string[] = []
    let address: string | undefined = '/api/models/ada/m/tree/main?recursive=true&limit=2'
    while (address !== undefined) {
      const page: Awaited<ReturnType<typeof get>> = await hub.request(ada, 'GET', address)
      found.push(...paths(page))
      const [, link] = /^<http:\/\/[^/]+([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '') ?? []
      address = link
    }
    assert.deepEqual(found, whole)
  })

  it('tells the last commit of each entry when asked', async () => {
    const { body } = await get('/tree/main?expand=true')
    const titles = Object.fromEntries(
      body.map(({ path, lastCommit }: { path: string; lastCommit: { title: string } }) => [path, lastCommit.title]),
    )
    assert.deepEqual(titles, {
      '.gitattributes': 'initial commit',
      'README.md': 'first',
      folder: 'third',
      link: 'second <b>',
      'model.safetensors': 'second <b>',
      sub: 'third',
    })
  })

  it('says what is missing', async () => {
    for (const path of ['none', 'README.md', 'folder/none', '..%2Fx', '.git']) {
      const { status, headers } = await get(`/tree/main/${path}`)
      assert.deepEqual(
        [status, headers.get('x-error-code'), headers.get('x-repo-commit')],
        [404, 'EntryNotFound', head],
      )
    }
    assert.equal((await get('/tree/none')).headers.get('x-error-code'), 'RevisionNotFound')
    assert.equal((await get('/tree/main~1')).headers.get('x-error-code'), 'RevisionNotFound')
    assert.equal((await get('/tree/main?limit=0')).status, 400)
  })

  it('has a size', async () => {
    assert.deepEqual((await get('/treesize/main/folder')).body, { path: '/folder', size: 9 })
    const { body } = await get('/treesize/feature%2Fx/')
    assert.equal(body.path, '/')
    assert.ok(body.size > card.length)
    assert.equal((await get('/treesize/main/none')).headers.get('x-error-code'), 'EntryNotFound')
  })
})

describe('single paths', () => {
  const ask = (body: unknown, rev = 'main') => hub.request(ada, 'POST', `/api/models/ada/m/paths-info/${rev}`, body)

  it('are told of, those missing left out', async () => {
    const { body } = await ask({
      paths: ['model.safetensors', 'none', 'folder', 'folder/', '../x', '.git/config', ''],
      expand: true,
    })
    assert.deepEqual(paths({ body }), ['model.safetensors', 'folder'])
    assert.equal(body[0].lfs.oid, sha256)
    assert.deepEqual([body[0].lastCommit.id, body[1].lastCommit.id], [second, head])
    assert.equal((await ask({ paths: 'README.md' })).body[0].size, card.length)
    assert.equal((await ask({ paths: ['a'] }, 'none')).headers.get('x-error-code'), 'RevisionNotFound')
  })

  it('may be asked for by a form', async () => {
    const reply = await fetch(`${hub.url}/api/models/ada/m/paths-info/main`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'paths=README.md&paths=folder&expand=False',
    })
    assert.equal(reply.status, 200)
    assert.deepEqual(paths({ body: (await reply.json()) as { path: string }[] }), ['README.md', 'folder'])
  })
})

describe('history', () => {
  it('is listed newest first with its length', async () => {
    const { body, headers } = await get('/commits/main?limit=2')
    assert.deepEqual(
      body.map(({ id, title }: { id: string; title: string }) => [id, title]),
      [
        [head, 'third'],
        [second, 'second <b>'],
      ],
    )
    assert.equal(headers.get('x-total-count'), '4')
    assert.match(headers.get('link') ?? '', /\/api\/models\/ada\/m\/commits\/main\?p=1&limit=2>; rel="next"$/)
    assert.equal(body[1].message.split('\n')[0], 'with & body')
    assert.deepEqual(
      body[1].authors.map(({ user }: { user: string }) => user),
      ['Ada', 'grace'],
    )
    assert.match(body[1].authors[1].avatar, /\/api\/avatars\/grace$/)
    assert.match(body[0].date, /^\d{4}-.*Z$/)
    const last = await get('/commits/main?limit=2&p=1')
    assert.deepEqual([last.body.length, last.headers.get('link')], [2, null])
    assert.equal((await get('/commits/main?file=folder')).body.length, 2)
    for (const rev of ['feature/x', 'feature%2Fx', 'refs/heads/feature/x'])
      assert.deepEqual(
        [(await get(`/commits/${rev}`)).body[0].id, (await get(`/commits/${rev}?limit=1`)).status],
        [first, 200],
      )
    const { headers: more } = await get('/commits/feature/x?limit=1')
    assert.match(more.get('link') ?? '', /\/commits\/feature%2Fx\?p=1&limit=1>/)
  })

  it('is safe to put into a page when formatted', async () => {
    for (const query of ['expand[]=formatted', 'expand=formatted']) {
      const { body } = await get(`/commits/v1?${query}`)
      assert.equal(body[0].formatted.title, 'second &lt;b&gt;')
      assert.match(body[0].formatted.message, /^with &amp; body/)
    }
    assert.equal((await get('/commits/main?expand=x')).status, 400)
  })

  it('shows a commit with what it changed', async () => {
    const { body } = await get(`/commit/${head}`)
    assert.deepEqual([body.id, body.parents, body.truncated], [head, [second], false])
    assert.deepEqual(
      body.files.map(({ path, status }: { path: string; status: string }) => [path, status]),
      [
        ['folder/a.txt', 'modified'],
        ['sub', 'added'],
      ],
    )
    assert.match(body.files[0].patch, /^@@ .*\n-a\n/)
    assert.equal((await get(`/commit/${'0'.repeat(40)}`)).headers.get('x-error-code'), 'RevisionNotFound')
  })

  it('compares revisions', async () => {
    const { body } = await get(`/compare/${first}..main`)
    assert.match(body, /^diff --git a\/folder\/a\.txt b\/folder\/a\.txt\n/)
    assert.equal((await get('/compare/feature%2Fx...main')).body, body)
    assert.equal((await get('/compare/feature/x...main')).body, body)
    assert.equal((await get('/compare/main..main')).body, '')
    assert.equal((await get('/compare/main')).status, 400)
    assert.equal((await get('/compare/main..none')).headers.get('x-error-code'), 'RevisionNotFound')
    assert.equal((await get('/compare/--output=x..main')).headers.get('x-error-code'), 'RevisionNotFound')
  })

  it('has branches and tags', async () => {
    const { body } = await get('/refs')
    assert.deepEqual(body, {
      branches: [
        { name: 'feature/x', ref: 'refs/heads/feature/x', targetCommit: first },
        { name: 'main', ref: 'refs/heads/main', targetCommit: head },
      ],
      tags: [{ name: 'v1', ref: 'refs/tags/v1', targetCommit: second }],
      converts: [],
    })
    assert.deepEqual((await get('/refs?include_prs=1')).body.pullRequests, [])
  })
})
