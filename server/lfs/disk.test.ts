import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { type LfsObject, type LfsStore, partBytes, partCount } from './bytes.ts'
import { openLfsDisk } from './disk.ts'

const root = mkdtempSync(join(tmpdir(), 'gh-lfs-'))
after(() => rmSync(root, { recursive: true, force: true }))

function fresh(): { folder: string; store: LfsStore; repoId: string } {
  const folder = join(root, newId())
  return { folder, store: openLfsDisk({ folder }), repoId: newId() }
}

function objectOf(bytes: Uint8Array): LfsObject {
  return { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.byteLength }
}

function inChunks(bytes: Buffer, length = 65_536): Readable {
  const chunks = Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) =>
    bytes.subarray(i * length, (i + 1) * length),
  )
  return Readable.from(chunks)
}

/** Every file below a folder. */
function files(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )
}

const refused = (status: number) => (error: unknown) => error instanceof HubError && error.status === status

test('gives back what was put, whole and in ranges, and says how long it is', async () => {
  const { store, repoId } = fresh()
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
  assert.equal(await store.downloadUrl(repoId, object.oid, 600, { fileName: 'a', contentType: 'b/c' }), undefined)
})

test('an object is in its own repository only', async () => {
  const { store, repoId } = fresh()
  const bytes = randomBytes(100)
  const object = objectOf(bytes)
  await store.put(repoId, object, inChunks(bytes))
  const other = newId()
  assert.equal(await store.sizeOf(other, object.oid), undefined)
  assert.equal(await store.open(other, object.oid), undefined)
})

test('wrong hash, short, long and broken streams are refused and leave nothing', async () => {
  const { store, repoId, folder } = fresh()
  const bytes = randomBytes(200_000)
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
  assert.deepEqual(files(folder), [])
  assert.equal(await store.sizeOf(repoId, object.oid), undefined)
})

test('a refused upload does not touch what is there', async () => {
  const { store, repoId } = fresh()
  const bytes = randomBytes(200_000)
  const object = objectOf(bytes)
  await store.put(repoId, object, inChunks(bytes))
  await assert.rejects(store.put(repoId, object, inChunks(randomBytes(200_000))), refused(422))
  assert.deepEqual(await read(store, repoId, object.oid), bytes)
})

test('the same object many times at once is there once', async () => {
  const { store, repoId, folder } = fresh()
  const bytes = randomBytes(1_000_000)
  const object = objectOf(bytes)
  await Promise.all(Array.from({ length: 12 }, () => store.put(repoId, object, inChunks(bytes))))
  assert.equal(files(folder).length, 1)
  assert.deepEqual(await read(store, repoId, object.oid), bytes)
})

test('names that could lead elsewhere are not looked up', async () => {
  const { store, repoId } = fresh()
  const object = objectOf(Buffer.alloc(1))
  await assert.rejects(store.sizeOf(repoId, `../../${'a'.repeat(58)}`))
  await assert.rejects(async () => store.open(repoId, object.oid.toUpperCase()))
  await assert.rejects(store.sizeOf('../../etc', object.oid))
  await assert.rejects(store.putPart(repoId, '../x-1', { number: 1, size: 1, body: inChunks(Buffer.alloc(1)) }))
})

test('takes over a file, and lists and removes what is there', async () => {
  const { store, repoId, folder } = fresh()
  mkdirSync(folder, { recursive: true })
  const bytes = randomBytes(10_000)
  const object = objectOf(bytes)
  const spooled = join(folder, 'spooled')
  writeFileSync(spooled, bytes)
  await store.adopt(repoId, object, spooled)
  assert.equal(existsSync(spooled), false)
  assert.deepEqual(await read(store, repoId, object.oid), bytes)
  const listed = await all(store.list(repoId))
  assert.deepEqual(
    listed.map(({ oid, size }) => ({ oid, size })),
    [object],
  )
  assert.deepEqual(await all(store.repositories()), [repoId])
  await store.remove(repoId, object.oid)
  await store.remove(repoId, object.oid)
  assert.equal(await store.sizeOf(repoId, object.oid), undefined)
})

test('takes over a file from another file system', {
  skip: !existsSync('/dev/shm') && 'no /dev/shm here',
}, async () => {
  const { store, repoId } = fresh()
  const bytes = randomBytes(10_000)
  const spooled = join('/dev/shm', newId())
  writeFileSync(spooled, bytes)
  await store.adopt(repoId, objectOf(bytes), spooled)
  assert.equal(existsSync(spooled), false)
  assert.deepEqual(await read(store, repoId, objectOf(bytes).oid), bytes)
})

