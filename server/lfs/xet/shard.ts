import { HubError } from '../../kernel/errors.ts'
import { hashText, swapped } from './hashes.ts'

const recordBytes = 48
const footerBytes = 200
const tag = Buffer.from('48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9', 'hex')
const version = 2n
const endMark = Buffer.alloc(recordBytes).fill(0xff, 0, 32)
const flags = { verification: 0x80000000, metadata: 0x40000000 }
const requiredFlags = flags.verification + flags.metadata

/** The largest shard: clients fill them up to 64 MiB, and a footer follows. */
export const largestShard = 64 * 1024 * 1024 + 64 * 1024

/** A file that a shard registers. */
export interface ShardFile {
  kind: 'file'
  hash: string
  /** SHA-256 of the content, in the usual hexadecimal. */
  sha256: string
  terms: number
  term(index: number): Term
}

/** A range of chunks in one xorb, the end excluded; `proof` is the verification hash. */
export interface Term {
  xorb: string
  bytes: number
  first: number
  end: number
  proof: Buffer
}

/** Reads a shard record by record; throws `400` for what is none. Nothing is believed that the bytes left do not allow. */
export function* readShard(shard: Buffer): Generator<ShardFile | { kind: 'xorb'; hash: string }> {
  const header = recordAt(shard, 0)
  if (!header.subarray(0, 32).equals(tag) || header.readBigUInt64LE(32) !== version) throw unsound('its header')
  let at = recordBytes
  for (; !recordAt(shard, at).equals(endMark); at += recordBytes * (1 + recordsIn(shard, at))) yield fileAt(shard, at)
  at += recordBytes
  for (; !recordAt(shard, at).equals(endMark); at += recordBytes * (1 + chunksIn(shard, at)))
    yield { kind: 'xorb', hash: hashText(recordAt(shard, at)) }
  const rest = shard.length - at - recordBytes
  // What the header says of the footer is true from some clients only
  if (rest !== 0 && rest !== footerBytes) throw unsound('its end')
}

function recordAt(shard: Buffer, at: number): Buffer {
  if (at + recordBytes > shard.length) throw unsound('its length')
  return shard.subarray(at, at + recordBytes)
}

// Each term has a record and a verification, and one more is the metadata.
function recordsIn(shard: Buffer, at: number): number {
  const file = recordAt(shard, at)
  const records = 2 * file.readUInt32LE(36) + 1
  if (at + recordBytes * (1 + records) > shard.length) throw unsound('a number of terms')
  return records
}

function chunksIn(shard: Buffer, at: number): number {
  const chunks = recordAt(shard, at).readUInt32LE(36)
  if (at + recordBytes * (1 + chunks) > shard.length) throw unsound('a number of chunks')
  return chunks
}

function fileAt(shard: Buffer, at: number): ShardFile {
  const records = recordsIn(shard, at)
  const file = recordAt(shard, at)
  const has = file.readUInt32LE(32)
  const terms = file.readUInt32LE(36)
  if (terms === 0 || (has & requiredFlags) >>> 0 !== requiredFlags) throw unsound('a file')
  const first = at + recordBytes
  return {
    kind: 'file',
    hash: hashText(file),
    sha256: swapped(shard.toString('hex', at + recordBytes * records, at + recordBytes * records + 32)),
    terms,
    term(index) {
      const term = recordAt(shard, first + recordBytes * index)
      return {
        xorb: hashText(term),
        bytes: term.readUInt32LE(36),
        first: term.readUInt32LE(40),
        end: term.readUInt32LE(44),
        proof: recordAt(shard, first + recordBytes * (terms + index)).subarray(0, 32),
      }
    },
  }
}

function unsound(what: string): HubError {
  return new HubError('BadRequest', `This is not a valid shard: ${what} is wrong.`)
}
