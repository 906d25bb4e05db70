import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { checkRepository } from '../../server/git/upkeep/maintenance.ts'
import { type Person, type Reply, startTestHub, type TestHub } from '../hub.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'gh-branches-'))
let hub: TestHub
let orgId: string
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub({ dataDir })
  const made = await hub.organization('lab', { ada: 'admin', wil: 'write', rae: 'read' })
  orgId = made.id
  people = { ...made.people, sam: await hub.person('sam') }
})

let serial = 0
async function newRepo(): Promise<string> {
  const name = `repo-${serial++}`
  assert.equal((await hub.request(people.wil, 'POST', '/api/repos/create', { name, organization: 'lab' })).status, 200)
  return name
}

const call = (who: string | undefined, repo: string, method: string, path: string, body?: unknown) =>
  hub.request(who && people[who], method, `/api/models/lab/${repo}/${path}`, body)
const branch = (repo: string, name: string, body?: unknown) =>
  call('wil', repo, 'POST', `branch/${encodeURIComponent(name)}`, body)

async function commit(repo: string, path: string, rev = 'main', content = path): Promise<string> {
  const lines = [
    { key: 'header', value: { summary: path } },
    { key: 'file', value: { path, content } },
  ]
  const sent = lines.map((line) => JSON.stringify(line)).join('\n')
  const to = `/api/models/lab/${repo}/commit/${encodeURIComponent(rev)}`
  const reply = await hub.request(people.wil, 'POST', to, sent, { 'content-type': 'application/x-ndjson' })
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body.commitOid
}

async function git(repo: string, ...args: string[]): Promise<string> {
  const { id } = await hub.db.selectFrom('repositories').select('id').where('name', '=', repo).executeTakeFirstOrThrow()
  return execFileSync('git', args, { cwd: join(dataDir, 'repositories', id.slice(-2), `${id}.git`) })
    .toString()
    .trimEnd()
}

async function types(since: number): Promise<string[]> {
  return (await hub.events(orgId)).slice(since).map(({ type }) => type)
}

function isUnknown(reply: Reply): void {
  assert.equal(reply.status, 404)
  assert.equal(reply.headers.get('x-error-code'), 'RevisionNotFound')
  assert.match(reply.body.error, /^Invalid rev id/)
}

describe('names', () => {
  it('of branches and tags never read as commit IDs', async () => {
    const repo = await newRepo()
    const oid = await commit(repo, 'a')
    for (const name of ['a'.repeat(40), 'B'.repeat(40), '0'.repeat(64), oid]) {
      const made = await branch(repo, name)
      assert.deepEqual([made.status, made.body.error], [400, 'rev: is not a valid branch name'], name)
      assert.equal((await call('wil', repo, 'POST', 'tag/main', { tag: name })).status, 400, name)
    }
    for (const name of ['a'.repeat(39), '20261129', `v${'1'.repeat(40)}`]) {
      assert.equal((await branch(repo, name)).status, 200, name)
      assert.equal((await call('wil', repo, 'POST', 'tag/main', { tag: name })).status, 200, name)
    }
  })
})

