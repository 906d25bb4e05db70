import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { type Person, startTestHub, testPassword } from '../hub.ts'
import { signedIn } from '../visitor.ts'

const hub = await startTestHub()
await hub.person('opal', { operator: true })
const { cookie = '' } = await signedIn(hub, 'opal')
const { people } = await hub.organization('acme', { ada: 'admin', ben: 'read', cleo: 'read', dan: 'write' })
const ada = people.ada as Person
const longText = 'words that compress well, again and again. '.repeat(100)
await hub.request(ada, 'POST', '/api/repos/create', {
  name: 'kite',
  organization: 'acme',
  files: [{ path: 'README.md', content: longText }],
})

for (let n = 0; n < 12; n++) {
  const newcomer = { username: `newcomer-${n}`, email: `newcomer-${n}@example.org`, password: testPassword }
  await hub.request(undefined, 'POST', '/api/signup', newcomer)
}

interface Answer {
  status: number
  headers: NodeJS.Dict<string | string[]>
  bytes: Buffer
}

// As it comes over the wire: fetch would unpack it.
function ask(path: string, options: { method?: string; headers?: Record<string, string>; body?: unknown }) {
  const { method = 'GET', headers = {}, body } = options
  const sent = body === undefined ? undefined : JSON.stringify(body)
  const who = headers.cookie ? {} : { authorization: `Bearer ${ada.token}` }
  const all = { ...who, ...(sent && { 'content-type': 'application/json' }), ...headers }
  return new Promise<Answer>((resolve, reject) => {
    request(hub.url + path, { method, headers: all, agent: false }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) })
    })
      .on('error', reject)
      .end(sent)
  })
}

const members = '/api/organizations/acme/members'

test('a long reply to a read comes compressed as the client takes it, and says that it depends on that', async () => {
  const plain = await ask('/api/organizations/acme/audit-log', {})
  assert.equal(plain.headers['content-encoding'], undefined)
  assert.ok(plain.bytes.length > 1024)
  for (const [accepts, encoding, unpack] of [
    ['gzip, deflate', 'gzip', gunzipSync],
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
  ] as const) {
    const { headers, bytes } = await ask('/api/organizations/acme/audit-log', {
      headers: { 'accept-encoding': accepts },
    })
    assert.equal(headers['content-encoding'], encoding)
    assert.equal(headers['content-length'], String(bytes.length))
    assert.match(String(headers.vary), /accept-encoding/i)
    assert.deepEqual(JSON.parse(unpack(bytes).toString()), JSON.parse(plain.bytes.toString()))
  }
})

const packed = { 'accept-encoding': 'gzip, br' }

test('short replies, replies to changes, replies with secrets, and HEAD are never compressed', async () => {
  const rows: [path: string, options: Parameters<typeof ask>[1]][] = [
    [`${members}-summary`, {}],
    ['/api/organizations/acme/audit-log', { method: 'HEAD' }],
    ['/api/operator/outbox', { headers: { cookie } }],
    ['/api/validate-yaml', { method: 'POST', body: { repoType: 'model', content: longText } }],
  ]
  for (const [path, options] of rows) {
    const { status, headers, bytes } = await ask(path, { ...options, headers: { ...packed, ...options.headers } })
    assert.equal(status, 200, path)
    if (path.includes('outbox')) assert.ok(bytes.length > 1024, 'the outbox is long enough to be compressed')
    assert.equal(headers['content-encoding'], undefined, path)
  }
})

test('files keep their bytes, their length and their tag, whatever the client takes', async () => {
  const path = '/acme/kite/resolve/main/README.md'
  const plain = await ask(path, {})
  for (const method of ['GET', 'HEAD']) {
    const { headers } = await ask(path, { method, headers: packed })
    assert.equal(headers['content-encoding'], undefined)
    assert.equal(headers['content-length'], String(longText.length))
    assert.equal(headers.etag, plain.headers.etag)
  }
  const { status, bytes } = await ask(path, { headers: { ...packed, range: 'bytes=0-4' } })
  assert.deepEqual([status, bytes.toString()], [206, 'words'])
})

test('an export comes compressed and whole', async () => {
  const path = '/api/organizations/acme/members/export'
  const plain = await ask(path, {})
  const { headers, bytes } = await ask(path, { headers: packed })
  assert.equal(headers['content-encoding'], 'gzip')
  assert.equal(gunzipSync(bytes).toString(), plain.bytes.toString())
})

test('the description of the API is compressed once, and not sent again to those who have it', async () => {
  const path = '/.well-known/openapi.json'
  const first = await ask(path, { headers: packed })
  assert.equal(first.headers['content-encoding'], 'br')
  assert.ok(first.bytes.length < 60_000, `${first.bytes.length} bytes`)
  assert.equal(JSON.parse(brotliDecompressSync(first.bytes).toString()).openapi, '3.1.0')
  const etag = String(first.headers.etag)
  const again = await ask(path, { headers: { ...packed, 'if-none-match': etag } })
  assert.deepEqual([again.status, again.bytes.length], [304, 0])
  assert.equal((await ask(path, {})).headers.etag, etag)
})

test('pages come as they were compressed when they were built', async () => {
  const { bytes } = await ask('/login', { headers: { accept: 'text/html' } })
  const script = bytes.toString().match(/src="(\/assets\/[^"]+\.js)"/)?.[1] ?? ''
  const plain = await ask(script, {})
  const { headers, bytes: small } = await ask(script, { headers: packed })
  assert.equal(headers['content-encoding'], 'br')
  assert.match(String(headers['content-type']), /javascript/)
  assert.match(String(headers['cache-control']), /immutable/)
  assert.equal(brotliDecompressSync(small).toString(), plain.bytes.toString())
})
