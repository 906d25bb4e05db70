// Shards that refer to each other and to themselves, in both orders and at once, on two processes.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { sql } from '../../server/store/sql.ts'
import { countDeadlocks } from '../deadlocks.ts'
import { startBeside, type TestHub } from '../hub.ts'
import { untilWaiting } from '../waiting.ts'
import { type Door, startXetHub } from '../xet-hub.ts'
import { fileOf, shardOf, type TestFile, type TestXorb, wholeOf, xorbOf } from '../xet-lab.ts'

const trials = Math.min(100, Number(process.env.GUILDHALL_TRIALS ?? 4))
const { hub, people, newRepo, doorOf, send, sendXorb, register, countRows, repoOf } = await startXetHub()
const beside = await startBeside(hub)
const deadlocks = countDeadlocks()
const octets = { 'content-type': 'application/octet-stream' }
const lost = /no longer on the server/

const sendTo = (at: TestHub, { path, token }: Door, shard: Buffer, version = 'v1') =>
  at.request(token, 'POST', `${path}/${version}/shards`, shard, octets)

async function uploaded(door: Door, ...xorbs: TestXorb[]): Promise<void> {
  for (const xorb of xorbs) assert.equal((await sendXorb(door, xorb)).status, 200)
}

async function requireContent(repo: string, { sha256, size, terms }: TestFile): Promise<void> {
  const body = { operation: 'download', objects: [{ oid: sha256, size }] }
  const type = { 'content-type': 'application/vnd.git-lfs+json' }
  const asked = await hub.request(people.ada, 'POST', `/lab/${repo}.git/info/lfs/objects/batch`, body, type)
  const reply = await fetch(asked.body.objects[0].actions.download.href)
  const wanted = Buffer.concat(terms.flatMap(({ xorb, first, end }) => xorb.chunks.slice(first, end)))
  assert.deepEqual(Buffer.from(await reply.arrayBuffer()), wanted)
}

const noise = (...sizes: number[]) => xorbOf(sizes.map((size) => randomBytes(size)))

describe('shards that refer to each other', () => {
  it('are refused in either order and at once while what both refer to is missing', async () => {
    await newRepo('waiting')
    const door = await doorOf('wil', 'waiting')
    const [here, mine, yours] = [noise(500, 20), noise(300), noise(400)]
    await uploaded(door, here)
    // Each has a file of what only the other one lists
    const one = shardOf([fileOf([wholeOf(here), wholeOf(mine)])], [here, yours])
    const other = shardOf([fileOf([wholeOf(yours), wholeOf(here)])], [mine, here])
    const before = await countRows()
    for (const shards of [
      [one, other],
      [other, one],
    ]) {
      for (const shard of shards) assert.equal((await send(door, '/v1/shards', shard)).status, 422)
      const replies = await Promise.all([
        sendTo(hub, door, shards[0] ?? one),
        sendTo(beside, door, shards[1] ?? one),
        sendTo(hub, door, shards[1] ?? one, 'v2'),
      ])
      for (const { body } of replies) assert.match(body.error ?? body.message, lost)
    }
    assert.deepEqual(await countRows(), before)
    await uploaded(door, mine, yours)
    for (const shard of [other, one]) assert.deepEqual((await send(door, '/v1/shards', shard)).body, { result: 1 })
  })

  it('are registered in both orders at once, on two processes', async () => {
    await newRepo('parallel')
    for (let trial = 0; trial < trials; trial++) {
      const door = await doorOf('wil', 'parallel')
      const xorbs = Array.from({ length: 6 }, () => noise(2000, 100, 30))
      await uploaded(door, ...xorbs)
      const files = [
        fileOf(xorbs.map((xorb) => ({ xorb, first: 0, end: 2 }))),
        fileOf(xorbs.toReversed().map((xorb) => ({ xorb, first: 1, end: 3 }))),
      ]
      const orders = [shardOf(files, xorbs), shardOf(files.toReversed(), xorbs.toReversed())]
      const asked = orders.flatMap((shard) => [hub, beside].map((at) => sendTo(at, door, shard)))
      const replies = await Promise.all(asked)
      assert.deepEqual(
        replies.map(({ status }) => status),
        [200, 200, 200, 200],
      )
      for (const file of files) await requireContent('parallel', file)
    }
    assert.equal(deadlocks(), 0)
  })

  it('lock xorbs in one order, so that none waits for another that waits for it', async () => {
    await newRepo('ordered')
    const door = await doorOf('wil', 'ordered')
    const { id } = await repoOf('ordered')
    const hashes = Array.from({ length: 1000 }, () => randomBytes(32).toString('hex')).sort()
    // As many as PostgreSQL reads in the order of the table, in which the last one stands first
    const rows = hashes
      .toReversed()
      .map((hash) => ({ repo_id: id, hash, chunks: Buffer.alloc(40), touched_at: new Date() }))
    await hub.db.insertInto('xet_xorbs').values(rows).execute()
    await sql`analyze xet_xorbs`.execute(hub.db)
    const shard = shardOf(
      [],
      hashes.map((hash) => ({ hash, bytes: Buffer.alloc(0), chunks: [] })),
    )
    const lock = (hash: string | undefined) => sql`select from xet_xorbs where hash = ${hash} for update`
    const { asked } = await hub.db.transaction().execute(async (tx) => {
      await lock(hashes[0]).execute(tx)
      const reply = send(door, '/v1/shards', shard)
      assert.ok(await untilWaiting(hub.db, reply))
      await lock(hashes.at(-1)).execute(tx)
      return { asked: reply }
    })
    assert.deepEqual((await asked).body, { result: 0 })
    assert.equal(deadlocks(), 0)
  })
})

