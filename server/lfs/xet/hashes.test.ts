import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import { chunkHash, fileHash, hashFrom, hashText, openTree, swapped, verificationHash } from './hashes.ts'

/** The first bytes of a stream that is the same everywhere. */
function noise(name: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHash('sha256').update(`xet-vector:${name}:${index}`).digest(),
  )
  return Buffer.concat(blocks).subarray(0, length)
}

function cut(content: Buffer, lengths: number[]): Buffer[] {
  let from = 0
  const chunks = lengths.map((length) => {
    from += length
    return content.subarray(from - length, from)
  })
  assert.equal(from, content.length)
  return chunks
}

function named(chunks: { hash: Buffer; length: number }[]): { xorb: string; file: string; verification: string } {
  const tree = openTree()
  for (const { hash, length } of chunks) tree.add(hashText(hash), length)
  const proof = verificationHash(Buffer.concat(chunks.map(({ hash }) => hash)))
  return { xorb: tree.end(), file: fileHash(tree), verification: hashText(proof) }
}

const hashed = (chunks: Buffer[]) => chunks.map((chunk) => ({ hash: chunkHash(chunk), length: chunk.length }))
const ofTwo = [72961, 73561]
const last = [120371, 69596, 8128, 39253]
const common = [126441, 13241, 98008, 50891, 45664, 55157, 13699, 32952, 61064, 91032, 59322, 9108]
const oneMebibyte = Buffer.alloc(1024 * 1024)

const vectors: [string, Buffer, number[], Partial<ReturnType<typeof named>>][] = [
  [
    'one byte',
    Buffer.from('a'),
    [1],
    {
      xorb: 'a4d4ed80fcb2fe5177fc59321d3e6f90faf23e35a48d58303114bf073f34178a',
      file: '49a7fffaf5f34109d4a191757f3e541e26437dcd1e0e83153454a503757856be',
      verification: '1856127f86e6e067d17ce895d84d9963bd53565e566fc0be2a8cee4cf198e63c',
    },
  ],
  [
    'one chunk',
    noise('a', 8192),
    [8192],
    {
      xorb: 'e8cfcd039e4fec3d011997d79fbf3a4950793dc44b940803eff56fc7b36bf9c1',
      file: '87f9ef4b1531667286d3872800f533cd4217171375149ca98bbbfce50253ee14',
      verification: '64ee25fb58578cb98ff97256bfe130dc893404cf2ffbd1a6ba505adf413ff76b',
    },
  ],
  [
    'six chunks',
    noise('b', 204_800),
    [9299, 34171, 66821, 53375, 20633, 20501],
    {
      xorb: '685410228f88aac9acbb876db41e4067cf0f14ca4271d91db31c481eea424fd7',
      file: '312c43925246351dc713b8946750e4fd52d58ba1b31b477e4d25aea9a07813a4',
      verification: '4c1eecd5ad25635c5c18e05181bb9b1b6116214290016c342624ae29800ed43a',
    },
  ],
  [
    'the same chunk eight times',
    oneMebibyte,
    Array.from({ length: 8 }, () => 131_072),
    {
      xorb: '8c15d5bfe292d5f8f3b992149581636a5c4078ce9c4349d43f1a762ba0609839',
      file: '1e671fe124cea35586b1d1c30b9d4fc6b4e05ee60c93406986444f7c23d54056',
    },
  ],
  [
    'as Python cuts it',
    noise('c', 1_048_577),
    [...ofTwo, 128_499, 69_596, 47_381, ...common],
    {
      xorb: 'ef046d6a4f72f05451d91472c51bc44fca31d1b14664aa1e15396f3f39e46596',
      file: '7253934867c764a794af3c8cb32e25ce65da6bb707e2d1f9604f69ded4b6fa2f',
      verification: 'e1372d7f741166145283a5802daebb8a1b113e4716aecd9dd6898c2cc6962939',
    },
  ],
  [
    'as JavaScript cuts it',
    noise('c', 1_048_577),
    [...ofTwo, 8128, ...last, ...common],
    {
      xorb: '62896ff6f2707c7d22339ee64ef071988b07963db937775bf0021a56c91a7731',
      file: '0f3833ee848546ff4b64014e0ad9a371401f0de685b224907c2a4adf78d75382',
      verification: 'f6e0ce11ce9ec64b1ebb04b1bb33447b5f8413b22fc1ecee9d2e34bb10624834',
    },
  ],
]

