import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { afterEach, before, describe, it } from 'node:test'
import { type Change, writeCommit } from '../../server/git/objects/commits.ts'
import { resolveRevision } from '../../server/git/objects/revisions.ts'
import { listTree } from '../../server/git/objects/trees.ts'
import { prepareReferences } from '../../server/git/refs/references.ts'
import { now } from '../../server/kernel/clock.ts'
import { newId } from '../../server/kernel/ids.ts'
import { collectLfs, sweepLfsBytes } from '../../server/repos/lfs/lfs-collect.ts'
import { markReferenced } from '../../server/repos/lfs/lfs-store.ts'
import { transaction } from '../../server/store/database.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { all, inChunks, objectOf } from '../lfs-bytes.ts'

let hub: TestHub
let orgId: string
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization('lab', { ada: 'admin', wil: 'write', rae: 'read' })
  orgId = made.id
  people = { ...made.people, sam: await hub.person('sam') }
})

async function newRepo(name: string): Promise<string> {
  const body = { name, organization: 'lab', private: true }
  const reply = await hub.request(people.ada, 'POST', '/api/repos/create', body)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body.id
}

const ask = (who: string, method: string, path: string, body?: unknown) =>
  hub.request(people[who], method, path, body, { 'content-type': 'application/json' })

async function upload(repo: string, bytes: Buffer) {
  const object = objectOf(bytes)
  const batch = { operation: 'upload', objects: [object] }
  const { body } = await ask('wil', 'POST', `/lab/${repo}.git/info/lfs/objects/batch`, batch)
  const { href } = body.objects[0].actions.upload
  const reply = await fetch(href, { method: 'PUT', body: bytes as unknown as ArrayBuffer })
  assert.equal(reply.status, 200)
  return object
}

const places = () => hub.running.server.hub
const rowOf = (oid: string) => hub.db.selectFrom('lfs_objects').selectAll().where('oid', '=', oid).executeTakeFirst()

