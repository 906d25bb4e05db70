import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { bulk } from '../../api/index.ts'
import { startLab } from '../lab.ts'
import { fails } from '../refusals.ts'

const { hub, org, orgId, people, groups, call, ok, state, set, groupsOf } = await startLab()
await hub.person('tom')
await hub.person('uma')

type Row = Partial<bulk.BulkRow>
type Asked = Row[] | string

const body = (asked: Asked) => (typeof asked === 'string' ? { csv: asked } : { rows: asked })
const plan = (asked: Asked, who = 'ada'): Promise<bulk.BulkResult> =>
  ok(who, 'POST', '/members/bulk', { mode: 'plan', ...body(asked) })
const applyPlan = (asked: Asked, planHash: string, more: object = {}) =>
  call('ada', 'POST', '/members/bulk', { mode: 'apply', planHash, ...body(asked), ...more })
async function apply(asked: Asked, more: object = {}): Promise<bulk.BulkResult> {
  const { planHash } = await plan(asked)
  const reply = await applyPlan(asked, planHash, more)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body
}
const roleOf = async (name: string) => (await call('ada', 'GET', `/members/${name}`)).body.role
const verdicts = ({ rows }: bulk.BulkResult) => Object.fromEntries(rows.map(({ who, verdict }) => [who, verdict]))
const newEvents = async (before: number) => (await hub.events(orgId)).slice(before)
const pendingOf = async () => {
  const rows = await ok('ada', 'GET', '/invitations?state=pending')
  return rows.map((row: { user: { user: string } | null; email: string; role: string; groups: { name: string }[] }) => [
    row.user?.user ?? row.email,
    row.role,
    row.groups.map(({ name }) => name),
  ])
}

