// What people try who are out, on probation, or want to be admin; and what one request about many may cost.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newId } from '../../server/kernel/ids.ts'
import { sql } from '../../server/store/sql.ts'
import type { Person, Reply } from '../hub.ts'
import { advance, askByDomain, call, hub, recoveryRequestWaiting, suspend } from '../recovery-world.ts'
import { signedIn } from '../visitor.ts'

const opal = await hub.person('opal', { operator: true })
const olga = await hub.person('olga', { operator: true })
// Operators since long ago: who was made one just now is no second person to act at once with
await sql`update users set created_at = '2000-01-01'`.execute(hub.db)

const at = (who: Person | string | undefined, method: string, path: string, body?: unknown, headers?: object) =>
  hub.request(who, method, path, body, { ...headers })
const inOrg = (org: string) => (who: Person | undefined, method: string, path: string, body?: unknown) =>
  at(who, method, `/api/organizations/${org}${path}`, body)

async function done(reply: Promise<Reply>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

async function refused(reply: Promise<Reply>, status: number, sentence = /./) {
  const got = await reply
  assert.equal(got.status, status, JSON.stringify(got.body).slice(0, 500))
  assert.match(got.body.error, sentence)
}

/** An organization with a private repository, whose admin came by recovery and is on probation. */
async function recovered(org: string, more: Record<string, 'read'> = {}) {
  const [old, next] = [`old-${org.toLowerCase()}`, `new-${org.toLowerCase()}`]
  const { people } = await hub.organization(org, { [old]: 'admin', [next]: 'write', ...more })
  const admin = people[next] as Person
  await done(at(people[old], 'POST', '/api/repos/create', { name: 'plans', organization: org, private: true }))
  await suspend(old)
  const begun = { username: next, reason: 'The admin has left.' }
  const { id } = await done(at(opal, 'POST', `/api/operator/organizations/${org}/recovery`, begun))
  await done(at(olga, 'POST', `/api/operator/recovery/${id}/approve`))
  return { people, admin, act: inOrg(org) }
}

const publish = (who: Person | string | undefined, org: string) =>
  at(who, 'PUT', `/api/models/${org}/plans/settings`, { private: false })

async function acceptsOwn(who: Person) {
  const [offer] = await done(at(who, 'GET', '/api/settings/invitations'))
  await done(at(who, 'POST', `/api/settings/invitations/${offer.id}/accept`))
}

describe('a recovery request of site admins', () => {
  it('lets in no one who was offboarded after it was opened', async () => {
    const { id: orgId, people } = await hub.organization('Kiln', { 'old-kiln': 'admin', 'new-kiln': 'write' })
    const person = people['new-kiln'] as Person
    await suspend('old-kiln')
    const begun = { username: person.name, reason: 'The admin has left.' }
    const { id } = await done(at(opal, 'POST', '/api/operator/organizations/Kiln/recovery', begun))
    const offboardingId = newId()
    await sql`delete from memberships where user_id = ${person.id}`.execute(hub.db)
    await sql`insert into offboardings (id, org_id, user_id, at, removed, report)
      values (${offboardingId}, ${orgId}, ${person.id}, now(), 1, '{}')`.execute(hub.db)
    await sql`insert into rejoin_blocks (org_id, user_id, offboarding_id, until)
      values (${orgId}, ${person.id}, ${offboardingId}, now() + interval '1 day')`.execute(hub.db)
    const after = await done(at(olga, 'POST', `/api/operator/recovery/${id}/approve`))
    assert.equal(after.state, 'withdrawn')
    assert.deepEqual(
      await sql`select from memberships where user_id = ${person.id}`.execute(hub.db).then(({ rows }) => rows),
      [],
    )
  })
})

describe('an admin on probation does not get around it', () => {
  it('by shutting out the old admin who comes back', async () => {
    const { admin, act, people } = await recovered('Back')
    await hub.console('PATCH', '/api/operator/people/old-back', { suspended: false })
    const old = people['old-back'] as Person
    const path = `/members/${old.name}`
    await refused(act(admin, 'PUT', `${path}/role`, { role: 'read' }), 403, /probation/)
    await refused(act(admin, 'DELETE', path), 403, /probation/)
    await refused(
      act(admin, 'POST', `${path}/offboard`, { mode: 'apply', leaveAsIs: true, reason: 'Gone.' }),
      403,
      /probation/,
    )
    await done(act(old, 'PUT', `/members/${admin.name}/role`, { role: 'write' }))
  })

  const doors: [string, (act: ReturnType<typeof inOrg>, admin: Person, friend: Person) => Promise<unknown>][] = [
    [
      'an invitation',
      async (act, admin, friend) => {
        await done(act(admin, 'POST', '/invitations', { username: friend.name, role: 'admin' }))
        await acceptsOwn(friend)
      },
    ],
    [
      'a link',
      async (act, admin, friend) => {
        const { token } = await done(act(admin, 'POST', '/invite-links', { role: 'write' }))
        await done(at(friend, 'POST', '/api/join/accept', { token }))
      },
    ],
    [
      'a request',
      async (act, admin, friend) => {
        await done(act(admin, 'PATCH', '/settings', { allowJoinRequests: true }))
        const { request } = await done(act(friend, 'POST', '/join'))
        await done(act(admin, 'POST', `/requests/${request}/approve`, { role: 'admin' }))
      },
    ],
    ['a list of invitations', (act, admin, friend) => byMany(act, admin, friend, '/invitations/bulk', {})],
    ['a change of many', (act, admin, friend) => byMany(act, admin, friend, '/members/bulk', { op: 'invite' })],
  ]
  async function byMany(act: ReturnType<typeof inOrg>, admin: Person, friend: Person, path: string, op: object) {
    const rows = [{ ...op, username: friend.name, role: 'admin' }]
    const { planHash } = await done(act(admin, 'POST', path, { mode: 'plan', rows }))
    await done(act(admin, 'POST', path, { mode: 'apply', planHash, rows }))
    await acceptsOwn(friend)
  }
  for (const [index, [door, letIn]] of doors.entries())
    it(`by a friend who comes by ${door}`, async () => {
      const org = `Door-${index}`
      const { admin, act } = await recovered(org)
      const friend = await hub.person(`friend-${index}`)
      await letIn(act, admin, friend)
      await refused(publish(friend, org), 403, /probation/)
      await refused(act(friend, 'DELETE', '', { confirm: org }), 403)
    })

  it('by a friend with a role in a resource group', async () => {
    const { admin, act, people } = await recovered('Grouped', { pal: 'read' })
    const repos = [{ type: 'model', name: 'Grouped/plans' }]
    const { id } = await done(act(admin, 'POST', '/resource-groups', { name: 'secret', repos }))
    await done(act(admin, 'POST', `/resource-groups/${id}/users`, { users: [{ user: 'pal', role: 'admin' }] }))
    await refused(publish(people.pal, 'Grouped'), 403, /probation/)
  })

  it('by a friend who takes over a resource group from someone offboarded', async () => {
    const { admin, act, people } = await recovered('Handed', { amy: 'read', moe: 'read' })
    const { id } = await done(act(admin, 'POST', '/resource-groups', { name: 'secret' }))
    await done(act(admin, 'POST', `/resource-groups/${id}/users`, { users: [{ user: 'moe', role: 'admin' }] }))
    await sql`delete from group_roles where group_id = ${id} and user_id = ${admin.id}`.execute(hub.db)
    const { report } = await done(
      act(admin, 'POST', '/members/moe/offboard', { mode: 'apply', successor: 'amy', reason: 'Gone.' }),
    )
    assert.equal(report.handedOver.groups.length, 1)
    assert.ok((await done(act(people.amy, 'GET', '/recovery'))).probation)
  })

  it('by another token, a move, a copy, or what newcomers get', async () => {
    const { admin, act } = await recovered('Alone')
    const made = await done(
      hub.console('POST', `/api/operator/people/${admin.name}/tokens`, { name: 'later', role: 'write' }),
    )
    await refused(publish(made.token, 'Alone'), 403, /probation/)
    const away = { fromRepo: 'Alone/plans', toRepo: `${admin.name}/plans`, type: 'model' }
    await refused(at(admin, 'POST', '/api/repos/move', away), 403)
    const copy = { repository: `${admin.name}/plans`, private: false }
    await refused(at(admin, 'POST', '/api/models/Alone/plans/duplicate', copy), 403)
    await refused(act(admin, 'PATCH', '/settings', { defaultRole: 'write' }), 403)
  })
})

describe('a recovery request', () => {
  it('is moved by no one who has no part in it', async () => {
    const { org, recoveryRequest, writer, person, names, domain, read } = await recoveryRequestWaiting('Calm', 'calm')
    const reader = await hub.person('reader')
    await done(hub.console('POST', `/api/operator/organizations/${org}/members`, { username: 'reader', role: 'read' }))
    const others: [Person | undefined, number][] = [
      [await hub.person('passer'), 403],
      [opal, 403],
      [reader, 403],
      [undefined, 401],
    ]
    for (const step of ['confirm', 'veto', 'check', 'withdraw'])
      for (const [who, status] of others) await refused(call(who, 'POST', org, `/${recoveryRequest}/${step}`), status)
    for (const step of ['veto', 'check', 'withdraw'])
      await refused(call(writer, 'POST', org, `/${recoveryRequest}/${step}`), 403)
    for (const step of ['confirm', 'veto']) await refused(call(person, 'POST', org, `/${recoveryRequest}/${step}`), 403)
    const readToken = await hub.readToken(person)
    await refused(at(readToken, 'POST', `/api/organizations/${org}/recovery/${recoveryRequest}/withdraw`), 403)
    for (const step of ['approve', 'withdraw'])
      await refused(at(opal, 'POST', `/api/operator/recovery/${recoveryRequest}/${step}`), 403)
    const { people } = await hub.organization('Elsewhere', { otto: 'admin' })
    for (const [method, tail] of [['GET', ''] as const, ['POST', '/veto'] as const])
      await refused(call(people.otto, method, 'Elsewhere', `/${recoveryRequest}${tail}`), 404)
    assert.equal((await call(reader, 'GET', org, `/${recoveryRequest}`)).body.record, null, 'told to its person alone')
    assert.equal((await read()).state, 'waiting')

    await suspend(names.admin, false)
    const admin = await hub.person(names.admin)
    await done((await signedIn(hub, names.admin)).send('DELETE', `/api/organizations/${org}`, { confirm: org }))
    await refused(askByDomain(person, org, domain), 404)
    const begun = { username: 'reader', reason: 'The organization is gone.' }
    await refused(at(opal, 'POST', `/api/operator/organizations/${org}/recovery`, begun), 404)
    await advance()
    await done(at(admin, 'POST', `/api/organizations/${org}/restore`))
    assert.equal((await read()).state, 'withdrawn')
  })
})

describe('offboarding', () => {
  it('ends the right to hear what was answered before, and touches no other organization', async () => {
    const { people } = await hub.organization('Here', { ann: 'admin', kim: 'admin', rob: 'read' })
    const { people: there } = await hub.organization('There', { tea: 'admin', kim: 'admin' })
    const ask = (org: string) =>
      at(people.kim, 'POST', `/api/organizations/${org}/invite-links`, {}, { 'idempotency-key': `made-in-${org}` })
    const [made] = [await done(ask('There')), await done(ask('Here'))]
    const body = { mode: 'apply', reason: 'Left.', leaveAsIs: true }
    const { report } = await done(inOrg('Here')(people.ann, 'POST', '/members/kim/offboard', body))
    await refused(ask('Here'), 403)
    assert.deepEqual(await done(ask('There')), made)
    await done(inOrg('There')(people.kim, 'GET', '/settings'))
    const readers: [Person | undefined, string, number][] = [
      [people.rob, 'Here', 403],
      [people.kim, 'Here', 403],
      [opal, 'Here', 403],
      [undefined, 'Here', 401],
      [there.tea, 'There', 404],
    ]
    for (const [who, org, status] of readers) {
      await refused(inOrg(org)(who, 'GET', `/offboardings/${report.id}`), status)
      await refused(inOrg(org)(who, 'DELETE', `/offboardings/${report.id}/rejoin-block`), status)
    }
  })

  it('of who made a link is done while thirty click on it', async () => {
    const { people } = await hub.organization('Clicks', { cleo: 'admin', cora: 'admin' })
    const { token } = await done(inOrg('Clicks')(people.cora, 'POST', '/invite-links', { role: 'read' }))
    const crowd: Person[] = []
    for (let i = 0; i < 30; i++) crowd.push(await hub.person(`clicker-${i}`))
    const click = (who: Person) => at(who, 'POST', '/api/join/accept', { token })
    const body = { mode: 'apply', reason: 'Left.', leaveAsIs: true }
    const first = crowd.slice(0, 15).map(click)
    const ending = inOrg('Clicks')(people.cleo, 'POST', '/members/cora/offboard', body)
    const replies = await Promise.all([...first, ...crowd.slice(15).map(click)])
    await done(ending)
    assert.ok(replies.every(({ status }) => status === 200 || status === 404))
    assert.equal((await click(await hub.person('clicker-late'))).status, 404)
  })

  it('of an operator leaves them no way to add themselves', async () => {
    const { people } = await hub.organization('Own', { amy: 'admin' })
    const one = { username: 'olga', role: 'read' }
    await done(hub.console('POST', '/api/operator/organizations/Own/members', one))
    const body = { mode: 'apply', reason: 'Left.' }
    await done(inOrg('Own')(people.amy, 'POST', '/members/olga/offboard', body))
    await refused(at(olga, 'POST', '/api/operator/organizations/Own/members', one), 409)
    await refused(inOrg('Own')(olga, 'GET', '/settings'), 403)
  })
})

describe('a change of many', () => {
  it('that names one person 10,000 times does not hold up the others', async () => {
    const { people } = await hub.organization('Many', { max: 'admin', may: 'read' })
    const rows = Array.from({ length: 10_000 }, () => ({ username: 'may', role: 'write' }))
    const planning = inOrg('Many')(people.max, 'POST', '/members/bulk', { mode: 'plan', rows })
    const began = performance.now()
    let [isOver, worst] = [false, 0]
    void planning.finally(() => {
      isOver = true
    })
    while (!isOver) {
      const asked = performance.now()
      await at(undefined, 'GET', '/api/organizations/Many/overview')
      worst = Math.max(worst, performance.now() - asked)
    }
    const { counts } = await done(planning)
    assert.equal(counts.error, 10_000)
    const tookMs = performance.now() - began
    assert.ok(worst < tookMs / 2, `one waited ${worst} of ${tookMs} ms`)
  })

  for (const [path, op] of [['/members/bulk', { op: 'invite' }] as const, ['/invitations/bulk', {}] as const])
    it(`takes no group of another organization and no odd key at ${path}`, async () => {
      const mark = path.slice(1, 4)
      const { people } = await hub.organization(`Mine-${mark}`, { [`mia-${mark}`]: 'admin' })
      const { people: theirs } = await hub.organization(`Their-${mark}`, { [`tom-${mark}`]: 'admin' })
      const tom = theirs[`tom-${mark}`]
      const { id } = await done(inOrg(`Their-${mark}`)(tom, 'POST', '/resource-groups', { name: 'theirs' }))
      const send = (body: unknown) => inOrg(`Mine-${mark}`)(people[`mia-${mark}`], 'POST', path, body)
      for (const group of [id, 'theirs', '__proto__', 'constructor']) {
        const groups = [{ id: group, role: 'admin' }]
        const { rows } = await done(send({ mode: 'plan', rows: [{ ...op, email: 'x@there.example', groups }] }))
        assert.match(rows[0].message, /No resource group/)
      }
      const row = `{"email":"x@there.example","__proto__":{"role":"admin"}}`
      await refused(send(`{"mode":"plan","rows":[${row}]}`), 400)
      for (const csv of ['__proto__,email\nadmin,x@there.example', 'email,constructor\nx@there.example,y', 'email\n"x'])
        await refused(send({ mode: 'plan', csv }), 400)
      const long = Array.from({ length: 10_001 }, (_, index) => `a${index}@there.example`)
      await refused(send({ mode: 'plan', csv: `email\n${long.join('\n')}` }), 413)
      await refused(send({ mode: 'plan', csv: 'x'.repeat(17_000_000) }), 413)
    })

  it('leaves an admin, whatever else goes on at the same moment', async () => {
    const { id, people } = await hub.organization('Last', { uma: 'admin', una: 'admin' })
    const act = inOrg('Last')
    const rows = [{ op: 'remove', username: 'una' }]
    const { planHash } = await done(act(people.uma, 'POST', '/members/bulk', { mode: 'plan', rows }))
    await Promise.all([
      act(people.uma, 'POST', '/members/bulk', { mode: 'apply', rows, planHash }),
      act(people.uma, 'POST', '/leave'),
      act(people.una, 'PUT', '/members/uma/role', { role: 'read' }),
      act(people.una, 'POST', '/members/uma/offboard', { mode: 'apply', reason: 'Left.', leaveAsIs: true }),
    ])
    const { rows: admins } = await sql`select from memberships where org_id = ${id} and role = 'admin'`.execute(hub.db)
    assert.equal(admins.length, 1)
  })
})
