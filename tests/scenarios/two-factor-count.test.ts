import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../server/store/sql.ts'
import { type Person, startTestHub } from '../hub.ts'

test('the count of members without 2FA follows accounts that turn it on and off, and members who come and go', async () => {
  const hub = await startTestHub()
  const { people } = await hub.organization('acme', { ada: 'admin', ben: 'read' })
  await hub.person('cleo')
  const ada = people.ada as Person
  const counted = async () =>
    (await hub.request(ada, 'GET', '/api/organizations/acme/members-summary')).body.withoutTwoFactor
  const turn = (name: string, at: Date | null) =>
    sql`update users set totp_secret = ${at === null ? null : Buffer.from('secret')}, totp_enabled_at = ${at} where name = ${name}`.execute(
      hub.db,
    )
  assert.equal(await counted(), 2)
  await turn('ben', new Date())
  assert.equal(await counted(), 1)
  await turn('cleo', new Date())
  await hub.console('POST', '/api/operator/organizations/acme/members', { username: 'cleo', role: 'read' })
  assert.equal(await counted(), 1)
  await turn('cleo', null)
  assert.equal(await counted(), 2)
  await hub.request(ada, 'DELETE', '/api/organizations/acme/members/cleo')
  assert.equal(await counted(), 1)
})
