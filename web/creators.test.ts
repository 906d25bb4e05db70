import assert from 'node:assert/strict'
import { test } from 'node:test'
import { creatableIn } from './creators.ts'

type Mine = Parameters<typeof creatableIn>[0]

function organization(name: string, over: Partial<Mine[number]>): Mine[number] {
  return { name, role: 'write', blockedBy: [], ...over } as Mine[number]
}

test('creatableIn: from contributor up, as long as the role has an effect', () => {
  const mine = [
    organization('admin', { role: 'admin' }),
    organization('write', { role: 'write' }),
    organization('contributor', { role: 'contributor' }),
    organization('read', { role: 'read' }),
    organization('none', { role: 'no_access' }),
    organization('blocked', { role: 'admin', blockedBy: ['mfa'] }),
  ]
  assert.deepEqual(creatableIn(mine), ['admin', 'write', 'contributor'])
})
