import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkHeld, neverWhileHeld, notWhileHeld, whileHeld } from './held.ts'

const seen: string[] = []

test('nothing is checked unless asked for', async () => {
  await whileHeld(async () => notWhileHeld('git'))
  const target = { ask: () => 1 }
  assert.equal(neverWhileHeld('store', target), target)
})

test('a slow call while a connection is held is reported and throws', async () => {
  checkHeld((what) => seen.push(what))
  await assert.rejects(
    whileHeld(async () => {
      await Promise.resolve()
      notWhileHeld('git')
    }),
    /git while a database connection is held/,
  )
  const store = neverWhileHeld('store', { kind: 'disk', ask: () => 1 })
  await assert.rejects(
    whileHeld(async () => store.ask()),
    /store\.ask/,
  )
  assert.deepEqual([store.kind, store.ask(), seen.length], ['disk', 1, 2])
})

test('work that goes on after the connection is given back does not count', async () => {
  const ended = Promise.withResolvers<void>()
  const escaped = await whileHeld(async () => ({ later: ended.promise.then(() => notWhileHeld('git')) }))
  ended.resolve()
  await escaped.later
})