describe('a change of many members', () => {
  it('plans every op and changes nothing; then does all of it with one event a person', async () => {
    await set('rae', 'read', [{ id: 'vision', role: 'write' }])
    const rows: Row[] = [
      { op: 'set', username: 'rae', role: 'contributor', groups: [{ id: 'nlp', role: 'read' }] },
      { op: 'add', username: 'rob', role: 'no_access', groups: [{ id: groups.speech ?? '', role: 'write' }] },
      { op: 'set', username: 'con', role: 'contributor' },
      { op: 'remove', username: 'wes' },
      { op: 'invite', username: 'tom', role: 'write', groups: [{ id: 'NLP', role: 'admin' }] },
      { op: 'invite', email: 'new@elsewhere.example' },
    ]
    const before = await state()
    const planned = await plan(rows)
    assert.equal(await state(), before)
    assert.deepEqual(
      [planned.applied, planned.problems, planned.counts],
      [false, [], { rows: 6, change: 2, unchanged: 1, invite: 2, remove: 1, revoke: 0, error: 0, loseAccess: 2 }],
    )
    const [rae, rob] = planned.rows
    assert.deepEqual(rae?.before, { role: 'read', groups: [{ id: groups.vision, name: 'vision', role: 'write' }] })
    assert.deepEqual(rae?.after, { role: 'contributor', groups: [{ id: groups.nlp, name: 'nlp', role: 'read' }] })
    assert.deepEqual(rae?.loses, ['access to the resource group vision'])
    assert.deepEqual([rob?.after?.role, rob?.loses], ['read', []])
    assert.ok(planned.rows[3]?.loses.includes('access to the organization'))
    const count = (await hub.events(orgId)).length
    const done = await applyPlan(rows, planned.planHash)
    assert.deepEqual([done.status, done.body.applied], [200, true])
    assert.deepEqual([await roleOf('rae'), await groupsOf('rae')], ['contributor', { nlp: 'read' }])
    assert.deepEqual([await roleOf('rob'), await groupsOf('rob')], ['read', { speech: 'write' }])
    assert.equal((await call('ada', 'GET', '/members/wes')).status, 404)
    const events = await newEvents(count)
    const told = events.map(({ type, message }) => `${type} ${message}`).sort()
    assert.deepEqual(told, [
      'org.change_role ada changed the role of rae from read to contributor and the roles of rae in vision, nlp',
      'org.change_role ada changed the roles of rob in speech',
      'org.invite.email ada invited new@elsewhere.example with the read role',
      'org.invite_user ada invited tom with the write role',
      'org.remove_user ada removed wes',
    ])
    const mails = (await hub.mails()).map(({ recipient }) => recipient)
    assert.ok(mails.includes('new@elsewhere.example') && mails.includes('tom@example.org'))
    assert.equal((await ok('ada', 'GET', '/audit-log/verify')).intact, true)
  })

  it('is undone by its inverse', async () => {
    await set('rae', 'read', [{ id: 'vision', role: 'write' }])
    await set('rob', 'read', [])
    const before = { pending: await pendingOf(), rae: await groupsOf('rae') }
    const done = await apply([
      { username: 'rae', role: 'write', groups: [] },
      { username: 'rob', groups: [{ id: 'nlp', role: 'write' }] },
      { op: 'remove', username: 'con' },
      { op: 'invite', username: 'uma' },
      { op: 'invite', username: 'tom', role: 'read' },
      { op: 'remove', email: 'NEW@elsewhere.example' },
    ])
    assert.deepEqual(await groupsOf('rob'), { nlp: 'write' })
    assert.deepEqual(await pendingOf(), [
      ['uma', 'read', []],
      ['tom', 'read', []],
    ])
    await apply(done.inverse)
    assert.deepEqual([await roleOf('rae'), await groupsOf('rae')], ['read', before.rae])
    assert.deepEqual([await roleOf('rob'), await groupsOf('rob')], ['read', {}])
    const pending = await pendingOf()
    assert.deepEqual(pending.sort(), [...before.pending, ['con', 'contributor', []]].sort())
    const { id } = (await ok('ada', 'GET', '/invitations?state=pending')).find(
      (row: { user: { user: string } | null }) => row.user?.user === 'con',
    )
    const joined = await hub.request(people.con, 'POST', `/api/settings/invitations/${id}/accept`)
    assert.deepEqual([joined.status, await roleOf('con')], [200, 'contributor'])
  })

  it('does not mind in which order the rows come', async () => {
    const rows: Row[] = [
      { username: 'rae', role: 'admin' },
      { username: 'bea', role: 'read', groups: [{ id: 'speech', role: 'read' }] },
      { op: 'add', username: 'rob', groups: [{ id: 'nlp', role: 'read' }] },
      { op: 'remove', username: 'noa' },
      { username: 'con', role: 'write', groups: [] },
    ]
    const { planHash } = await plan(rows)
    const order = fc.shuffledSubarray(rows, { minLength: rows.length })
    await fc.assert(
      fc.asyncProperty(order, async (shuffled) => {
        assert.equal((await plan(shuffled)).planHash, planHash)
      }),
      { numRuns: 10 },
    )
    const shuffled = rows.toReversed()
    const done = await applyPlan(shuffled, planHash)
    assert.equal(done.status, 200, JSON.stringify(done.body))
    const roles = await Promise.all(['rae', 'bea', 'rob', 'con'].map(roleOf))
    assert.deepEqual(roles, ['admin', 'read', 'read', 'write'])
    await apply((done.body as bulk.BulkResult).inverse)
    await hub.console('POST', `/api/operator/organizations/${org}/members`, { username: 'noa', role: 'no_access' })
    assert.equal(await roleOf('bea'), 'admin')
  })

  it('refuses a plan that would come out differently by now', async () => {
    const rows: Row[] = [{ username: 'rob', role: 'write' }]
    const { planHash } = await plan(rows)
    await set('rob', 'contributor')
    const refused = (asked: Row[]) =>
      fails(hub, 409, {
        who: people.ada,
        method: 'POST',
        path: `/api/organizations/${org}/members/bulk`,
        body: { mode: 'apply', planHash, rows: asked },
      })
    await refused(rows)
    await set('rob', 'read')
    await refused([{ username: 'rob', role: 'contributor' }])
    assert.equal((await applyPlan(rows, planHash)).status, 200)
    await set('rob', 'read')
  })
})

