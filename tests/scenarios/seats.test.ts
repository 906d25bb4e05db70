import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { countSeatDays } from '../../server/orgs/billing.ts'
import { type Person, type Reply, startBeside, startTestHub } from '../hub.ts'
import { stateOf } from '../state.ts'

const hub = await startTestHub()
const day = 86_400_000
const sentence = /^(All \d+ seats|The only seat) of \w+ (are|is) used\. .*removing a member or revoking an invitation/

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
    refused(await hub.request(byLink, 'POST', '/api/join/accept', { token: link.token }))
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

  it('frees a seat at once: a member removed, an invitation revoked or expired', async () => {
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

  it('puts no one out when the limit is lowered below what is used, and refuses the next', async () => {
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
    const replies = await Promise.all(crowd.map((who) => hub.request(who, 'POST', '/api/join/accept', { token })))
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
      hub.request(crowd[0], 'POST', '/api/join/accept', { token }),
      invite(org, crowd[1].name),
      invite(org, 'last@example.org'),
      hub.console('POST', `/api/operator/organizations/${org.name}/members`, { username: crowd[3].name, role: 'read' }),
    ])
    assert.deepEqual(replies.map(({ status }) => status < 300).filter(Boolean).length, 1)
  })
})

describe('the operator', () => {
  const patch = (name: string, body: unknown) => hub.console('PATCH', `/api/operator/organizations/${name}`, body)

  it('sets the limit on seats and the plan, each by itself, recorded once', async () => {
    const org = await makeOrg()
    const types = async () => (await hub.events(org.id)).map(({ type }) => type)
    const before = (await types()).length
    const set = await patch(org.name, { seatLimit: 2 })
    assert.deepEqual([set.status, set.body.seatLimit, set.body.plan], [200, 2, 'team'])
    assert.deepEqual((await types()).slice(before), ['billing.update_subscription'])
    assert.equal((await patch(org.name, { seatLimit: 2, plan: 'team' })).status, 200)
    assert.equal((await types()).length, before + 1, 'nothing changed, nothing recorded')
    assert.equal((await patch(org.name, { plan: 'plus' })).body.seatLimit, 2, 'what is not named stays')
    assert.equal((await types()).at(-1), 'billing.update_subscription_plan')
    refused(await invite(org, (await stranger()).name))
    assert.equal((await patch(org.name, { seatLimit: null })).body.seatLimit, null)
    assert.equal((await invite(org, (await stranger()).name)).status, 201)
    for (const seatLimit of [-1, 1.5, 'many', 10_000_001])
      assert.equal((await patch(org.name, { seatLimit })).status, 400, `${seatLimit}`)
    const asAdmin = await hub.request(org.ada, 'PATCH', `/api/operator/organizations/${org.name}`, { seatLimit: null })
    assert.equal(asAdmin.status, 403)
  })

  it('sets the prices of seats', async () => {
    const settings = (body: unknown) => hub.console('PATCH', '/api/operator/settings', body)
    const set = await settings({ currency: 'CHF', seatPrices: { team: 3000 } })
    assert.deepEqual([set.body.currency, set.body.seatPrices], ['CHF', { team: 3000, enterprise: 0, plus: 0 }])
    assert.equal((await settings({ seatPrices: { plus: 5000 } })).body.seatPrices.team, 3000)
    for (const body of [{ currency: 'chf' }, { seatPrices: { team: -1 } }, { seatPrices: { free: 1 } }])
      assert.equal((await settings(body)).status, 400)
  })
})

