import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { partBytes } from '../../server/lfs/bytes/bytes.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { objectOf } from '../lfs-bytes.ts'
import { type S3Server, s3Missing, startS3 } from '../versitygw.ts'

suite('a hub whose large files are in an S3 store', { skip: s3Missing }, () => {
  let s3: S3Server
  let hub: TestHub
  let ada: Person
  before(async () => {
    s3 = await startS3()
    hub = await startTestHub({ storage: { lfsS3: s3.options } })
    ada = await hub.person('ada')
    const made = await hub.request(ada, 'POST', '/api/repos/create', { name: 'big', private: true })
    assert.equal(made.status, 200)
  })
  after(() => s3.stop())

  const batch = async (operation: string, bytes: Buffer, transfers = ['basic']) => {
    const body = { operation, transfers, objects: [objectOf(bytes)] }
    const reply = await hub.request(ada, 'POST', '/ada/big.git/info/lfs/objects/batch', body)
    return reply.body.objects[0]
  }
  const put = (href: string, bytes: Buffer) =>
    fetch(href, { method: 'PUT', body: bytes as unknown as NonNullable<RequestInit['body']> })
  const fetched = async (bytes: Buffer) => {
    const { href } = (await batch('download', bytes)).actions.download
    const address = await fetch(href, { redirect: 'manual' })
    assert.equal(address.status, 302)
    assert.ok(address.headers.get('location')?.startsWith(s3.options.endpoint))
    return Buffer.from(await (await fetch(href)).arrayBuffer())
  }

  test('objects go through the hub, and come from the store', async () => {
    const bytes = randomBytes(20_000_000)
    const { upload, verify } = (await batch('upload', bytes)).actions
    assert.equal((await put(upload.href, randomBytes(20_000_000))).status, 422)
    assert.equal((await put(upload.href, bytes)).status, 200)
    const verified = await hub.request(undefined, 'POST', verify.href.slice(hub.url.length), objectOf(bytes))
    assert.equal(verified.status, 200)
    assert.deepEqual(objectOf(await fetched(bytes)), objectOf(bytes))
  })

  test('parts too', async () => {
    const bytes = randomBytes(partBytes(0) + 7)
    const { href, header } = (await batch('upload', bytes, ['multipart'])).actions.upload
    const size = Number(header.chunk_size)
    const parts: { partNumber: number; etag: string }[] = []
    for (const partNumber of [2, 1]) {
      const piece = bytes.subarray((partNumber - 1) * size, partNumber * size)
      const sent = await put(header[String(partNumber).padStart(5, '0')], piece)
      assert.equal(sent.status, 200)
      parts.push({ partNumber, etag: sent.headers.get('etag') ?? '' })
    }
    const path = href.slice(hub.url.length)
    for (const _ of [1, 2]) {
      const done = await hub.request(undefined, 'POST', path, { oid: objectOf(bytes).oid, parts })
      assert.equal(done.status, 200, JSON.stringify(done.body))
    }
    assert.deepEqual(objectOf(await fetched(bytes)), objectOf(bytes))
  })

  test('a store that is gone is said, and git goes on', async () => {
    const bytes = randomBytes(100)
    const { upload } = (await batch('upload', bytes)).actions
    await s3.stop()
    assert.equal((await put(upload.href, bytes)).status, 503)
    assert.equal((await hub.request(ada, 'GET', '/api/models/ada/big/tree/main')).status, 200)
  })
})