/** Commits pointers to objects onto main, as a push would, noted or not. */
async function commit(repoId: string, files: Record<string, { oid: string; size: number }>, isNoted = true) {
  const { git } = places()
  const parent = await resolveRevision(git, repoId, 'main')
  const changes = Object.entries(files).map(([path, { oid, size }]): Change => {
    const content = Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`)
    return { kind: 'file', path, content }
  })
  const author = { name: 'wil', email: 'wil@example.org' }
  const to = await writeCommit(git, repoId, { parent, message: 'files', author, date: now(), changes })
  const prepared = await prepareReferences(git, repoId, [{ ref: 'refs/heads/main', from: parent ?? null, to }])
  assert.ok(!('refused' in prepared))
  await prepared.commit()
  const paths = Object.entries(files).map(([path, { oid }]) => [oid, path] as const)
  if (isNoted) await transaction(hub.db, (tx) => markReferenced(tx, repoId, paths))
}

async function names(repoId: string, rev: string): Promise<string[]> {
  const commit = (await resolveRevision(places().git, repoId, rev)) ?? ''
  const page = await listTree(places().git, repoId, { commit, path: '', recursive: true, limit: 100 })
  return (page?.entries ?? []).map(({ path }) => path)
}

describe('LFS files', () => {
  let repoId: string
  let objects: { oid: string; size: number }[]
  before(async () => {
    repoId = await newRepo('files')
    objects = []
    for (let size = 1; size <= 3; size++) {
      hub.moveClock(size * 1000)
      objects.push(await upload('files', randomBytes(size * 100)))
    }
    hub.moveClock(0)
    const [a, b, c] = objects
    if (a && b && c) await commit(repoId, { 'a.bin': a, 'b.bin': b, 'c.bin': c })
  })
  const path = '/api/models/lab/files/lfs-files'

  it('are listed in pages, newest first', async () => {
    const first = await ask('wil', 'GET', `${path}?limit=2`)
    assert.deepEqual(
      first.body.map(({ fileOid, size }: { fileOid: string; size: number }) => ({ oid: fileOid, size })),
      [objects[2], objects[1]],
    )
    assert.equal(first.body[0].pusher.name, 'wil')
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = await ask('wil', 'GET', next.slice(hub.url.length))
    assert.equal(second.body[0].fileOid, objects[0]?.oid)
    assert.equal((await ask('wil', 'GET', `${path}?cursor=nonsense`)).status, 400)
  })

  it('are not for readers or strangers', async () => {
    const body = { deletions: { sha: [objects[0]?.oid] } }
    assert.equal((await ask('rae', 'GET', path)).status, 403)
    assert.equal((await ask('rae', 'POST', `${path}/batch`, body)).status, 403)
    assert.equal((await ask('sam', 'POST', `${path}/batch`, body)).status, 404)
    assert.equal((await ask('sam', 'DELETE', `${path}/${objects[0]?.oid}`)).status, 404)
    assert.equal((await names(repoId, 'main')).length, 4)
  })

  it('go out of the branches, and stay in history', async () => {
    const [a] = objects
    const before = (await hub.events(orgId)).length
    const reply = await ask('wil', 'DELETE', `${path}/${a?.oid}?rewriteHistory=false`)
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    assert.deepEqual(await names(repoId, 'main'), ['.gitattributes', 'b.bin', 'c.bin'])
    const old = (await ask('wil', 'GET', '/api/models/lab/files/commits/main')).body.map(({ id }: { id: string }) => id)
    assert.deepEqual(await names(repoId, old[1]), ['.gitattributes', 'a.bin', 'b.bin', 'c.bin'])
    assert.equal(await places().lfs.sizeOf(repoId, a?.oid ?? ''), undefined)
    assert.equal(await rowOf(a?.oid ?? ''), undefined)
    const events = (await hub.events(orgId)).slice(before).map(({ type }) => type)
    assert.deepEqual(events, ['repo.delete_lfs_files'])
  })

  it('go out of all of history', async () => {
    const [a, b, c] = objects
    const reply = await ask('wil', 'POST', `${path}/batch`, { deletions: { sha: [b?.oid, 'f'.repeat(64)] } })
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    const commits = (await ask('wil', 'GET', '/api/models/lab/files/commits/main')).body
    const all = await Promise.all(commits.map(({ id }: { id: string }) => names(repoId, id)))
    assert.ok(all.every((list) => !list.includes('b.bin')))
    assert.ok(all.some((list) => list.includes('a.bin')))
    assert.equal(await places().lfs.sizeOf(repoId, b?.oid ?? ''), undefined)
    assert.equal(await places().lfs.sizeOf(repoId, c?.oid ?? ''), c?.size)
    const row = await hub.db.selectFrom('repositories').select('lfs_bytes').where('id', '=', repoId).execute()
    assert.equal(Number(row[0]?.lfs_bytes), c?.size)
    const wanted = await hub.db.selectFrom('repositories').select('prune_wanted_at').where('id', '=', repoId).execute()
    assert.ok(wanted[0]?.prune_wanted_at, 'the commits before can still be read by their ID, for a while')
    const again = await ask('wil', 'POST', `${path}/batch`, { deletions: { sha: [a?.oid, b?.oid] } })
    assert.equal(again.status, 404)
  })
})

describe('what no one needs is collected', () => {
  const day = 86_400_000
  afterEach(() => hub.moveClock(0))

  it('objects that no commit ever pointed to, after a day; others stay', async () => {
    const repoId = await newRepo('waiting')
    const [left, used, unnoted] = [randomBytes(10), randomBytes(20), randomBytes(30)]
    const objects = [await upload('waiting', left), await upload('waiting', used), await upload('waiting', unnoted)]
    const [a, b, c] = objects
    assert.ok(a && b && c)
    await commit(repoId, { 'used.bin': b })
    await commit(repoId, { 'unnoted.bin': c }, false)
    hub.moveClock(day - 60_000)
    assert.equal(await collectLfs(hub.db, places()), 0)
    hub.moveClock(day + 60_000)
    assert.equal(await collectLfs(hub.db, places()), 1)
    hub.moveClock(0)
    assert.equal(await places().lfs.sizeOf(repoId, a.oid), undefined)
    assert.equal(await rowOf(a.oid), undefined)
    assert.equal(await places().lfs.sizeOf(repoId, b.oid), b.size)
    assert.equal(await places().lfs.sizeOf(repoId, c.oid), c.size)
    assert.ok((await rowOf(c.oid))?.referenced_at)
    await upload('waiting', left)
    assert.equal(await places().lfs.sizeOf(repoId, a.oid), a.size)
  })

  it('an object that is asked for again waits a day more', async () => {
    await newRepo('again')
    const object = await upload('again', randomBytes(10))
    hub.moveClock(day - 60_000)
    const batch = { operation: 'upload', objects: [object] }
    const reply = await ask('wil', 'POST', '/lab/again.git/info/lfs/objects/batch', batch)
    assert.equal(reply.body.objects[0].actions, undefined)
    hub.moveClock(day + 60_000)
    await collectLfs(hub.db, places())
    assert.ok(await rowOf(object.oid))
  })

  it('bytes without a row, after an hour, and everything of repositories that are gone', async () => {
    const repoId = await newRepo('bytes')
    const kept = await upload('bytes', randomBytes(10))
    const { lfs } = places()
    const stray = objectOf(Buffer.from('stray'))
    await lfs.put(repoId, stray, inChunks(Buffer.from('stray')))
    const gone = newId()
    await lfs.put(gone, stray, inChunks(Buffer.from('stray')))
    assert.equal(await sweepLfsBytes(hub.db, places()), 0)
    assert.equal(await lfs.sizeOf(gone, stray.oid), undefined)
    assert.equal(await lfs.sizeOf(repoId, stray.oid), 5)
    hub.moveClock(3_700_000)
    assert.equal(await sweepLfsBytes(hub.db, places()), 1)
    hub.moveClock(0)
    assert.deepEqual(
      (await all(lfs.list(repoId))).map(({ oid }) => oid),
      [kept.oid],
    )
  })

  it('uploads in parts that no one goes on with', async () => {
    await newRepo('parts')
    const object = { oid: createHash('sha256').update('x').digest('hex'), size: 100_000_000 }
    const batch = { operation: 'upload', transfers: ['multipart'], objects: [object] }
    await ask('wil', 'POST', '/lab/parts.git/info/lfs/objects/batch', batch)
    const count = async () => (await hub.db.selectFrom('lfs_uploads').select('id').execute()).length
    assert.equal(await count(), 1)
    await collectLfs(hub.db, places())
    assert.equal(await count(), 1)
    hub.moveClock(day + 60_000)
    await collectLfs(hub.db, places())
    hub.moveClock(0)
    assert.equal(await count(), 0)
    assert.equal(await places().lfs.sweepUploads(new Date('9999-01-01')), 0)
  })
})
