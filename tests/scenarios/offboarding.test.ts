import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { canonicalText } from '../../api/index.ts'
import { now } from '../../server/kernel/clock.ts'
import { newId } from '../../server/kernel/ids.ts'
import { sql } from '../../server/store/sql.ts'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { unknownId } from '../lab.ts'
import { stateOf } from '../state.ts'

const hub = await startTestHub()
const made = await hub.organization('Lab', {
  ada: 'admin',
  amy: 'admin',
  wil: 'write',
  con: 'contributor',
  rae: 'read',
  noa: 'no_access',
})
const people: Record<string, Person> = { ...made.people }
for (const name of ['sam', 'gus', 'ida', 'ian']) people[name] = await hub.person(name)

const at = (who: string | undefined, method: string, path: string, body?: unknown) =>
  hub.request(who === undefined ? undefined : people[who], method, path, body)
const lab = (who: string | undefined, method: string, path: string, body?: unknown) =>
  at(who, method, `/api/organizations/Lab${path}`, body)
const offboard = (who: string | undefined, whom: string, body: object) =>
  lab(who, 'POST', `/members/${whom}/offboard`, body)
const gone = { mode: 'apply', reason: 'The contract has ended.', leaveAsIs: true }

async function done(reply: Promise<Reply> | Reply) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

async function unchanged(work: () => Promise<Reply>): Promise<Reply> {
  const before = await stateOf(hub.db)
  const reply = await work()
  assert.deepEqual(await stateOf(hub.db), before, 'a refusal changes nothing')
  return reply
}

async function addMember(org: string, name: string, role: string): Promise<Person> {
  const person = await hub.person(name)
  people[name] = person
  await done(hub.console('POST', `/api/operator/organizations/${org}/members`, { username: name, role }))
  return person
}

async function repository(who: string, name: string, group?: string): Promise<void> {
  const body = { name, organization: 'Lab', private: true, resourceGroupId: group }
  await done(at(who, 'POST', '/api/repos/create', body))
}

const nlp = (await done(lab('ada', 'POST', '/resource-groups', { name: 'nlp' }))).id
await done(lab('ada', 'POST', `/resource-groups/${nlp}/users`, { users: [{ user: 'wil', role: 'admin' }] }))

describe('who may, and with what', () => {
  const rows: [string, string | undefined, string, object, number, RegExp][] = [
    ['nobody', undefined, 'rae', gone, 401, /Sign in/],
    ['a stranger', 'sam', 'rae', gone, 403, /admin/],
    ['a write member', 'wil', 'rae', gone, 403, /admin/],
    ['no one of this name', 'ada', 'nobody-here', gone, 404, /No account/],
    ['someone who has nothing', 'ada', 'sam', gone, 404, /no access to Lab/],
    ['a plan for someone who has nothing', 'ada', 'sam', { mode: 'plan' }, 404, /no access to Lab/],
    ['no mode', 'ada', 'rae', { reason: 'x' }, 400, /mode/],
    ['no reason', 'ada', 'rae', { mode: 'apply', leaveAsIs: true }, 400, /reason/],
    ['blanks as a reason', 'ada', 'rae', { ...gone, reason: '  ' }, 400, /reason/],
    ['a reason of 501 characters', 'ada', 'rae', { ...gone, reason: 'x'.repeat(501) }, 400, /reason/],
    ['a field too many', 'ada', 'rae', { ...gone, force: true }, 400, /force/],
    ['a successor and none', 'ada', 'wil', { ...gone, successor: 'con' }, 400, /leaveAsIs/],
    [
      'a successor who is not a member',
      'ada',
      'wil',
      { ...gone, leaveAsIs: false, successor: 'sam' },
      400,
      /successor/,
    ],
    ['the person as successor', 'ada', 'wil', { ...gone, leaveAsIs: false, successor: 'wil' }, 400, /successor/],
    ['neither successor nor leaving', 'ada', 'wil', { ...gone, leaveAsIs: false }, 400, /1 resource group/],
    ['oneself, reassigned to oneself', 'ada', 'ada', { ...gone, invitations: 'reassign' }, 400, /reassigned to you/],
  ]
  for (const [what, who, whom, body, status, words] of rows) {
    it(`refuses: ${what}`, async () => {
      const reply = await unchanged(() => offboard(who, whom, body))
      assert.equal(reply.status, status, JSON.stringify(reply.body))
      assert.match(reply.body.error, words)
    })
  }

  it('refuses a read token, and offboarding reports that are not there', async () => {
    const token = await hub.readToken(people.ada as Person)
    const reply = await hub.request(token, 'POST', '/api/organizations/Lab/members/rae/offboard', gone)
    assert.equal(reply.headers.get('x-error-code'), 'WriteTokenRequired')
    for (const method of ['GET', 'DELETE']) {
      const tail = method === 'GET' ? '' : '/rejoin-block'
      assert.equal((await lab('ada', method, `/offboardings/${unknownId}${tail}`)).status, 404)
    }
  })

  it('a plan changes nothing', async () => {
    const reply = await unchanged(() => offboard('ada', 'wil', { mode: 'plan' }))
    assert.equal(reply.body.has.membership.role, 'write')
    assert.equal(reply.body.report, null)
    assert.ok(reply.body.remains.length > 3)
  })
})

