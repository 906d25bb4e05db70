import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { expiry, inDays, type Token } from './expiry.ts'

const now = Date.parse('2026-03-04T10:00:00.000Z')

function at(expiresAt: string | null): Token {
  return { expiresAt } as Token
}

test('expiry: never, over, soon within 14 days, and later, to the millisecond', () => {
  mock.timers.enable({ apis: ['Date'], now })
  try {
    assert.equal(expiry(at(null)), 'never')
    assert.equal(expiry(at('2026-03-04T10:00:00.000Z')), 'over')
    assert.equal(expiry(at('2026-03-04T10:00:00.001Z')), 'soon')
    assert.equal(expiry(at('2026-03-18T09:59:59.999Z')), 'soon')
    assert.equal(expiry(at('2026-03-18T10:00:00.000Z')), 'later')
    assert.equal(inDays(7), '2026-03-11T10:00:00.000Z')
  } finally {
    mock.timers.reset()
  }
})
