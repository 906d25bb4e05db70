import assert from 'node:assert/strict'
import { test } from 'node:test'
import { covers } from './covers.ts'

const rows: [network: string, address: string, isCovered: boolean][] = [
  ['203.0.113.0/24', '203.0.113.7', true],
  ['203.0.113.0/24', '203.0.114.7', false],
  ['203.0.113.7/32', '203.0.113.7', true],
  ['0.0.0.0/0', '198.51.100.1', true],
  ['2001:db8::/32', '2001:db8:1::7', true],
  ['2001:db8::/32', '2001:db9::7', false],
  ['::1/128', '::1', true],
  ['::/0', '203.0.113.7', false],
  ['203.0.113.0/33', '203.0.113.7', false],
  ['203.0.113/24', '203.0.113.7', false],
  ['', '203.0.113.7', false],
]

for (const [network, address, isCovered] of rows)
  test(`“${network}” ${isCovered ? 'covers' : 'does not cover'} ${address}`, () => {
    assert.equal(covers(network, address), isCovered)
  })
