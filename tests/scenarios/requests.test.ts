import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Person, startTestHub } from '../hub.ts'
import { stateOf } from '../state.ts'

const hub = await startTestHub()
const made = await hub.organization('Lab', { ada: 'admin', amy: 'admin', wil: 'write' })
const people: Record<string, Person> = { ...made.people }
for (const name of ['kim', 'sam', 'tea', 'uma']) people[name] = await hub.person(name)
const day = 86_400_000

const lab = (who: string | undefined, method: string, path: string, body?: unknown) =>
  hub.request(who === undefined ? undefined : people[who], method, `/api/organizations/Lab${path}`, body)
const ask = (who: string | undefined, body: unknown = {}) => lab(who, 'POST', '/join', body)
const types = async () => (await hub.events(made.id)).map(({ type }) => type)
const mailed = async (to: string) => (await hub.mails()).findLast(({ recipient }) => recipient === to)

async function unchanged<T>(work: () => Promise<T>): Promise<T> {
  const before = await stateOf(hub.db)
  const result = await work()
  assert.deepEqual(await stateOf(hub.db), before, 'nothing changes')
  return result
}

async function pendingOf(user: string): Promise<{ id: string; message: string }> {
  const rows = (await lab('ada', 'GET', '/requests?state=pending')).body
  return rows.find((row: { user: { user: string } }) => row.user.user === user)
}

describe('asking to join', () => {
  it('is off unless the organization allows it', async () => {
    const reply = await unchanged(() => ask('kim'))
    assert.deepEqual([reply.status, /accept requests/.test(reply.body.error)], [403, true])
    assert.equal((await lab('kim', 'GET', '/join')).body.mayRequest, false)
    assert.equal((await lab('ada', 'PATCH', '/settings', { allowJoinRequests: true })).status, 200)
    assert.equal((await types()).at(-1), 'org.update_join_settings')
    assert.equal((await lab('ada', 'GET', '/settings')).body.allowJoinRequests, true)
    assert.equal((await lab('kim', 'GET', '/join')).body.mayRequest, true)
  })

  it('waits in the queue once, is recorded, and tells every admin', async () => {
    const reply = await ask('kim', { message: 'I train speech models.' })
    assert.deepEqual([reply.status, reply.body.outcome, reply.body.role], [200, 'requested', null])
    assert.equal((await types()).at(-1), 'org.join_request.create')
    for (const admin of ['ada', 'amy'])
      assert.match((await mailed(`${admin}@example.org`))?.text_body ?? '', /I train speech models/)
    assert.ok(!(await mailed('wil@example.org'))?.subject.includes('asks'))
    assert.equal((await unchanged(() => ask('kim'))).status, 409)
    const doors = (await lab('kim', 'GET', '/join')).body
    assert.deepEqual([doors.isMember, doors.mayRequest, doors.request.state], [false, false, 'pending'])
    assert.equal((await lab('kim', 'GET', '/members-summary')).status, 403, 'asking gives nothing')
  })

  it('at the same moment leaves one request', async () => {
    const replies = await Promise.all(Array.from({ length: 6 }, () => ask('uma')))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409, 409, 409, 409, 409])
  })

  it('can be withdrawn, and asked again', async () => {
    assert.equal((await lab('uma', 'DELETE', '/join')).status, 200)
    assert.equal((await types()).at(-1), 'org.join_request.withdraw')
    assert.equal((await unchanged(() => lab('uma', 'DELETE', '/join'))).status, 404)
    assert.equal((await ask('uma')).status, 200)
  })

  const refused: [string, string | undefined, string, string, unknown, number][] = [
    ['no one signed in', undefined, 'POST', '/join', {}, 401],
    ['a member', 'wil', 'POST', '/join', {}, 409],
    ['an unknown field', 'sam', 'POST', '/join', { role: 'admin' }, 400],
    ['a message without end', 'sam', 'POST', '/join', { message: 'x'.repeat(1001) }, 400],
    ['a stranger who looks at the requests', 'sam', 'GET', '/requests', undefined, 403],
    ['a write member who looks at the requests', 'wil', 'GET', '/requests', undefined, 403],
    ['a request that is not there', 'ada', 'POST', '/requests/0123456789abcdef01234567/approve', {}, 404],
  ]
  for (const [what, who, method, path, body, status] of refused) {
    it(`refuses: ${what}`, async () => {
      assert.equal((await unchanged(() => lab(who, method, path, body))).status, status)
    })
  }

  it('takes a verified address', async () => {
    await hub.db
      .updateTable('emails')
      .set({ verified_at: null })
      .where('user_id', '=', people.sam?.id ?? '')
      .execute()
    const reply = await unchanged(() => ask('sam'))
    assert.deepEqual([reply.status, reply.headers.get('x-error-code')], [403, 'EmailNotVerified'])
    await hub.db
      .updateTable('emails')
      .set({ verified_at: new Date() })
      .where('user_id', '=', people.sam?.id ?? '')
      .execute()
  })
})

