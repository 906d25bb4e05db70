import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { eventTypeGroups } from '../../../event-types.ts'
import { changedFields, labelOf, wordsOf } from './details.ts'
import { searchText } from './search.ts'

test('filters become the search text of the API, with days in the local time zone', () => {
  assert.equal(searchText({}), undefined)
  const dayAfter = new Date('2026-02-01T00:00').toISOString()
  const text = searchText({ q: 'vision', author: 'ada', type: 'org.leave', token: 'a"b c', to: '2026-01-31' })
  assert.equal(text, `author:ada type:org.leave token:"ab c" before:${dayAfter} vision`)
  assert.equal(searchText({ from: '2026-01-31' }), `after:${new Date('2026-01-31T00:00').toISOString()}`)
})

test('details are words, not names of fields', () => {
  const rows: [unknown, string | undefined][] = [
    [true, 'Yes'],
    [null, ''],
    ['no_access', 'no access'],
    [{ _id: '1', user: 'ada' }, 'ada'],
    [{ id: '1', name: 'Vision', role: 'write' }, 'Vision (write)'],
    [['a', 'b'], 'a, b'],
    [{ a: 1, b: 2, c: 3, d: 4 }, undefined],
  ]
  for (const [value, words] of rows) assert.equal(wordsOf(value), words)
  assert.match(wordsOf('2026-01-31T12:00:00.000Z') ?? '', /^January 31, 2026/)
  assert.equal(labelOf('resourceGroupId'), 'Resource group ID')
  assert.equal(labelOf('id'), 'ID')
  assert.equal(labelOf('last4'), 'Last 4 characters')
  assert.deepEqual(changedFields({ a: 1, b: 2 }, { a: 1, b: 3 }), [['b', 2, 3]])
})

test('the picker has every type of event that an organization records', () => {
  const root = new URL('../../../../', import.meta.url)
  const source = globSync('server/{orgs,members,joining,leaving,groups,repos}/**/*.ts', { cwd: root })
    .map((file) => readFileSync(new URL(file, root), 'utf8'))
    .join('\n')
  const recorded = source.matchAll(/\btype: '((?:org|repo|resource_group|billing)\.[a-z_.0-9]+)'/g)
  const known = new Set<string>(eventTypeGroups.flatMap(({ types }) => Object.keys(types)))
  assert.deepEqual(
    [...new Set([...recorded].map(([, type = '']) => type))].filter((type) => !known.has(type)),
    [],
  )
})
