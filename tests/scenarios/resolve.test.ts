import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { type IncomingHttpHeaders, request } from 'node:http'
import { Readable } from 'node:stream'
import { before, describe, it } from 'node:test'
import { scratchOn } from '../git-repository.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { until } from '../until.ts'

let hub: TestHub
let ada: Person
let bob: Person
let id: string
let first: string
let head: string

const text = 'hello, this is a text file\n'
const large = randomBytes(3_000_000)
const weights = randomBytes(100_000)
const sha256 = createHash('sha256').update(weights).digest('hex')
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${weights.length}\n`

before(async () => {
  hub = await startTestHub()
  ada = await hub.person('ada')
  bob = await hub.person('bob')
  const made = await hub.request(ada, 'POST', '/api/repos/create', { name: 'files', visibility: 'private' })
  id = made.body.id
  const { git, lfs } = hub.running.server.hub
  const scratch = scratchOn(git)
  first = scratch.commit(id, {
    'a.txt': text,
    empty: '',
    'page.html': '<script>alert(1)</script>',
    'picture.svg': '<svg/>',
    'dir/größe "x".txt': 'odd name',
    'large.dat': { content: large },
    'model.safetensors': pointer,
  })
  head = scratch.commit(id, { 'a.txt': 'changed\n' })
  scratch.git(id, ['update-ref', 'refs/heads/feature/x', first])
  await lfs.put(id, { oid: sha256, size: weights.length }, Readable.from([weights]))
})

async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const sent = { authorization: `Bearer ${ada.token}`, ...headers }
  const reply = await fetch(`${hub.url}${path}`, { method, headers: sent, redirect: 'manual' })
  return { status: reply.status, headers: reply.headers, body: Buffer.from(await reply.arrayBuffer()) }
}
// As the address stands: fetch would take `..` out of it.
function visit(path: string, method: string): Promise<{ status: number | undefined; headers: IncomingHttpHeaders }> {
  const { hostname, port } = new URL(hub.url)
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${ada.token}` }
    const sent = request({ hostname, port, path, method, headers }, (reply) => {
      reply.resume()
      resolve({ status: reply.statusCode, headers: reply.headers })
    })
    sent.on('error', reject).end()
  })
}
function readingProcesses(): number {
  const lines = execFileSync('ps', ['-eo', 'ppid,args'], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.trim().startsWith(`${process.pid} `) && line.includes('cat-file blob')).length
}
const at = (rev: string, path: string) => `/ada/files/resolve/${rev}/${path}`
const blobId = (content: Buffer) => createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')

