import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { all, inChunks, objectOf, read, refused, storeCases } from '../../../tests/lfs-bytes.ts'
import { newId } from '../../kernel/ids.ts'
import { openDiskReserve } from '../../shares/disk.ts'
import type { LfsStore } from '../bytes/bytes.ts'
import { openLfsDisk } from './disk.ts'

const root = mkdtempSync(join(tmpdir(), 'gh-lfs-'))
after(() => rmSync(root, { recursive: true, force: true }))

function fresh(): { folder: string; store: LfsStore; repoId: string } {
  const folder = join(root, newId())
  return { folder, store: openLfsDisk({ folder, reserve: openDiskReserve(0) }), repoId: newId() }
}

/** Every file below a folder. */
function files(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )
}

for (const [name, holds] of Object.entries(storeCases)) {
  test(name, async () => {
    const { store, repoId, folder } = fresh()
    const left = await holds(store, repoId)
    assert.equal(files(folder).length, left)
    await store.removeRepository(repoId)
    assert.deepEqual(files(folder), [])
  })
}

test('takes over a file from another file system; downloads are the hub’s to send', {
  skip: !existsSync('/dev/shm') && 'no /dev/shm here',
}, async () => {
  const { store, repoId } = fresh()
  assert.equal(await store.downloadUrl(repoId, 'a'.repeat(64), 600, { fileName: 'a', contentType: 'b/c' }), undefined)
  const bytes = randomBytes(10_000)
  const spooled = join('/dev/shm', newId())
  writeFileSync(spooled, bytes)
  await store.adopt(repoId, objectOf(bytes), spooled)
  assert.equal(existsSync(spooled), false)
  assert.deepEqual(await read(store, repoId, objectOf(bytes).oid), bytes)
})

test('a killed process leaves no object, and its remains are swept', async () => {
  const { store, repoId, folder } = fresh()
  const script = `
    import { openLfsDisk } from ${JSON.stringify(new URL('./disk.ts', import.meta.url).href)}
    import { openDiskReserve } from ${JSON.stringify(new URL('../../shares/disk.ts', import.meta.url).href)}
    const body = (async function* () { for (;;) { yield Buffer.alloc(65536); process.stdout.write('.') } })()
    await openLfsDisk({ folder: ${JSON.stringify(folder)}, reserve: openDiskReserve(0) })
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
  const store = openLfsDisk({ folder: join(folder, 'lfs'), reserve: openDiskReserve(64 * 1024 * 1024) })
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
