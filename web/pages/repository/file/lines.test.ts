import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashOf, linesOf } from './lines.ts'

test('an address names a line, or some', () => {
  assert.deepEqual(linesOf('#L10'), { first: 10, last: 10 })
  assert.deepEqual(linesOf('#L20-L10'), { first: 10, last: 20 })
  assert.equal(linesOf('#results'), undefined)
  assert.equal(hashOf({ first: 3, last: 3 }), 'L3')
  assert.equal(hashOf({ first: 3, last: 5 }), 'L3-L5')
})
