import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { startTestHub } from '../hub.ts'
import { until } from '../until.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'gh-unread-'))
const hub = await startTestHub({ dataDir })
const ada = await hub.person('ada')
await hub.request(ada, 'POST', '/api/repos/create', { name: 'm' })

/** Sends a request in chunks, then asks for something else on the same connection; answers both. */
async function twice(method: string, path: string, headers: string[], bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(hub.url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    if (/HTTP\/1\.1 .*HTTP\/1\.1 /s.test(text)) socket.end()
  })
  const head = [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Transfer-Encoding: chunked', ...headers]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  for (let at = 0; at < bytes.length; at += 65_536) {
    const piece = bytes.subarray(at, at + 65_536)
    socket.write(`${piece.length.toString(16)}\r\n`)
    socket.write(piece)
    socket.write('\r\n')
  }
  socket.write('0\r\n\r\nGET /api/models HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'close')
  return text
}

function statuses(text: string): string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status)
}

const auth = `Authorization: Bearer ${ada.token}`
const large = Buffer.alloc(8 * 1024 * 1024, 'x')

async function uploadPath(): Promise<string> {
  const objects = [{ oid: createHash('sha256').update('small').digest('hex'), size: 5 }]
  const { body } = await hub.request(ada, 'POST', '/ada/m.git/info/lfs/objects/batch', { operation: 'upload', objects })
  return new URL(body.objects[0].actions.upload.href).pathname
}

test('more bytes than an object has are refused, and the connection goes on', async () => {
  assert.deepEqual(statuses(await twice('PUT', await uploadPath(), [], large)), ['400', '200'])
})

test('a fetch and a push that make no sense leave the connection as it was', async () => {
  for (const service of ['upload-pack', 'receive-pack']) {
    const type = `Content-Type: application/x-git-${service}-request`
    for (const [extra, bytes] of [
      [[], large],
      [['Content-Encoding: gzip'], large],
      [['Content-Encoding: gzip'], gzipSync(large)],
    ] as const) {
      const text = await twice('POST', `/ada/m.git/git-${service}`, [auth, type, ...extra], bytes)
      assert.deepEqual(statuses(text).slice(1), ['200'], `${service} ${extra} ${text.slice(0, 500)}`)
    }
  }
})

test('a commit to a repository that is deleted meanwhile finds none', async () => {
  const lines = [
    { key: 'header', value: { summary: 'late' } },
    { key: 'file', value: { path: 'a.txt', content: 'a'.repeat(3_000_000) } },
  ]
  const bytes = Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))
  async function* body() {
    yield bytes.subarray(0, -1000)
    await until(() => readdirSync(join(dataDir, 'incoming')).length > 0)
    assert.equal((await hub.request(ada, 'DELETE', '/api/repos/delete', { name: 'm' })).status, 200)
    yield bytes.subarray(-1000)
  }
  const headers = { authorization: `Bearer ${ada.token}`, 'content-type': 'application/x-ndjson' }
  const request = { method: 'POST', headers, body: ReadableStream.from(body()), duplex: 'half' } as RequestInit
  const reply = await fetch(`${hub.url}/api/models/ada/m/commit/main`, request)
  assert.deepEqual([reply.status, reply.headers.get('x-error-code')], [404, 'RepoNotFound'])
})
