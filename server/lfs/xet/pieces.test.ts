import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { framed, plainRange, termsOf, xorbLength } from './pieces.ts'
import { decodeChunks, largestChunk } from './xorb.ts'

const oid = 'ab'.repeat(32)
const mebibyte = 1024 * 1024

async function read(
  content: Buffer,
  index: number,
  range: { start: number; end: number },
  step: number,
): Promise<Buffer> {
  const plain = plainRange(index, range)
  const part = plain ? content.subarray(plain.start, plain.end + 1) : Buffer.alloc(0)
  const pieces: Uint8Array[] = []
  const body = framed({ size: content.length, index }, range, inSteps(part, step))
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function* inSteps(content: Buffer, step: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += step) yield content.subarray(at, at + step)
}

test('any range of a file comes out of its terms, read in steps of any length', async () => {
  const content = randomBytes(66 * mebibyte)
  const sizes = fc.constantFrom(1, 5, largestChunk, largestChunk + 1, 64 * mebibyte, 64 * mebibyte + 1, content.length)
  const offset = fc.oneof(fc.nat(3 * largestChunk), fc.nat(content.length))
  await fc.assert(
    fc.asyncProperty(sizes, offset, offset, fc.constantFrom(70_001, 524_288), async (size, one, other, step) => {
      const file = content.subarray(0, size)
      const range = { start: Math.min(one, other, size - 1), end: Math.min(Math.max(one, other), size - 1) }
      const { terms, skip } = termsOf({ oid, size }, range)
      const chunks: Buffer[] = []
      for (const { index, bytes, chunks: wanted, plain } of terms) {
        assert.ok(bytes.end < xorbLength(size, index))
        const found = decodeChunks(await read(file, index, bytes, step))
        assert.equal(found.length, wanted.end - wanted.start)
        assert.equal(
          found.reduce((sum, { length }) => sum + length, 0),
          plain,
        )
        chunks.push(...found)
      }
      const whole = Buffer.concat(chunks).subarray(skip, skip + range.end + 1 - range.start)
      assert.ok(whole.equals(file.subarray(range.start, range.end + 1)))
    }),
    { numRuns: 25 },
  )
})

test('any range of a xorb is that part of all of it', async () => {
  const content = randomBytes(2 * largestChunk + 100)
  const length = xorbLength(content.length, 0)
  const whole = await read(content, 0, { start: 0, end: length - 1 }, 1000)
  assert.equal(whole.length, length)
  const near = [0, 1, 7, 8, 9, largestChunk + 7, largestChunk + 8, largestChunk + 12, largestChunk + 16, length - 1]
  for (const start of near)
    for (const end of near.filter((one) => one >= start))
      assert.ok(
        (await read(content, 0, { start, end }, 3000)).equals(whole.subarray(start, end + 1)),
        `${start}-${end}`,
      )
})

test('xorbs of one file, and of two, have names of their own; a terabyte is told without reading anything', () => {
  const size = 2 ** 40
  const one = termsOf({ oid, size }, { start: 0, end: size - 1 }).terms
  const other = termsOf({ oid: 'cd'.repeat(32), size: 1 }, { start: 0, end: 0 }).terms
  const names = [...one, ...other].map(({ hash }) => hash)
  assert.equal(new Set(names).size, 2 ** 14 + 1)
  assert.ok(one.every(({ bytes, chunks }) => bytes.end < 2 ** 32 && chunks.end <= 8192))
})