describe('what no one else looks after', () => {
  it('is named, and goes to the successor', async () => {
    await repository('con', 'only-con')
    await repository('wil', 'in-group', nlp)
    const closed = (await done(lab('ada', 'POST', '/resource-groups', { name: 'closed' }))).id
    await repository('ada', 'by-grant', closed)
    await done(at('ada', 'PUT', '/api/models/Lab/by-grant/collaborators/wil', { role: 'write' }))
    const { needsOwner } = await done(offboard('ada', 'wil', { mode: 'plan' }))
    assert.deepEqual(needsOwner.groups, [{ id: nlp, name: 'nlp' }])
    // wil is the only one with the role write: what con made, con may write to
    const named = needsOwner.repositories.map(({ repository }: { repository: string }) => repository)
    assert.deepEqual(named, ['Lab/by-grant', 'Lab/in-group'])
    const { report } = await done(offboard('ada', 'wil', { ...gone, leaveAsIs: false, successor: 'RAE' }))
    assert.deepEqual([report.successor, report.leftAsIs, report.handedOver], ['rae', false, needsOwner])
    const { groups } = await done(lab('ada', 'GET', '/members/rae'))
    assert.deepEqual(
      groups.map(({ name, role }: Record<string, string>) => [name, role]),
      [['nlp', 'admin']],
    )
    const grant = await done(at('ada', 'GET', '/api/models/Lab/by-grant/collaborators/rae'))
    assert.equal(
      (await at('ada', 'GET', '/api/models/Lab/in-group/collaborators/rae')).status,
      404,
      'the group is enough',
    )
    assert.deepEqual([grant.role, grant.expiresAt, grant.addedBy], ['write', null, 'ada'])
    const mail = (await hub.mails()).findLast(({ recipient }) => recipient === people.rae?.email)
    assert.equal(mail?.subject, 'You’re taking over from wil in Lab')
    assert.match(mail?.text_body ?? '', /nlp[\s\S]*Lab\/by-grant, Lab\/in-group/)
  })

  it('may be left as it is', async () => {
    const { needsOwner, loses } = await done(offboard('ada', 'con', { mode: 'plan' }))
    assert.ok(needsOwner.repositoryCount > 0)
    const { report } = await done(offboard('ada', 'con', gone))
    assert.deepEqual([report.successor, report.leftAsIs, report.handedOver], [null, true, needsOwner])
    assert.deepEqual(report.loses, loses)
  })
})

