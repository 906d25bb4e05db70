import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { endExpiredInvitations } from '../../server/joining/invitations/expiry.ts'
import { type Person, startTestHub } from '../hub.ts'
import { stateOf } from '../state.ts'
import { linkIn, visitor } from '../visitor.ts'

const hub = await startTestHub()
const made = await hub.organization('Lab', { ada: 'admin', amy: 'admin', wil: 'write', rae: 'read' })
const people: Record<string, Person> = { ...made.people }
for (const name of ['kim', 'sam', 'tea', 'uma']) people[name] = await hub.person(name)
const day = 86_400_000
const dead = /This invitation doesn’t work/

const at = (who: string | undefined, method: string, path: string, body?: unknown) =>
  hub.request(who === undefined ? undefined : people[who], method, path, body)
const lab = (who: string | undefined, method: string, path: string, body?: unknown) =>
  at(who, method, `/api/organizations/Lab${path}`, body)
const invite = (body: unknown) => lab('ada', 'POST', '/invitations', body)

/** The secret in the newest invitation mailed to an address. */
async function tokenTo(address: string): Promise<string> {
  const mail = (await hub.mails()).findLast(
    ({ recipient, text_body }) => recipient === address && /\/join#/.test(text_body),
  )
  const token = mail?.text_body.match(/\/join#token=([0-9A-Za-z]+)/)?.[1]
  if (token === undefined) throw new Error(`no invitation was mailed to ${address}`)
  return token
}

async function refusedUnchanged(work: () => Promise<{ status: number; body: { error?: string } }>) {
  const before = await stateOf(hub.db)
  const reply = await work()
  assert.deepEqual(await stateOf(hub.db), before, 'a refusal changes nothing')
  return reply
}

async function roleOf(user: string): Promise<string | undefined> {
  return (await lab('ada', 'GET', `/members/${user}`)).body.role
}
const lastEvent = async () => (await hub.events(made.id)).at(-1)

describe('inviting', () => {
  it('by name: mails the account, records, and the person finds it in their settings', async () => {
    const reply = await invite({ username: 'KIM', role: 'contributor', message: 'Welcome to https://lab.example' })
    assert.equal(reply.status, 201, JSON.stringify(reply.body))
    assert.deepEqual(
      [reply.body.user.user, reply.body.email, reply.body.state, reply.body.role, reply.body.invitedBy.user],
      ['kim', null, 'pending', 'contributor', 'ada'],
    )
    assert.deepEqual((await lastEvent())?.type, 'org.invite_user')
    const mail = (await hub.mails()).findLast(({ recipient }) => recipient === 'kim@example.org')
    assert.equal(mail?.subject, 'ada invited you to join Lab')
    assert.ok(!mail?.text_body.includes('https://lab.example'), 'words of people are no links')
    const mine = (await at('kim', 'GET', '/api/settings/invitations')).body
    assert.deepEqual([mine.length, mine[0].organization.name, mine[0].role], [1, 'Lab', 'contributor'])
    assert.equal((await at('sam', 'GET', '/api/settings/invitations')).body.length, 0)
  })

  it('again renews: one invitation, the old link dead, the new one good', async () => {
    const old = await tokenTo('kim@example.org')
    const reply = await invite({ username: 'kim', role: 'write', expiresInDays: 2 })
    assert.equal(reply.status, 201)
    const list = (await lab('ada', 'GET', '/invitations?state=pending')).body
    assert.deepEqual(
      list.map(({ role }: { role: string }) => role),
      ['write'],
    )
    assert.equal((await at(undefined, 'POST', '/api/join/view', { token: old })).status, 404)
    assert.equal(
      (await at(undefined, 'POST', '/api/join/view', { token: await tokenTo('kim@example.org') })).status,
      200,
    )
    assert.equal((await lastEvent())?.data.renewed, true)
  })

  it('twenty at once leave one', async () => {
    const org = await hub.organization('Once', { ann: 'admin' })
    const replies = await Promise.all(
      Array.from({ length: 9 }, () =>
        hub.request(org.people.ann, 'POST', '/api/organizations/Once/invitations', { email: 'many@example.net' }),
      ),
    )
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [201])
    assert.equal((await hub.request(org.people.ann, 'GET', '/api/organizations/Once/invitations')).body.length, 1)
  })

  it('answers the same for an address with an account, without one, and of a member; the mails differ', async () => {
    const shapes = []
    for (const email of ['sam@example.org', 'nobody@example.net', 'rae@example.org']) {
      const { status, body, headers } = await invite({ email, role: 'read' })
      const { id, createdAt, sentAt, expiresAt, email: answered, link, ...rest } = body
      assert.equal(answered, email)
      assert.match(link, /\/join#token=[0-9a-f]{64}$/)
      shapes.push(JSON.stringify([status, rest, [...headers.keys()].sort()]))
    }
    assert.equal(new Set(shapes).size, 1, shapes.join('\n'))
    const words = async (to: string) =>
      (await hub.mails()).findLast(({ recipient }) => recipient === to)?.text_body ?? ''
    assert.match(await words('sam@example.org'), /View invitation/)
    assert.match(await words('nobody@example.net'), /Sign up and join/)
    assert.match(await words('rae@example.org'), /already a member/)
  })

  it('gives the inviter a link where no email is sent, which proves no address', async () => {
    const { body } = await invite({ email: 'pat@example.net', role: 'read' })
    const token = body.link.split('#token=')[1]
    assert.equal((await at(undefined, 'POST', '/api/join/view', { token })).body.state, 'sign_in')
    assert.equal((await at('sam', 'POST', '/api/join/view', { token })).status, 404)
    assert.equal((await at('sam', 'POST', '/api/join/accept', { token })).status, 404)
    const { body: rows } = await lab('ada', 'GET', '/invitations')
    assert.ok(
      rows.every((row: object) => !('link' in row)),
      'it is told once',
    )
    const mailing = await startTestHub({ smtpUrl: 'smtp://127.0.0.1:9' })
    const { people: others } = await mailing.organization('Lab', { ada: 'admin' })
    const sent = await mailing.request(others.ada, 'POST', '/api/organizations/Lab/invitations', {
      email: 'pat@example.net',
    })
    assert.deepEqual([sent.status, sent.body.link], [201, null])
  })

  const refused: [string, string | undefined, unknown, number, RegExp][] = [
    ['no one signed in', undefined, { email: 'x@example.net' }, 401, /Sign in/],
    ['a stranger', 'sam', { email: 'x@example.net' }, 403, /admin/],
    ['a write member', 'wil', { email: 'x@example.net' }, 403, /admin/],
    ['neither name nor address', 'ada', { role: 'read' }, 400, /username/],
    ['both', 'ada', { username: 'sam', email: 'x@example.net' }, 400, /username/],
    ['no address', 'ada', { email: 'x@@example.net' }, 400, /email/],
    ['a line break in the address', 'ada', { email: 'x@example.net\nBcc: y@example.net' }, 400, /email/],
    ['no account', 'ada', { username: 'nobody-here' }, 400, /username/],
    ['an unknown role', 'ada', { username: 'sam', role: 'king' }, 400, /role/],
    ['31 days', 'ada', { username: 'sam', expiresInDays: 31 }, 400, /expiresInDays/],
    ['no day', 'ada', { username: 'sam', expiresInDays: 0 }, 400, /expiresInDays/],
    ['an unknown group', 'ada', { username: 'sam', groups: [{ id: 'nowhere', role: 'read' }] }, 400, /groups/],
    ['a member', 'ada', { username: 'rae' }, 409, /already a member/],
  ]
  for (const [what, who, body, status, sentence] of refused) {
    it(`refuses: ${what}`, async () => {
      const reply = await refusedUnchanged(() => lab(who, 'POST', '/invitations', body))
      assert.equal(reply.status, status, JSON.stringify(reply.body))
      assert.match(reply.body.error ?? '', sentence)
    })
  }

  it('answers, lists and records the same whether or not an account has the address; only the mail differs', async () => {
    const seen = []
    for (const email of ['tea@example.org', 'nil@example.org', 'wil@example.org', 'not@example.org']) {
      const reply = await invite({ email, role: 'contributor', message: 'Hello.' })
      const { body: listed } = await lab('ada', 'GET', `/invitations?search=${email}`)
      const said = JSON.stringify([reply.status, reply.body, listed, await lastEvent()])
      const headers = [...reply.headers.keys()].filter((name) => name !== 'x-request-id')
      seen.push([
        headers,
        said.replaceAll(email, 'EMAIL').replace(/[0-9a-f]{64}|[0-9a-f]{24}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '#'),
      ])
    }
    for (const other of seen) assert.deepEqual(other, seen[0])
    const words = ['tea', 'nil', 'wil'].map(async (name) => {
      const mail = (await hub.mails()).findLast(({ recipient }) => recipient === `${name}@example.org`)
      return mail?.text_body.match(/Sign in to accept|create an account|already a member/)?.[0]
    })
    assert.deepEqual(await Promise.all(words), ['Sign in to accept', 'create an account', 'already a member'])
    for (const { id } of (await lab('ada', 'GET', '/invitations?search=@example.org&state=pending')).body)
      await lab('ada', 'DELETE', `/invitations/${id}`)
  })

  it('slows down who mails one address again and again', async () => {
    const statuses = []
    for (let i = 0; i < 11; i++) statuses.push((await invite({ email: 'flooded@example.net' })).status)
    assert.deepEqual(statuses, [...Array(10).fill(201), 429])
  })
})

describe('accepting', () => {
  it('by name: role, groups, auto-join and source in one transaction, one event, a mail to the inviter', async () => {
    await lab('ada', 'POST', '/resource-groups', { name: 'nlp' })
    await lab('ada', 'POST', '/resource-groups', {
      name: 'everyone',
      autoJoin: { enabled: true, role: 'read', scope: 'all' },
    })
    await invite({ username: 'kim', role: 'contributor', groups: [{ id: 'nlp', role: 'write' }] })
    const token = await tokenTo('kim@example.org')
    const offer = (await at('kim', 'POST', '/api/join/view', { token })).body
    assert.deepEqual([offer.kind, offer.state, offer.for, offer.groups.length], ['invitation', 'ready', 'user', 1])
    const events = (await hub.events(made.id)).length
    const reply = await at('kim', 'POST', '/api/join/accept', { token })
    assert.deepEqual([reply.status, reply.body], [200, { organization: 'Lab', role: 'contributor' }])
    assert.equal((await hub.events(made.id)).length, events + 1)
    assert.equal((await lastEvent())?.type, 'org.invite.accept')
    const member = (await lab('ada', 'GET', '/members/kim')).body
    assert.deepEqual(
      [
        member.role,
        member.source,
        member.groups.map(({ name, role }: Record<string, string>) => `${name} ${role}`).sort(),
      ],
      ['contributor', 'invitation', ['everyone read', 'nlp write']],
    )
    const told = (await hub.mails()).findLast(({ recipient }) => recipient === 'ada@example.org')
    assert.equal(told?.subject, 'kim joined Lab')
    const again = await refusedUnchanged(() => at('kim', 'POST', '/api/join/accept', { token }))
    assert.equal(again.status, 404)
  })

  it('happens once, however often it is clicked at the same moment', async () => {
    await invite({ username: 'tea' })
    const token = await tokenTo('tea@example.org')
    const replies = await Promise.all(Array.from({ length: 8 }, () => at('tea', 'POST', '/api/join/accept', { token })))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 404, 404, 404, 404, 404, 404, 404])
    assert.equal(
      (await hub.events(made.id)).filter(({ type, author }) => type === 'org.invite.accept' && author.user === 'tea')
        .length,
      1,
    )
  })

  it('by email: an account without the address hears what everybody hears; one that has to verify it, that', async () => {
    await invite({ email: 'Work@uma.example', role: 'read' })
    const token = await tokenTo('Work@uma.example')
    const accept = () => at('uma', 'POST', '/api/join/accept', { token })
    const foreign = await refusedUnchanged(accept)
    assert.deepEqual([foreign.status, dead.test(foreign.body.error ?? '')], [404, true])
    assert.equal((await at('uma', 'POST', '/api/join/view', { token })).status, 404)
    const id = (await lab('ada', 'GET', '/invitations?search=uma.example')).body[0].id
    assert.equal((await at('uma', 'POST', `/api/settings/invitations/${id}/accept`)).status, 404)
    const anonymous = (await at(undefined, 'POST', '/api/join/view', { token })).body
    assert.deepEqual([anonymous.state, anonymous.address, anonymous.maySignUp], ['sign_in', null, true])

    const browser = visitor(hub)
    await browser.send('POST', '/api/login', { username: 'uma', password: people.uma?.password })
    await browser.send('POST', '/api/settings/emails', { address: 'work@uma.example' })
    const waiting = await refusedUnchanged(accept)
    assert.equal(waiting.status, 403)
    assert.match(waiting.body.error ?? '', /Verify/)
    assert.equal((await at('uma', 'POST', '/api/join/view', { token })).body.state, 'verify_email')
    assert.equal((await at('uma', 'GET', '/api/settings/invitations')).body.length, 0)
    await browser.send('POST', '/api/verify-email', { token: await linkIn(hub, 'work@uma.example') })
    assert.equal((await at('uma', 'GET', '/api/settings/invitations')).body.length, 1)
    assert.equal((await accept()).status, 200)
    assert.equal(await roleOf('uma'), 'read')
  })

  it('answers dead links of every kind alike', async () => {
    await hub.person('vic')
    people.vic = await hub.person('vic')
    const answers: string[] = []
    const look = async (token: string, who: string | undefined) => {
      for (const act of who === undefined ? ['view'] : ['view', 'accept', 'decline']) {
        const { status, body } = await at(who, 'POST', `/api/join/${act}`, { token })
        answers.push(`${status} ${body.error}`)
      }
    }
    const fresh = async () => {
      await invite({ username: 'vic' })
      return tokenTo('vic@example.org')
    }
    const revoked = await fresh()
    const id = (await lab('ada', 'GET', '/invitations?state=pending&search=vic')).body[0].id
    assert.equal((await lab('ada', 'DELETE', `/invitations/${id}`)).body.state, 'revoked')
    await look(revoked, 'vic')
    await look(revoked, undefined)
    const declined = await fresh()
    assert.equal((await at('vic', 'POST', '/api/join/decline', { token: declined })).status, 200)
    await look(declined, 'vic')
    const foreign = await fresh()
    await look(foreign, 'sam')
    hub.moveClock(8 * day)
    await look(foreign, 'vic')
    hub.moveClock(0)
    await look('guessed', 'vic')
    await look('A'.repeat(43), 'vic')
    assert.equal(new Set(answers).size, 1, [...new Set(answers)].join('\n'))
    assert.match(answers[0] ?? '', /^404/)
  })

  it('asks again for the right of the inviter: void when they are demoted or gone, good once resent by another', async () => {
    const org = await hub.organization('Void', { ben: 'admin', bea: 'admin' })
    const call = (who: string, method: string, path: string, body?: unknown) =>
      hub.request(org.people[who], method, `/api/organizations/Void${path}`, body)
    assert.equal((await call('bea', 'POST', '/invitations', { username: 'sam' })).status, 201)
    const token = await tokenTo('sam@example.org')
    assert.equal((await call('ben', 'PUT', '/members/bea/role', { role: 'write' })).status, 200)
    const reply = await refusedUnchanged(() => at('sam', 'POST', '/api/join/accept', { token }))
    assert.equal(reply.status, 404)
    assert.equal((await at('sam', 'POST', '/api/join/view', { token })).status, 404)
    const [listed] = (await call('ben', 'GET', '/invitations')).body
    assert.deepEqual([listed.state, listed.isVoid], ['pending', true])
    await call('ben', 'DELETE', '/members/bea')
    assert.equal((await at('sam', 'POST', '/api/join/accept', { token })).status, 404)
    assert.equal((await call('ben', 'POST', `/invitations/${listed.id}/resend`)).status, 200)
    assert.equal((await at('sam', 'POST', '/api/join/accept', { token })).status, 404, 'the earlier link')
    assert.equal((await at('sam', 'POST', '/api/join/accept', { token: await tokenTo('sam@example.org') })).status, 200)
  })

  it('drops groups that were deleted meanwhile', async () => {
    const org = await hub.organization('Shrink', { cat: 'admin' })
    const call = (method: string, path: string, body?: unknown) =>
      hub.request(org.people.cat, method, `/api/organizations/Shrink${path}`, body)
    const group = (await call('POST', '/resource-groups', { name: 'gone' })).body
    await call('POST', '/invitations', { username: 'sam', groups: [{ id: group.id, role: 'read' }] })
    await call('DELETE', `/resource-groups/${group.id}`)
    assert.equal((await at('sam', 'POST', '/api/join/accept', { token: await tokenTo('sam@example.org') })).status, 200)
  })
})