describe('seats and the next invoice', () => {
  const toNoon = (date: string) => hub.moveClock(Date.parse(`${date}T12:00:00Z`) - Date.now())
  const onDay = async (date: string) => {
    toNoon(date)
    await countSeatDays(hub.db)
  }

  it('bills seats added in the middle of the month by the day, and what falls only from the next on', async () => {
    await hub.console('PATCH', '/api/operator/settings', { currency: 'EUR', seatPrices: { team: 3000 } })
    const org = await makeOrg()
    const [kim, sam] = [await stranger(), await stranger()]
    const seats = async (query = '') => (await org.at('GET', `/billing/seats${query}`)).body
    const preview = async () => (await org.at('GET', '/billing/preview')).body
    await onDay('2031-06-01')
    await onDay('2031-06-10')
    await org.limit(10)
    assert.equal((await invite(org, kim.name)).status, 201)
    assert.deepEqual(
      await seats().then(({ used, members, pending, free, limit, billed }) => [
        [used, members, pending],
        [free, limit, billed],
      ]),
      [
        [3, 2, 1],
        [7, 10, 3],
      ],
      'shown before it is counted, and kept',
    )
    await onDay('2031-06-16')
    assert.equal((await accept(kim, (await invite(org, kim.name)).body.id)).status, 200)
    await onDay('2031-06-17')
    const late = (await invite(org, sam.name)).body.id
    await onDay('2031-06-21')
    assert.equal((await org.at('DELETE', `/members/${kim.name}`)).status, 200)
    assert.equal((await org.at('DELETE', `/invitations/${late}`)).status, 200)
    await onDay('2031-06-22')

    assert.deepEqual(await preview(), {
      plan: 'team',
      currency: 'EUR',
      seatPrice: 3000,
      period: { from: '2031-06-01', to: '2031-07-01' },
      lines: [
        {
          description: 'Seats for the whole month',
          seats: 2,
          ...{ from: '2031-06-01', to: '2031-07-01' },
          days: 30,
          amount: 6000,
        },
        {
          description: 'Seats added on 2031-06-10',
          seats: 1,
          ...{ from: '2031-06-10', to: '2031-07-01' },
          days: 21,
          amount: 2100,
        },
        {
          description: 'Seats added on 2031-06-21',
          seats: 1,
          ...{ from: '2031-06-21', to: '2031-07-01' },
          days: 10,
          amount: 1000,
        },
      ],
      total: 9100,
      nextPeriodTotal: 6000,
    })
    assert.deepEqual([(await seats()).used, (await seats()).billed], [2, 4])
    assert.deepEqual((await seats()).history, [
      { day: '2031-06-01', members: 2, pending: 0 },
      { day: '2031-06-10', members: 2, pending: 1 },
      { day: '2031-06-16', members: 2, pending: 1 },
      { day: '2031-06-17', members: 3, pending: 0 },
      { day: '2031-06-21', members: 3, pending: 1 },
      { day: '2031-06-22', members: 2, pending: 0 },
    ])
    assert.equal((await seats('?days=2')).history.length, 2)
    const csv = await org.at('GET', '/billing/export')
    assert.match(csv.headers.get('content-type') ?? '', /^text\/csv/)
    assert.deepEqual(csv.body.split('\r\n').slice(0, 2), [
      '"day","plan","members","pending","used"',
      '"2031-06-01","team","2","0","2"',
    ])

    await onDay('2031-07-01')
    assert.deepEqual((await preview()).lines.length, 1)
    assert.equal((await seats()).billed, 2)
    await onDay('2032-09-01')
    assert.equal((await seats('?days=400')).history.length, 1, 'kept for 400 days')
    hub.moveClock(0)
  })

  it('never shows fewer billed seats within a month once it has shown more, and starts over with the next', async () => {
    const org = await makeOrg()
    const kim = await stranger()
    const beside = await startBeside(hub)
    const billed = async (process = hub) =>
      (await process.request(org.ada, 'GET', `/api/organizations/${org.name}/billing/seats`)).body.billed
    // Without the hourly count: only what was shown is kept
    hub.moveClock(Date.parse('2032-10-05T12:00:00Z') - Date.now())
    assert.equal(await billed(), 2)
    const added = { username: kim.name, role: 'read' }
    assert.equal((await hub.console('POST', `/api/operator/organizations/${org.name}/members`, added)).status, 201)
    assert.deepEqual(await Promise.all([billed(), billed(beside), billed(), billed(beside)]), [3, 3, 3, 3])
    assert.equal((await org.at('DELETE', `/members/${kim.name}`)).status, 200)
    assert.deepEqual([await billed(), await billed(beside)], [3, 3])
    await countSeatDays(hub.db)
    hub.moveClock(Date.parse('2032-10-31T12:00:00Z') - Date.now())
    assert.equal(await billed(), 3)
    hub.moveClock(Date.parse('2032-11-01T12:00:00Z') - Date.now())
    assert.equal(await billed(), 2)
    hub.moveClock(0)
  })

  it('costs nothing on the free plan, and is for admins', async () => {
    const org = await makeOrg('free')
    await org.limit(null)
    const preview = (await org.at('GET', '/billing/preview')).body
    assert.deepEqual([preview.lines, preview.total, preview.nextPeriodTotal], [[], 0, 0])
    const kim = await stranger()
    await hub.console('POST', `/api/operator/organizations/${org.name}/members`, { username: kim.name, role: 'write' })
    for (const path of ['seats', 'preview', 'export'])
      assert.equal((await hub.request(kim, 'GET', `/api/organizations/${org.name}/billing/${path}`)).status, 403)
  })
})