describe('deciding', () => {
  it('approves with a role, once however often, recorded and mailed', async () => {
    const { id } = await pendingOf('kim')
    for (const who of ['wil', 'sam', undefined]) {
      const reply = await unchanged(() => lab(who, 'POST', `/requests/${id}/approve`, {}))
      assert.equal(reply.status, who === undefined ? 401 : 403)
    }
    const replies = await Promise.all(
      ['ada', 'amy', 'ada', 'amy'].map((who) => lab(who, 'POST', `/requests/${id}/approve`, { role: 'contributor' })),
    )
    assert.deepEqual(
      replies.map(({ status, body }) => `${status} ${body.state}`),
      Array(4).fill('200 approved'),
    )
    assert.equal((await types()).filter((type) => type === 'org.join_request.approve').length, 1)
    const member = (await lab('ada', 'GET', '/members/kim')).body
    assert.deepEqual([member.role, member.source], ['contributor', 'request'])
    assert.equal((await mailed('kim@example.org'))?.subject, 'You are now a member of Lab')
    const again = await unchanged(() => lab('ada', 'POST', `/requests/${id}/approve`, { role: 'admin' }))
    assert.deepEqual([again.status, again.body.role], [200, 'contributor'])
    assert.equal((await lab('ada', 'POST', `/requests/${id}/reject`, {})).status, 409)
  })

  it('gives the default role unless one is named', async () => {
    await lab('ada', 'PATCH', '/settings', { defaultRole: 'no_access' })
    const { id } = await pendingOf('uma')
    assert.equal((await lab('amy', 'POST', `/requests/${id}/approve`)).body.role, 'no_access')
    assert.equal((await lab('ada', 'GET', '/members/uma')).body.role, 'no_access')
  })

  it('rejects with a reason that the person is told, and lets them ask again after 30 days', async () => {
    await ask('tea')
    const { id } = await pendingOf('tea')
    const reply = await lab('ada', 'POST', `/requests/${id}/reject`, { reason: 'Ask your team lead first.' })
    assert.deepEqual([reply.status, reply.body.state, reply.body.decidedBy], [200, 'rejected', 'ada'])
    assert.equal((await types()).at(-1), 'org.join_request.reject')
    assert.match((await mailed('tea@example.org'))?.text_body ?? '', /Ask your team lead first/)
    assert.equal((await unchanged(() => lab('amy', 'POST', `/requests/${id}/reject`, { reason: 'No.' }))).status, 200)
    assert.equal((await unchanged(() => lab('amy', 'POST', `/requests/${id}/approve`, {}))).status, 409)
    const early = await unchanged(() => ask('tea'))
    assert.deepEqual([early.status, /rejected/.test(early.body.error)], [409, true])
    hub.moveClock(31 * day)
    assert.equal((await ask('tea')).status, 200)
    hub.moveClock(0)
  })

  it('ends with an invitation that was accepted meanwhile', async () => {
    await ask('sam')
    const { id } = await pendingOf('sam')
    await lab('ada', 'POST', '/invitations', { username: 'sam', role: 'write' })
    const [mine] = (await hub.request(people.sam, 'GET', '/api/settings/invitations')).body
    assert.equal((await hub.request(people.sam, 'POST', `/api/settings/invitations/${mine.id}/accept`)).status, 200)
    assert.equal(await pendingOf('sam'), undefined)
    assert.equal((await lab('ada', 'POST', `/requests/${id}/approve`, {})).status, 409)
    assert.equal((await lab('ada', 'GET', '/members/sam')).body.role, 'write')
  })
})
