import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { before, describe, it } from 'node:test'
import { checkRepository } from '../../server/git/maintenance.ts'
import { type Person, type Reply, startTestHub, type TestHub } from '../hub.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'gh-commits-'))
let hub: TestHub
let orgId: string
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub({ dataDir, storage: { maxLfsObjectBytes: 64 * 1024 * 1024 } })
  const made = await hub.organization('lab', { ada: 'admin', wil: 'write', rae: 'read' })
  orgId = made.id
  people = { ...made.people, sam: await hub.person('sam') }
})

type Line = { key: string; value: unknown }
const header = (more: Record<string, unknown> = {}): Line => ({
  key: 'header',
  value: { summary: 'a change', ...more },
})
const file = (path: string, content: string | Buffer, more = {}): Line => ({
  key: 'file',
  value: { content: Buffer.from(content).toString('base64'), path, encoding: 'base64', ...more },
})
const text = (path: string, content: string, more = {}): Line => ({ key: 'file', value: { path, content, ...more } })
const removed = (path: string, key = 'deletedFile'): Line => ({ key, value: { path } })
const lfs = (path: string, oid: string, more = {}): Line => ({
  key: 'lfsFile',
  value: { path, algo: 'sha256', oid, ...more },
})
const body = (lines: (Line | string)[]) =>
  lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')

let serial = 0
async function newRepo(who = 'wil'): Promise<string> {
  const name = `repo-${serial++}`
  const made = await hub.request(people[who], 'POST', '/api/repos/create', { name, organization: 'lab' })
  assert.equal(made.status, 200)
  return name
}

function send(
  who: string | undefined,
  repo: string,
  lines: string | Buffer | (Line | string)[],
  rev = 'main',
): Promise<Reply> {
  const sent = Array.isArray(lines) ? body(lines) : lines
  const path = `/api/models/lab/${repo}/commit/${encodeURIComponent(rev)}`
  return hub.request(who && people[who], 'POST', path, sent, { 'content-type': 'application/x-ndjson' })
}

async function commit(repo: string, lines: (Line | string)[], rev = 'main'): Promise<string> {
  const reply = await send('wil', repo, [header(), ...lines], rev)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body.commitOid
}

async function idOf(repo: string): Promise<string> {
  const row = await hub.db.selectFrom('repositories').select('id').where('name', '=', repo).executeTakeFirstOrThrow()
  return row.id
}

async function git(repo: string, ...args: string[]): Promise<string> {
  const id = await idOf(repo)
  const folder = join(dataDir, 'repositories', id.slice(-2), `${id}.git`)
  return execFileSync('git', args, { cwd: folder, maxBuffer: 1e9 }).toString().trimEnd()
}

const head = (repo: string, ref = 'main') => git(repo, 'rev-parse', `refs/heads/${ref}`)
const paths = async (repo: string) =>
  (await git(repo, 'ls-tree', '-r', '-z', '--name-only', 'main')).split('\0').filter(Boolean)
