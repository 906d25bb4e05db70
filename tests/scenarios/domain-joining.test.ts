import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newId } from '../../server/kernel/ids.ts'
import { sql } from '../../server/store/sql.ts'
import { startDns } from '../dns.ts'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { stateOf } from '../state.ts'

const dns = await startDns()
const hub = await startTestHub({ dnsServers: [dns.address] })
const day = 86_400_000
const made = await hub.organization('Lab', { ada: 'admin', amy: 'admin', wil: 'write', rea: 'read' })
const people: Record<string, Person> = { ...made.people }
for (const name of ['kim', 'sam', 'tea', 'uma', 'val', 'zoe']) people[name] = await hub.person(name)

const lab = (who: string, method: string, path: string, body?: unknown) =>
  hub.request(people[who], method, `/api/organizations/Lab${path}`, body)
const join = (who: string, body: unknown = {}) => lab(who, 'POST', '/join', body)
const doors = async (who: string) => {
  const { isMember, domain, mayJoin, mayRequest } = (await lab(who, 'GET', '/join')).body
  return { isMember, domain, mayJoin, mayRequest }
}
const lastEvent = async () => (await hub.events(made.id)).at(-1)
const lastMail = async (who: string) =>
  (await hub.mails()).findLast(({ recipient }) => recipient === `${who}@example.org`)

async function give(who: string, address: string, verified = true): Promise<void> {
  const verified_at = verified ? new Date() : null
  const user_id = people[who]?.id ?? ''
  await hub.db
    .insertInto('emails')
    .values({ id: newId(), user_id, address, verified_at, created_at: new Date() })
    .execute()
}

async function unchanged<T>(work: () => Promise<T>): Promise<T> {
  const before = await stateOf(hub.db)
  const result = await work()
  assert.deepEqual(await stateOf(hub.db), before, 'nothing changes')
  return result
}

async function addVerified(domain: string): Promise<void> {
  const { record }: Reply['body'] = (await lab('ada', 'POST', '/domains', { domain })).body
  dns.records.set(domain, [record.value])
  assert.equal((await lab('ada', 'POST', `/domains/${domain}/verify`)).body.state, 'verified')
}

describe('joining by an address', () => {
  it('gives the default role at once, verified domain or not, and tells the admins', async () => {
    await give('kim', 'Kim@Staff.Lab.ORG')
    assert.deepEqual(await doors('kim'), { isMember: false, domain: null, mayJoin: false, mayRequest: false })
    assert.equal((await unchanged(() => join('kim'))).status, 403)
    await lab('ada', 'POST', '/domains', { domain: 'staff.lab.org' })
    await lab('ada', 'PATCH', '/settings', { defaultRole: 'contributor' })
    assert.deepEqual(await doors('kim'), {
      isMember: false,
      domain: 'staff.lab.org',
      mayJoin: true,
      mayRequest: false,
    })
    const { status, body } = await join('kim', { message: 'Hello.' })
    assert.deepEqual([status, body], [200, { outcome: 'joined', role: 'contributor', request: null }])
    const { role, source, verifiedEmail } = (await lab('ada', 'GET', '/members/kim')).body
    assert.deepEqual([role, source, verifiedEmail], ['contributor', 'domain', null])
    const event = await lastEvent()
    assert.deepEqual(
      [event?.type, event?.author.user, event?.data.domain],
      ['org.join.from_domain', 'kim', 'staff.lab.org'],
    )
    for (const admin of ['ada', 'amy']) assert.equal((await lastMail(admin))?.subject, 'kim joined Lab')
    assert.equal((await unchanged(() => join('kim'))).status, 409)
    assert.deepEqual(await doors('kim'), { isMember: true, domain: 'staff.lab.org', mayJoin: false, mayRequest: false })
  })

  const outside: [string, string, boolean][] = [
    ['an address that is not verified', 'sam@staff.lab.org', false],
    ['a sub-domain', 'sam@eu.staff.lab.org', true],
    ['the domain above', 'sam@lab.org', true],
    ['a domain that ends alike', 'sam@mystaff.lab.org', true],
    ['a domain that goes on', 'sam@staff.lab.org.evil.example', true],
  ]
  for (const [what, address, verified] of outside) {
    it(`refuses: ${what}`, async () => {
      await give('sam', address, verified)
      assert.equal((await doors('sam')).mayJoin, false)
      const reply = await unchanged(() => join('sam'))
      assert.deepEqual([reply.status, /accept requests/.test(reply.body.error)], [403, true])
    })
  }

  it('makes one membership of twenty clicks', async () => {
    await give('tea', 'tea@staff.lab.org')
    const replies = await Promise.all(Array.from({ length: 20 }, () => join('tea')))
    const statuses = replies.map(({ status }) => status).sort()
    assert.deepEqual(statuses, [200, ...Array(19).fill(409)])
    const events = (await hub.events(made.id)).filter(({ type }) => type === 'org.join.from_domain')
    assert.equal(events.length, 2)
  })

  it('takes a seat, and with none left no one comes in', async () => {
    await give('uma', 'uma@staff.lab.org')
    await sql`update organizations set seat_limit = 6 where id = ${made.id}`.execute(hub.db)
    const reply = await unchanged(() => join('uma'))
    assert.deepEqual([reply.status, reply.headers.get('x-error-code')], [402, 'SeatLimit'])
    await sql`update organizations set seat_limit = null where id = ${made.id}`.execute(hub.db)
  })

  it('ends with the domain, and leaves who came in', async () => {
    const [joined, removed] = await Promise.all([join('uma'), lab('ada', 'DELETE', '/domains/staff.lab.org')])
    assert.equal(removed.status, 200)
    assert.ok(joined.status === 200 || joined.status === 403)
    if (joined.status === 200) assert.equal((await lab('uma', 'POST', '/leave')).status, 200)
    assert.equal((await unchanged(() => join('uma'))).status, 403)
    assert.equal((await lab('ada', 'GET', '/members/tea')).status, 200)
  })
})

