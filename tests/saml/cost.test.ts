import assert from 'node:assert/strict'
import { test } from 'node:test'
import { certificates } from '../../server/sso/saml/limits.ts'
import { checkResponse } from '../../server/sso/saml/response.ts'
import { createServiceProviderKey } from '../../server/sso/saml/service-provider.ts'
import { attacks } from './attacks.ts'
import { heavyAttacks } from './heavy.ts'
import { bothSides, providerWith, requestId } from './idp.ts'

// Measured in the long form only: beside other tests, a moment of the processor is shared.
const skip = process.env.GUILDHALL_ATTACK_SECONDS === undefined
const mostMicroseconds = 200_000

test('a response that signs no one in costs less than 200 ms of the processor', { skip }, async () => {
  const now = new Date('2026-03-01T09:00:00Z')
  const sides = await bothSides()
  const stranger = await createServiceProviderKey('other.test')
  const more = await Promise.all(Array.from({ length: certificates - 1 }, () => createServiceProviderKey('idp.test')))
  const expected = { ...sides, idp: providerWith(...more, sides.keys), requestId, now }
  for (const [name, samlResponse, reason] of [
    ...(await attacks(sides, stranger, now)),
    ...heavyAttacks(sides, stranger, now),
  ]) {
    const before = process.cpuUsage()
    await assert.rejects(checkResponse(samlResponse, expected), { reason })
    const { user, system } = process.cpuUsage(before)
    assert.ok(user + system < mostMicroseconds, `${name}: ${(user + system) / 1000} ms`)
  }
})
