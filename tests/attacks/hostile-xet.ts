// What a caller sends by Xet that no client would, and that costs most to refuse.
import { randomBytes } from 'node:crypto'
import { chunkHash, fileHash, hashFrom, hashText, openTree, verificationHash } from '../../server/lfs/xet/hashes.ts'
import { fileOf, shardOf, type TestFile, type TestXorb, wholeOf, xorbOf, zerosXorb } from '../xet-lab.ts'

interface Hostile {
  /** After the address that the hub gave for uploads. */
  tail: string
  body: Buffer
}

const mostXorbBytes = 64 * 1024 ** 2 + 8192 * 8
const footerSizeAt = 40
const unknownHash = (): string => randomBytes(32).toString('hex')
const xorbTail = (hash: string): string => `/v1/xorbs/default/${hash}`

/** Each once; they take 70 MB together. */
export function hostileUploads(): Hostile[] {
  const bomb = zerosXorb(500)
  const tiny = xorbOf(Array.from({ length: 8192 }, (_, index) => Buffer.from([index % 256])))
  const random = xorbOf([randomBytes(100_000)])
  const [mine, yours] = [xorbOf([randomBytes(500)]), xorbOf([randomBytes(500)])]
  const scrambled = Buffer.from(bomb.bytes)
  randomBytes(100).copy(scrambled, 20)
  const lyingFooter = shardOf([])
  lyingFooter.writeBigUInt64LE(2n ** 60n, footerSizeAt)
  const gibibyte = zeros(bomb, 16)
  return [
    { tail: xorbTail(bomb.hash), body: bomb.bytes },
    { tail: xorbTail(tiny.hash), body: tiny.bytes },
    { tail: xorbTail(unknownHash()), body: scrambled },
    { tail: xorbTail(random.hash), body: random.bytes.subarray(0, -3) },
    { tail: xorbTail(unknownHash()), body: tiny.bytes },
    { tail: xorbTail(random.hash), body: Buffer.alloc(mostXorbBytes + 1) },
    { tail: '/v2/shards', body: shardOf([liar(gibibyte)]) },
    { tail: '/v1/shards', body: shardOf([liar({ ...gibibyte, lies: { proof: randomBytes(32) } })]) },
    {
      tail: '/v1/shards',
      body: shardOf([liar({ ...gibibyte, terms: Array.from({ length: 10_000 }, () => wholeOf(bomb)) })]),
    },
    // Nothing of this was uploaded
    { tail: '/v2/shards', body: shardOf([liar(fileOf([wholeOf(random)]))]) },
    // Each lists only what the other one has a file of
    { tail: '/v1/shards', body: shardOf([fileOf([wholeOf(bomb), wholeOf(mine)])], [yours]) },
    { tail: '/v1/shards', body: shardOf([fileOf([wholeOf(yours), wholeOf(bomb)])], [mine]) },
    { tail: '/v2/shards', body: lyingFooter },
  ]
}

/** A file of a xorb of zeros many times: each term has 96 bytes, and stands for 64 MB. */
function zeros(xorb: TestXorb, times: number): TestFile {
  const chunk = xorb.chunks[0] ?? Buffer.alloc(0)
  const [hash, tree] = [hashText(chunkHash(chunk)), openTree()]
  for (let at = 0; at < xorb.chunks.length * times; at++) tree.add(hash, chunk.length)
  const terms = Array.from({ length: times }, () => wholeOf(xorb))
  const hashes = Buffer.concat(xorb.chunks.map(() => hashFrom(hash)))
  const lies = { proof: verificationHash(hashes) }
  return { hash: fileHash(tree), sha256: '', size: 0, terms, lies }
}

/** A file that turns out not to be what it is said to be when all of it has been read. */
const liar = (file: TestFile): TestFile => ({ ...file, sha256: unknownHash() })