describe('user approval', () => {
  it('takes a verified domain', async () => {
    await lab('ada', 'POST', '/domains', { domain: 'staff.lab.org' })
    const reply = await unchanged(() => lab('ada', 'PATCH', '/settings', { userApproval: true }))
    assert.deepEqual([reply.status, /Verify one first/.test(reply.body.error)], [409, true])
    await lab('ada', 'DELETE', '/domains/staff.lab.org')
    await addVerified('staff.lab.org')
    assert.equal((await lab('ada', 'PATCH', '/settings', { userApproval: true })).body.userApproval, true)
    assert.equal((await lastEvent())?.type, 'org.update_join_settings')
  })

  it('puts people into the queue, though no one else may ask', async () => {
    assert.deepEqual(await doors('uma'), {
      isMember: false,
      domain: 'staff.lab.org',
      mayJoin: false,
      mayRequest: true,
    })
    assert.equal((await unchanged(() => join('sam'))).status, 403)
    const { body } = await join('uma', { message: 'I am new.' })
    assert.deepEqual([body.outcome, body.role], ['requested', null])
    assert.match(
      (await lastMail('amy'))?.text_body ?? '',
      /uma, who has an email address at staff\.lab\.org, requested/,
    )
    const [request] = (await lab('ada', 'GET', '/requests?state=pending')).body
    assert.deepEqual([request.source, request.message], ['domain', 'I am new.'])
    assert.equal((await unchanged(() => join('uma'))).status, 409)
    assert.equal((await lab('uma', 'GET', '/members-summary')).status, 403)
    assert.equal((await lab('ada', 'POST', `/requests/${request.id}/approve`)).body.role, 'contributor')
    const { role, source } = (await lab('ada', 'GET', '/members/uma')).body
    assert.deepEqual([role, source], ['contributor', 'domain'])
  })

  it('lets who was rejected come again after 30 days, also when approval is turned off', async () => {
    await give('val', 'val@staff.lab.org')
    await join('val')
    const [request] = (await lab('ada', 'GET', '/requests?state=pending')).body
    await lab('ada', 'POST', `/requests/${request.id}/reject`, { reason: 'You left.' })
    assert.equal((await unchanged(() => join('val'))).status, 409)
    await lab('ada', 'PATCH', '/settings', { userApproval: false, allowJoinRequests: true })
    assert.equal((await lastEvent())?.type, 'org.update_join_settings')
    assert.deepEqual(await doors('val'), {
      isMember: false,
      domain: 'staff.lab.org',
      mayJoin: false,
      mayRequest: false,
    })
    assert.equal((await unchanged(() => join('val'))).status, 409)
    hub.moveClock(31 * day)
    assert.equal((await doors('val')).mayJoin, true)
    assert.equal((await join('val')).body.outcome, 'joined')
    hub.moveClock(0)
  })

  it('ends a request that waits when its person may come in at once', async () => {
    await join('zoe')
    await give('zoe', 'zoe@staff.lab.org')
    assert.equal((await join('zoe')).body.outcome, 'joined')
    assert.deepEqual((await lab('ada', 'GET', '/requests?state=pending')).body, [])
  })
})

