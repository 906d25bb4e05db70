import { HubError } from '../../kernel/errors.ts'
import { chunkHash, hashText, openTree } from './hashes.ts'
import { decodeFrame } from './lz4.ts'

/** Bytes of a chunk's header in a xorb. */
export const headerBytes = 8
/** Plain bytes of the largest chunk. */
export const largestChunk = 128 * 1024
const mostChunks = 8192
/** As much as 64 MiB of chunks and their headers: clients fill xorbs up to there. */
export const largestXorb = 64 * 1024 * 1024 + mostChunks * headerBytes
const footerMark = 'XETBLOB'

/** How a chunk stands in a xorb; lengths in bytes. Schemes: 0 as it is, 1 LZ4, 2 grouped by four, then LZ4. */
interface ChunkHeader {
  scheme: number
  /** Without the header. */
  stored: number
  plain: number
}

/** What a xorb holds, as it is kept: for each chunk 32 bytes of hash, its plain length, and its length in the xorb. */
export interface XorbContent {
  /** Its name. */
  hash: string
  chunks: Buffer
}

/** Bytes of one entry in `chunks`. */
const entryBytes = 40

/** Reads a xorb to its end and checks everything that it says; throws `400` or `413`. `read` answers fewer bytes only at the end. */
export function checkXorb(read: (bytes: number) => Buffer): XorbContent {
  const tree = openTree()
  const entries: Buffer[] = []
  for (;;) {
    const head = read(headerBytes)
    if (head.length === 0 || head.toString('latin1', 0, footerMark.length) === footerMark) break
    if (entries.length === mostChunks) throw unsound(`It has more than ${mostChunks} chunks`)
    const header = headerIn(head)
    const content = decodeChunk(header, read(header.stored))
    const entry = Buffer.alloc(entryBytes)
    const hash = chunkHash(content)
    hash.copy(entry)
    entry.writeUInt32LE(header.plain, 32)
    entry.writeUInt32LE(header.stored + headerBytes, 36)
    entries.push(entry)
    tree.add(hashText(hash), header.plain)
  }
  if (entries.length === 0) throw unsound('It has no chunks')
  return { hash: tree.end(), chunks: Buffer.concat(entries) }
}

/** Decodes the chunks in a piece of a xorb that was checked before; throws when it is damaged. */
export function decodeChunks(piece: Buffer): Buffer[] {
  const contents: Buffer[] = []
  for (let at = 0; at < piece.length; ) {
    const header = headerIn(piece.subarray(at, at + headerBytes))
    at += headerBytes
    contents.push(decodeChunk(header, piece.subarray(at, at + header.stored)))
    at += header.stored
  }
  return contents
}

function headerIn(head: Buffer): ChunkHeader {
  if (head.length < headerBytes) throw unsound('It ends within a chunk')
  const header = { stored: head.readUIntLE(1, 3), scheme: head.readUInt8(4), plain: head.readUIntLE(5, 3) }
  const { scheme, stored, plain } = header
  const isSound = head[0] === 0 && scheme <= 2 && plain >= 1 && plain <= largestChunk && stored <= largestChunk
  if (!isSound || (scheme === 0 && stored !== plain)) throw unsound('The header of a chunk is not valid')
  return header
}

function decodeChunk({ scheme, stored, plain }: ChunkHeader, data: Buffer): Buffer {
  if (data.length < stored) throw unsound('It ends within a chunk')
  if (scheme === 0) return data
  const content = decodeFrame(data, plain)
  return scheme === 1 ? content : ungrouped(content)
}

// All bytes at positions 0, 4, 8 … come first, then those at 1, 5 …; the first groups may be one longer.
function ungrouped(grouped: Buffer): Buffer {
  const content = Buffer.allocUnsafe(grouped.length)
  let from = 0
  for (let group = 0; group < 4; group++) {
    for (let at = group; at < content.length; at += 4) content[at] = grouped[from++] as number
  }
  return content
}

function unsound(problem: string): HubError {
  return new HubError('BadRequest', `This is not a valid xorb. ${problem}.`)
}

/** The chunks of a xorb that was checked before. */
export interface ChunkTable {
  count: number
  /** Plain bytes of a range of chunks, the end excluded. */
  plainBytes(first: number, end: number): number
  /** Where a chunk begins in the stored xorb. */
  storedAt(chunk: number): number
  /** The hashes of a range in a row. */
  hashes(first: number, end: number): Buffer
  hashOf(chunk: number): string
}

/** Reads what is kept of a xorb. */
export function chunkTable(chunks: Buffer): ChunkTable {
  const count = chunks.length / entryBytes
  const sums = (at: number) => {
    const all = new Float64Array(count + 1)
    for (let chunk = 0; chunk < count; chunk++)
      all[chunk + 1] = (all[chunk] as number) + chunks.readUInt32LE(chunk * entryBytes + at)
    return all
  }
  const [plain, stored] = [sums(32), sums(36)]
  const hashAt = (chunk: number) => chunks.subarray(chunk * entryBytes, chunk * entryBytes + 32)
  return {
    count,
    plainBytes: (first, end) => (plain[end] as number) - (plain[first] as number),
    storedAt: (chunk) => stored[chunk] as number,
    hashes: (first, end) => Buffer.concat(Array.from({ length: end - first }, (_, index) => hashAt(first + index))),
    hashOf: (chunk) => hashText(hashAt(chunk)),
  }
}