describe('a change of many members is refused whole', () => {
  const refused = async (status: number, asked: Asked, more: object = {}) => {
    const { planHash } = await plan(asked)
    return fails(hub, status, {
      who: people.ada,
      method: 'POST',
      path: `/api/organizations/${org}/members/bulk`,
      body: { mode: 'apply', planHash, ...body(asked), ...more },
    })
  }

  const wrong: [string, Row[], Record<string, string>][] = [
    ['one person twice, by whatever op', [{ username: 'rae' }, { op: 'remove', username: 'RAE' }], { rae: 'error' }],
    ['an unknown name', [{ username: 'unknown' }], { unknown: 'error' }],
    ['who is not a member', [{ username: 'sam', role: 'read' }], { sam: 'error' }],
    ['a member who is invited', [{ op: 'invite', username: 'rae' }], { rae: 'error' }],
    ['an unknown group', [{ username: 'rae', groups: [{ id: 'nope', role: 'read' }] }], { rae: 'error' }],
    ['an address of a member', [{ email: 'rae@example.org', role: 'read' }], { 'rae@example.org': 'error' }],
    ['what is no address', [{ op: 'invite', email: 'rae' }], { rae: 'error' }],
    ['no one', [{ role: 'read' }], { '': 'error' }],
  ]
  for (const [what, rows, expected] of wrong) {
    it(what, async () => {
      const also: Row = { username: 'rob', role: 'write' }
      assert.deepEqual(verdicts(await plan([...rows, also])), { ...expected, rob: 'change' })
      const { body } = await refused(400, [...rows, also])
      assert.ok(body.rows.length > 0)
    })
  }

  it('more removals than the limit', async () => {
    const names = ['wil', 'con', 'rae', 'rob', 'noa', 'bea']
    const rows = names.map((username): Row => ({ op: 'remove', username }))
    const planned = await plan(rows)
    assert.deepEqual([planned.removalLimit, planned.problems.length], [5, 1])
    const { body } = await refused(409, rows)
    assert.match(body.error, /removes 6 members, but the limit is 5/)
    const raised = await ok('ada', 'POST', '/members/bulk', { mode: 'plan', rows, removalLimit: 6 })
    assert.deepEqual(raised.problems, [])
    assert.equal(raised.planHash, planned.planHash)
    assert.equal((await plan(rows.slice(1))).problems.length, 0)
    await refused(409, rows.slice(0, 2), { removalLimit: 1 })
  })

  it('the last admin, with who could be it', async () => {
    const rows: Row[] = [
      { op: 'remove', username: 'bea' },
      { username: 'ada', role: 'write' },
    ]
    assert.match((await plan(rows)).problems.join(), /at least one active admin/)
    const { body, headers } = await refused(403, rows)
    assert.equal(headers.get('x-error-code'), 'LastAdmin')
    assert.ok(body.candidates.length > 0)
    assert.deepEqual((await plan([...rows, { username: 'rae', role: 'admin' }])).problems, [])
  })

  it('too many seats; removals of the same request make room', async () => {
    await hub.console('PATCH', `/api/operator/organizations/${org}`, { seatLimit: 1 })
    const rows: Row[] = [{ op: 'invite', email: 'seat@elsewhere.example' }]
    assert.match((await plan(rows)).problems.join(), /seats/)
    await refused(402, rows)
    await hub.console('PATCH', `/api/operator/organizations/${org}`, { seatLimit: null })
  })

  it('without a plan, by others, and with what is no plan', async () => {
    const rows = [{ username: 'rob', role: 'write' }]
    const path = `/api/organizations/${org}/members/bulk`
    const attempt = (who: string | undefined, status: number, asked: unknown) =>
      fails(hub, status, { who: who === undefined ? undefined : people[who], method: 'POST', path, body: asked })
    await attempt('ada', 400, { mode: 'apply', rows })
    await attempt('ada', 409, { mode: 'apply', rows, planHash: 'x' })
    await attempt('ada', 400, { mode: 'plan' })
    await attempt('ada', 400, { mode: 'plan', rows, csv: 'username\nrob' })
    await attempt('ada', 400, { mode: 'plan', rows: [] })
    await attempt('ada', 400, { mode: 'plan', rows: Array.from({ length: 10_001 }, () => rows[0]) })
    await attempt('ada', 400, { mode: 'plan', rows: [{ username: 'rob', rolle: 'read' }] })
    await attempt('wil', 403, { mode: 'plan', rows })
    await attempt('sam', 403, { mode: 'plan', rows })
    await attempt(undefined, 401, { mode: 'plan', rows })
  })

  it('people of groups that come from the identity provider', async () => {
    await hub.db.updateTable('resource_groups').set({ managed_by: 'scim' }).where('name', '=', 'vision').execute()
    const rows: Row[] = [{ username: 'rob', groups: [{ id: 'vision', role: 'read' }] }]
    const planned = await plan(rows)
    assert.match(planned.rows[0]?.message ?? '', /identity provider/)
    await refused(400, rows)
    await hub.db.updateTable('resource_groups').set({ managed_by: 'manual' }).where('name', '=', 'vision').execute()
  })
})

