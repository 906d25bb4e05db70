import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { largestShard } from '../../server/lfs/xet/shard.ts'
import { largestXorb } from '../../server/lfs/xet/xorb.ts'
import type { Reply } from '../hub.ts'
import { startXetHub } from '../xet-hub.ts'
import { fileOf, frameXorb, shardOf, wholeOf, xorbOf, zerosXorb } from '../xet-lab.ts'

// What no client sends, each with the status that tells it to stop, and with the reason.
const { hub, people, dataDir, newRepo, doorOf, send, sendXorb, register, countRows, stagedFiles } = await startXetHub()
const footerSizeAt = 40
const unfinished = join(dataDir, 'lfs', 'uploads')

// Of 64 times the letter a, as a client compresses it
const letters = Buffer.alloc(64, 'a')
const frame = Buffer.from('04224d186040820c0000001f610100266061616161616100000000', 'hex')
/** The frame with other bytes at a place. */
const changed = (at: number, bytes: string): Buffer =>
  Buffer.concat([frame.subarray(0, at), Buffer.from(bytes, 'hex'), frame.subarray(at + bytes.length / 2)])

describe('a xorb is refused', () => {
  const sound = xorbOf([randomBytes(500), randomBytes(20)])
  const one = sound.bytes
  const tiny = xorbOf(Array.from({ length: 8193 }, () => Buffer.from('a')))
  const lz4 = (bytes: Buffer, content = letters): [hash: string, bytes: Buffer] => {
    const xorb = frameXorb(bytes, content)
    return [xorb.hash, xorb.bytes]
  }
  const decompressed = /cannot be decompressed/
  const rows: [what: string, hash: string, bytes: Buffer, status: number, words: RegExp][] = [
    ['that has another hash', 'a'.repeat(64), one, 400, /has the hash/],
    ['whose name is no hash', 'A'.repeat(64), one, 400, /64 digits/],
    ['that is empty', sound.hash, Buffer.alloc(0), 400, /no chunks/],
    ['that is cut off', sound.hash, one.subarray(0, -1), 400, /ends within a chunk/],
    ['with a byte too many', sound.hash, Buffer.concat([one, Buffer.alloc(1)]), 400, /ends within a chunk/],
    [
      'with a chunk of another hash',
      sound.hash,
      Buffer.concat([one.subarray(0, -1), Buffer.of(0)]),
      400,
      /has the hash/,
    ],
    ['of 8,193 chunks of one byte', tiny.hash, tiny.bytes, 400, /more than 8192 chunks/],
    ['that is a byte larger than any', sound.hash, Buffer.alloc(largestXorb + 1), 413, /At most 67174400/],
    ['with a chunk of another version', sound.hash, Buffer.concat([Buffer.of(1), one.subarray(1)]), 400, /header/],
    ['with an LZ4 frame that is cut off', ...lz4(frame.subarray(0, -5)), 400, decompressed],
    ['with an LZ4 frame without its end', ...lz4(frame.subarray(0, -4)), 400, decompressed],
    ['with bytes behind the LZ4 frame', ...lz4(Buffer.concat([frame, Buffer.alloc(4)])), 400, decompressed],
    ['with no LZ4 at all', ...lz4(randomBytes(60)), 400, decompressed],
    ['with LZ4 of more bytes than announced', ...lz4(frame, letters.subarray(1)), 400, decompressed],
    ['with an LZ4 match past the end', ...lz4(frame, letters.subarray(50)), 400, decompressed],
    ['with LZ4 of fewer bytes than announced', ...lz4(frame, Buffer.alloc(65, 'a')), 400, decompressed],
    ['with LZ4 that refers to itself', ...lz4(changed(13, '0000')), 400, decompressed],
    ['with LZ4 that refers before its start', ...lz4(changed(13, 'ffff')), 400, decompressed],
    ['with an LZ4 block longer than its frame', ...lz4(changed(7, 'ffffff7f')), 400, decompressed],
    ['with an LZ4 length that never ends', ...lz4(changed(15, 'ff'.repeat(8))), 400, decompressed],
    ['with LZ4 that needs a dictionary', ...lz4(changed(4, '61')), 400, decompressed],
  ]
  for (const [what, hash, bytes, status, words] of rows)
    it(`${what}: ${status}`, async () => {
      const door = await doorOf('wil', 'other')
      const before = [await countRows(), await stagedFiles('other')]
      const reply = await besideOthers(sendXorb(door, { hash, bytes }))
      assert.equal(reply.status, status)
      assert.match(reply.body.error, words)
      assert.deepEqual([await countRows(), await stagedFiles('other')], before)
    })

  it('never for what these begin with', async () => {
    const door = await doorOf('wil', 'other')
    assert.deepEqual((await sendXorb(door, frameXorb(frame, letters))).body, { was_inserted: true })
    assert.deepEqual((await sendXorb(door, sound)).body, { was_inserted: true })
  })
})

/** Passes a reply on; others are answered before it. */
async function besideOthers(reply: Promise<Reply>): Promise<Reply> {
  const others = await Promise.all([
    hub.request(undefined, 'GET', '/healthz'),
    hub.request(people.rae, 'GET', '/api/models/lab/private'),
  ])
  assert.deepEqual(
    others.map(({ status }) => status),
    [200, 200],
  )
  return reply
}

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

it('reads a shard by its records, whatever its header says of a footer', async () => {
  const door = await doorOf('wil', 'other')
  for (const said of [0n, 200n, 48n, 2n ** 60n, 2n ** 64n - 1n]) {
    const xorb = xorbOf([randomBytes(500)])
    assert.equal((await sendXorb(door, xorb)).status, 200)
    const shard = shardOf([fileOf([wholeOf(xorb)])])
    shard.writeBigUInt64LE(said, footerSizeAt)
    const long = await send(door, '/v1/shards', Buffer.concat([shard, Buffer.alloc(48)]))
    assert.deepEqual([long.status, long.body.error], [400, 'This is not a valid shard: its end is wrong.'])
    assert.deepEqual((await send(door, '/v1/shards', shard)).body, { result: 1 }, `${said}`)
  }
})

