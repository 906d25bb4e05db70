// What people try who want in, or who want others in.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { newId } from '../../server/kernel/ids.ts'
import { sql } from '../../server/store/sql.ts'
import { startDns } from '../dns.ts'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { untilWaiting } from '../waiting.ts'

const dns = await startDns()
const hub = await startTestHub({ dnsServers: [dns.address] })
let orgId: string
let people: Record<string, Person>
let rival: Person
let count = 0

before(async () => {
  ;({ id: orgId, people } = await hub.organization('Lab', {
    ada: 'admin',
    eva: 'admin',
    ira: 'admin',
    bob: 'read',
    wil: 'write',
  }))
  rival = (await hub.organization('Rival', { zoe: 'admin', bob: 'read' })).people.zoe as Person
})

const at = (who: Person | string | undefined, method: string, path: string, body?: unknown) =>
  hub.request(who, method, path, body)
const inLab = (who: string, method: string, path: string, body?: unknown) =>
  at(people[who], method, `/api/organizations/Lab${path}`, body)
const accept = (who: Person, token: string) => at(who, 'POST', '/api/join/accept', { token })
const stranger = () => hub.person(`stranger-${count++}`)

async function done(reply: Promise<Reply>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

/** Someone with these addresses, verified or not. */
async function owner(addresses: Record<string, 'verified' | 'unverified'>): Promise<Person> {
  const person = await stranger()
  for (const [address, state] of Object.entries(addresses))
    await sql`insert into emails (id, user_id, address, verified_at, created_at)
      values (${newId()}, ${person.id}, ${address}, ${state === 'verified' ? new Date() : null}, ${new Date()})`.execute(
      hub.db,
    )
  return person
}

async function tokenTo(address: string): Promise<string> {
  const mail = (await hub.mails()).findLast(
    (sent) => sent.recipient.toLowerCase() === address.toLowerCase() && /\/join#/.test(sent.text_body),
  )
  return mail?.text_body.match(/\/join#token=([0-9A-Za-z]+)/)?.[1] ?? assert.fail(`no invitation went to ${address}`)
}

async function invited(by: string, email: string, role = 'read'): Promise<{ id: string; token: string }> {
  const { id } = await done(inLab(by, 'POST', '/invitations', { email, role }))
  return { id, token: await tokenTo(email) }
}

describe('an invitation that does not work', () => {
  const always = ['date', 'x-request-id', 'ratelimit', 'keep-alive']

  it('answers alike, to the last header, whatever is the matter with it', async () => {
    const revoked = await invited('ada', 'revoked@there.example')
    await done(inLab('ada', 'DELETE', `/invitations/${revoked.id}`))
    const used = await invited('ada', 'used@there.example')
    await done(accept(await owner({ 'used@there.example': 'verified' }), used.token))
    const demoted = await invited('eva', 'byeva@there.example', 'admin')
    await done(inLab('ada', 'PUT', '/members/eva/role', { role: 'read' }))
    const suspended = await invited('ira', 'byira@there.example')
    await done(hub.console('PATCH', '/api/operator/people/ira', { suspended: true }))
    const link = await done(inLab('ada', 'POST', '/invite-links', { maxUses: 1 }))
    await done(accept(await stranger(), link.token))
    const invitee = await owner({ 'byeva@there.example': 'verified', 'byira@there.example': 'verified' })
    const other = await stranger()
    const tries: [Person, string][] = [
      [other, 'x'.repeat(43)],
      [other, 'a'],
      [other, encodeURIComponent('ü’"<')],
      [other, (await invited('ada', 'other@there.example')).token],
      [other, revoked.token],
      [other, used.token],
      [other, link.token],
      [invitee, demoted.token],
      [invitee, suspended.token],
    ]
    for (const act of ['view', 'accept', 'decline']) {
      const seen = new Set<string>()
      for (const [who, token] of tries) {
        const { status, body, headers } = await at(who, 'POST', `/api/join/${act}`, { token })
        // Who has the secret of an invite link may see that it has ended.
        const seesEnd = act === 'view' && token === link.token
        assert.equal(status, seesEnd ? 410 : 404)
        if (seesEnd) continue
        seen.add(JSON.stringify([status, body, [...headers].filter(([name]) => !always.includes(name))]))
      }
      assert.equal(seen.size, 1, [...seen].join('\n'))
    }
    await done(hub.console('PATCH', '/api/operator/people/ira', { suspended: false }))
  })

  it('to an address is for who has verified that one, in whatever case, and no other like it', async () => {
    const { token } = await invited('ada', 'Pat@Corp.Example')
    const alike = { 'pat+x@corp.example': 'verified', 'pat@corp.example.evil.org': 'verified' } as const
    assert.equal((await accept(await owner(alike), token)).status, 404)
    assert.equal((await accept(await owner({ 'pat@corp.example': 'unverified' }), token)).status, 403)
    const pat = await owner({ 'PAT@corp.example': 'verified' })
    const replies = await Promise.all(Array.from({ length: 5 }, () => accept(pat, token)))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 404, 404, 404, 404])
  })

  it('to the address of someone who was offboarded looks like any other to the organization', async () => {
    const gone = await owner({ 'gone@there.example': 'verified' })
    await done(hub.console('POST', '/api/operator/organizations/Lab/members', { username: gone.name, role: 'read' }))
    await done(inLab('ada', 'POST', `/members/${gone.name}/offboard`, { mode: 'apply', reason: 'Left.' }))
    const [theirs, nobodys] = [await invited('ada', 'gone@there.example'), await invited('ada', 'nobody@there.example')]
    assert.equal((await accept(gone, theirs.token)).status, 409)
    const listed = (await done(inLab('ada', 'GET', '/invitations?state=pending'))) as Record<string, unknown>[]
    const bare = (id: string) => {
      const found = listed.find((row) => row.id === id) ?? assert.fail('it is listed')
      return { ...found, id: '', email: '', createdAt: '', sentAt: '', expiresAt: '' }
    }
    assert.deepEqual(bare(theirs.id), bare(nobodys.id))
    const { body } = await inLab('ada', 'POST', `/members/${gone.name}/offboard`, { mode: 'plan' })
    assert.equal(body.has.invitationsReceived.length, 0)
  })

  it('accepted while its person is offboarded leaves no one inside', async () => {
    for (let round = 0; round < 4; round++) {
      const person = await stranger()
      const { id } = await done(inLab('ada', 'POST', '/invitations', { username: person.name }))
      await Promise.all([
        at(person, 'POST', `/api/settings/invitations/${id}/accept`),
        inLab('ada', 'POST', `/members/${person.name}/offboard`, { mode: 'apply', reason: 'Left.' }),
      ])
      const { rows } = await sql`select from memberships where org_id = ${orgId} and user_id = ${person.id}`.execute(
        hub.db,
      )
      assert.equal(rows.length, 0)
    }
  })
})