describe('a file', () => {
  it('is sent with what a client needs to keep it', async () => {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers, body } = await get(at(first, 'a.txt'), {}, method)
      assert.equal(status, 200)
      assert.equal(body.toString(), method === 'GET' ? text : '')
      assert.equal(headers.get('content-length'), String(text.length))
      assert.equal(headers.get('etag'), `"${blobId(Buffer.from(text))}"`)
      assert.equal(headers.get('x-repo-commit'), first)
      assert.equal(headers.get('accept-ranges'), 'bytes')
      assert.match(headers.get('cache-control') ?? '', /private/)
      assert.match(headers.get('vary') ?? '', /Authorization/)
      assert.equal(headers.get('content-encoding'), null)
    }
  })

  it('is of the revision asked for, by any of its names', async () => {
    const revisions = {
      main: 'changed\n',
      HEAD: 'changed\n',
      [head]: 'changed\n',
      [first]: text,
      [first.slice(0, 8)]: text,
    }
    const more = { 'refs%2Fheads%2Fmain': 'changed\n', 'feature%2Fx': text, 'feature/x': text }
    for (const [rev, content] of Object.entries({ ...revisions, ...more })) {
      const { status, body } = await get(at(rev, 'a.txt'))
      assert.deepEqual([status, body.toString()], [200, content], rev)
    }
  })

  it('is sent under its other address, and to a HEAD as raw', async () => {
    assert.equal((await get(`/api/resolve-cache/models/ada/files/${first}/a.txt`)).body.toString(), text)
    assert.equal((await get('/ada/files/raw/main/a.txt', {}, 'HEAD')).status, 200)
    assert.equal((await get('/ada/files/raw/main/none', {}, 'HEAD')).status, 404)
  })

  it('that is large is streamed whole and in ranges', async () => {
    const whole = await get(at('main', 'large.dat'))
    assert.ok(whole.body.equals(large))
    assert.equal(whole.headers.get('content-length'), String(large.length))
    const part = await get(at('main', 'large.dat'), { range: 'bytes=1000000-2000000' })
    assert.equal(part.status, 206)
    assert.equal(part.headers.get('content-range'), `bytes 1000000-2000000/${large.length}`)
    assert.ok(part.body.equals(large.subarray(1_000_000, 2_000_001)))
  })

  it('that no one wants any more is not read on', async () => {
    const huge = scratchOn(hub.running.server.hub.git).commit(id, { huge: { content: Buffer.alloc(50_000_000, 'x') } })
    for (let round = 0; round < 30; round++) {
      const stop = new AbortController()
      const headers = { authorization: `Bearer ${ada.token}` }
      const reply = await fetch(`${hub.url}${at(huge, 'huge')}`, { headers, signal: stop.signal })
      await reply.body?.getReader().read()
      stop.abort()
    }
    await until(() => readingProcesses() === 0)
    scratchOn(hub.running.server.hub.git).git(id, ['update-ref', 'refs/heads/main', head])
  })

  const length = text.length
  const ranges: [string, number, string | null, string][] = [
    ['bytes=0-0', 206, `bytes 0-0/${length}`, text.slice(0, 1)],
    ['bytes=0-4', 206, `bytes 0-4/${length}`, text.slice(0, 5)],
    ['bytes=5-', 206, `bytes 5-${length - 1}/${length}`, text.slice(5)],
    ['bytes=-5', 206, `bytes ${length - 5}-${length - 1}/${length}`, text.slice(-5)],
    ['bytes=-1000', 206, `bytes 0-${length - 1}/${length}`, text],
    ['bytes=0-1000', 206, `bytes 0-${length - 1}/${length}`, text],
    [`bytes=${length}-`, 416, `bytes */${length}`, ''],
    ['bytes=1000-2000', 416, `bytes */${length}`, ''],
    ['bytes=-0', 416, `bytes */${length}`, ''],
    ['bytes=5-2', 200, null, text],
    ['bytes=0-1,3-4', 200, null, text],
    ['lines=0-1', 200, null, text],
    ['bytes=a-b', 200, null, text],
    ['bytes=', 200, null, text],
  ]
  for (const [range, status, contentRange, body] of ranges)
    it(`answers ${range} with ${status}`, async () => {
      const reply = await get(at(first, 'a.txt'), { range })
      assert.equal(reply.status, status)
      assert.equal(reply.headers.get('content-range'), contentRange)
      if (status !== 416) assert.equal(reply.body.toString(), body)
    })

  it('that is empty has no range, and is no refusal', async () => {
    for (const range of ['bytes=0-0', 'bytes=0-', 'bytes=-1']) {
      const { status, headers, body } = await get(at('main', 'empty'), { range })
      assert.deepEqual([status, headers.get('content-range'), body.length], [200, 'bytes */0', 0])
    }
    assert.equal((await get(at('main', 'empty'))).headers.get('content-length'), '0')
  })

  it('that did not change is not sent again', async () => {
    const { headers } = await get(at('main', 'a.txt'))
    const etag = headers.get('etag') ?? ''
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const reply = await get(at('main', 'a.txt'), { 'if-none-match': tag })
      assert.deepEqual([reply.status, reply.body.length, reply.headers.get('etag')], [304, 0, etag])
    }
    assert.equal((await get(at('main', 'a.txt'), { 'if-none-match': '"x"' })).status, 200)
    assert.equal((await get(at('main', 'a.txt'), { range: 'bytes=0-1', 'if-range': etag })).status, 206)
    assert.equal((await get(at('main', 'a.txt'), { range: 'bytes=0-1', 'if-range': '"x"' })).status, 200)
  })

  it('is never a page of the hub', async () => {
    for (const path of ['page.html', 'picture.svg']) {
      const { headers } = await get(at('main', path))
      assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; .*sandbox$/)
    }
    const named = await get(`${at('main', encodeURIComponent('dir/größe "x".txt'))}?download=true`)
    const disposition = `attachment; filename="gr__e _x_.txt"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%22x%22.txt`
    assert.equal(named.headers.get('content-disposition'), disposition)
    assert.equal(named.body.toString(), 'odd name')
  })
})