it('believes nothing that a list says of the chunks of a xorb', async () => {
  const door = await doorOf('wil', 'other')
  const xorb = xorbOf([randomBytes(500), randomBytes(30)])
  assert.equal((await sendXorb(door, xorb)).status, 200)
  const file = fileOf([wholeOf(xorb)])
  const listed = { ...xorb, chunks: [randomBytes(9), randomBytes(7), randomBytes(5)] }
  assert.deepEqual((await send(door, '/v1/shards', shardOf([file], [listed]))).body, { result: 1 })
  const { body } = await send(door, '/v1/shards', shardOf([fileOf([wholeOf(listed)])]))
  assert.match(body.error, /A term doesn’t match its xorb/)
})

describe('a shard is refused, and nothing is registered', () => {
  const xorb = xorbOf([randomBytes(500), randomBytes(20), randomBytes(7)])
  const file = fileOf([wholeOf(xorb)])
  const unknown = xorbOf([randomBytes(5)])
  const elsewhere = xorbOf([randomBytes(600)])
  const zeros = zerosXorb(256)
  const tooLarge = fileOf([wholeOf(zeros)])
  const tiny = xorbOf(Array.from({ length: 8192 }, () => Buffer.from('a')))
  const ofTiny = {
    ...fileOf([wholeOf(tiny)]),
    terms: Array.from({ length: 1024 }, () => wholeOf(tiny)),
    lies: { proof: randomBytes(32) },
  }
  const gibibyte = { ...file, lies: { end: 8192, bytes: 1024 ** 3 } }
  const many = Array.from({ length: 4096 }, () => wholeOf(xorb))
  const lost = /no longer on the server/
  const term = /A term doesn’t match its xorb/
  const large = /A file is larger than the limit/
  const chunks = /more than 16777216 chunks/
  const other = { sha256: 'ab'.repeat(32) }
  const rows: [what: string, shard: () => Buffer, status: number, words: RegExp][] = [
    ['that is none', () => randomBytes(1000), 400, /its header/],
    ['that is empty', () => Buffer.alloc(0), 400, /its length/],
    ['that is cut off', () => shardOf([file]).subarray(0, -10), 400, /its length/],
    ['that is cut off within a file', () => shardOf([file]).subarray(0, 48 * 3), 400, /a number of terms/],
    ['with a wrong verification hash', () => shardOf([{ ...file, lies: { proof: randomBytes(32) } }]), 422, term],
    ['with a wrong length', () => shardOf([{ ...file, lies: { bytes: 526 } }]), 422, term],
    ['with chunks that are not there', () => shardOf([{ ...file, lies: { end: 4 } }]), 422, term],
    ['with a wrong file hash', () => shardOf([{ ...file, hash: 'ab'.repeat(32) }]), 422, /The hash of a file/],
    ['with a wrong SHA-256', () => shardOf([{ ...file, ...other }]), 422, /has the SHA-256/],
    ['with a file that is sound and one that is not', () => shardOf([file, { ...file, ...other }]), 422, /the SHA-256/],
    ['that names an unknown xorb in a file', () => shardOf([file, fileOf([wholeOf(unknown)])]), 422, lost],
    ['that names an unknown xorb on its list', () => shardOf([file], [unknown]), 422, lost],
    ['with a term of a xorb of another repository', () => shardOf([file, fileOf([wholeOf(elsewhere)])]), 422, lost],
    ['that lists a xorb of another repository', () => shardOf([file], [elsewhere]), 422, lost],
    ['with a term of no chunks', () => shardOf([fileOf([{ xorb, first: 1, end: 1 }])]), 422, term],
    ['with a term that ends before it begins', () => shardOf([{ ...file, lies: { end: 0 } }]), 422, term],
    ['larger than clients fill one', () => Buffer.alloc(largestShard + 1), 413, /larger than 67174400 bytes/],
    ['with a file above the limit', () => shardOf([tooLarge]), 413, large],
    ['with a term of 96 bytes that stands for 1 GiB', () => shardOf([gibibyte]), 413, large],
    ['with terms that stand for 4 TiB', () => shardOf([{ ...gibibyte, terms: many }]), 413, large],
    ['with more chunks than may be hashed', () => shardOf([ofTiny, { ...ofTiny, ...other }, file]), 413, chunks],
  ]
  for (const [index, [what, shard, status, words]] of rows.entries())
    it(`${what}: ${status}`, async () => {
      await newRepo(`bad-${index}`)
      const door = await doorOf('wil', `bad-${index}`)
      for (const one of [xorb, zeros, tiny]) assert.equal((await sendXorb(door, one)).status, 200)
      assert.equal((await sendXorb(await doorOf('wil', 'other'), elsewhere)).status, 200)
      const before = await countRows()
      const reply = await besideOthers(send(door, '/v1/shards', shard()))
      assert.equal(reply.status, status, JSON.stringify(reply.body))
      assert.match(reply.body.error, words)
      const streamed = await send(door, '/v2/shards', shard())
      assert.deepEqual([streamed.body.type, streamed.body.retryable], ['error', false])
      assert.equal(streamed.body.message, reply.body.error)
      assert.deepEqual(await countRows(), before)
      assert.deepEqual(existsSync(unfinished) ? readdirSync(unfinished) : [], [])
      // What is sound goes through afterwards
      assert.deepEqual((await register(door, [file])).body, { result: 1 })
    })
})