describe('a link for a domain', () => {
  for (const address of [
    'x@lab.example.evil.org',
    'x@sub.lab.example',
    'x@notlab.example',
    'x@lab.exampl',
    'lab.example@evil.org',
  ])
    it(`is not for ${address}`, async () => {
      const { token } = await done(inLab('ada', 'POST', '/invite-links', { emailDomain: 'lab.example' }))
      const who = await owner({ [address]: 'verified', [`${count}@lab.example`]: 'unverified' })
      assert.equal((await accept(who, token)).status, 403)
      assert.equal((await accept(await owner({ [`y${count}@LAB.example`]: 'verified' }), token)).status, 200)
    })
})

describe('a domain', () => {
  for (const domain of [
    'GMAIL.com',
    'GMAIL.com.',
    'googlemail.com',
    'fastmail.com',
    '*.example.org',
    'example.org.',
    'localhost',
    '1.2.3.4',
    'example..org',
    'example.org/..',
  ])
    it(`is not ${JSON.stringify(domain)}`, async () => {
      assert.equal((await inLab('ada', 'POST', '/domains', { domain })).status, 400)
    })

  it('whose record two organizations publish is verified by one of them', async () => {
    const domain = 'both.example.net'
    const ours = await done(inLab('ada', 'POST', '/domains', { domain }))
    const theirs = await done(at(rival, 'POST', '/api/organizations/Rival/domains', { domain }))
    dns.records.set(domain, [ours.record.value, theirs.record.value])
    const replies = await Promise.all([
      inLab('ada', 'POST', `/domains/${domain}/verify`),
      at(rival, 'POST', `/api/organizations/Rival/domains/${domain}/verify`),
    ])
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409])
  })
})