const incoming = () => readdirSync(join(dataDir, 'incoming'))
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe('a commit', () => {
  it('adds, changes, renames and deletes', async () => {
    const repo = await newRepo()
    const before = (await hub.events(orgId)).length
    const first = await send('wil', repo, [
      header({ summary: 'Add things', description: 'All of them.\n' }),
      file('a.txt', 'one'),
      text('data/b.txt', 'zwei ü\n'),
      text('data/c.txt', 'three', { encoding: 'utf-8' }),
    ])
    assert.equal(first.status, 200)
    const { commitOid, commitUrl } = first.body
    assert.deepEqual(first.body, { success: true, commitOid, commitUrl, hookOutput: '' })
    assert.equal(commitUrl, `${hub.url}/lab/${repo}/commit/${commitOid}`)
    assert.equal(await head(repo), commitOid)
    assert.equal(await git(repo, 'show', '-s', '--format=%an|%B', 'main'), 'wil|Add things\n\nAll of them.')
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:data/b.txt'), 'zwei ü')
    await commit(repo, [
      file('a.txt', 'two'),
      text('d.txt', 'x', { oldPath: 'data/b.txt' }),
      { key: 'file', value: { path: 'e.txt', oldPath: 'data/c.txt' } },
    ])
    assert.deepEqual(await paths(repo), ['.gitattributes', 'a.txt', 'd.txt', 'e.txt'])
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:e.txt'), 'three')
    await commit(repo, [removed('a.txt'), removed('d.txt', 'deletedEntry')])
    assert.deepEqual(await paths(repo), ['.gitattributes', 'e.txt'])
    const events = (await hub.events(orgId)).slice(before)
    assert.deepEqual(
      events.map(({ type }) => type),
      ['repo.commit', 'repo.commit', 'repo.commit'],
    )
    assert.equal(events[0]?.data.after, commitOid)
    assert.equal(events[0]?.data.summary, 'Add things')
    assert.deepEqual(incoming(), [])
  })

  it('deletes folders by every key, and says when there is nothing', async () => {
    const repo = await newRepo()
    const files = ['x/1', 'x/y/2', 'y/1', 'z/1', 'w/1'].map((path) => file(path, path))
    await commit(repo, files)
    await commit(repo, [
      removed('x'),
      removed('y', 'deletedFolder'),
      removed('z/', 'deletedFolder'),
      removed('w', 'deletedEntry'),
    ])
    assert.deepEqual(await paths(repo), ['.gitattributes'])
    const before = await head(repo)
    for (const key of ['deletedFile', 'deletedFolder', 'deletedEntry']) {
      const reply = await send('wil', repo, [header(), file('new', 'x'), removed('nothing', key)])
      assert.equal(reply.status, 404)
      assert.equal(reply.headers.get('x-error-code'), 'EntryNotFound')
      assert.match(reply.body.error, /A file with this name doesn't exist/)
    }
    const gone = { key: 'file', value: { path: 'a', oldPath: 'nothing' } }
    assert.equal((await send('wil', repo, [header(), gone])).status, 404)
    assert.equal(await head(repo), before)
  })

  it('that changes nothing is the commit that is there', async () => {
    const repo = await newRepo()
    const oid = await commit(repo, [file('a', 'x')])
    const before = (await hub.events(orgId)).length
    assert.equal(await commit(repo, [file('a', 'x')]), oid)
    assert.equal(await commit(repo, []), oid)
    assert.equal((await hub.events(orgId)).length, before)
  })

  it('keeps to the parent it names', async () => {
    const repo = await newRepo()
    const first = await commit(repo, [file('a', '1')])
    const second = await send('wil', repo, [header({ parentCommit: first.toUpperCase() }), file('a', '2')])
    assert.equal(second.status, 200)
    const stale = await send('wil', repo, [header({ parentCommit: first }), file('a', '3')])
    assert.equal(stale.status, 412)
    assert.equal(stale.body.error, 'The branch was updated since you opened this page. Please refresh and try again.')
    for (const parentCommit of ['main', '', first.slice(0, 7), `${first}0`, 5, `${'g'.repeat(40)}`]) {
      assert.equal((await send('wil', repo, [header({ parentCommit }), file('a', '3')])).status, 400)
    }
    assert.equal((await send('wil', repo, [header({ parentCommit: null }), file('a', '3')])).status, 200)
  })

  it('goes to branches only', async () => {
    const repo = await newRepo()
    const oid = await head(repo)
    await git(repo, 'update-ref', 'refs/heads/feature/x', oid)
    await git(repo, 'update-ref', 'refs/tags/v1', oid)
    const made = await commit(repo, [file('a', 'x')], 'feature/x')
    assert.equal(await head(repo, 'feature/x'), made)
    assert.equal(await commit(repo, [file('a', 'x')], 'refs/heads/feature/x'), made)
    for (const rev of ['v1', oid, 'none', 'refs/tags/v1', 'refs/pr/1', '-x', 'a..b']) {
      const reply = await send('wil', repo, [header(), file('a', 'y')], rev)
      assert.equal(reply.status, 404, rev)
      assert.equal(reply.headers.get('x-error-code'), 'RevisionNotFound')
    }
    const pull = await hub.request(
      people.wil,
      'POST',
      `/api/models/lab/${repo}/commit/main?create_pr=1`,
      body([header()]),
      {
        'content-type': 'application/x-ndjson',
      },
    )
    assert.equal(pull.status, 501)
    assert.equal(await head(repo), oid)
  })

  it('may be the first one', async () => {
    const repo = await newRepo()
    await git(repo, 'update-ref', '-d', 'refs/heads/main')
    assert.equal((await send('wil', repo, [header({ parentCommit: 'a'.repeat(40) }), file('a', 'x')])).status, 412)
    const oid = await commit(repo, [file('a', 'x')])
    assert.equal(await git(repo, 'rev-list', '--count', 'main'), '1')
    assert.equal(await head(repo), oid)
  })

  it('may come as one JSON object', async () => {
    const repo = await newRepo()
    const whole = {
      summary: 'one',
      files: [
        { path: 'a', content: 'x' },
        { path: 'b', content: 'eA==', encoding: 'base64' },
      ],
      deletedEntries: [{ path: '.gitattributes' }],
    }
    const path = `/api/models/lab/${repo}/commit/main`
    assert.equal((await hub.request(people.wil, 'POST', path, whole)).status, 200)
    assert.deepEqual(await paths(repo), ['a', 'b'])
    const lines = await hub.request(people.wil, 'POST', path, body([header(), file('c', 'x')]))
    assert.equal(lines.status, 200)
  })

  it('is refused whole for bad paths', async () => {
    const repo = await newRepo()
    const before = { head: await head(repo), events: (await hub.events(orgId)).length }
    const bad = [
      '',
      '/a',
      'a/',
      'a//b',
      './a',
      'a/../x',
      '..',
      '.git/config',
      'a/.GIT/x',
      'git~1/x',
      '..\\ddd',
      'a\\b',
      'a\u0000b',
      'a\nb',
      '.git\u200c/x',
      'x'.repeat(5000),
    ]
    for (const path of bad) {
      for (const line of [file(path, 'x'), lfs(path, 'a'.repeat(64)), removed(path)]) {
        if (path === 'a/' && line.key === 'deletedFile') continue
        const reply = await send('wil', repo, [header(), file('good', 'x'), line])
        assert.equal(reply.status, 422, `${line.key} ${JSON.stringify(path)}`)
      }
      assert.equal(
        (await send('wil', repo, [header(), text('good', 'x', { oldPath: path })])).status,
        path === '' ? 422 : 422,
      )
    }
    assert.equal(await head(repo), before.head)
    assert.equal((await hub.events(orgId)).length, before.events)
  })

  it('is refused whole when it contradicts itself or what is there', async () => {
    const repo = await newRepo()
    await commit(repo, [file('dir/a', 'x'), file('plain', 'x')])
    const before = await head(repo)
    const rows: Line[][] = [
      [file('a', '1'), file('a', '2')],
      [file('a', '1'), removed('a')],
      [file('a', '1'), file('a/b', '2')],
      [file('a/b/c', '1'), file('a', '2')],
      [file('plain/x', '1')],
      [file('dir', '1')],
      [text('x', '1', { oldPath: 'plain' }), removed('plain')],
    ]
    for (const lines of rows)
      assert.equal((await send('wil', repo, [header(), ...lines])).status, 400, JSON.stringify(lines))
    assert.equal(await head(repo), before)
    await commit(repo, [removed('plain'), file('plain/x', '1'), removed('dir'), file('dir/b', '2')])
    assert.deepEqual(await paths(repo), ['.gitattributes', 'dir/b', 'plain/x'])
  })

  it('is refused whole when the body is not what it should be', async () => {
    const repo = await newRepo()
    const before = await head(repo)
    const odd = [
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '{}',
      '{"key":"header"}',
      body([file('a', 'x')]),
      body([header(), header()]),
      body([header({ summary: '' })]),
      body([header({ summary: 5 })]),
      body([header({ summary: 'x'.repeat(1001) })]),
      body([header({ summary: 'a\u0000b' })]),
      body([header(), { key: 'other', value: {} }]),
      body([header(), { key: 'file', value: { path: 'a' } }]),
      body([header(), { key: 'file', value: 5 }]),
      body([header(), text('a', '%%%%', { encoding: 'base64' })]),
      body([header(), text('a', 'abc=d', { encoding: 'base64' })]),
      body([header(), text('a', 'a', { encoding: 'base64' })]),
      body([header(), text('a', 'x', { encoding: 'hex' })]),
      body([header(), '{"key":"file","value":{"path":"a","content":"\\ud800"}}']),
      body([header(), lfs('a', 'zz')]),
      body([header(), lfs('a', 'A'.repeat(64))]),
      body([header(), lfs('a', 'a'.repeat(64), { algo: 'md5' })]),
      body([header(), lfs('a', 'a'.repeat(64), { size: -1 })]),
      body([header(), { key: 'lfsFile', value: { path: 'a' } }]),
      `${body([header(), file('a', 'x')])}\n{"key":"file","value":{"path":"b","con`,
    ]
    for (const lines of odd) assert.equal((await send('wil', repo, lines)).status, 400, lines.slice(0, 100))
    const bytes = Buffer.concat([
      Buffer.from(`${body([header()])}\n{"key":"file","value":{"path":"a","content":"`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}}'),
    ])
    assert.equal((await send('wil', repo, bytes)).status, 400)
    assert.equal(await head(repo), before)
    assert.deepEqual(incoming(), [])
  })

  it('has an end: 25,000 files', async () => {
    const repo = await newRepo()
    const before = await head(repo)
    const lines = Array.from({ length: 25_001 }, (_, n) => file(`f/${n % 100}/${n}`, 'x'))
    const reply = await send('wil', repo, [header(), ...lines])
    assert.equal(reply.status, 413)
    assert.equal(await head(repo), before)
    const start = performance.now()
    await commit(repo, lines.slice(0, 25_000))
    assert.ok(performance.now() - start < 20_000)
    assert.equal((await paths(repo)).length, 25_001)
  })

  it('of a thousand small files takes less than two seconds', async () => {
    const repo = await newRepo()
    const start = performance.now()
    await commit(
      repo,
      Array.from({ length: 1000 }, (_, n) => file(`f/${n}.txt`, randomBytes(500))),
    )
    assert.ok(performance.now() - start < 2000, `${performance.now() - start}`)
  })

  it('is for those who may write', async () => {
    const repo = await newRepo()
    const before = await head(repo)
    assert.equal((await send('rae', repo, [header(), file('a', 'x')])).status, 403)
    assert.equal((await send('sam', repo, [header(), file('a', 'x')])).status, 403)
    assert.equal((await send(undefined, repo, [header(), file('a', 'x')])).status, 401)
    assert.equal(await head(repo), before)
  })
})

