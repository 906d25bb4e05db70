import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { sha256 } from './sha256.ts'

function hashOf(pieces: Uint8Array[]): string {
  const hash = sha256()
  for (const piece of pieces) hash.add(piece)
  return hash.hex()
}

test('hashes as everybody else does, however the bytes come in', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 })
  fc.assert(
    fc.property(pieces, (given) => {
      assert.equal(hashOf(given), createHash('sha256').update(Buffer.concat(given)).digest('hex'))
    }),
    { numRuns: 500 },
  )
})

test('hashes at every length around the end of a block', () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => index)
    assert.equal(hashOf([bytes]), createHash('sha256').update(bytes).digest('hex'), `${length} bytes`)
  }
})