describe('a file that refers to itself', () => {
  it('by its own name, that of its content, or that of a part of a download is refused', async () => {
    await newRepo('self')
    const door = await doorOf('wil', 'self')
    const xorb = noise(500, 20)
    await uploaded(door, xorb)
    const file = fileOf([wholeOf(xorb)])
    assert.deepEqual((await register(door, [file])).body, { result: 1 })
    const { body: read } = await hub.request(people.rae, 'GET', '/api/models/lab/self/xet-read-token/main')
    const tail = `/v2/reconstructions/${file.sha256}`
    const told = await hub.request(read.accessToken, 'GET', new URL(read.casUrl).pathname + tail)
    const part = told.body.terms[0].hash
    const before = await countRows()
    for (const hash of [file.hash, file.sha256, part]) {
      const itself = { ...xorb, hash }
      for (const shard of [shardOf([fileOf([wholeOf(itself)])]), shardOf([file], [itself])]) {
        const { status, body } = await send(door, '/v1/shards', shard)
        assert.deepEqual([status, lost.test(body.error)], [422, true], hash)
      }
    }
    assert.deepEqual(await countRows(), before)
  })

  it('through chunks of files that are made of each other depends on none of them', async () => {
    await newRepo('made')
    const door = await doorOf('wil', 'made')
    const one = noise(5000, 700)
    const longer = xorbOf([...one.chunks, randomBytes(90)])
    const first = fileOf([wholeOf(one)])
    const second = fileOf([wholeOf(longer)])
    await uploaded(door, one)
    assert.deepEqual((await register(door, [first])).body, { result: 1 })
    await uploaded(door, longer)
    assert.deepEqual((await register(door, [second])).body, { result: 1 })
    // The first file by chunks of the second one, and a third by chunks of both
    const again = fileOf([{ xorb: longer, first: 0, end: 2 }])
    assert.deepEqual([again.hash, (await register(door, [again])).body], [first.hash, { result: 0 }])
    const third = fileOf([{ xorb: longer, first: 1, end: 3 }, wholeOf(one), wholeOf(longer)])
    assert.deepEqual((await register(door, [third])).body, { result: 1 })
    for (const { sha256 } of [first, second]) {
      const removed = await hub.request(people.wil, 'DELETE', `/api/models/lab/made/lfs-files/${sha256}`)
      assert.equal(removed.status, 200, JSON.stringify(removed.body))
    }
    await requireContent('made', third)
    // What is left of the removed ones is told to no one
    const next = await doorOf('wil', 'made')
    assert.notEqual(next.path, door.path)
    for (const file of [first, second, again]) assert.equal((await register(door, [file])).status, 422)
    await uploaded(next, one, longer)
    assert.deepEqual((await register(next, [second, first])).body, { result: 1 })
    for (const file of [first, second, third]) await requireContent('made', file)
  })
})