describe('a file in LFS', () => {
  it('is sent by its content', async () => {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers, body } = await get(at('main', 'model.safetensors'), {}, method)
      assert.equal(status, 200)
      assert.ok(body.equals(method === 'GET' ? weights : Buffer.alloc(0)))
      assert.equal(headers.get('content-length'), String(weights.length))
      assert.equal(headers.get('etag'), `"${sha256}"`)
      assert.equal(headers.get('x-linked-etag'), `"${sha256}"`)
      assert.equal(headers.get('x-linked-size'), String(weights.length))
      assert.equal(headers.get('x-repo-commit'), head)
    }
    const part = await get(at('main', 'model.safetensors'), { range: 'bytes=-1000' })
    assert.equal(part.status, 206)
    assert.ok(part.body.equals(weights.subarray(-1000)))
    assert.equal((await get(at('main', 'model.safetensors'), { range: 'bytes=100000-' })).status, 416)
  })

  it('is its pointer as raw', async () => {
    const { body, headers } = await get('/ada/files/raw/main/model.safetensors')
    assert.equal(body.toString(), pointer)
    assert.equal(headers.get('etag'), `"${blobId(Buffer.from(pointer))}"`)
    assert.equal(headers.get('x-linked-etag'), null)
  })

  it('whose bytes are not in this repository is not found', async () => {
    const made = await hub.request(ada, 'POST', '/api/repos/create', { name: 'thief' })
    scratchOn(hub.running.server.hub.git).commit(made.body.id, { 'model.safetensors': pointer })
    const { status, headers } = await get('/ada/thief/resolve/main/model.safetensors')
    assert.deepEqual([status, headers.get('x-error-code')], [404, 'EntryNotFound'])
  })
})

describe('what is not there', () => {
  const rows: [string, string, string, boolean][] = [
    ['main', 'none', 'EntryNotFound', true],
    ['main', 'dir', 'EntryNotFound', true],
    ['main', '', 'EntryNotFound', true],
    ['main', 'dir/../a.txt', 'EntryNotFound', true],
    ['main', 'dir%2F..%2Fa.txt', 'EntryNotFound', true],
    ['main', '.git/config', 'EntryNotFound', true],
    ['main', '%2e%2e/%2e%2e/etc/passwd', 'EntryNotFound', true],
    ['nothing', 'a.txt', 'RevisionNotFound', false],
    ['main~1', 'a.txt', 'RevisionNotFound', false],
    ['main:a.txt', 'a.txt', 'RevisionNotFound', false],
    ['--all', 'a.txt', 'RevisionNotFound', false],
    ['0'.repeat(40), 'a.txt', 'RevisionNotFound', false],
  ]
  for (const [rev, path, code, hasCommit] of rows)
    it(`${rev}/${path} is ${code}`, async () => {
      for (const method of ['GET', 'HEAD']) {
        const target = at(rev, path)
        const { status, headers } = await visit(target, method)
        assert.equal(status, 404)
        assert.equal(headers['x-error-code'], code)
        assert.equal(headers['x-repo-commit'], hasCommit ? head : undefined)
      }
    })

  it('is the whole repository for who may not read it', async () => {
    const rows: [Person | undefined, number][] = [
      [undefined, 401],
      [bob, 404],
      [ada, 200],
    ]
    for (const [who, status] of rows) {
      for (const path of [at('main', 'a.txt'), at('main', 'none'), at('none', 'a.txt'), '/ada/files/raw/main/a.txt']) {
        const reply = await hub.request(who, 'HEAD', path)
        if (status !== 200)
          assert.deepEqual([reply.status, reply.headers.get('x-error-code')], [status, 'RepoNotFound'])
        else assert.ok([200, 404].includes(reply.status))
      }
    }
  })

  it('under its old name leads to the new one', async () => {
    const made = await hub.request(ada, 'POST', '/api/repos/create', { name: 'old', type: 'dataset' })
    scratchOn(hub.running.server.hub.git).commit(made.body.id, { 'a b.txt': text })
    await hub.request(ada, 'POST', '/api/repos/move', { fromRepo: 'ada/old', toRepo: 'ada/new', type: 'dataset' })
    const moved = await get('/datasets/ada/OLD/resolve/main/a%20b.txt?download=true', {}, 'HEAD')
    assert.equal(moved.status, 307)
    assert.equal(moved.headers.get('location'), '/datasets/ada/new/resolve/main/a%20b.txt?download=true')
    const cached = await get('/api/resolve-cache/datasets/ada/old/main/a%20b.txt')
    assert.equal(cached.headers.get('location'), '/api/resolve-cache/datasets/ada/new/main/a%20b.txt')
    assert.equal((await get('/datasets/ADA/NEW/resolve/main/a%20b.txt')).body.toString(), text)
  })
})