describe('the report', () => {
  it('has a hash that anybody can calculate, which is in the log', async () => {
    const [summary] = await done(lab('ada', 'GET', '/offboardings?limit=1'))
    const { hash, rejoinBlockedUntil, ...sealed } = await done(lab('ada', 'GET', `/offboardings/${summary.id}`))
    assert.equal(hash, createHash('sha256').update(canonicalText(sealed)).digest('hex'))
    const event = (await hub.events(made.id)).findLast(({ type }) => type === 'org.offboard')
    assert.deepEqual(event?.data.report, { id: summary.id, hash })
    assert.equal(Date.parse(rejoinBlockedUntil) - Date.parse(sealed.at) > 89 * 86_400_000, true)
  })

  it('is listed, the latest first, page by page', async () => {
    const first = await lab('ada', 'GET', '/offboardings?limit=1')
    const next = first.headers.get('link')?.match(/<([^>]+)>; rel="next"/)?.[1] ?? ''
    const second = await done(at('ada', 'GET', next.replace(hub.url, '')))
    assert.deepEqual([first.body[0].user, second[0].user], ['con', 'wil'])
    assert.equal((await lab('noa', 'GET', '/offboardings')).status, 403)
  })
})

describe('people of every kind', () => {
  it('someone who is not a member and holds a grant', async () => {
    await done(at('ada', 'PUT', '/api/models/Lab/in-group/collaborators/gus', { role: 'read' }))
    const { report } = await done(offboard('ada', 'gus', gone))
    assert.deepEqual([report.counts.collaboratorGrants, report.counts.membership, report.counts.tokens], [1, 0, 1])
    assert.equal((await at('gus', 'GET', '/api/models/Lab/in-group')).status, 404)
  })

  it('someone who is invited alone; their tokens are no one’s business', async () => {
    await done(lab('ada', 'POST', '/invitations', { username: 'ida', role: 'read' }))
    const { has, report } = await done(offboard('ada', 'ida', gone))
    assert.deepEqual([has.invitationsReceived.length, has.tokens, report.counts.tokens], [1, [], 0])
    assert.equal(
      (await hub.mails()).filter(({ subject }) => /access to Lab has ended/.test(subject)).at(-1)?.recipient,
      'gus@example.org',
    )
  })

  it('invitations to an address are named where admins see the address of the member, and nowhere else', async () => {
    await done(lab('ada', 'POST', '/invitations', { email: 'ian@example.org', role: 'read' }))
    assert.equal((await offboard('ada', 'ian', { mode: 'plan' })).status, 404, 'no plan tells whose it is')
    await addMember('Lab', 'ian', 'read')
    assert.deepEqual((await done(offboard('ada', 'ian', { mode: 'plan' }))).has.invitationsReceived, [])
    const id = newId()
    await sql`insert into organization_domains (id, org_id, domain, token, state, verified_at, added_at)
      values (${id}, ${made.id}, 'example.org', 'x', 'verified', ${now()}, ${now()})`.execute(hub.db)
    const { report } = await done(offboard('ada', 'ian', gone))
    await sql`delete from organization_domains where id = ${id}`.execute(hub.db)
    assert.equal(report.removed.invitationsReceived[0].to, 'ian@example.org')
    const listed = await done(lab('ada', 'GET', '/invitations?search=ian@'))
    assert.deepEqual(
      listed.map(({ state }: { state: string }) => state),
      ['revoked'],
    )
  })

  it('an admin: their invitations are revoked, or reassigned to the admin who asks for that', async () => {
    for (const invitations of ['reassign', 'revoke']) {
      const name = `boss-${invitations}`
      await addMember('Lab', name, 'admin')
      const offered = await done(lab(name, 'POST', '/invitations', { email: `${name}@example.net`, role: 'write' }))
      const link = await done(lab(name, 'POST', '/invite-links', { role: 'read' }))
      const { report } = await done(offboard('ada', name, { ...gone, invitations }))
      assert.deepEqual([report.counts.invitationsSent, report.counts.inviteLinks], [1, 1])
      const invitation = (await done(lab('ada', 'GET', '/invitations'))).find(
        ({ id }: { id: string }) => id === offered.id,
      )
      const works = (await at(undefined, 'POST', '/api/join/view', { token: link.token })).status
      const expected = invitations === 'reassign' ? ['pending', 'ada', 200] : ['revoked', name, 410]
      assert.deepEqual([invitation.state, invitation.invitedBy.user, works], expected)
    }
  })

  it('oneself, like leaving', async () => {
    await addMember('Lab', 'ella', 'admin')
    const { report } = await done(offboard('ella', 'ella', gone))
    assert.equal(report.by, 'ella')
    assert.equal((await lab('ella', 'GET', '/settings')).status, 403)
  })
})