describe('branches', () => {
  it('are made from any revision, empty, and again', async () => {
    const repo = await newRepo()
    const first = await commit(repo, 'a')
    const second = await commit(repo, 'b')
    const before = (await hub.events(orgId)).length
    assert.deepEqual((await branch(repo, 'plain')).body, { success: true })
    assert.equal(await git(repo, 'rev-parse', 'plain'), second)
    assert.equal((await branch(repo, 'deep/er', { startingPoint: first.slice(0, 10) })).status, 200)
    assert.equal(await git(repo, 'rev-parse', 'deep/er'), first)
    assert.equal((await branch(repo, 'empty', { emptyBranch: true })).status, 200)
    assert.equal(await git(repo, 'ls-tree', 'empty'), '')
    assert.equal(await git(repo, 'rev-list', '--count', 'empty'), '1')
    const again = await branch(repo, 'plain', {})
    assert.equal(again.status, 409)
    assert.match(again.body.error, /Reference refs\/heads\/plain already exists/)
    assert.equal((await branch(repo, 'plain', { startingPoint: first, overwrite: true })).status, 200)
    assert.equal(await git(repo, 'rev-parse', 'plain'), first)
    assert.equal((await branch(repo, 'plain', { startingPoint: first, overwrite: true })).status, 200)
    assert.deepEqual(await types(before), Array(4).fill('repo.create_branch'))
    assert.equal((await branch(repo, 'plain/sub')).status, 409)
    assert.equal((await branch(repo, 'deep')).status, 409)
    isUnknown(await branch(repo, 'x', { startingPoint: 'none' }))
    for (const name of ['HEAD', '-x', 'a..b', 'a b', 'refs/heads/x', 'x.lock', 'a~1', 'a:b']) {
      assert.equal((await branch(repo, name)).status, 400, name)
    }
    assert.deepEqual(await types(before), Array(4).fill('repo.create_branch'))
    await commit(repo, 'c', 'empty')
  })

  it('are deleted, but main is not', async () => {
    const repo = await newRepo()
    await branch(repo, 'one/two')
    await call('wil', repo, 'POST', 'tag/main', { tag: 'v1' })
    const before = (await hub.events(orgId)).length
    const main = await call('wil', repo, 'DELETE', 'branch/main')
    assert.equal(main.status, 403)
    assert.match(main.body.error, /Cannot delete refs\/heads\/main/)
    for (const name of ['none', 'v1', '-x']) isUnknown(await call('wil', repo, 'DELETE', `branch/${name}`))
    assert.deepEqual(await types(before), [])
    assert.equal((await call('wil', repo, 'DELETE', 'branch/one%2Ftwo')).status, 200)
    isUnknown(await call('wil', repo, 'DELETE', 'branch/one%2Ftwo'))
    assert.deepEqual(await types(before), ['repo.delete_branch'])
    assert.equal(await git(repo, 'branch', '--format=%(refname)'), 'refs/heads/main')
  })

  it('become one commit', async () => {
    const repo = await newRepo()
    await commit(repo, 'a')
    const head = await commit(repo, 'b')
    await branch(repo, 'kept')
    const before = (await hub.events(orgId)).length
    const reply = await call('wil', repo, 'POST', 'super-squash/main', { message: 'All of it' })
    assert.equal(reply.status, 200)
    assert.equal(await git(repo, 'rev-parse', 'main'), reply.body.commitId)
    assert.equal(await git(repo, 'rev-list', '--format=%s|%P', 'main'), `commit ${reply.body.commitId}\nAll of it|`)
    assert.equal(await git(repo, 'rev-parse', 'main^{tree}'), await git(repo, 'rev-parse', `${head}^{tree}`))
    assert.equal(await git(repo, 'rev-parse', 'kept'), head)
    assert.deepEqual(await types(before), ['repo.super_squash'])
    isUnknown(await call('wil', repo, 'POST', 'super-squash/none', {}))
  })

  it('and tags are for those who may write', async () => {
    const repo = await newRepo()
    const refs = await git(repo, 'for-each-ref')
    for (const [who, status] of [
      ['rae', 403],
      ['sam', 403],
      [undefined, 401],
    ] as const) {
      assert.equal((await call(who, repo, 'POST', 'branch/x')).status, status)
      assert.equal((await call(who, repo, 'DELETE', 'branch/main')).status, status)
      assert.equal((await call(who, repo, 'POST', 'tag/main', { tag: 'x' })).status, status)
      assert.equal((await call(who, repo, 'POST', 'super-squash/main', {})).status, status)
    }
    assert.equal(await git(repo, 'for-each-ref'), refs)
  })
})