describe('a newcomer without an account', () => {
  it('signs up from the mail where only invited people may, verifies, accepts, and is in', async () => {
    const org = await hub.organization('Nest', { dan: 'admin' })
    const operator = await hub.console('PATCH', '/api/operator/settings', { signUp: 'invited' })
    assert.equal(operator.status, 200)
    await hub.request(org.people.dan, 'POST', '/api/organizations/Nest/invitations', {
      email: 'New@example.net',
      role: 'write',
    })
    const token = await tokenTo('New@example.net')
    const account = { username: 'newt', email: 'new@example.net', password: 'a long enough password' }
    const browser = visitor(hub)
    const tries: [string, unknown, number][] = [
      ['without the token', account, 403],
      ['with another address', { ...account, email: 'other@example.net', invitation: token }, 403],
      ['with a guess', { ...account, invitation: 'A'.repeat(43) }, 403],
    ]
    for (const [what, body, status] of tries)
      assert.equal((await browser.send('POST', '/api/signup', body)).status, status, what)
    assert.equal((await browser.send('POST', '/api/signup', { ...account, invitation: token })).status, 201)
    assert.equal((await browser.send('POST', '/api/join/accept', { token })).status, 403, 'not verified yet')
    const mail = (await hub.mails()).findLast(({ recipient }) => recipient === 'new@example.net')
    assert.ok(mail?.text_body.includes(`&next=%2Fjoin%23token%3D${token}`), 'the mail leads back to the invitation')
    await browser.send('POST', '/api/verify-email', { token: await linkIn(hub, 'new@example.net') })
    const reply = await browser.send('POST', '/api/join/accept', { token })
    assert.deepEqual([reply.status, reply.body], [200, { organization: 'Nest', role: 'write' }])
    assert.equal((await browser.send('GET', '/api/organizations/Nest')).body.role, 'write')
    await hub.console('PATCH', '/api/operator/settings', { signUp: 'open' })
  })
})

