import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { HubError } from '../server/kernel/errors.ts'
import { newId } from '../server/kernel/ids.ts'
import { type LfsObject, type LfsStore, partBytes } from '../server/lfs/bytes/bytes.ts'

/** What bytes are called. */
export function objectOf(bytes: Uint8Array): LfsObject {
  return { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.byteLength }
}

/** Bytes as they come over a wire. */
export function inChunks(bytes: Buffer, length = 65_536): Readable {
  const chunks = Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) =>
    bytes.subarray(i * length, (i + 1) * length),
  )
  return Readable.from(chunks)
}

/** For `assert.rejects`: a refusal of this status. */
export const refused = (status: number) => (error: unknown) => error instanceof HubError && error.status === status

/** Everything that a list brings. */
export async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of list) items.push(item)
  return items
}

/** The bytes of an object that must be there. */
export async function read(store: LfsStore, repoId: string, oid: string): Promise<Buffer> {
  const stream = await store.open(repoId, oid)
  assert.ok(stream)
  return buffer(stream)
}

/** Sends one part of an upload of these bytes. */
export async function sendPart(
  to: { store: LfsStore; repoId: string; uploadId: string },
  bytes: Buffer,
  number: number,
) {
  const whole = partBytes(bytes.length)
  const body = bytes.subarray((number - 1) * whole, number * whole)
  const etag = await to.store.putPart(to.repoId, to.uploadId, { number, size: body.length, body: inChunks(body) })
  return { partNumber: number, etag }
}

/** What is true of every home of bytes; each case answers how many objects there are afterwards, and nothing else. */
export const storeCases: Record<string, (store: LfsStore, repoId: string) => Promise<number>> = {
  'gives back what was put, whole and in ranges, and says how long it is': givesBack,
  'an object is in its own repository only': keepsApart,
  'wrong hash, short, long and broken streams are refused': refusesWrongBytes,
  'a refused upload does not touch what is there': keepsWhatIsThere,
  'the same object many times at once is there once': takesTheSameAtOnce,
  'names that could lead elsewhere are not looked up': refusesOddNames,
  'takes over a file, and lists and removes what is there': takesOver,
  'parts in any order, at once and again make one object; completing again is harmless': joinsParts,
  'parts that do not fit are refused, and a whole of other bytes is none': refusesWrongParts,
  'unfinished uploads are swept by age, and with their repository': sweeps,
}

async function givesBack(store: LfsStore, repoId: string): Promise<number> {
  for (const bytes of [Buffer.alloc(0), randomBytes(1), randomBytes(5_000_001)]) {
    const object = objectOf(bytes)
    await store.put(repoId, object, inChunks(bytes))
    assert.equal(await store.sizeOf(repoId, object.oid), bytes.length)
    assert.deepEqual(await read(store, repoId, object.oid), bytes)
  }
  const bytes = randomBytes(3_000_000)
  const object = objectOf(bytes)
  await store.put(repoId, object, inChunks(bytes, 777))
  const part = await store.open(repoId, object.oid, { start: 1_234_567, end: 1_234_569 })
  assert.ok(part)
  assert.deepEqual(await buffer(part), bytes.subarray(1_234_567, 1_234_570))
  return 4
}

async function keepsApart(store: LfsStore, repoId: string): Promise<number> {
  const bytes = randomBytes(100)
  const object = objectOf(bytes)
  await store.put(repoId, object, inChunks(bytes))
  const other = newId()
  assert.equal(await store.sizeOf(other, object.oid), undefined)
  assert.equal(await store.open(other, object.oid), undefined)
  return 1
}

// Large ones are hashed elsewhere than small ones
async function refusesWrongBytes(store: LfsStore, repoId: string): Promise<number> {
  for (const size of [200_000, 9_000_000]) await refusesWrong(store, repoId, randomBytes(size))
  return 0
}

async function refusesWrong(store: LfsStore, repoId: string, bytes: Buffer): Promise<void> {
  const object = objectOf(bytes)
  const wrong = Buffer.from(bytes)
  wrong[150_000] = (wrong[150_000] ?? 0) ^ 1
  await assert.rejects(store.put(repoId, object, inChunks(wrong)), refused(422))
  await assert.rejects(store.put(repoId, object, inChunks(bytes.subarray(1))), refused(400))
  await assert.rejects(store.put(repoId, object, inChunks(Buffer.concat([bytes, Buffer.alloc(1)]))), refused(400))
  const broken = Readable.from(
    (async function* () {
      yield bytes.subarray(0, 100)
      throw new Error('the client went away')
    })(),
  )
  await assert.rejects(store.put(repoId, object, broken), /went away/)
  assert.equal(await store.sizeOf(repoId, object.oid), undefined)
}

