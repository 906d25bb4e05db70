import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyForm, formOf } from './gate-form.ts'

test('a form has the fields of the card in their order, each with a known type', () => {
  const { fields } = formOf({
    extra_gated_fields: {
      'A long label that comes first': 'text',
      b: 'country',
      c: { type: 'select', options: ['x', { label: 'Y', value: 'y' }, { label: 'Z' }, 7, null, {}] },
      d: 'checkbox',
      e: 'hologram',
      f: { type: 'date_picker' },
    },
  })
  assert.deepEqual(
    fields.map(({ name, type }) => `${name}: ${type}`),
    ['A long label that comes first: text', 'b: country', 'c: select', 'd: checkbox', 'e: text', 'f: date_picker'],
  )
  assert.deepEqual(fields[2]?.options, [
    { label: 'x', value: 'x' },
    { label: 'Y', value: 'y' },
    { label: 'Z', value: 'Z' },
    { label: '7', value: '7' },
  ])
})

test('a hostile card makes no form that is too large', () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 'text']))
  assert.equal(formOf({ extra_gated_fields: many(10_000) }).fields.length, 50)
  const options = Array.from({ length: 10_000 }, (_, index) => `option ${index}`)
  assert.equal(formOf({ extra_gated_fields: { a: { type: 'select', options } } }).fields[0]?.options?.length, 300)
  assert.deepEqual(formOf({ extra_gated_fields: { [`x`.repeat(1001)]: 'text', ' ': 'text' } }).fields, [])
  assert.equal(formOf({ extra_gated_prompt: 'x'.repeat(1_000_000) }).prompt?.length, 100_000)
  for (const odd of [null, 7, 'text', [], [{ a: 'text' }], { heading: {} }])
    assert.deepEqual(
      formOf({ extra_gated_fields: odd, extra_gated_heading: odd === 'text' ? '' : {} }).fields.length > 1,
      false,
    )
  assert.deepEqual(formOf({ extra_gated_heading: ['x'], extra_gated_eu_disallowed: 'yes' }), emptyForm)
})
