import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFiltered, sortOf } from './search.ts'

test('sortOf: by name, unless one asks for the inactive: those come with the longest first', () => {
  assert.deepEqual(sortOf({}), { by: 'name', descending: false, asked: 'name' })
  assert.deepEqual(sortOf({ idle: '30' }), { by: 'lastActive', descending: false, asked: 'lastActive' })
})

test('sortOf: an order that was chosen wins, and a minus sign turns it around', () => {
  assert.deepEqual(sortOf({ sort: '-joined', idle: '30' }), { by: 'joined', descending: true, asked: '-joined' })
})

test('isFiltered: by anything that leaves rows out', () => {
  assert.equal(isFiltered({}), false)
  assert.equal(isFiltered({ search: 'bea' }), true)
  assert.equal(isFiltered({ role: 'admin' }), true)
  assert.equal(isFiltered({ group: 'speech' }), true)
  assert.equal(isFiltered({ idle: 'never' }), true)
})