describe('a request to join', () => {
  it('is not approved by who loses the role while they do it', async () => {
    await done(inLab('ada', 'PATCH', '/settings', { allowJoinRequests: true }))
    await done(inLab('ada', 'PUT', '/members/eva/role', { role: 'admin' }))
    const asking = await stranger()
    const { request } = await done(at(asking, 'POST', '/api/organizations/Lab/join'))
    const approval = await hub.db.transaction().execute(async (tx) => {
      await sql`update memberships set role = 'read' where org_id = ${orgId} and user_id = ${people.eva?.id}`.execute(
        tx,
      )
      // Eva is let through the door, and waits for what becomes of her role
      const reply = inLab('eva', 'POST', `/requests/${request}/approve`, { role: 'admin' })
      const isWaiting = await untilWaiting(hub.db, reply)
      assert.ok(isWaiting, isWaiting ? '' : JSON.stringify(await reply))
      return { reply }
    })
    assert.equal((await approval.reply).status, 403)
  })
})

describe('five seats', () => {
  it('are given once each to fifty who come by every door at once', async () => {
    const fay = (await hub.organization('Full', { fay: 'admin' })).people.fay as Person
    const full = (method: string, path: string, body?: unknown) =>
      at(fay, method, `/api/organizations/Full${path}`, body)
    await done(full('PATCH', '/settings', { allowJoinRequests: true }))
    const { token } = await done(full('POST', '/invite-links', {}))
    const crowd: Person[] = []
    for (let i = 0; i < 50; i++) crowd.push(await stranger())
    const requests: string[] = []
    for (const who of crowd.slice(20, 30))
      requests.push((await done(at(who, 'POST', '/api/organizations/Full/join'))).request)
    await done(hub.console('PATCH', '/api/operator/organizations/Full', { seatLimit: 6 }))
    const bulk = (mode: string, { name: username }: Person, planHash?: string) =>
      full('POST', '/members/bulk', { mode, planHash, rows: [{ op: 'invite', username }] })
    const plans: string[] = []
    for (const who of crowd.slice(40)) plans.push((await done(bulk('plan', who))).planHash)
    const replies = await Promise.all([
      ...crowd.slice(0, 10).map((who) => accept(who, token)),
      ...crowd.slice(10, 20).map(({ name: username }) => full('POST', '/invitations', { username })),
      ...requests.map((id) => full('POST', `/requests/${id}/approve`, {})),
      ...crowd
        .slice(30, 40)
        .map(({ name: username }) =>
          hub.console('POST', '/api/operator/organizations/Full/members', { username, role: 'read' }),
        ),
      ...crowd.slice(40).map((who, index) => bulk('apply', who, plans[index])),
    ])
    const statuses = replies.map(({ status }) => (status < 300 ? 'in' : status))
    assert.deepEqual(new Set(statuses), new Set(['in', 402]))
    assert.equal(statuses.filter((status) => status === 'in').length, 5)
    assert.equal((await done(full('GET', '/billing/seats'))).used, 6)
  })
})
