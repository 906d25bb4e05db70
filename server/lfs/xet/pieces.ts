// A plain file told as xorbs: pieces of one length, each behind the header of a chunk that is stored as it is.
import { createHash } from 'node:crypto'
import type { ByteRange } from '../bytes/bytes.ts'
import { headerBytes, largestChunk } from './xorb.ts'

/** As many pieces as one xorb stands for: 64 MiB. */
const xorbPieces = 512
const xorbBytes = xorbPieces * largestChunk
const framedBytes = headerBytes + largestChunk

/** A range of the pieces of one xorb, the end excluded, and where they stand in the xorb, both ends included. */
export interface FileTerm {
  /** Of the xorb within the file. */
  index: number
  /** Name of the xorb: any that no other has. */
  hash: string
  chunks: ByteRange
  bytes: ByteRange
  /** Plain bytes of these pieces. */
  plain: number
}

/** What clients put a range of a file together from; `skip` is how many bytes of the first term are not in the range. */
export function termsOf(
  { oid, size }: { oid: string; size: number },
  range: ByteRange,
): { terms: FileTerm[]; skip: number } {
  const terms: FileTerm[] = []
  for (let index = Math.floor(range.start / xorbBytes); index * xorbBytes <= range.end; index++) {
    const begin = index * xorbBytes
    const length = plainBytes(size, index)
    const start = Math.floor(Math.max(0, range.start - begin) / largestChunk)
    const end = Math.floor(Math.min(length - 1, range.end - begin) / largestChunk) + 1
    const plain = Math.min(length, end * largestChunk) - start * largestChunk
    const bytes = { start: start * framedBytes, end: start * framedBytes + plain + (end - start) * headerBytes - 1 }
    terms.push({ index, hash: nameOf(oid, index), chunks: { start, end }, bytes, plain })
  }
  return { terms, skip: range.start % largestChunk }
}

function nameOf(oid: string, index: number): string {
  return createHash('sha256').update(`${oid} ${index}`).digest('hex')
}

/** How many xorbs a file is. */
export function xorbCount(size: number): number {
  return Math.ceil(size / xorbBytes)
}

// Of the file, in one xorb
function plainBytes(size: number, index: number): number {
  return Math.max(0, Math.min(xorbBytes, size - index * xorbBytes))
}

/** Bytes of a xorb of a file. */
export function xorbLength(size: number, index: number): number {
  const plain = plainBytes(size, index)
  return plain + Math.ceil(plain / largestChunk) * headerBytes
}

/** Which bytes of the file are in a range of one of its xorbs; undefined when only headers are. */
export function plainRange(index: number, { start, end }: ByteRange): ByteRange | undefined {
  const before = (at: number) => {
    const within = (at % framedBytes) - headerBytes
    return index * xorbBytes + Math.floor(at / framedBytes) * largestChunk + Math.max(0, within)
  }
  const range = { start: before(start), end: before(end + 1) - 1 }
  return range.start > range.end ? undefined : range
}

/** The bytes of a range of a xorb; `content` is what `plainRange` says of the file. */
export async function* framed(
  { size, index }: { size: number; index: number },
  { start, end }: ByteRange,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const plain = plainBytes(size, index)
  let at = start
  const header = (): Buffer => {
    const within = at % framedBytes
    const piece = headerOf(Math.min(largestChunk, plain - Math.floor(at / framedBytes) * largestChunk))
    const bytes = piece.subarray(within, Math.min(headerBytes, within + end + 1 - at))
    at += bytes.length
    return bytes
  }
  for await (const chunk of content) {
    for (let from = 0; from < chunk.length; ) {
      if (at % framedBytes < headerBytes) yield header()
      const to = Math.min(chunk.length, from + framedBytes - (at % framedBytes))
      yield chunk.subarray(from, to)
      at += to - from
      from = to
    }
  }
  if (at <= end) yield header()
}

function headerOf(plain: number): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.writeUIntLE(plain, 1, 3)
  header.writeUIntLE(plain, 5, 3)
  return header
}