describe('addresses of members', () => {
  const seen = async (who: string, query = ''): Promise<Record<string, string | null | undefined>> => {
    const { status, body } = await lab(who, 'GET', `/members${query}`)
    assert.equal(status, 200)
    return Object.fromEntries(
      body.map((row: { user: string; verifiedEmail?: string | null }) => [row.user, row.verifiedEmail]),
    )
  }
  const find = async (who: string, address: string) => Object.keys(await seen(who, `?email=${address}`))

  it('are seen by admins, in a verified domain', async () => {
    await give('rea', 'rea@staff.lab.org', false)
    const byAdmin = await seen('ada')
    assert.deepEqual(
      [byAdmin.kim, byAdmin.tea, byAdmin.rea, byAdmin.wil],
      ['Kim@Staff.Lab.ORG', 'tea@staff.lab.org', null, null],
    )
    assert.equal((await lab('ada', 'GET', '/members/tea')).body.verifiedEmail, 'tea@staff.lab.org')
    assert.ok(Object.values(await seen('wil')).every((address) => address === undefined))
    assert.equal((await lab('wil', 'GET', '/members/tea')).body.verifiedEmail, undefined)
    assert.equal((await lab('tea', 'GET', '/members/tea')).body.verifiedEmail, undefined)
  })

  it('find a member, for who may change roles', async () => {
    assert.deepEqual(await find('ada', 'KIM@staff.lab.org'), ['kim'])
    assert.deepEqual(await find('wil', 'tea@staff.lab.org'), ['tea'])
    assert.deepEqual(await seen('wil', '?email=tea@staff.lab.org'), { tea: undefined })
    assert.deepEqual(await seen('ada', '?email=tea@staff.lab.org&role=admin'), {})
    assert.deepEqual(await seen('ada', '?email=tea@staff.lab.org&search=te'), { tea: 'tea@staff.lab.org' })
    assert.deepEqual(await seen('ada', '?email=tea@staff.lab.org&search=kim'), {})
    for (const who of ['rea', 'sam'])
      assert.equal((await lab(who, 'GET', '/members?email=tea@staff.lab.org')).status, 403)
    for (const address of ['rea@staff.lab.org', 'wil@example.org', 'sam@eu.staff.lab.org', 'nobody@staff.lab.org'])
      assert.deepEqual(await find('ada', address), [], address)
  })

  it('are neither seen nor found in a domain that is only added', async () => {
    await lab('ada', 'POST', '/domains', { domain: 'example.org' })
    assert.equal((await seen('ada')).wil, null)
    assert.deepEqual(await find('ada', 'wil@example.org'), [])
    await lab('ada', 'DELETE', '/domains/staff.lab.org')
    assert.ok(Object.values(await seen('ada')).every((address) => address === null))
    assert.deepEqual(await find('ada', 'tea@staff.lab.org'), [])
  })
})

describe('many at once', () => {
  it('joins, checks, settings and removals wait for each other, and none for ever', async () => {
    await addVerified('crowd.lab.org')
    const names = Array.from({ length: 12 }, (_, index) => `crowd${index}`)
    for (const name of names) {
      people[name] = await hub.person(name)
      await give(name, `${name}@crowd.lab.org`)
    }
    const work = names.flatMap((name, index) => [
      join(name),
      lab('ada', 'POST', '/domains/crowd.lab.org/verify'),
      lab('amy', 'PATCH', '/settings', { defaultRole: index % 2 ? 'read' : 'write' }),
      ...(index === 6 ? [lab('amy', 'POST', '/domains', { domain: 'other.lab.org' })] : []),
      ...(index === 11 ? [lab('ada', 'DELETE', '/domains/crowd.lab.org')] : []),
    ])
    const statuses = new Set((await Promise.all(work)).map(({ status }) => status))
    assert.deepEqual(
      [...statuses].filter((status) => ![200, 201, 403, 404].includes(status)),
      [],
    )
    assert.equal((await lab('ada', 'GET', '')).body.isVerified, false)
  })
})
