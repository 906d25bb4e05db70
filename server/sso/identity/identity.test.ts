import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Identity, keptIdentity } from './identity.ts'

test('an identity that was kept still ends its session when the identity provider says', () => {
  const identity: Identity = {
    ...{ issuer: 'https://idp.example', subject: 's', attributes: { roles: ['staff'] }, sid: 'one' },
    authenticatedAt: new Date('2030-01-02T03:04:00.000Z'),
    notOnOrAfter: new Date('2030-01-02T03:04:05.678Z'),
  }
  const without = { ...identity, authenticatedAt: undefined, notOnOrAfter: undefined }
  for (const each of [identity, without]) assert.deepEqual(keptIdentity(JSON.parse(JSON.stringify(each))), each)
})