describe('resending, revoking, expiring', () => {
  it('resends for as many days again, also what has expired; what ended otherwise stays ended', async () => {
    const org = await hub.organization('Late', { eva: 'admin' })
    const call = (method: string, path: string, body?: unknown) =>
      hub.request(org.people.eva, method, `/api/organizations/Late/invitations${path}`, body)
    const { id } = (await call('POST', '', { email: 'late@example.net', expiresInDays: 1 })).body
    hub.moveClock(2 * day)
    await endExpiredInvitations(hub.db)
    assert.equal((await hub.events(org.id)).at(-1)?.message, 'system ended the expired invitation for late@example.net')
    const events = (await hub.events(org.id)).length
    await endExpiredInvitations(hub.db)
    assert.equal((await hub.events(org.id)).length, events)
    assert.equal((await call('GET', '')).body[0].state, 'expired')
    assert.equal((await call('DELETE', `/${id}`)).status, 409)
    const resent = await call('POST', `/${id}/resend`)
    assert.deepEqual([resent.status, resent.body.state], [200, 'pending'])
    assert.equal((await hub.events(org.id)).at(-1)?.type, 'org.invite.resend')
    assert.equal((await call('DELETE', `/${id}`)).status, 200)
    assert.equal((await hub.events(org.id)).at(-1)?.type, 'org.invite.revoke')
    for (const [method, tail] of [
      ['POST', '/resend'],
      ['DELETE', ''],
    ] as const)
      assert.equal((await refusedUnchanged(() => call(method, `/${id}${tail}`))).status, 409)
    hub.moveClock(0)
  })

  it('finds no invitation of another organization', async () => {
    const { id } = (await invite({ email: 'here@example.net' })).body
    const other = await hub.organization('Elsewhere', { flo: 'admin' })
    const path = `/api/organizations/Elsewhere/invitations/${id}`
    assert.equal((await hub.request(other.people.flo, 'DELETE', path)).status, 404)
    assert.equal((await hub.request(other.people.flo, 'POST', `${path}/resend`)).status, 404)
  })

  it('lists page by page, by state, and finds by part of an address', async () => {
    const first = await lab('ada', 'GET', '/invitations?limit=1')
    assert.equal(first.body.length, 1)
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = await hub.request(people.ada, 'GET', new URL(next).pathname + new URL(next).search)
    assert.ok(second.body[0].id < first.body[0].id)
    const states = (await lab('ada', 'GET', '/invitations?state=accepted')).body.map(
      ({ state }: { state: string }) => state,
    )
    assert.deepEqual([...new Set(states)], ['accepted'])
    assert.equal((await lab('wil', 'GET', '/invitations')).status, 403)
  })
})
