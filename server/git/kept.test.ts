import assert from 'node:assert/strict'
import { it } from 'node:test'
import { openKept } from './kept.ts'

it('keeps what was asked for last, within its bytes', () => {
  const kept = openKept<number>(3000, 2000)
  for (const index of [0, 1, 2]) kept.set(`k${index}`, index, 600)
  assert.equal(kept.get('k0'), 0)
  kept.set('k3', 3, 600)
  assert.deepEqual(
    ['k0', 'k1', 'k2', 'k3'].map((key) => kept.get(key)),
    [0, undefined, 2, 3],
  )
  kept.set('large', 9, 2001)
  assert.equal(kept.get('large'), undefined)
  kept.set('k0', 10, 1900)
  assert.equal(kept.get('k0'), 10)
  assert.equal(kept.get('k2'), undefined)
})
