import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownTurn } from './turns.ts'

test('what comes at once gets a turn of the event loop each', async () => {
  let turns = 0
  let next: NodeJS.Immediate | undefined
  const count = () => {
    turns++
    next = setImmediate(count)
  }
  count()
  const begun = await Promise.all([1, 2, 3, 4].map(() => ownTurn().then(() => turns)))
  clearImmediate(next)
  assert.deepEqual(new Set(begun).size, 4, begun.join())
})