for (const [name, content, lengths, expected] of vectors) {
  it(`hashes ${name} as the published clients do`, () => {
    assert.deepEqual({ ...named(hashed(cut(content, lengths))), ...expected }, named(hashed(cut(content, lengths))))
  })
}

const trees: [number, string, string][] = [
  [
    1,
    'df93298cdbf67cd507aed28d6290c0cf7f9aa0aa88dfa629cffcf98680659410',
    '41f5539a8d8bdd7509fd9a319268aca47ea6d40b33394170182e09fa86345c7e',
  ],
  [
    2,
    '2198bad77e0f7d43266117020ed240005564c787c03d09627e9553c718529d6d',
    'da5e73d8604cec7db10a6ff9c90cd144686aca574dd1e6064847638dc0ab1fc7',
  ],
  [
    3,
    '17f87a534cbc5bd5b34dd237fd644021e65bf2375dce49f29ac9bf014bdf0dae',
    '0bd0f59ec3af601a53fd3151e081c586f94698a825f790336c73dba000fd7fa8',
  ],
  [
    9,
    'a91f039f7bdbbfbe6fea96b929dbbfc4f1133afbe52eb5e1704e0041b070ae6f',
    '2fd5ca24ec0ebf593dda73b4ea17cb4838b5d0d7944f6b3ebceb7e8a2d229ef6',
  ],
  [
    10,
    '1845f5d9f52152f4ab61a6f32a8b68fa93fc4663260defda896ad0946dace53d',
    '467c202381cddb6a73c4af463d48ac9fb28d0451e02b4346fc5542cde619e055',
  ],
  [
    30,
    'ce317b0a4ef98e3336371b920c87a7d5cb318ea216070309d7d630c98d7cf091',
    '1597e655a5ec8d0ba7ba67d1e01e95273e0a82214f164508c41b834f2682ea1e',
  ],
]
const pairs = Array.from({ length: 30 }, (_, index) => ({
  hash: chunkHash(Buffer.from([index])),
  length: 1000 + index,
}))

for (const [count, xorb, file] of trees) {
  it(`groups a tree of ${count}`, () => {
    const { xorb: foundXorb, file: foundFile } = named(pairs.slice(0, count))
    assert.deepEqual([foundXorb, foundFile], [xorb, file])
  })
}

it('proves a range of chunks', () => {
  const of = (first: number, end: number) => named(pairs.slice(first, end)).verification
  assert.equal(of(0, 30), '61613dae1d204070902c8ce53cbac70b9d140f5fabfb9d719ad34e8f904c4070')
  assert.equal(of(3, 7), '95cc737faf4d6d8c34d2bd41ea1c1e17b2c4d2b5a66bea78e5a2808d29070d70')
})

it('gives what is empty a name of zeros', () => {
  assert.deepEqual([openTree().end(), fileHash(openTree())], ['0'.repeat(64), '0'.repeat(64)])
})

it('writes hashes with the bytes of each group of eight reversed', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => index))
  const text = '07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918'
  assert.equal(hashText(bytes), text)
  assert.deepEqual(hashFrom(text), bytes)
  assert.equal(swapped(swapped(text)), text)
  const first = pairs[0]?.hash.toString('hex')
  assert.equal(first, 'd57cf6db8c2993dfcfc090628dd2ae0729a6df88aaa09a7f1094658086f9fccf')
})
