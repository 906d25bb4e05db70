import assert from 'node:assert/strict'
import { test } from 'node:test'
import { priced } from './money.ts'

test('priced: hundredths as people read them, in the currency of the instance', () => {
  assert.equal(priced(124_000, 'EUR'), '€1,240.00')
  assert.equal(priced(5, 'USD'), '$0.05')
  assert.equal(priced(0, 'GBP'), '£0.00')
  assert.equal(priced(-950, 'EUR'), '-€9.50')
})

test('priced: a word that is no currency yet, as while it is typed, is shown as it stands', () => {
  assert.equal(priced(1250, 'E'), '12.50 E')
  assert.equal(priced(1250, ''), '12.50 ')
})
