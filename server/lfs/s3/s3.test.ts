import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { all, inChunks, objectOf, read, refused, sendPart, storeCases } from '../../../tests/lfs-bytes.ts'
import { type S3Server, s3Missing, startS3 } from '../../../tests/versitygw.ts'
import { newId } from '../../kernel/ids.ts'
import { type LfsStore, partBytes } from '../bytes/bytes.ts'
import { openLfsS3 } from './s3.ts'

suite('bytes in an S3 store', { skip: s3Missing }, () => {
  let server: S3Server
  before(async () => {
    server = await startS3()
  })
  after(() => server.stop())

  // The least that a piece may have, so that small objects come in several.
  const fresh = (): { store: LfsStore; repoId: string } => ({
    store: openLfsS3(
      { ...server.options, prefix: `${newId()}/` },
      { uploadBytes: 5 * 1024 * 1024, copyBytes: 50 * 1024 * 1024 },
    ),
    repoId: newId(),
  })

  for (const [name, holds] of Object.entries(storeCases)) {
    test(name, async () => {
      const { store, repoId } = fresh()
      const left = await holds(store, repoId)
      assert.equal(await store.sweepUploads(new Date('9999-01-01')), 0)
      assert.equal((await all(store.list(repoId))).length, left)
      await store.removeRepository(repoId)
      assert.deepEqual(await all(store.list(repoId)), [])
    })
  }

  test('an object of several pieces that turns out wrong leaves nothing', async () => {
    const { store, repoId } = fresh()
    const bytes = randomBytes(17_000_000)
    const object = objectOf(bytes)
    await assert.rejects(store.put(repoId, object, inChunks(Buffer.alloc(17_000_000))), refused(422))
    await assert.rejects(store.put(repoId, object, inChunks(bytes.subarray(0, 16_000_000))), refused(400))
    assert.equal(await store.sweepUploads(new Date('9999-01-01')), 0)
    assert.equal(await store.sizeOf(repoId, object.oid), undefined)
    await store.put(repoId, object, inChunks(bytes))
    assert.deepEqual(objectOf(await read(store, repoId, object.oid)), object)
  })

  test('a download goes to the store by an address that ends after ten minutes at the latest', async () => {
    const { store, repoId } = fresh()
    const bytes = randomBytes(100_000)
    const object = objectOf(bytes)
    await store.put(repoId, object, inChunks(bytes))
    const fileName = 'größe "1".bin'
    const url = await store.downloadUrl(repoId, object.oid, 86_400, { fileName, contentType: 'text/x-odd' })
    assert.ok(url)
    assert.equal(new URL(url).searchParams.get('X-Amz-Expires'), '600')
    const answer = await fetch(url, { headers: { Range: 'bytes=10-19' } })
    assert.equal(answer.status, 206)
    assert.equal(answer.headers.get('content-type'), 'text/x-odd')
    assert.equal(
      answer.headers.get('content-disposition'),
      `attachment; filename="gr__e _1_.bin"; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    )
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes.subarray(10, 20))
    const other = url.replace(object.oid, '0'.repeat(64))
    const refusal = await fetch(other)
    await refusal.body?.cancel()
    assert.equal(refusal.status, 403)
  })

  test('parts with wrong bytes never reach the object that is there', async () => {
    const { store, repoId } = fresh()
    const bytes = randomBytes(partBytes(0) + 10)
    const object = objectOf(bytes)
    await store.put(repoId, object, inChunks(bytes))
    const uploadId = await store.beginParts(repoId, object)
    const wrong = Buffer.alloc(bytes.length)
    const parts = [
      await sendPart({ store, repoId, uploadId }, wrong, 1),
      await sendPart({ store, repoId, uploadId }, wrong, 2),
    ]
    await assert.rejects(store.completeParts(repoId, uploadId, object, parts), refused(422))
    assert.deepEqual(objectOf(await read(store, repoId, object.oid)), object)
  })

  test('a store that does not answer is a refusal to try again', async () => {
    const store = openLfsS3({ ...server.options, endpoint: 'http://127.0.0.1:1' })
    const object = objectOf(Buffer.alloc(3))
    await assert.rejects(store.put(newId(), object, inChunks(Buffer.alloc(3))), refused(503))
    await assert.rejects(store.sizeOf(newId(), object.oid), refused(503))
    const noKey = openLfsS3({ ...server.options, secretAccessKey: 'wrong' })
    await assert.rejects(noKey.sizeOf(newId(), object.oid), refused(503))
  })
})
