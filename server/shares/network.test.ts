import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf } from './network.ts'

const networks: [address: string, network: string][] = [
  ['192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:0:0:0:9', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
  ['console', 'console'],
]

for (const [address, network] of networks)
  test(`${address || 'no address'} is of ${network || 'no network'}`, () => assert.equal(networkOf(address), network))
