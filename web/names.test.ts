import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyNotAName } from './names.ts'

const wrong = {
  'Use only letters, digits, and hyphens.': ['ada lovelace', 'ada_l', 'müller', 'a.b', '../x', 'ada\n'],
  'Use 2 to 42 characters.': ['', 'a', 'a'.repeat(43)],
  'Can’t start or end with a hyphen.': ['-ada', 'ada-'],
  'Can’t have two hyphens in a row.': ['a--b'],
  'Can’t be only digits.': ['42', '1'.repeat(24)],
  'Can’t look like an ID.': ['0a'.repeat(12), 'AB'.repeat(12)],
}

for (const [sentence, names] of Object.entries(wrong)) {
  test(`whyNotAName: ${sentence}`, () => {
    for (const name of names) assert.equal(whyNotAName(name), sentence, JSON.stringify(name))
  })
}

test('whyNotAName: what can be a name', () => {
  for (const name of ['ada', 'Ada-2', 'a1', 'a'.repeat(42), `g${'0a'.repeat(11)}`, '4two'])
    assert.equal(whyNotAName(name), undefined, name)
})
