import assert from 'node:assert/strict'
import { BlockList } from 'node:net'
import { test } from 'node:test'
import { plainAddress, unmetByAddress } from './address-rules.ts'

const rows: [address: string, ranges: string[], isIn: boolean][] = [
  ['203.0.113.7', ['203.0.113.0/24'], true],
  ['203.0.114.7', ['203.0.113.0/24'], false],
  ['203.0.113.7', ['198.51.100.0/24', '203.0.113.7/32'], true],
  ['203.0.113.8', ['203.0.113.7/32'], false],
  ['203.0.113.7', ['203.0.113.99/24'], true],
  ['2001:db8::7', ['2001:db8::/32'], true],
  ['2001:db9::7', ['2001:db8::/32'], false],
  ['203.0.113.7', ['::/0'], false],
  ['2001:db8::7', ['0.0.0.0/0'], false],
  ['203.0.113.7', [], false],
  ['', ['0.0.0.0/0', '::/0'], false],
]
for (const [address, ipRanges, isIn] of rows)
  test(`${address || 'an unknown address'} is ${isIn ? 'in' : 'outside of'} ${ipRanges.join(', ') || 'no range'}`, () => {
    assert.deepEqual(unmetByAddress(address, { enforceIpRestriction: true, ipRanges }), isIn ? [] : ['ip'])
    assert.deepEqual(unmetByAddress(address, { enforceIpRestriction: false, ipRanges }), [])
  })

test('of a person who is asked about nothing is withheld', () => {
  assert.deepEqual(unmetByAddress(undefined, { enforceIpRestriction: true, ipRanges: [] }), [])
})

test('an address of IPv4 that came over IPv6 is itself, and what is none is none', () => {
  assert.equal(plainAddress('::ffff:203.0.113.7'), '203.0.113.7')
  assert.equal(plainAddress('fe80::1%eth0'), 'fe80::1')
  assert.equal(plainAddress('unknown'), undefined)
  assert.equal(plainAddress(undefined), undefined)
})

test('a list of ranges is read once for each kind of address, and another one by itself', (t) => {
  const added = t.mock.method(BlockList.prototype, 'addSubnet')
  const within = (address: string, ...ipRanges: string[]) =>
    unmetByAddress(address, { enforceIpRestriction: true, ipRanges }).length === 0
  const ranges = ['192.0.2.0/25', '2001:db8:7::/48', '192.0.2.128/26']
  for (let time = 0; time < 3; time++) {
    assert.equal(within('192.0.2.130', ...ranges), true)
    assert.equal(within('2001:db8:7::9', ...ranges), true)
    assert.equal(within('192.0.2.200', ...ranges), false)
  }
  assert.equal(added.mock.callCount(), 3)
  assert.equal(within('192.0.2.200', ...ranges, '192.0.2.192/26'), true)
  assert.equal(within('192.0.2.130', '192.0.2.0/25'), false)
})