describe('a commit of large files', () => {
  it('moves what belongs there to LFS, whatever order its keys have', async () => {
    const repo = await newRepo()
    const large = randomBytes(11 * 1024 * 1024)
    const weights = randomBytes(3 * 1024 * 1024)
    const base64 = (bytes: Buffer) => bytes.toString('base64')
    await commit(repo, [
      `{"key":"file","value":{"content":"${base64(large)}","path":"large.txt","encoding":"base64"}}`,
      `{"value":{"path":"model.safetensors","encoding":"base64","content":"${base64(weights)}"},"key":"file"}`,
      file('tiny.bin', 'tiny'),
      file('empty.bin', ''),
    ])
    const pointer = (bytes: Buffer) =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(bytes)}\nsize ${bytes.length}`
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:large.txt'), pointer(large))
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:model.safetensors'), pointer(weights))
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:tiny.bin'), pointer(Buffer.from('tiny')))
    assert.equal(await git(repo, 'cat-file', '-s', 'main:empty.bin'), '0')
    const attributes = await git(repo, 'cat-file', 'blob', 'main:.gitattributes')
    assert.match(attributes, /^\/large\.txt filter=lfs/m)
    assert.doesNotMatch(attributes, /model\.safetensors|tiny/)
    const rows = await hub.db
      .selectFrom('lfs_objects')
      .select(['oid', 'referenced_at'])
      .where('repo_id', '=', await idOf(repo))
      .execute()
    assert.deepEqual(rows.map(({ oid }) => oid).sort(), [large, weights, Buffer.from('tiny')].map(sha256).sort())
    assert.ok(rows.every((row) => row.referenced_at !== null))
    const got = await fetch(`${hub.url}/lab/${repo}/resolve/main/large.txt`)
    assert.ok(Buffer.from(await got.arrayBuffer()).equals(large))
    assert.deepEqual(incoming(), [])
    await commit(repo, [file('tiny2.bin', 'tiny'), file('large.txt', 'small again')])
    assert.deepEqual(await checkRepository(hub.running.server.hub.git, await idOf(repo)), [])
  })

  it('keeps long texts as they are', async () => {
    const repo = await newRepo()
    const long = '"quoted" \\ \n\t\u0001 ü 模型 😀 /'.repeat(60_000)
    const inAscii = JSON.stringify(text('ascii.txt', long)).replace(
      /[^\u0000-\u007f]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    await commit(repo, [text('plain.txt', long), inAscii, text('looks.txt', 'abcd'.repeat(300_000))])
    const same = createHash('sha1')
      .update(`blob ${Buffer.byteLength(long)}\0${long}`)
      .digest('hex')
    assert.equal(await git(repo, 'rev-parse', 'main:plain.txt'), same)
    assert.equal(await git(repo, 'rev-parse', 'main:ascii.txt'), same)
    assert.equal(await git(repo, 'cat-file', '-s', 'main:looks.txt'), '1200000')
  })

  it('refuses long lines that are wrong, and leaves nothing', async () => {
    const repo = await newRepo()
    const before = await head(repo)
    const long = 'A'.repeat(2_000_000)
    const rows: [string, number][] = [
      [`{"key":"file","value":{"path":"a","encoding":"base64","content":"${long}A"}}`, 400],
      [`{"key":"file","value":{"path":"a","encoding":"base64","content":"${long}%AAA"}}`, 400],
      [`{"key":"file","value":{"path":"a","encoding":"base64","content":"${long}`, 400],
      [`{"key":"file","value":{"path":"a","encoding":"base64","content":"${long}"`, 400],
      [`{"key":"file","value":{"path":"a","encoding":"hex","content":"${long}"}}`, 400],
      [`{"key":"file","value":{"path":"${long}","content":"x"}}`, 400],
      [`{"key":"deletedFile","value":{"path":"${long}"}}`, 400],
      [`{"key":"header","value":{"summary":"${long}"}}`, 413],
      [`{"key":"file","value":{"path":"a","content":"${long}\\ud800"}}`, 400],
      [`{"key":"file","value":{"path":"a","content":"${long}\\ud800x"}}`, 400],
      [`{"key":"file","value":{"path":"a","content":"${long}\\x"}}`, 400],
      [`{"key":"file","value":{"path":"a","content":"${long}\\u00g0"}}`, 400],
      [`[${'1,'.repeat(1_000_000)}1]`, 413],
    ]
    for (const [line, status] of rows) {
      const lines = line.includes('header') ? [line] : [header(), line]
      const reply = await send('wil', repo, lines)
      assert.equal(reply.status, status, `${line.slice(0, 60)}…${line.slice(-20)} ${JSON.stringify(reply.body)}`)
    }
    assert.equal(await head(repo), before)
    assert.deepEqual(incoming(), [])
  })

  it('refuses files beyond the limit', async () => {
    const repo = await newRepo()
    const reply = await send('wil', repo, [header(), file('big.bin', Buffer.alloc(65 * 1024 * 1024))])
    assert.equal(reply.status, 413)
    assert.deepEqual(incoming(), [])
  })

  it('takes LFS objects of this repository only', async () => {
    const repo = await newRepo()
    const other = await newRepo()
    await commit(other, [file('w.bin', 'theirs')])
    const oid = sha256(Buffer.from('theirs'))
    const pointer = await git(other, 'cat-file', 'blob', 'main:w.bin')
    for (const line of [
      lfs('w.bin', oid),
      lfs('w.bin', oid, { size: 6 }),
      text('w.bin', `${pointer}\n`),
      text('w.txt', `${pointer}\n`),
    ]) {
      assert.equal((await send('wil', repo, [header(), line])).status, 422)
    }
    await commit(repo, [file('own.bin', 'theirs')])
    assert.equal((await send('wil', repo, [header(), lfs('w.bin', oid, { size: 7 })])).status, 422)
    await commit(repo, [
      lfs('with space/[x].dat', oid),
      lfs('w.bin', oid, { size: 6 }),
      { key: 'lfsFile', value: { path: 'moved.bin', oldPath: 'own.bin', size: 6 } },
    ])
    assert.match(
      await git(repo, 'cat-file', 'blob', 'main:.gitattributes'),
      /^"\/with space\/\\\\\[x\]\.dat" filter=lfs/m,
    )
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:moved.bin'), pointer)
    assert.deepEqual((await paths(repo)).includes('own.bin'), false)
    await commit(repo, [text('again.txt', `${pointer}\n`)])
  })

  it('goes by the .gitattributes that comes with it', async () => {
    const repo = await newRepo()
    await commit(repo, [text('.gitattributes', '*.dat filter=lfs -text\n'), file('a.dat', 'x'), file('b.bin', 'y')])
    assert.match(await git(repo, 'cat-file', 'blob', 'main:a.dat'), /^version/)
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:b.bin'), 'y')
    await commit(repo, [removed('.gitattributes'), file('c.dat', 'x')])
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:c.dat'), 'x')
  })

  it('is held in no memory while it comes', async () => {
    const repo = await newRepo()
    const size = 48 * 1024 * 1024
    const chunk = Buffer.alloc(768 * 1024, 'weights!').toString('base64')
    async function* lines() {
      yield `${JSON.stringify(header())}\n{"key":"file","value":{"content":"`
      for (let sent = 0; sent < size; sent += 768 * 1024) yield chunk
      yield '","path":"model.bin","encoding":"base64"}}'
    }
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    let peak = before
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20)
    const status = await new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${people.wil?.token}`, 'content-type': 'application/x-ndjson' }
      const sent = request(`${hub.url}/api/models/lab/${repo}/commit/main`, { method: 'POST', headers }, (reply) => {
        reply.resume()
        resolve(reply.statusCode)
      })
      sent.on('error', reject)
      Readable.from(lines()).pipe(sent)
    })
    clearInterval(watch)
    assert.equal(status, 200)
    assert.ok(peak - before < 100 * 1024 * 1024, `${(peak - before) / 1024 / 1024} MiB`)
    assert.match(await git(repo, 'cat-file', 'blob', 'main:model.bin'), new RegExp(`size ${size}`))
  })

  it('that breaks off is none', async () => {
    const repo = await newRepo()
    const before = await head(repo)
    await new Promise<void>((resolve) => {
      const headers = { authorization: `Bearer ${people.wil?.token}`, 'content-type': 'application/x-ndjson' }
      const sent = request(`${hub.url}/api/models/lab/${repo}/commit/main`, { method: 'POST', headers })
      sent.on('error', () => resolve())
      sent.write(
        `${body([header(), file('a', 'x')])}\n{"key":"file","value":{"content":"${'A'.repeat(3_000_000)}`,
        () => {
          setTimeout(() => sent.destroy(), 100)
        },
      )
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    assert.equal(await head(repo), before)
    assert.deepEqual(incoming(), [])
  })
})

