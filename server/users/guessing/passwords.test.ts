import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asCaller } from '../../shares/caller.ts'
import { hashPassword, isPassword } from './passwords.ts'

test('a network that tries many passwords does not hold up others', async () => {
  const hash = await hashPassword('right horse battery')
  const ended: string[] = []
  const tries = (network: string, count: number) =>
    Array.from({ length: count }, async () => {
      await asCaller({ id: network, isAnonymous: true }, () => isPassword(hash, 'wrong horse battery'))
      ended.push(network)
    })
  await Promise.all([...tries('greedy', 30), ...tries('modest', 1)])
  const before = ended.indexOf('modest')
  assert.ok(before >= 0 && before <= 10, `${before} of the other network were before it`)
})

test('a password is right for its own hash alone, and no hash has one', async () => {
  const hash = await hashPassword('right horse battery')
  assert.equal(await isPassword(hash, 'right horse battery'), true)
  assert.equal(await isPassword(hash, 'right horse'), false)
  assert.equal(await isPassword(undefined, 'right horse battery'), false)
})
