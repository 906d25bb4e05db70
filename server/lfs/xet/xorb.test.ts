import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeFrame } from './lz4.ts'
import { checkXorb, chunkTable, decodeChunks, largestChunk } from './xorb.ts'

const check = (bytes: Buffer) => {
  let at = 0
  return checkXorb((length) => {
    at += length
    return bytes.subarray(at - length, at)
  })
}
const hex = (text: string) => Buffer.from(text, 'hex')

const plain = hex('000100000001000061')
const packed = hex('001b00000140000004224d186040820c0000001f610100266061616161616100000000')
const grouped = hex(
  '004700000282000004224d184070df38000000ff13000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1faa0001000c1fbb20000c2f003f010007503f3f3f3f3f00000000',
)
const groupedContent = Buffer.concat([
  ...Array.from({ length: 32 }, (_, index) => Buffer.from([index, 0, 0, 63])),
  hex('aabb'),
])

describe('a xorb', () => {
  const sound: [string, Buffer, string, Buffer][] = [
    ['as it is', plain, 'a4d4ed80fcb2fe5177fc59321d3e6f90faf23e35a48d58303114bf073f34178a', Buffer.from('a')],
    ['in LZ4', packed, 'f16468da59f25f3f808bfb717511f9aec565c135c36147d7e9144e7e945b6ddf', Buffer.from('a'.repeat(64))],
    ['grouped by four', grouped, 'a66073239f3a42e25d98ec6b8eee83c280be2ea1b740484fc819559f5148d4d4', groupedContent],
  ]
  for (const [name, bytes, hash, content] of sound) {
    it(`is read ${name}`, () => {
      const found = check(bytes)
      assert.equal(found.hash, hash)
      assert.deepEqual(Buffer.concat(decodeChunks(bytes)), content)
      const table = chunkTable(found.chunks)
      assert.deepEqual(
        [table.count, table.plainBytes(0, 1), table.storedAt(1), table.hashOf(0)],
        [1, content.length, bytes.length, hash],
      )
    })
  }

  it('has several chunks, and may have a footer', () => {
    const { hash, chunks } = check(Buffer.concat([plain, packed, plain, Buffer.from('XETBLOB and the rest')]))
    const table = chunkTable(chunks)
    assert.deepEqual([table.count, table.plainBytes(0, 3), table.plainBytes(1, 2), table.storedAt(2)], [3, 66, 64, 44])
    assert.notEqual(hash, check(Buffer.concat([plain, packed])).hash)
  })

  const broken: [string, Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['half a header', plain.subarray(0, 5)],
    ['half a chunk', packed.subarray(0, 20)],
    ['a byte left over', Buffer.concat([plain, hex('00')])],
    ['another version', hex('010100000001000061')],
    ['another scheme', hex('000100000301000061')],
    ['two lengths of one content', hex('00010000000200006162')],
    ['an empty chunk', hex('0000000000000000')],
    ['a chunk that is too long', Buffer.concat([hex('0001000200010002'), Buffer.alloc(largestChunk + 1)])],
    ['a chunk that is stored longer than any', Buffer.concat([hex('0001000201000002'), Buffer.alloc(131_073)])],
    ['more than it announced', hex('001b0000013f000004224d186040820c0000001f610100266061616161616100000000')],
    ['less than it announced', hex('001b00000141000004224d186040820c0000001f610100266061616161616100000000')],
    ['an offset of zero', hex('001b00000140000004224d186040820c0000001f610000266061616161616100000000')],
    ['an offset before the start', hex('001b00000140000004224d186040820c0000001f610200266061616161616100000000')],
    ['bytes behind the frame', hex('001c00000140000004224d186040820c0000001f61010026606161616161610000000000')],
    ['more chunks than are allowed', Buffer.concat(Array.from({ length: 8193 }, () => plain))],
  ]
  for (const [name, bytes] of broken) {
    it(`is refused with ${name}`, () => assert.throws(() => check(bytes), { code: 'BadRequest' }))
  }
})

it('decodes every optional field of a frame', () => {
  const stored = hex('04000080deadbeef')
  const end = hex('00000000')
  const checksum = hex('12345678')
  const cases: [string, Buffer][] = [
    ['sizes', Buffer.concat([hex('04224d1868700400000000000000'), hex('00'), stored, end])],
    ['checksums', Buffer.concat([hex('04224d187470'), hex('00'), stored, checksum, end, checksum])],
  ]
  for (const [name, frame] of cases) assert.deepEqual(decodeFrame(frame, 4), hex('deadbeef'), name)
  const [, [, first]] = cases as [unknown, [string, Buffer]]
  for (let length = 0; length < first.length; length++)
    assert.throws(() => decodeFrame(first.subarray(0, length), 4), { code: 'BadRequest' }, `cut after ${length}`)
})

it('writes no more than was announced, however much the frame stands for', () => {
  // One literal, then the same byte a hundred thousand times
  const length = 100_000
  const more = Buffer.alloc(Math.floor((length - 19) / 255), 0xff)
  const block = Buffer.concat([hex('1f610100'), more, Buffer.from([(length - 19) % 255])])
  const size = Buffer.alloc(4)
  size.writeUInt32LE(block.length)
  const frame = Buffer.concat([hex('04224d18604000'), size, block, hex('00000000')])
  assert.equal(decodeFrame(frame, length + 1).length, length + 1)
  assert.throws(() => decodeFrame(frame, 1000), { code: 'BadRequest' })
})
