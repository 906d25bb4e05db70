// What the browser brings along hashes only what is in memory whole, and large files are not.

const blockBytes = 64
const constants = Int32Array.from(firstPrimes(64), (prime) => fractionOf(Math.cbrt(prime))) // FIPS 180-4 §4.2.2
const beginning = Int32Array.from(firstPrimes(8), (prime) => fractionOf(Math.sqrt(prime))) // FIPS 180-4 §5.3.3

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate)
  }
  return primes
}

function fractionOf(root: number): number {
  return Math.floor((root % 1) * 2 ** 32)
}

/** A SHA-256 that takes its bytes piece by piece. */
export interface Sha256 {
  add(bytes: Uint8Array): void
  /** The hash of everything that was added, in lower-case hex; nothing can be added afterwards. */
  hex(): string
}

/** Begins a hash. */
export function sha256(): Sha256 {
  const state = Int32Array.from(beginning)
  const words = new Int32Array(64)
  const open = new Uint8Array(blockBytes)
  const openView = new DataView(open.buffer)
  let filled = 0
  let total = 0
  const add = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    total += bytes.length
    let from = 0
    while (from < bytes.length) {
      if (filled === 0 && bytes.length - from >= blockBytes) {
        compress(state, words, view, from)
        from += blockBytes
        continue
      }
      const piece = bytes.subarray(from, from + blockBytes - filled)
      open.set(piece, filled)
      filled = (filled + piece.length) % blockBytes
      from += piece.length
      if (filled === 0) compress(state, words, openView, 0)
    }
  }
  const hex = () => {
    add(paddingAfter(total))
    return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }
  return { add, hex }
}

// FIPS 180-4 §5.1.1: a one, zeros, and at the end of the last block the number of bits.
function paddingAfter(total: number): Uint8Array {
  const used = total % blockBytes
  const padding = new Uint8Array(used < 56 ? blockBytes - used : 2 * blockBytes - used)
  padding[0] = 0x80
  new DataView(padding.buffer).setBigUint64(padding.length - 8, BigInt(total) * 8n)
  return padding
}

const rotate = (word: number, bits: number) => (word >>> bits) | (word << (32 - bits))

// FIPS 180-4 §6.2.2
function compress(state: Int32Array, words: Int32Array, bytes: DataView, from: number): void {
  spread(words, bytes, from)
  let a = at(state, 0)
  let b = at(state, 1)
  let c = at(state, 2)
  let d = at(state, 3)
  let e = at(state, 4)
  let f = at(state, 5)
  let g = at(state, 6)
  let h = at(state, 7)
  for (let round = 0; round < 64; round++) {
    const mixed = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const one = (h + mixed + ((e & f) ^ (~e & g)) + at(constants, round) + at(words, round)) | 0
    const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  state[0] = at(state, 0) + a
  state[1] = at(state, 1) + b
  state[2] = at(state, 2) + c
  state[3] = at(state, 3) + d
  state[4] = at(state, 4) + e
  state[5] = at(state, 5) + f
  state[6] = at(state, 6) + g
  state[7] = at(state, 7) + h
}

function spread(words: Int32Array, bytes: DataView, from: number): void {
  for (let index = 0; index < 16; index++) words[index] = bytes.getInt32(from + index * 4)
  for (let index = 16; index < 64; index++) {
    const early = at(words, index - 15)
    const late = at(words, index - 2)
    const small = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
    const large = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
    words[index] = at(words, index - 16) + small + at(words, index - 7) + large
  }
}

// No index here leaves its array, which the types cannot know.
function at(words: Int32Array, index: number): number {
  return words[index] as number
}
