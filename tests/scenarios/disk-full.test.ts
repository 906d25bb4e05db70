// A data folder on a disk of its own, so small that it fills up: writers are told, and nothing that was there
// suffers.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { blob, commitOf, entryId, pushOf, tree } from '../attacks/packets.ts'
import { makeTarget, requireSound, type Target } from '../attacks/place.ts'
import type { Reply } from '../hub.ts'
import { until } from '../until.ts'

const disk = mountSmallDisk()
/** As {@link testStorage} has it. */
const reserveBytes = 64 * 1024 * 1024
const skip = disk === undefined && 'needs root, to make a disk of its own'
if (skip) process.stdout.write(`# skipped: ${skip}\n`)
const target = disk === undefined ? undefined : await makeTarget({ dataDir: join(disk, 'data') })

function mountSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-disk-'))
  // Where one may not, or there is no tmpfs
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=320m', 'tmpfs', folder]).status === 0
  after(() => {
    if (mounted) spawnSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  return mounted ? folder : undefined
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** Watches how much is free; answers the least that it saw. */
function watchFree(folder: string): () => number {
  let least = freeBytes(folder)
  const watching = setInterval(() => {
    least = Math.min(least, freeBytes(folder))
  }, 5)
  after(() => clearInterval(watching))
  return () => least
}

/** Fills the disk until so many bytes are free; answers how to undo it. */
function fill(folder: string, leave: number): () => void {
  const path = join(folder, 'filling')
  const file = openSync(path, 'a')
  try {
    for (let room = freeBytes(folder) - leave; room > 0; room = freeBytes(folder) - leave)
      writeSync(file, Buffer.alloc(Math.min(room, 1024 * 1024)))
  } finally {
    closeSync(file)
  }
  return () => rmSync(path)
}

function history(parent: string, bytes: number, ref: string): { push: Buffer; tip: string } {
  const file = blob(randomBytes(bytes))
  const top = tree([{ mode: '100644', name: 'x.bin', id: entryId(file) }])
  const tip = commitOf(entryId(top), parent)
  return { push: pushOf([file, top, tip], ref), tip: entryId(tip) }
}

/** Pushes as git does when there is much: without a length. */
async function pushUnannounced({ hub, wes, name }: Target, push: Buffer): Promise<string> {
  const pieces = Array.from({ length: Math.ceil(push.length / 65_536) }, (_, at) =>
    push.subarray(at * 65_536, (at + 1) * 65_536),
  )
  const answer = await fetch(`${hub.url}/${name}.git/git-receive-pack`, {
    method: 'POST',
    headers: { authorization: `Bearer ${wes.token}`, 'content-type': 'application/x-git-receive-pack-request' },
    body: ReadableStream.from(pieces),
    duplex: 'half',
  })
  return answer.text()
}

/** Asks where to put an object, and puts it there. */
async function upload({ hub, wes, name }: Target, bytes: Buffer): Promise<{ status: number; oid: string }> {
  const oid = createHash('sha256').update(bytes).digest('hex')
  const asked = { operation: 'upload', transfers: ['basic'], objects: [{ oid, size: bytes.length }] }
  const batch = await hub.request(wes, 'POST', `/${name}.git/info/lfs/objects/batch`, asked, {
    'content-type': 'application/vnd.git-lfs+json',
  })
  assert.equal(batch.status, 200, JSON.stringify(batch.body))
  const { href, header } = batch.body.objects[0].actions.upload
  const sent = await fetch(href, { method: 'PUT', headers: header ?? {}, body: new Uint8Array(bytes) })
  return { status: sent.status, oid }
}

function commit({ wes, wire, name }: Target, path: string, bytes: Buffer): Promise<Reply> {
  const lines = [
    { key: 'header', value: { summary: 'a file' } },
    { key: 'file', value: { path, content: bytes.toString('base64'), encoding: 'base64' } },
  ]
  const content = lines.map((line) => JSON.stringify(line)).join('\n')
  return wire(wes, 'POST', `/api/models/${name}/commit/main`, { type: 'application/x-ndjson', content })
}

test('on a full disk writing is refused, reading goes on, and nothing acknowledged is lost', { skip }, async () => {
  if (target === undefined || disk === undefined) return
  const { hub, ada, rea, name, head, folder, git, push } = target
  const kept = randomBytes(300_000)
  const { status, oid } = await upload(target, kept)
  assert.equal(status, 200)
  const first = history(head, 100_000, 'refs/heads/kept')
  assert.match(String((await push(first.push)).body), /ok refs\/heads\/kept/)

  for (const leave of [1024 * 1024, 0]) {
    const undo = fill(disk, leave)
    const before = { refs: git('for-each-ref'), folders: repositories() }
    const late = await push(history(head, 5_000_000, 'refs/heads/late').push)
    assert.equal(late.status, 507, String(late.body))
    assert.equal((await upload(target, randomBytes(5_000_000))).status, 507)
    const committed = await commit(target, 'large.bin', randomBytes(3_000_000))
    assert.equal(committed.status, 507, JSON.stringify(committed.body))
    if (leave === 0) {
      const made = await hub.request(ada, 'POST', '/api/repos/create', { name: 'late', organization: 'acme' })
      assert.equal(made.status, 507, JSON.stringify(made.body))
      assert.equal((await commit(target, 'small.txt', Buffer.from('x'))).status, 507)
      const branch = await hub.request(ada, 'POST', `/api/models/${name}/branch/late`, {})
      assert.ok([200, 507].includes(branch.status), JSON.stringify(branch.body))
      if (branch.status === 200) await hub.request(ada, 'DELETE', `/api/models/${name}/branch/late`)
    }
    assert.deepEqual({ refs: git('for-each-ref'), folders: repositories() }, before)
    for (const [door, expected] of [
      [`/${name}/resolve/main/README.md`, 200],
      [`/api/models/${name}/tree/main`, 200],
      [`/${name}.git/info/refs?service=git-upload-pack`, 200],
    ] as const)
      assert.equal((await hub.request(rea, 'GET', door)).status, expected, door)
    assert.deepEqual(await download(oid), kept)
    assert.equal(git('rev-parse', 'kept'), first.tip)
    undo()
    await noneLeft()
    requireSound(folder)
  }
  assert.match(String((await push(history(head, 100_000, 'refs/heads/after').push)).body), /ok refs\/heads\/after/)
  assert.equal((await commit(target, 'after.txt', Buffer.from('x'))).status, 200)
  assert.equal((await upload(target, randomBytes(100_000))).status, 200)
})

test('a body that never says how long it is stops at the reserve, and leaves nothing of it', { skip }, async () => {
  if (target === undefined || disk === undefined) return
  const { git, folder } = target
  const undo = fill(disk, reserveBytes + 24 * 1024 * 1024)
  const refs = git('for-each-ref')
  const least = watchFree(disk)
  const bodies = await Promise.all(
    ['a.bin', 'b.bin', 'c.bin'].map((path) => commit(target, path, randomBytes(15_000_000))),
  )
  const refused = bodies.filter(({ status }) => status === 507)
  assert.ok(refused.length > 0, JSON.stringify(bodies.map(({ status }) => status)))
  for (const { body } of refused) assert.match(String(body.error), /out of disk space.*site admin/)
  // What is under way in several bodies at once may go a little beyond
  assert.ok(least() > reserveBytes - 8 * 1024 * 1024, `${least()} bytes were left`)
  if (refused.length === 3) assert.equal(git('for-each-ref'), refs)
  undo()
  await noneLeft()
  requireSound(folder)
})

test('a disk that fills up in the middle ends what is under way, and leaves nothing of it', { skip }, async () => {
  if (target === undefined || disk === undefined) return
  const { head, folder, git, push } = target
  const undo = fill(disk, 132 * 1024 * 1024)
  const refs = git('for-each-ref')
  const large = history(head, 145_000_000, 'refs/heads/late').push
  assert.equal((await push(large)).status, 507)
  const least = watchFree(disk)
  const late = await pushUnannounced(target, large)
  assert.ok(least() > reserveBytes - 8 * 1024 * 1024, `${least()} bytes were left`)
  assert.doesNotMatch(late, /ok refs/)
  assert.match(late, /ng refs\/heads\/late/)
  const committed = await commit(target, 'large.bin', randomBytes(75_000_000))
  assert.ok([200, 507].includes(committed.status), JSON.stringify(committed.body))
  if (committed.status === 507) assert.equal(git('for-each-ref'), refs)
  undo()
  await noneLeft()
  requireSound(folder)
})

// Nothing of what was refused takes the room that is missing.
async function noneLeft(): Promise<void> {
  if (target === undefined) return
  const left = () =>
    readdirSync(target.dataDir, { recursive: true, encoding: 'utf8' })
      .filter((path) => /(^|\/)(tmp_|incoming\/|uploads\/|new-)/.test(path))
      .filter((path) => statSync(join(target.dataDir, path), { throwIfNoEntry: false })?.isFile())
  await until(() => left().length === 0)
}

function repositories(): string[] {
  if (target === undefined) return []
  const found = readdirSync(join(target.dataDir, 'repositories'), { recursive: true, encoding: 'utf8' })
  return found.filter((path) => path.endsWith('.git')).sort()
}

async function download(oid: string): Promise<Buffer> {
  assert.ok(target)
  const { hub, rea, name } = target
  const asked = { operation: 'download', transfers: ['basic'], objects: [{ oid, size: 300_000 }] }
  const batch = await hub.request(rea, 'POST', `/${name}.git/info/lfs/objects/batch`, asked, {
    'content-type': 'application/vnd.git-lfs+json',
  })
  const { href, header } = batch.body.objects[0].actions.download
  return Buffer.from(await (await fetch(href, { headers: header ?? {} })).arrayBuffer())
}