test('parts in any order, at once and again make one object; completing again is harmless', async () => {
  const { store, repoId, folder } = fresh()
  const bytes = randomBytes(2 * partBytes(0) + 4321)
  const object = objectOf(bytes)
  const uploadId = await store.beginParts(repoId, object)
  const parts = await Promise.all([3, 1, 2, 1].map((number) => sendPart(store, repoId, uploadId, bytes, number)))
  await assert.rejects(store.completeParts(repoId, uploadId, object, parts.slice(0, 2)), refused(400))
  const sent = parts.slice(0, 3)
  await Promise.all([1, 2].map(() => store.completeParts(repoId, uploadId, object, sent)))
  await store.completeParts(repoId, uploadId, object, sent)
  assert.equal(
    createHash('sha256')
      .update(await read(store, repoId, object.oid))
      .digest('hex'),
    object.oid,
  )
  assert.equal(files(folder).length, 1)
})

test('parts that do not fit are refused, and a whole of other bytes leaves nothing', async () => {
  const { store, repoId, folder } = fresh()
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
  await sendPart(store, repoId, uploadId, bytes, 1)
  await part(2, 10, Buffer.alloc(10))
  const sent = [1, 2].map((partNumber) => ({ partNumber, etag: 'x' }))
  await assert.rejects(store.completeParts(repoId, uploadId, object, sent), refused(422))
  assert.deepEqual(files(folder), [])
  await assert.rejects(part(2, 10, bytes.subarray(0, 10)), refused(404))
})

test('unfinished uploads are swept by age, and with their repository', async () => {
  const { store, repoId, folder } = fresh()
  const object = objectOf(randomBytes(10))
  await store.beginParts(repoId, object)
  assert.equal(await store.sweepUploads(new Date(0)), 0)
  assert.equal(await store.sweepUploads(new Date('9999-01-01')), 1)
  const kept = newId()
  await store.beginParts(kept, object)
  await store.beginParts(repoId, object)
  await store.removeRepository(repoId)
  assert.deepEqual(files(folder).length, 1)
  const ended = await store.beginParts(repoId, object)
  await store.abortParts(repoId, ended)
  await store.abortParts(repoId, ended)
  assert.deepEqual(files(folder).length, 1)
})

test('a killed process leaves no object, and its remains are swept', async () => {
  const { store, repoId, folder } = fresh()
  const script = `
    import { openLfsDisk } from ${JSON.stringify(new URL('./disk.ts', import.meta.url).href)}
    const body = (async function* () { for (;;) { yield Buffer.alloc(65536); process.stdout.write('.') } })()
    await openLfsDisk({ folder: ${JSON.stringify(folder)} })
      .put(${JSON.stringify(repoId)}, { oid: ${JSON.stringify('a'.repeat(64))}, size: 1e10 }, body)`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for (let seen = 0; seen < 100; ) seen += ((await once(child.stdout, 'data')) as [Buffer])[0].length
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(await store.sizeOf(repoId, 'a'.repeat(64)), undefined)
  assert.deepEqual(await all(store.list(repoId)), [])
  assert.equal(await store.sweepUploads(new Date('9999-01-01')), 1)
  assert.deepEqual(files(folder), [])
})

test('a full disk refuses with 507 before and while it writes, keeps what it has and reads on', async (t) => {
  const folder = join(root, 'small')
  mkdirSync(folder)
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=72m', 'tmpfs', folder])
  if (mount.status !== 0) return t.skip('only root can make a small disk to fill')
  t.after(() => spawnSync('umount', ['-l', folder]))
  const store = openLfsDisk({ folder: join(folder, 'lfs') })
  const repoId = newId()
  const kept = randomBytes(2_000_000)
  await store.put(repoId, objectOf(kept), inChunks(kept))

  const large = randomBytes(9_000_000)
  await assert.rejects(store.put(repoId, objectOf(large), inChunks(large)), refused(507))
  await assert.rejects(store.beginParts(repoId, objectOf(large)), refused(507))
  const fits = randomBytes(4_000_000)
  const filler = join(folder, 'filler')
  const body = (async function* () {
    yield fits.subarray(0, 10)
    writeFileSync(filler, Buffer.alloc(72_000_000))
    yield fits.subarray(10)
  })()
  await assert.rejects(store.put(repoId, objectOf(fits), body), refused(507))
  assert.equal(files(join(folder, 'lfs')).length, 1)
  assert.deepEqual(await read(store, repoId, objectOf(kept).oid), kept)
  rmSync(filler)
  await store.put(repoId, objectOf(fits), inChunks(fits))
})

/** Everything that a list brings. */
async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of list) items.push(item)
  return items
}

async function read(store: LfsStore, repoId: string, oid: string): Promise<Buffer> {
  const stream = await store.open(repoId, oid)
  assert.ok(stream)
  return buffer(stream)
}

async function sendPart(store: LfsStore, repoId: string, uploadId: string, bytes: Buffer, number: number) {
  assert.ok(number <= partCount(bytes.length))
  const whole = partBytes(bytes.length)
  const body = bytes.subarray((number - 1) * whole, number * whole)
  const etag = await store.putPart(repoId, uploadId, { number, size: body.length, body: inChunks(body) })
  return { partNumber: number, etag }
}
