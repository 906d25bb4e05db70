import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPeople, rowOf } from './people.ts'

test('addresses and usernames are read however they are separated, each once', () => {
  const text = 'ada@example.org, bo cy@example.org;@dee\r\nADA@example.org\n\n\teve '
  assert.deepEqual(readPeople(text), ['ada@example.org', 'bo', 'cy@example.org', 'dee', 'eve'])
  assert.deepEqual(readPeople(' ,;\n'), [])
})

test('addresses are read out of what was copied from an email', () => {
  const text = '"Lovelace, Ada" <ada@example.org>; Bo Ek <bo@example.org>'
  assert.deepEqual(readPeople(text), ['ada@example.org', 'bo@example.org'])
})

test('what holds an @ inside is an address', () => {
  assert.deepEqual(['a@b.c', '@ada', 'ada'].map(rowOf), [{ email: 'a@b.c' }, { username: 'ada' }, { username: 'ada' }])
})