describe('a hundred commits at once', () => {
  it('to one branch by its head: one wins, the others hear 412', async () => {
    const repo = await newRepo()
    const parentCommit = await head(repo)
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, n) => send('wil', repo, [header({ parentCommit }), file(`f${n}`, 'x')])),
    )
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array(99).fill(412)])
    assert.equal(await git(repo, 'rev-list', '--count', 'main'), '2')
  })

  it('without a parent: every success is in the history, every refusal is 412', async () => {
    const repo = await newRepo()
    const before = (await hub.events(orgId)).length
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, n) => send('wil', repo, [header(), file(`f${n}`, `${n}`)])),
    )
    const made = replies.flatMap(({ status, body }) => (status === 200 ? [body.commitOid] : []))
    assert.ok(
      replies.every(({ status }) => status === 200 || status === 412),
      JSON.stringify(replies.map((r) => r.status)),
    )
    assert.ok(made.length > 0)
    const history = (await git(repo, 'rev-list', 'main')).split('\n')
    assert.deepEqual(
      made.filter((oid) => !history.includes(oid)),
      [],
    )
    assert.equal(history.length, made.length + 1)
    assert.equal((await paths(repo)).length, made.length + 1)
    assert.equal((await hub.events(orgId)).length, before + made.length)
    assert.deepEqual(await checkRepository(hub.running.server.hub.git, await idOf(repo)), [])
  })
})
