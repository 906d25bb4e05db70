import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { secondsFromNow } from '../../server/kernel/clock.ts'
import { endExpiredMemberships } from '../../server/members/expiry.ts'
import { type Person, startTestHub } from '../hub.ts'

const hub = await startTestHub()
let number = 0

async function makeOrg(seatLimit: number | null) {
  const name = `full${++number}`
  const { id, people } = await hub.organization(name, { ada: 'admin' })
  const { ada } = people as { ada: Person }
  const at = (method: string, path: string, body?: unknown) =>
    hub.request(ada, method, `/api/organizations/${name}${path}`, body)
  await sql`update organizations set seat_limit = ${seatLimit}, plan = 'team' where id = ${id}`.execute(hub.db)
  const add = (who: Person) =>
    hub.console('POST', `/api/operator/organizations/${name}/members`, { username: who.name, role: 'read' })
  return { id, name, ada, at, add }
}

const newcomer = () => hub.person(`newcomer-${++number}`)

describe('the operator adds someone who was invited, or asked to join', () => {
  it('takes the seat that the invitation held', async () => {
    const org = await makeOrg(2)
    const kim = await newcomer()
    assert.equal((await org.at('POST', '/invitations', { username: kim.name, role: 'write' })).status, 201)
    const added = await org.add(kim)
    assert.equal(added.status, 201, JSON.stringify(added.body))
    const { used, pending } = (await org.at('GET', '/billing/seats')).body
    assert.deepEqual({ used, pending }, { used: 2, pending: 0 })
  })

  it('ends the invitation, so that it lets no one back in after a removal', async () => {
    const org = await makeOrg(null)
    const kim = await newcomer()
    const { id } = (await org.at('POST', '/invitations', { username: kim.name, role: 'admin' })).body
    assert.equal((await org.add(kim)).status, 201)
    assert.equal((await org.at('DELETE', `/members/${kim.name}`)).status, 200)
    assert.equal((await hub.request(kim, 'POST', `/api/settings/invitations/${id}/accept`)).status, 404)
    const [listed] = (await org.at('GET', '/invitations?state=superseded')).body
    assert.deepEqual([listed?.id, listed?.acceptedBy], [id, null])
  })

  it('ends the request', async () => {
    const org = await makeOrg(null)
    const kim = await newcomer()
    await org.at('PATCH', '/settings', { allowJoinRequests: true })
    assert.equal((await hub.request(kim, 'POST', `/api/organizations/${org.name}/join`, {})).status, 200)
    assert.equal((await org.add(kim)).status, 201)
    assert.deepEqual((await org.at('GET', '/requests?state=pending')).body, [])
  })
})

describe('an invitation that another way in overtakes', () => {
  it('is superseded when the person comes by an invite link', async () => {
    const org = await makeOrg(null)
    const kim = await newcomer()
    const { id } = (await org.at('POST', '/invitations', { username: kim.name, role: 'read' })).body
    const { token } = (await org.at('POST', '/invite-links', {})).body
    assert.equal((await hub.request(kim, 'POST', '/api/join/accept', { token })).status, 200)
    const states = (await org.at('GET', '/invitations')).body.map((row: { id: string; state: string }) => [
      row.id,
      row.state,
    ])
    assert.deepEqual(states, [[id, 'superseded']])
  })
})

describe('an invitation to an address from before a membership ended', () => {
  const ways: Record<string, (org: Awaited<ReturnType<typeof makeOrg>>, kim: Person) => Promise<unknown>> = {
    removal: (org, kim) => org.at('DELETE', `/members/${kim.name}`),
    leaving: (org, kim) => hub.request(kim, 'POST', `/api/organizations/${org.name}/leave`),
    expiry: (_org, kim) => expire(kim),
    'expiry that was written down': async (_org, kim) => {
      await expire(kim)
      await endExpiredMemberships(hub.db)
    },
  }
  const expire = ({ id }: Person) =>
    sql`update memberships set expires_at = ${secondsFromNow(-1)} where user_id = ${id}`.execute(hub.db)

  for (const [way, end] of Object.entries(ways)) {
    it(`lets no one back in after ${way}, and a new one does`, async () => {
      const org = await makeOrg(null)
      const kim = await newcomer()
      const email = `${kim.name}@example.org`
      const { id } = (await org.at('POST', '/invitations', { email, role: 'admin' })).body
      await sql`update invitations set sent_at = ${secondsFromNow(-60)} where id = ${id}`.execute(hub.db)
      assert.equal((await org.add(kim)).status, 201)
      await end(org, kim)
      assert.deepEqual((await hub.request(kim, 'GET', '/api/settings/invitations')).body, [])
      assert.equal((await hub.request(kim, 'POST', `/api/settings/invitations/${id}/accept`)).status, 404)
      const [listed] = (await org.at('GET', '/invitations')).body
      assert.deepEqual([listed.id, listed.state], [id, 'pending'], 'its state tells nothing')
      assert.equal((await org.at('POST', `/invitations/${id}/resend`)).status, 200)
      assert.equal((await hub.request(kim, 'POST', `/api/settings/invitations/${id}/accept`)).status, 200)
    })
  }
})
