import { Blake3Hasher } from '@napi-rs/blake-hash'

const dataKey = '6697f5775b9550de3135cbaca597181c9de421109beb2b58b4d0b04b93adf229'
const nodeKey = '017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f'
const verifyKey = '7f1857d6ce56ed66127ff913e7a5c3f3a4cd26d5b5db49e64124987f28fb94c3'
const hashBytes = 32
const noHash = '0'.repeat(64)
const leastGroup = 3
const largestGroup = 9

const [ofData, ofNode, ofTerm, ofFile] = [dataKey, nodeKey, verifyKey, noHash].map(openKeyed) as [
  Keyed,
  Keyed,
  Keyed,
  Keyed,
]
type Keyed = (bytes: Buffer | string) => string

// One hasher for each key, since making one takes twenty times as long as a short hash.
function openKeyed(key: string): Keyed {
  const hasher = Blake3Hasher.newKeyed(Buffer.from(key, 'hex'))
  return (bytes) => {
    hasher.reset()
    hasher.update(bytes)
    return hasher.digest('hex')
  }
}

/** A hash as Xet writes it: four numbers of 64 bits, each with its last byte first. The same call reads it back as hex. */
export function swapped(hex: string): string {
  let text = ''
  for (let group = 0; group < 64; group += 16) {
    for (let at = group + 14; at >= group; at -= 2) text += hex.slice(at, at + 2)
  }
  return text
}

/** The text of the 32 bytes of a hash. */
export function hashText(bytes: Buffer): string {
  return swapped(bytes.toString('hex', 0, hashBytes))
}

/** The 32 bytes of a hash from its text. */
export function hashFrom(text: string): Buffer {
  return Buffer.from(swapped(text), 'hex')
}

/** The hash of a chunk: 32 bytes, over its plain content. */
export function chunkHash(content: Buffer): Buffer {
  return Buffer.from(ofData(content), 'hex')
}

/** The hash that proves a term: over the hashes of its chunks in a row. */
export function verificationHash(chunkHashes: Buffer): Buffer {
  return Buffer.from(ofTerm(chunkHashes), 'hex')
}

/** The tree over chunks, as they come: memory does not grow with them. */
export interface Tree {
  /** The next chunk: its hash as text, and its plain length. */
  add(hash: string, length: number): void
  /** The name of a xorb of these chunks. */
  end(): string
}

interface Level {
  count: number
  first: string
  lines: string
  items: number
  length: number
}

/** Begins a tree without chunks. */
export function openTree(): Tree {
  const levels: Level[] = []

  function add(depth: number, hash: string, length: number): void {
    const level = levels[depth] ?? { count: 0, first: hash, lines: '', items: 0, length: 0 }
    levels[depth] = level
    level.count++
    level.items++
    level.length += length
    level.lines += `${hash} : ${length}\n`
    const ends = level.items >= leastGroup && isDivisibleByFour(hash)
    if (ends || level.items === largestGroup) close(depth, level)
  }

  function close(depth: number, level: Level): void {
    const { lines, length } = level
    Object.assign(level, { lines: '', items: 0, length: 0 })
    add(depth + 1, swapped(ofNode(lines)), length)
  }

  return {
    add: (hash, length) => add(0, hash, length),
    end() {
      for (let depth = 0; ; depth++) {
        const level = levels[depth]
        if (level === undefined) return noHash
        if (level.count === 1) return level.first
        if (level.items > 0) close(depth, level)
      }
    },
  }
}

// The last digit of the text is the lowest of the last eight bytes.
function isDivisibleByFour(hash: string): boolean {
  return '048c'.includes(hash.charAt(63))
}

/** The name of a file, from the end of the tree over all of its chunks in order. */
export function fileHash(tree: Tree): string {
  const root = tree.end()
  return root === noHash ? noHash : swapped(ofFile(hashFrom(root)))
}
