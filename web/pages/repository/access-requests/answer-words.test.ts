import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerWords } from './answer-words.ts'

const fields = [
  { name: 'Country', type: 'country' as const },
  { name: 'Location', type: 'ip_location' as const },
  { name: 'Purpose', type: 'select' as const, options: [{ label: 'Something else', value: 'other' }] },
  { name: 'Company', type: 'text' as const },
  { name: 'Start', type: 'date_picker' as const },
  { name: 'Terms', type: 'checkbox' as const },
]

const rows: [name: string, answer: string, words: string][] = [
  ['Country', 'CH', 'Switzerland'],
  ['Location', 'unknown', 'unknown'],
  ['Purpose', 'other', 'Something else'],
  ['Purpose', 'an option of before', 'an option of before'],
  ['Company', 'true', 'true'],
  ['Start', '2030-02-01', 'February 1, 2030'],
  ['Start', 'an answer of before', 'an answer of before'],
  ['Terms', 'true', 'yes'],
  ['A question of before', 'CH', 'CH'],
]

for (const [name, answer, words] of rows)
  test(`the answer ${answer} to ${name} is shown as ${words}`, () => {
    assert.equal(answerWords(fields, name, answer), words)
  })
