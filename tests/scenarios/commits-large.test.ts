import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { checkRepository } from '../../server/git/upkeep/maintenance.ts'
import { body, file, header, lfs, openCommitLab, removed, text } from '../commit-lab.ts'
import { until } from '../until.ts'

const { hub, people, newRepo, send, commit, idOf, git, head, paths, incoming } = await openCommitLab()
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

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
      /[^ -~]/g,
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

  it('goes by the .gitattributes of folders, and writes its own line into the deepest', async () => {
    const repo = await newRepo()
    await commit(repo, [text('data/.gitattributes', '*.csv filter=lfs -text\n*.bin -filter\n'), file('x.csv', 'x')])
    await commit(repo, [
      file('data/y.csv', 'y'),
      file('data/deep/z.csv', 'z'),
      file('z.csv', 'z'),
      file('data/a.bin', 'a'),
    ])
    const isPointer = async (path: string) =>
      (await git(repo, 'cat-file', 'blob', `main:${path}`)).startsWith('version')
    const lfsOnes = async (paths: string[]) => {
      const found: string[] = []
      for (const path of paths) if (await isPointer(path)) found.push(path)
      return found
    }
    const all = ['x.csv', 'z.csv', 'data/y.csv', 'data/deep/z.csv', 'data/a.bin']
    assert.deepEqual(await lfsOnes(all), ['data/y.csv', 'data/deep/z.csv'])
    const oid = sha256(Buffer.from('y'))
    await commit(repo, [lfs('data/b.bin', oid), lfs('other/c.dat', oid)])
    const attributes = (path: string) => git(repo, 'cat-file', 'blob', `main:${path}`)
    assert.match(await attributes('data/.gitattributes'), /^\/b\.bin filter=lfs /m)
    assert.match(await attributes('.gitattributes'), /^\/other\/c\.dat filter=lfs /m)
    assert.doesNotMatch(await attributes('.gitattributes'), /b\.bin/)
    await commit(repo, [removed('data/.gitattributes'), file('data/plain.csv', 'p')])
    await commit(repo, [text('moved/.gitattributes', '*.csv filter=lfs\n')])
    const renamed = { key: 'file', value: { path: 'there/.gitattributes', oldPath: 'moved/.gitattributes' } }
    await commit(repo, [renamed, file('there/q.csv', 'q'), file('moved/q.csv', 'q')])
    await commit(repo, [removed('there', 'deletedFolder'), file('there/r.csv', 'r')])
    assert.deepEqual(await lfsOnes(['data/plain.csv', 'moved/q.csv', 'there/r.csv']), [])
    assert.equal(await isPointer('data/y.csv'), true)
    const earlier = await git(repo, 'cat-file', 'blob', 'main~1:there/q.csv')
    assert.match(earlier, /^version/)
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
        () => void until(() => incoming().length > 0).then(() => sent.destroy()),
      )
    })
    await until(() => incoming().length === 0)
    assert.equal(await head(repo), before)
  })
})