async function keepsWhatIsThere(store: LfsStore, repoId: string): Promise<number> {
  const bytes = randomBytes(200_000)
  const object = objectOf(bytes)
  await store.put(repoId, object, inChunks(bytes))
  await assert.rejects(store.put(repoId, object, inChunks(randomBytes(200_000))), refused(422))
  assert.deepEqual(await read(store, repoId, object.oid), bytes)
  return 1
}

async function takesTheSameAtOnce(store: LfsStore, repoId: string): Promise<number> {
  for (const size of [1_000_000, 9_000_000]) {
    const bytes = randomBytes(size)
    const object = objectOf(bytes)
    await Promise.all(Array.from({ length: 12 }, () => store.put(repoId, object, inChunks(bytes))))
    assert.deepEqual(await read(store, repoId, object.oid), bytes)
  }
  return 2
}

async function refusesOddNames(store: LfsStore, repoId: string): Promise<number> {
  const object = objectOf(Buffer.alloc(1))
  await assert.rejects(store.sizeOf(repoId, `../../${'a'.repeat(58)}`))
  await assert.rejects(async () => store.open(repoId, object.oid.toUpperCase()))
  await assert.rejects(store.sizeOf('../../etc', object.oid))
  await assert.rejects(store.putPart(repoId, '../x-1', { number: 1, size: 1, body: inChunks(Buffer.alloc(1)) }))
  return 0
}

async function takesOver(store: LfsStore, repoId: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'gh-spool-'))
  const bytes = randomBytes(10_000)
  const object = objectOf(bytes)
  const spooled = join(folder, 'spooled')
  writeFileSync(spooled, bytes)
  await store.adopt(repoId, object, spooled)
  await assert.rejects(access(spooled))
  rmSync(folder, { recursive: true })
  assert.deepEqual(await read(store, repoId, object.oid), bytes)
  const listed = await all(store.list(repoId))
  assert.deepEqual(
    listed.map(({ oid, size }) => ({ oid, size })),
    [object],
  )
  assert.deepEqual(await all(store.repositories()), [repoId])
  await store.remove(repoId, object.oid, new Date(0))
  assert.equal(await store.sizeOf(repoId, object.oid), object.size)
  await store.remove(repoId, object.oid, new Date('9999-01-01'))
  await store.remove(repoId, object.oid)
  assert.equal(await store.sizeOf(repoId, object.oid), undefined)
  return 0
}

async function joinsParts(store: LfsStore, repoId: string): Promise<number> {
  const bytes = randomBytes(2 * partBytes(0) + 4321)
  const object = objectOf(bytes)
  const uploadId = await store.beginParts(repoId, object)
  const parts = await Promise.all([3, 1, 2, 1].map((number) => sendPart({ store, repoId, uploadId }, bytes, number)))
  await assert.rejects(store.completeParts(repoId, uploadId, object, parts.slice(0, 2)), refused(400))
  const sent = parts.slice(0, 3)
  await Promise.all([1, 2].map(() => store.completeParts(repoId, uploadId, object, sent)))
  await store.completeParts(repoId, uploadId, object, sent)
  assert.deepEqual(objectOf(await read(store, repoId, object.oid)), object)
  return 1
}

async function refusesWrongParts(store: LfsStore, repoId: string): Promise<number> {
  const bytes = randomBytes(partBytes(0) + 10)
  const object = objectOf(bytes)
  const uploadId = await store.beginParts(repoId, object)
  const part = (number: number, size: number, body: Buffer) =>
    store.putPart(repoId, uploadId, { number, size, body: inChunks(body) })
  await assert.rejects(part(0, 10, bytes.subarray(0, 10)), refused(400))
  await assert.rejects(part(3, 10, bytes.subarray(0, 10)), refused(400))
  await assert.rejects(part(2, 11, bytes.subarray(0, 11)), refused(400))
  await assert.rejects(part(2, 10, bytes.subarray(0, 9)), refused(400))
  await assert.rejects(part(2, 10, bytes.subarray(0, 11)), refused(400))
  const first = await sendPart({ store, repoId, uploadId }, bytes, 1)
  const sent = [first, { partNumber: 2, etag: await part(2, 10, Buffer.alloc(10)) }]
  await assert.rejects(store.completeParts(repoId, uploadId, object, sent), refused(422))
  await assert.rejects(part(2, 10, bytes.subarray(0, 10)), refused(404))
  return 0
}

async function sweeps(store: LfsStore, repoId: string): Promise<number> {
  const object = objectOf(randomBytes(10))
  await store.beginParts(repoId, object)
  assert.equal(await store.sweepUploads(new Date(0)), 0)
  assert.equal(await store.sweepUploads(new Date('9999-01-01')), 1)
  const kept = newId()
  await store.beginParts(kept, object)
  await store.beginParts(repoId, object)
  await store.removeRepository(repoId)
  await store.removeRepository(kept)
  const ended = await store.beginParts(repoId, object)
  await store.abortParts(repoId, ended)
  await store.abortParts(repoId, ended)
  return 0
}
