import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { stateOf } from '../state.ts'

const hub = await startTestHub()
const day = 86_400_000
const sentence = /^(All \d+ seats|The one seat) of \w+ (are|is) taken\. .*removing a member or taking back an invitation/

let number = 0
const stranger = () => hub.person(`stranger-${++number}`)

async function makeOrg(plan = 'team') {
  const name = `org${++number}`
  const { id, people } = await hub.organization(name, { ada: 'admin', bea: 'admin' })
  const { ada } = people as { ada: Person }
  const at = (method: string, path: string, body?: unknown) =>
    hub.request(ada, method, `/api/organizations/${name}${path}`, body)
  const limit = async (seats: number | null) => {
    await sql`update organizations set seat_limit = ${seats}, plan = ${plan}::plan where id = ${id}`.execute(hub.db)
  }
  await limit(null)
  return { id, name, ada, at, limit }
}

function refused(reply: Reply) {
  assert.deepEqual([reply.status, reply.headers.get('x-error-code')], [402, 'SeatLimit'], JSON.stringify(reply.body))
  assert.match(reply.body.error, sentence)
}

const invite = (org: Awaited<ReturnType<typeof makeOrg>>, who: string) =>
  org.at('POST', '/invitations', who.includes('@') ? { email: who } : { username: who })
const accept = (who: Person, id: string) => hub.request(who, 'POST', `/api/settings/invitations/${id}/accept`)

describe('a full organization', () => {
  it('refuses at every door, and changes nothing by it', async () => {
    const org = await makeOrg()
    const [byLink, asking, added, invited] = [await stranger(), await stranger(), await stranger(), await stranger()]
    const link = (await org.at('POST', '/invite-links', {})).body
    await org.at('PATCH', '/settings', { allowJoinRequests: true })
    const asked = await hub.request(asking, 'POST', `/api/organizations/${org.name}/join`, {})
    assert.equal(asked.status, 200, JSON.stringify(asked.body))
    const [request] = (await org.at('GET', '/requests?state=pending')).body
    await org.limit(2)
    const before = await stateOf(hub.db)
    refused(await invite(org, invited.name))
    refused(await invite(org, 'somebody@example.org'))
    refused(await hub.request(byLink, 'POST', `/api/join/${link.token}/accept`))
    refused(await org.at('POST', `/requests/${request.id}/approve`, {}))
    refused(
      await hub.console('POST', `/api/operator/organizations/${org.name}/members`, {
        username: added.name,
        role: 'read',
      }),
    )
    assert.deepEqual(await stateOf(hub.db), before)
  })

  it('still lets in who was invited, since the invitation held a seat', async () => {
    const org = await makeOrg()
    const [kim, sam] = [await stranger(), await stranger()]
    await org.limit(3)
    const invitation = (await invite(org, kim.name)).body
    refused(await invite(org, sam.name))
    assert.equal((await invite(org, kim.name)).status, 201, 'renewing takes no seat')
    assert.equal((await org.at('POST', `/invitations/${invitation.id}/resend`, {})).status, 200, 'nor does resending')
    assert.equal((await accept(kim, invitation.id)).status, 200)
    refused(await invite(org, sam.name))
  })

  it('frees a seat at once: a member removed, an invitation taken back or past its time', async () => {
    const org = await makeOrg()
    const [kim, sam, tea] = [await stranger(), await stranger(), await stranger()]
    await org.limit(3)
    await accept(kim, (await invite(org, kim.name)).body.id)
    refused(await invite(org, sam.name))
    assert.equal((await org.at('DELETE', `/members/${kim.name}`)).status, 200)
    const { id } = (await invite(org, sam.name)).body
    refused(await invite(org, tea.name))
    assert.equal((await org.at('DELETE', `/invitations/${id}`)).status, 200)
    const late = (await invite(org, tea.name)).body
    hub.moveClock(8 * day)
    assert.equal((await invite(org, sam.name)).status, 201, 'expired, though no job has written it down')
    refused(await invite(org, tea.name))
    refused(await org.at('POST', `/invitations/${late.id}/resend`, {}))
    hub.moveClock(0)
  })

  it('puts nobody out when the limit is lowered below what is used, and refuses the next', async () => {
    const org = await makeOrg()
    await org.limit(1)
    assert.equal((await org.at('GET', '/members')).body.length, 2)
    refused(await invite(org, (await stranger()).name))
  })

  it('lets invitations wait on the free plan, where they hold no seat', async () => {
    const org = await makeOrg('free')
    const kim = await stranger()
    await org.limit(2)
    const invitation = await invite(org, kim.name)
    assert.equal(invitation.status, 201)
    refused(await accept(kim, invitation.body.id))
    await org.limit(3)
    assert.equal((await accept(kim, invitation.body.id)).status, 200)
  })

  it('with 5 seats free admits 5 of 50 who click a link at the same moment', async () => {
    const org = await makeOrg()
    const { token } = (await org.at('POST', '/invite-links', {})).body
    const crowd: Person[] = []
    for (let i = 0; i < 50; i++) crowd.push(await stranger())
    await org.limit(7)
    const replies = await Promise.all(crowd.map((who) => hub.request(who, 'POST', `/api/join/${token}/accept`)))
    assert.deepEqual(
      [200, 402].map((status) => replies.filter((reply) => reply.status === status).length),
      [5, 45],
    )
    assert.equal((await org.at('GET', '/members')).body.length, 7)
    assert.equal((await org.at('GET', '/invite-links')).body[0].uses, 5, 'who was refused has used nothing')
  })

  it('gives its last seat once, by whichever door', async () => {
    const org = await makeOrg()
    const { token } = (await org.at('POST', '/invite-links', {})).body
    const crowd = [await stranger(), await stranger(), await stranger(), await stranger()] as const
    await org.limit(3)
    const replies = await Promise.all([
      hub.request(crowd[0], 'POST', `/api/join/${token}/accept`),
      invite(org, crowd[1].name),
      invite(org, 'last@example.org'),
      hub.console('POST', `/api/operator/organizations/${org.name}/members`, { username: crowd[3].name, role: 'read' }),
    ])
    assert.deepEqual(replies.map(({ status }) => status < 300).filter(Boolean).length, 1)
  })
})
