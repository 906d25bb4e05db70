import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventTypeToday } from '../../api/index.ts'
import { parseFilter } from './filter.ts'

test('a type that was renamed finds what was stored under its old name, too', () => {
  const types = (q: string) => parseFilter(q).types
  assert.deepEqual(types('type:org.offboard.allow_rejoin'), ['org.offboard.allow_rejoin', 'org.offboard.lift'])
  assert.deepEqual(types('type:org.offboard.lift'), ['org.offboard.lift'])
  assert.deepEqual(types('type:org.offboard'), ['org.offboard'])
  assert.equal(eventTypeToday('org.offboard.lift'), 'org.offboard.allow_rejoin')
  assert.equal(eventTypeToday('org.offboard'), 'org.offboard')
})