describe('a change of many members goes on beside others', () => {
  it('lets one of two changes of the same people through', async () => {
    const [first, second]: Row[][] = [[{ username: 'rob', role: 'write' }], [{ username: 'rob', role: 'contributor' }]]
    const hashes = await Promise.all([plan(first ?? []), plan(second ?? [])])
    const replies = await Promise.all([
      applyPlan(first ?? [], hashes[0]?.planHash ?? ''),
      applyPlan(second ?? [], hashes[1]?.planHash ?? ''),
    ])
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409])
    await set('rob', 'read')
  })

  it('keeps an admin when two take the role from each other at once', async () => {
    const of = (whom: string): Row[] => [{ username: whom, role: 'read' }]
    for (let round = 0; round < 5; round++) {
      const [toBea, toAda] = await Promise.all([plan(of('bea')), plan(of('ada'), 'bea')])
      const send = (who: string, whom: string, planHash: string) =>
        call(who, 'POST', '/members/bulk', { mode: 'apply', planHash, rows: of(whom) })
      const replies = await Promise.all([send('ada', 'bea', toBea.planHash), send('bea', 'ada', toAda.planHash)])
      assert.equal(replies.filter(({ status }) => status === 200).length, 1, JSON.stringify(replies))
      const left = replies[0]?.status === 200 ? 'ada' : 'bea'
      await ok(left, 'PUT', `/members/${left === 'ada' ? 'bea' : 'ada'}/role`, { role: 'admin' })
    }
  })

  it('joins groups that members from read upwards join', async () => {
    await ok('ada', 'POST', `/resource-groups/${groups.speech}/settings`, {
      autoJoin: { enabled: true, role: 'read', scope: 'read_plus' },
    })
    assert.deepEqual(await groupsOf('noa'), {})
    const done = await apply([{ username: 'noa', role: 'read' }])
    assert.deepEqual(done.rows[0]?.after?.groups, [{ id: groups.speech, name: 'speech', role: 'read' }])
    assert.deepEqual(await groupsOf('noa'), { speech: 'read' })
    const back = await apply(done.inverse)
    assert.deepEqual([back.rows[0]?.after?.role, await groupsOf('noa')], ['no_access', { speech: 'read' }])
  })
})

describe('what a person loses', () => {
  it('is said alike by the bulk plan, the role dialog, the removal, and the offboarding', async () => {
    await set('con', 'contributor', [{ id: 'vision', role: 'write' }])
    const groups = [{ id: 'vision', role: 'read' as const }]
    const [changed] = (await plan([{ op: 'set', username: 'con', role: 'read', groups }])).rows
    assert.deepEqual(changed?.loses, [
      'the ability to create repositories, and write access to the ones they created',
      'write access to other people’s repositories in the resource group vision',
    ])
    const body = { role: 'read', groups: { mode: 'replace', roles: groups } }
    const tried = await ok('ada', 'PATCH', '/members/con?dryRun=true', body)
    assert.deepEqual([tried.loses, tried.gains], [changed?.loses, []])
    const [removed] = (await plan([{ op: 'remove', username: 'con' }])).rows
    assert.deepEqual((await ok('ada', 'DELETE', '/members/con?dryRun=true')).loses, removed?.loses)
    assert.deepEqual((await ok('ada', 'POST', '/members/con/offboard', { mode: 'plan' })).loses, removed?.loses)
    assert.ok(removed?.loses.includes('access to the resource group vision'))
  })
})