describe('tags', () => {
  it('are made of any revision, with a message or without, and deleted', async () => {
    const repo = await newRepo()
    const head = await commit(repo, 'a')
    const before = (await hub.events(orgId)).length
    const tag = (rev: string, body: unknown) => call('wil', repo, 'POST', `tag/${encodeURIComponent(rev)}`, body)
    assert.equal((await tag('main', { tag: 'v1' })).status, 200)
    assert.equal((await tag(head.slice(0, 8), { tag: 'v2/rc', message: 'From <me>\n\nnext "line"' })).status, 200)
    assert.equal((await tag('v2/rc', { tag: 'main', message: null })).status, 200)
    assert.equal(await git(repo, 'cat-file', '-t', 'refs/tags/v1'), 'commit')
    assert.equal(await git(repo, 'cat-file', '-t', 'refs/tags/v2/rc'), 'tag')
    assert.equal(await git(repo, 'for-each-ref', '--format=%(contents)', 'refs/tags/v2/rc'), 'From <me>\n\nnext "line"')
    assert.equal(await git(repo, 'rev-parse', 'refs/tags/main'), head)
    const again = await tag('main', { tag: 'v1' })
    assert.equal(again.status, 409)
    assert.match(again.body.error, /Reference refs\/tags\/v1 already exists/)
    assert.equal((await tag('main', { tag: 'v1/x' })).status, 409)
    isUnknown(await tag('none', { tag: 'v3' }))
    // Clients expect to be told of a taken name first, then of the revision
    assert.equal((await tag('none', { tag: 'v1' })).status, 409)
    isUnknown(await tag('none', { tag: 'not a name' }))
    for (const name of ['', 'a b', '-x', 'refs/tags/x', 'a..b', 'x^', 'HEAD'])
      assert.equal((await tag('main', { tag: name })).status, 400)
    assert.deepEqual(await types(before), Array(3).fill('repo.create_tag'))
    assert.equal((await call('wil', repo, 'DELETE', 'tag/v2%2Frc')).status, 200)
    isUnknown(await call('wil', repo, 'DELETE', 'tag/v2%2Frc'))
    isUnknown(await call('wil', repo, 'DELETE', 'tag/none-g1234567'))
    assert.deepEqual((await types(before)).slice(3), ['repo.delete_tag'])
    const { id } = await hub.db
      .selectFrom('repositories')
      .select('id')
      .where('name', '=', repo)
      .executeTakeFirstOrThrow()
    assert.deepEqual(await checkRepository(hub.running.server.hub.git, id), [])
  })
})

describe('preupload', () => {
  const files = (...list: [string, number, string?][]) => ({
    files: list.map(([path, size, sample = '']) => ({ path, size, sample: Buffer.from(sample).toString('base64') })),
  })
  const ask = (repo: string, body: unknown, agent = 'unknown/None; hf_hub/1.19.0; python/3.12', rev = 'main') =>
    hub.request(people.wil, 'POST', `/api/models/lab/${repo}/preupload/${rev}`, body, { 'user-agent': agent })
  const modes = (reply: Reply) => reply.body.files.map((file: { uploadMode: string }) => file.uploadMode)

  it('goes by .gitattributes, size and content', async () => {
    const repo = await newRepo()
    const head = await commit(repo, 'a.txt')
    const mib = 1024 * 1024
    const asked = files(
      ['m.safetensors', 5],
      ['empty.bin', 0],
      ['a.txt', 5],
      ['big.txt', 11 * mib],
      ['pic.raw', 2 * mib, 'a\0b'],
      ['pic.raw2', 2 * mib, 'ab'],
    )
    const reply = await ask(repo, asked)
    assert.equal(reply.status, 200)
    assert.equal(reply.body.commitOid, head)
    assert.deepEqual(modes(reply), ['lfs', 'regular', 'regular', 'lfs', 'lfs', 'regular'])
    assert.ok(reply.body.files.every((file: { shouldIgnore: boolean }) => file.shouldIgnore === false))
    assert.deepEqual(modes(await ask(repo, { ...asked, gitAttributes: '*.txt filter=lfs' })), [
      'regular',
      'regular',
      'lfs',
      'lfs',
      'lfs',
      'regular',
    ])
    assert.deepEqual(modes(await ask(repo, asked, 'x; hf_hub/2.4.0')), modes(reply))
  })

  it('goes by the .gitattributes of folders too', async () => {
    const repo = await newRepo()
    await commit(repo, 'data/.gitattributes', 'main', '*.csv filter=lfs\n*.bin -filter\n')
    const asked = files(['data/a.csv', 5], ['data/deep/b.csv', 5], ['c.csv', 5], ['data/d.bin', 5], ['e.bin', 5])
    assert.deepEqual(modes(await ask(repo, asked)), ['lfs', 'lfs', 'regular', 'regular', 'lfs'])
  })

  it('says what is there now, and what is to be left out', async () => {
    const repo = await newRepo()
    await commit(repo, 'plain.txt')
    await commit(repo, 'w.bin')
    await commit(repo, '.gitignore', 'main', '*.log\n!keep.log\nbuild/\n')
    const reply = await ask(
      repo,
      files(['plain.txt', 1], ['w.bin', 1], ['new', 1], ['x.log', 1], ['keep.log', 1], ['build/x', 1]),
    )
    const [plain, weights, fresh, log, keep, build] = reply.body.files
    assert.equal(plain.oid, await git(repo, 'rev-parse', 'main:plain.txt'))
    assert.match(await git(repo, 'cat-file', 'blob', 'main:w.bin'), new RegExp(`sha256:${weights.oid}`))
    assert.equal('oid' in fresh, false)
    assert.deepEqual(
      [log, keep, build].map((file) => file.shouldIgnore),
      [true, false, true],
    )
    const own = await ask(repo, { ...files(['x.log', 1], ['y.tmp', 1]), gitIgnore: '*.tmp' })
    assert.deepEqual(
      own.body.files.map((file: { shouldIgnore: boolean }) => file.shouldIgnore),
      [false, true],
    )
  })

  it('refuses what the commit would refuse', async () => {
    const repo = await newRepo()
    isUnknown(await ask(repo, files(['a', 1]), '', 'none'))
    assert.equal((await ask(repo, files(['../a', 1]))).status, 422)
    assert.equal((await ask(repo, files(['a', -1]))).status, 400)
    assert.equal((await ask(repo, files(['a', 1]), '', 'main?create_pr=1')).status, 501)
    const anyone = await hub.request(people.rae, 'POST', `/api/models/lab/${repo}/preupload/main`, files(['a', 1]))
    assert.equal(anyone.status, 403)
  })
})

