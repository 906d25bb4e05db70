import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { startXetHub } from '../xet-hub.ts'
import { fileOf, shardOf, wholeOf, xorbOf, zerosXorb } from '../xet-lab.ts'

const { dataDir, newRepo, doorOf, send, sendXorb, register, countRows, stagedFiles } = await startXetHub()
const unfinished = join(dataDir, 'lfs', 'uploads')

describe('a xorb is refused', () => {
  const sound = xorbOf([randomBytes(500), randomBytes(20)])
  const one = sound.bytes
  const rows: [string, string, Buffer, number][] = [
    ['that has another hash', 'a'.repeat(64), one, 400],
    ['whose name is no hash', 'A'.repeat(64), one, 400],
    ['that is empty', sound.hash, Buffer.alloc(0), 400],
    ['that is cut off', sound.hash, one.subarray(0, -1), 400],
    ['with a byte too many', sound.hash, Buffer.concat([one, Buffer.alloc(1)]), 400],
    ['with a chunk that was changed', sound.hash, Buffer.concat([one.subarray(0, -1), Buffer.from([0])]), 400],
    ['that is too large', sound.hash, Buffer.alloc(64 * 1024 ** 2 + 8192 * 8 + 1), 413],
  ]
  for (const [name, hash, bytes, status] of rows)
    it(`${name}: ${status}`, async () => {
      const door = await doorOf('wil', 'other')
      const before = [await countRows(), await stagedFiles('other')]
      assert.equal((await sendXorb(door, { hash, bytes })).status, status)
      assert.deepEqual([await countRows(), await stagedFiles('other')], before)
    })
})

it('takes 8,192 chunks of one byte, which are as many as there may be', async () => {
  const door = await doorOf('wil', 'other')
  const xorb = xorbOf(Array.from({ length: 8192 }, (_, index) => Buffer.from([index % 256])))
  assert.equal((await sendXorb(door, xorb)).status, 200)
  assert.deepEqual((await register(door, [fileOf([wholeOf(xorb)])])).body, { result: 1 })
})

it('counts a file once that a shard names twice', async () => {
  const door = await doorOf('wil', 'other')
  const xorb = xorbOf([randomBytes(500)])
  assert.equal((await sendXorb(door, xorb)).status, 200)
  const before = await countRows()
  const file = fileOf([wholeOf(xorb)])
  assert.deepEqual((await register(door, [file, file])).body, { result: 1 })
  assert.deepEqual(await countRows(), { ...before, objects: before.objects + 1, files: before.files + 1 })
})

describe('a shard is refused, and nothing is registered', () => {
  const xorb = xorbOf([randomBytes(500), randomBytes(20), randomBytes(7)])
  const file = fileOf([wholeOf(xorb)])
  const unknown = xorbOf([randomBytes(5)])
  const zeros = zerosXorb(256)
  const tooLarge = fileOf([wholeOf(zeros)])
  const rows: [string, () => Buffer, number][] = [
    ['that is none', () => randomBytes(1000), 400],
    ['that is cut off', () => shardOf([file]).subarray(0, -10), 400],
    ['with a wrong verification hash', () => shardOf([{ ...file, lies: { proof: randomBytes(32) } }]), 422],
    ['with a wrong length', () => shardOf([{ ...file, lies: { bytes: 526 } }]), 422],
    ['with chunks that are not there', () => shardOf([{ ...file, lies: { end: 4 } }]), 422],
    ['with a wrong file hash', () => shardOf([{ ...file, hash: 'ab'.repeat(32) }]), 422],
    ['with a wrong SHA-256', () => shardOf([{ ...file, sha256: 'ab'.repeat(32) }]), 422],
    ['with a file that is sound and one that is not', () => shardOf([file, { ...file, sha256: 'ab'.repeat(32) }]), 422],
    ['that names an unknown xorb in a file', () => shardOf([file, fileOf([wholeOf(unknown)])]), 422],
    ['that names an unknown xorb on its list', () => shardOf([file], [unknown]), 422],
    ['with a term of no chunks', () => shardOf([fileOf([{ xorb, first: 1, end: 1 }])]), 422],
    ['with a term that ends before it begins', () => shardOf([{ ...file, lies: { end: 0 } }]), 422],
    ['that is larger than clients fill one', () => Buffer.alloc(64 * 1024 ** 2 + 64 * 1024 + 1), 413],
    ['with a file above the limit', () => shardOf([tooLarge]), 413],
  ]
  for (const [name, shard, status] of rows)
    it(`${name}: ${status}`, async () => {
      await newRepo(`bad-${rows.findIndex(([one]) => one === name)}`)
      const door = await doorOf('wil', `bad-${rows.findIndex(([one]) => one === name)}`)
      for (const one of [xorb, zeros]) assert.equal((await sendXorb(door, one)).status, 200)
      const before = await countRows()
      const reply = await send(door, '/v1/shards', shard())
      assert.equal(reply.status, status, JSON.stringify(reply.body))
      const streamed = await send(door, '/v2/shards', shard())
      assert.deepEqual([streamed.body.type, streamed.body.retryable], ['error', false])
      assert.equal(streamed.body.message, reply.body.error)
      assert.deepEqual(await countRows(), before)
      assert.deepEqual(existsSync(unfinished) ? readdirSync(unfinished) : [], [])
      // What is sound goes through afterwards
      assert.equal((await register(await doorOf('wil', 'other'), [])).status, 200)
    })
})