describe('never without an admin', () => {
  it('the last admin is refused, with candidates', async () => {
    const org = await hub.organization('Solo', { ann: 'admin', bob: 'write' })
    const path = '/api/organizations/Solo/members/ann/offboard'
    const reply = await unchanged(() => hub.request(org.people.ann, 'POST', path, gone))
    assert.deepEqual([reply.status, reply.headers.get('x-error-code')], [403, 'LastAdmin'])
    assert.deepEqual(
      reply.body.candidates.map(({ user }: { user: string }) => user),
      ['bob'],
    )
  })

  it('two admins who offboard each other at once: one goes, one stays', async () => {
    for (let round = 0; round < 5; round++) {
      const [org, a, b] = [`Duel${round}`, `one${round}`, `two${round}`]
      const { people: pair } = await hub.organization(org, { [a]: 'admin', [b]: 'admin' })
      const path = (whom: string) => `/api/organizations/${org}/members/${whom}/offboard`
      const replies = await Promise.all([
        hub.request(pair[a], 'POST', path(b), gone),
        hub.request(pair[b], 'POST', path(a), gone),
      ])
      assert.deepEqual(
        replies.map(({ status }) => status).sort(),
        [200, 403],
        JSON.stringify(replies.map((r) => r.body)),
      )
    }
  })
})

describe('at once, and half-way', () => {
  it('two offboardings of one person at once give one offboarding report', async () => {
    await addMember('Lab', 'twice', 'write')
    const replies = await Promise.all(['ada', 'amy', 'ada', 'amy'].map((who) => offboard(who, 'twice', gone)))
    const ids = await Promise.all(replies.map(async (reply) => (await done(reply)).report.id))
    assert.equal(new Set(ids).size, 1)
    const events = (await hub.events(made.id)).filter(
      ({ type, message }) => type === 'org.offboard' && / twice$/.test(message),
    )
    assert.equal(events.length, 1)
  })

  it('a door that opens at the same moment leaves no one inside', async () => {
    for (let round = 0; round < 8; round++) {
      const name = `racer${round}`
      await hub.person(name)
      await done(lab('ada', 'POST', '/invitations', { username: name, role: 'read' }))
      const enter = () =>
        hub.console('POST', '/api/operator/organizations/Lab/members', { username: name, role: 'read' })
      const [left] = await Promise.all([offboard('ada', name, gone), enter()])
      assert.equal(left.status, 200, JSON.stringify(left.body))
      assert.equal((await lab('ada', 'GET', `/members/${name}`)).status, 404)
    }
  })

  it('what fails in the middle leaves everything as it was', async () => {
    await addMember('Lab', 'solid', 'write')
    await sql`create function refuse_rejoin_block() returns trigger language plpgsql as 'begin raise exception ''no''; end'`.execute(
      hub.db,
    )
    await sql`create trigger refuse before insert on rejoin_blocks for each row execute function refuse_rejoin_block()`.execute(
      hub.db,
    )
    const reply = await unchanged(() => offboard('ada', 'solid', gone))
    assert.equal(reply.status, 500)
    await sql`drop trigger refuse on rejoin_blocks`.execute(hub.db)
    await done(offboard('ada', 'solid', gone))
  })
})