describe('a copy', () => {
  it('has the history, the branches, the tags and the LFS files, and shares nothing', async () => {
    const repo = await newRepo()
    await commit(repo, 'a.txt')
    const head = await commit(repo, 'w.bin', 'main', 'weights')
    await branch(repo, 'side')
    await call('wil', repo, 'POST', 'tag/main', { tag: 'v1', message: 'first' })
    const before = (await hub.events(orgId)).length
    const name = `copy-of-${repo}`
    const reply = await call('wil', repo, 'POST', 'duplicate', { repository: `lab/${name}` })
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    assert.equal(reply.body.url, `${hub.url}/lab/${name}`)
    assert.deepEqual(await types(before), ['repo.duplication'])
    const refs = ['for-each-ref', '--format=%(objectname) %(refname)']
    assert.equal(await git(name, ...refs), await git(repo, ...refs))
    assert.equal(
      (await hub.request(people.ada, 'DELETE', '/api/repos/delete', { name: repo, organization: 'lab' })).status,
      200,
    )
    const got = await fetch(`${hub.url}/lab/${name}/resolve/main/w.bin`)
    assert.equal(await got.text(), 'weights')
    assert.equal(got.headers.get('x-repo-commit'), head)
    assert.deepEqual(await checkRepository(hub.running.server.hub.git, reply.body.id), [])
    await commit(name, 'b.txt')
  })

  it('is refused before anything happens', async () => {
    const repo = await newRepo()
    const other = await newRepo()
    const before = (await hub.events(orgId)).length
    const copy = (who: string | undefined, body: unknown, from = repo) => call(who, from, 'POST', 'duplicate', body)
    assert.equal((await copy('wil', { repository: `lab/${other}` })).status, 409)
    for (const repository of ['lab', 'lab/a/b', 'lab/a..b', 'lab/x.git'])
      assert.equal((await copy('wil', { repository })).status, 400, repository)
    assert.equal((await copy('wil', { repository: 'nobody/x' })).status, 404)
    assert.equal((await copy('rae', { repository: 'lab/x' })).status, 403)
    assert.equal((await copy(undefined, { repository: 'lab/x' })).status, 401)
    assert.equal((await copy('wil', { repository: 'lab/x', resourceGroupId: 'none' })).status, 403)
    assert.equal((await copy('wil', { repository: 'lab/x' }, 'none')).status, 404)
    assert.deepEqual(await types(before), [])
  })

  it('of what is hidden stays hidden', async () => {
    const repo = await newRepo()
    await hub.request(people.ada, 'PUT', `/api/models/lab/${repo}/settings`, { private: true })
    assert.equal((await call('sam', repo, 'POST', 'duplicate', { repository: 'sam/x' })).status, 404)
    assert.equal((await call('wil', repo, 'POST', 'duplicate', { repository: `wil/hidden-${repo}` })).status, 200)
    assert.equal((await hub.request(undefined, 'GET', `/api/models/wil/hidden-${repo}`)).status, 401)
    const shown = (who: string) => ({ repository: `${who}/shown-${repo}`, visibility: 'public' })
    assert.equal((await call('wil', repo, 'POST', 'duplicate', shown('wil'))).status, 403)
    assert.equal((await call('ada', repo, 'POST', 'duplicate', shown('ada'))).status, 200)
    assert.equal((await hub.request(undefined, 'GET', `/api/models/ada/shown-${repo}`)).status, 200)
  })
})
