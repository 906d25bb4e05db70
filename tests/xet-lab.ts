// Xorbs and shards as clients send them, and such as none would.
import { createHash } from 'node:crypto'
import { chunkHash, fileHash, hashFrom, hashText, openTree, verificationHash } from '../server/lfs/xet/hashes.ts'

export interface TestXorb {
  hash: string
  bytes: Buffer
  chunks: Buffer[]
}

/** A xorb of chunks as they are. */
export function xorbOf(chunks: Buffer[]): TestXorb {
  const tree = openTree()
  for (const chunk of chunks) tree.add(hashText(chunkHash(chunk)), chunk.length)
  return { hash: tree.end(), bytes: Buffer.concat(chunks.map(framed)), chunks }
}

function framed(chunk: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.writeUIntLE(chunk.length, 1, 3)
  header.writeUIntLE(chunk.length, 5, 3)
  return Buffer.concat([header, chunk])
}

/** A xorb of one chunk that stands for so many bytes, and is sent in LZ4 as a frame of anything. */
export function frameXorb(frame: Buffer, content: Buffer): TestXorb {
  const header = Buffer.from([0, 0, 0, 0, 1, 0, 0, 0])
  header.writeUIntLE(frame.length, 1, 3)
  header.writeUIntLE(content.length, 5, 3)
  return { ...xorbOf([content]), bytes: Buffer.concat([header, frame]) }
}

/** A xorb of one chunk of zeros many times, in LZ4: `17 × count` bytes and more stand for `128 KiB × count`. */
export function zerosXorb(count: number, chunkBytes = 128 * 1024): TestXorb {
  const chunk = Buffer.alloc(chunkBytes)
  // One literal, and what came one byte before until all but five are written; then these five
  const more = chunk.length - 1 - 5 - 4 - 15
  const block = Buffer.concat([
    Buffer.from([0x1f, 0, 1, 0]),
    Buffer.alloc(Math.floor(more / 255), 0xff),
    Buffer.from([more % 255, 0x50, 0, 0, 0, 0, 0]),
  ])
  const size = Buffer.alloc(4)
  size.writeUInt32LE(block.length)
  const frame = Buffer.concat([Buffer.from('04224d18604000', 'hex'), size, block, Buffer.alloc(4)])
  const piece = frameXorb(frame, chunk).bytes
  const chunks = Array.from({ length: count }, () => chunk)
  return { ...xorbOf(chunks), bytes: Buffer.concat(Array.from({ length: count }, () => piece)) }
}

/** A range of chunks of a xorb. */
export interface TestTerm {
  xorb: TestXorb
  first: number
  end: number
}

export interface TestFile {
  hash: string
  sha256: string
  size: number
  terms: TestTerm[]
  /** What a client says that is not so. */
  lies?: { proof?: Buffer; bytes?: number; end?: number }
}

export const wholeOf = (xorb: TestXorb): TestTerm => ({ xorb, first: 0, end: xorb.chunks.length })

/** The file that terms describe. */
export function fileOf(terms: TestTerm[]): TestFile {
  const tree = openTree()
  const sha256 = createHash('sha256')
  let size = 0
  for (const chunk of terms.flatMap(({ xorb, first, end }) => xorb.chunks.slice(first, end))) {
    tree.add(hashText(chunkHash(chunk)), chunk.length)
    sha256.update(chunk)
    size += chunk.length
  }
  return { hash: fileHash(tree), sha256: sha256.digest('hex'), size, terms }
}

const tag = '48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9'
const endMark = Buffer.alloc(48).fill(0xff, 0, 32)

/** The shard that registers files. */
export function shardOf(files: readonly TestFile[], listed: readonly TestXorb[] = []): Buffer {
  const header = Buffer.alloc(48)
  header.write(tag, 'hex')
  header.writeUInt8(2, 32)
  return Buffer.concat([header, ...files.map(fileRecords), endMark, ...listed.map(xorbRecords), endMark])
}

function record(hash: Buffer, numbers: [at: number, value: number][] = []): Buffer {
  const bytes = Buffer.alloc(48)
  hash.copy(bytes)
  for (const [at, value] of numbers) bytes.writeUInt32LE(value, at)
  return bytes
}

function fileRecords({ hash, sha256, terms, lies = {} }: TestFile): Buffer {
  const head = record(hashFrom(hash), [
    [32, 0xc0000000],
    [36, terms.length],
  ])
  const ranges = terms.map(({ xorb, first, end }) => {
    const bytes = xorb.chunks.slice(first, end).reduce((sum, { length }) => sum + length, 0)
    return record(hashFrom(xorb.hash), [
      [36, lies.bytes ?? bytes],
      [40, first],
      [44, lies.end ?? end],
    ])
  })
  const proofs = terms.map(({ xorb, first, end }) =>
    record(lies.proof ?? verificationHash(Buffer.concat(xorb.chunks.slice(first, end).map(chunkHash)))),
  )
  return Buffer.concat([head, ...ranges, ...proofs, record(hashFrom(sha256))])
}

function xorbRecords({ hash, chunks }: TestXorb): Buffer {
  let at = 0
  const entries = chunks.map((chunk) => {
    at += chunk.length
    return record(chunkHash(chunk), [
      [32, at - chunk.length],
      [36, chunk.length],
    ])
  })
  return Buffer.concat([record(hashFrom(hash), [[36, chunks.length]]), ...entries])
}
