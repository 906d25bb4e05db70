import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { secondsFromNow } from '../../server/kernel/clock.ts'
import { sql } from '../../server/store/sql.ts'
import type { Person } from '../hub.ts'
import { giveFactor, hub, recoveryRequestWaiting, suspend } from '../recovery-world.ts'

const daySeconds = 86_400
const { id: labId, people } = await hub.organization('Lab', { ada: 'admin', wil: 'write', rea: 'read' })
const [ada, wil, rea] = [people.ada, people.wil, people.rea] as [Person, Person, Person]
const olga = await hub.person('olga', { operator: true })

interface Told {
  kind: string
  organization: { name: string } | null
  count: number
  about: string | null
  at: string | null
}

async function waiting(who: Person | string): Promise<Told[]> {
  const reply = await hub.request(who, 'GET', '/api/settings/notifications')
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body.notifications
}
const told = async (who: Person) =>
  (await waiting(who)).map(({ kind, organization, count }) => `${kind} ${organization?.name ?? '-'} ${count}`).sort()
const counts = async (who: Person) => (await hub.request(who, 'GET', '/api/settings/notifications')).body.organizations

describe('notifications', () => {
  it('tell the only admin to get a second one, and others nothing', async () => {
    assert.deepEqual(await told(ada), ['only_admin Lab 1'])
    assert.deepEqual(await told(wil), [])
    assert.equal((await hub.request(undefined, 'GET', '/api/settings/notifications')).status, 401)
  })

  it('tell admins of join requests, and count them with the pending invitations', async () => {
    const kim = await hub.person('kim')
    await hub.request(ada, 'PATCH', '/api/organizations/Lab/settings', { allowJoinRequests: true })
    assert.equal((await hub.request(kim, 'POST', '/api/organizations/Lab/join', {})).status, 200)
    const invite = (body: object) => hub.request(ada, 'POST', '/api/organizations/Lab/invitations', body)
    for (const email of ['nia@example.org', 'oda@example.org'])
      assert.equal((await invite({ email, role: 'read' })).status, 201)
    assert.deepEqual(await told(ada), ['join_requests Lab 1', 'only_admin Lab 1'])
    assert.deepEqual(await counts(ada), [{ name: 'Lab', requests: 1, invitations: 2 }])
    assert.deepEqual([await told(wil), await counts(wil)], [[], []], 'only for those who decide')
    await hub.request(kim, 'DELETE', '/api/organizations/Lab/join')
    assert.deepEqual(await counts(ada), [{ name: 'Lab', requests: 0, invitations: 2 }])
  })

  it('tell the invited, as long as the inviter may still invite', async () => {
    const ivy = await hub.person('ivy')
    const second = await hub.organization('Mill', { max: 'admin', mia: 'admin' })
    const max = second.people.max as Person
    const body = { username: 'ivy', role: 'read' }
    assert.equal((await hub.request(max, 'POST', '/api/organizations/Mill/invitations', body)).status, 201)
    const [invitation] = await waiting(ivy)
    assert.deepEqual(
      [invitation?.kind, invitation?.organization?.name, invitation?.about],
      ['invitation', 'Mill', 'max'],
    )
    await hub.request(second.people.mia as Person, 'PUT', '/api/organizations/Mill/members/max/role', { role: 'read' })
    assert.deepEqual(await told(ivy), [])
  })

  it('tell members and admins of memberships that end within two weeks', async () => {
    const ends = (days: number) =>
      sql`update memberships set expires_at = ${secondsFromNow(days * daySeconds)} where org_id = ${labId} and user_id = ${rea.id}`.execute(
        hub.db,
      )
    await ends(15)
    assert.deepEqual(await told(rea), [])
    await ends(13)
    assert.deepEqual(await told(rea), ['membership_ends Lab 1'])
    assert.deepEqual(await told(ada), ['memberships_end Lab 1', 'only_admin Lab 1'])
    await ends(-1)
    assert.deepEqual(await told(rea), [], 'who is out is told nothing about the inside')
  })

  it('tell members without 2FA where it is required, and say nothing else of that organization', async () => {
    const { id, people: vault } = await hub.organization('Vault', { vic: 'admin', val: 'admin' })
    await giveFactor(vault.val as Person)
    const require = (from: Date | null) =>
      sql`update organizations set require_2fa = true, require_2fa_from = ${from} where id = ${id}`.execute(hub.db)
    await require(secondsFromNow(3 * daySeconds))
    assert.deepEqual(await told(vault.vic as Person), ['two_factor_soon Vault 1'])
    await require(null)
    await hub.request(await hub.person('kai'), 'POST', '/api/organizations/Vault/join', {})
    assert.deepEqual(await told(vault.vic as Person), ['two_factor_required Vault 1'])
    assert.deepEqual(await told(vault.val as Person), ['only_admin Vault 1'])
  })

  it('tell of a recovery request whom it concerns: who becomes admin, who may object, confirm, or approve', async () => {
    const { person, writer } = await recoveryRequestWaiting('Mine', 'q')
    const about = (rows: Told[]) => rows.map(({ kind, about }) => `${kind} ${about ?? '-'}`).sort()
    assert.deepEqual(about(await waiting(person as Person)), ['no_active_admins -', 'recovery_own petq'])
    const ofWriter = about(await waiting(writer as Person))
    assert.ok(ofWriter.includes('no_active_admins -'))
    assert.deepEqual(await told(olga), ['organizations_without_admins - 1'])
    await suspend('adaq', false)
    assert.deepEqual(await told(olga), [])
  })

  it('tell site admins of emails that failed, and members nothing of them', async () => {
    await sql`update mails set state = 'failed' where id = (select min(id) from mails)`.execute(hub.db)
    assert.deepEqual(await told(olga), ['failed_emails - 1'])
    assert.ok(!(await told(ada)).some((line) => line.startsWith('failed')))
  })

  it('tell former admins that a deleted organization can be restored', async () => {
    const { id, people: gone } = await hub.organization('Gone', { gil: 'admin', gus: 'read' })
    await sql`update organizations set deleted_at = ${secondsFromNow(-daySeconds)} where id = ${id}`.execute(hub.db)
    assert.deepEqual(await told(gone.gil as Person), ['restorable Gone 1'])
    assert.deepEqual(await told(gone.gus as Person), [])
  })

  it('say nothing to a token that the organization no longer trusts', async () => {
    await sql`insert into token_states (org_id, token_id, state, changed_at)
      select ${labId}, id, 'revoked', now() from access_tokens where user_id = ${ada.id}`.execute(hub.db)
    assert.deepEqual(await told(ada), [])
  })
})
