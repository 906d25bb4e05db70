import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { signedIn, type Visitor } from '../visitor.ts'

let hub: TestHub
let operator: Person
let desk: Visitor
before(async () => {
  hub = await startTestHub()
  operator = await hub.person('opal', { operator: true })
  desk = await signedIn(hub, 'opal')
})

function call(who: Person | undefined, method: string, org: string, path: string, body?: unknown) {
  return hub.request(who, method, `/api/organizations/${org}${path}`, body)
}
const suspend = (name: string, suspended = true) => desk.send('PATCH', `/api/operator/people/${name}`, { suspended })
const mailsTo = async (name: string, subject: RegExp) =>
  (await hub.mails()).filter((mail) => mail.recipient === `${name}@example.org` && subject.test(mail.subject)).length

describe('successors', () => {
  let orgId: string
  let people: Record<string, Person>
  before(async () => {
    ;({ id: orgId, people } = await hub.organization('Line', {
      ada: 'admin',
      wil: 'write',
      rae: 'read',
      noa: 'no_access',
    }))
  })

  it('are set in order by admins, and seen by readers', async () => {
    const reply = await call(people.ada, 'PUT', 'Line', '/successors', { successors: ['noa', 'WIL'] })
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    assert.deepEqual(
      reply.body.successors.map(({ user, role, usable }: Record<string, unknown>) => [user, role, usable]),
      [
        ['noa', 'no_access', true],
        ['wil', 'write', true],
      ],
    )
    assert.equal(reply.body.health, 'at_risk')
    const event = (await hub.events(orgId)).at(-1)
    assert.equal(event?.type, 'org.update_successors')
    assert.deepEqual(event?.data, { ...event?.data, before: { successors: [] }, after: { successors: ['noa', 'wil'] } })
    assert.deepEqual((await call(people.rae, 'GET', 'Line', '/successors')).body, reply.body)
    const events = (await hub.events(orgId)).length
    assert.equal((await call(people.ada, 'PUT', 'Line', '/successors', { successors: ['noa', 'wil'] })).status, 200)
    assert.equal((await hub.events(orgId)).length, events, 'the same again is no event')
  })

  const refused: [string, string, unknown, number][] = [
    ['a read member', 'rae', { successors: [] }, 403],
    ['a write member', 'wil', { successors: [] }, 403],
    ['someone who is not a member', 'ada', { successors: ['opal'] }, 400],
    ['someone twice', 'ada', { successors: ['wil', 'Wil'] }, 400],
    ['more than 20', 'ada', { successors: Array.from({ length: 21 }, () => 'wil') }, 400],
    ['null', 'ada', { successors: null }, 400],
    ['unknown fields', 'ada', { successors: [], order: 1 }, 400],
  ]
  for (const [what, who, body, status] of refused) {
    it(`refuse ${what}`, async () => {
      assert.equal((await call(people[who], 'PUT', 'Line', '/successors', body)).status, status)
      assert.equal((await call(people.ada, 'GET', 'Line', '/successors')).body.successors.length, 2)
    })
  }

  it('are no one’s business below read', async () => {
    assert.equal((await call(people.noa, 'GET', 'Line', '/successors')).status, 403)
    assert.equal((await call(operator, 'GET', 'Line', '/successors')).status, 403)
  })

  it('lose their place with their membership', async () => {
    await call(people.wil, 'POST', 'Line', '/leave')
    assert.deepEqual(
      (await call(people.ada, 'GET', 'Line', '/successors')).body.successors.map(({ user }: { user: string }) => user),
      ['noa'],
    )
  })
})

describe('suspension', () => {
  it('makes the first usable successor admin, in the same moment', async () => {
    const { id, people } = await hub.organization('Fall', { ana: 'admin', uli: 'write', bob: 'no_access', cyd: 'read' })
    await hub.request(people.ana, 'POST', '/api/organizations/Fall/resource-groups', {
      name: 'all',
      autoJoin: { enabled: true, role: 'read', scope: 'read_plus' },
    })
    await call(people.ana, 'PUT', 'Fall', '/successors', { successors: ['uli', 'bob', 'cyd'] })
    await hub.db.updateTable('emails').set({ verified_at: null }).where('address', '=', 'uli@example.org').execute()
    const reply = await suspend('ana')
    assert.deepEqual([reply.status, reply.body.state], [200, 'suspended'])
    assert.equal((await hub.request(people.ana, 'GET', '/api/whoami-v2')).status, 401, 'access ends at once')
    const record = (await call(people.bob, 'GET', 'Fall', '/members/bob')).body
    assert.deepEqual(
      [record.role, record.source, record.groups.map(({ name }: { name: string }) => name)],
      ['admin', 'manual', ['all']],
    )
    const event = (await hub.events(id)).at(-1)
    assert.equal(event?.type, 'org.successor_promoted')
    assert.equal(event?.author.user, 'opal')
    assert.equal((await hub.events('instance')).at(-1)?.type, 'operator.update_person')
    assert.equal(await mailsTo('bob', /You are now an admin of Fall/), 1)
    assert.equal((await call(people.bob, 'GET', 'Fall', '/successors')).body.health, 'at_risk')
  })

  it('leaves an organization without an admin where no one can follow, and tells', async () => {
    const { id, people } = await hub.organization('Gone', { gus: 'admin', hal: 'admin', ivy: 'read' })
    await hub.db.updateTable('emails').set({ verified_at: null }).where('address', '=', 'hal@example.org').execute()
    const events = (await hub.events('instance')).length
    await suspend('gus')
    assert.deepEqual((await hub.events(id)).at(-1)?.type, 'org.adminless')
    assert.equal((await hub.events('instance')).length, events + 1)
    assert.equal(await mailsTo('opal', /Gone has no active admins/), 1)
    assert.ok((await organization('Gone')).adminless_since)
    const health = async () => (await call(people.ivy, 'GET', 'Gone', '/successors')).body.health
    assert.equal(await health(), 'adminless')
    assert.equal((await suspend('gus', false)).body.state, 'active')
    assert.equal((await organization('Gone')).adminless_since, null)
    assert.equal(await health(), 'at_risk')
    assert.equal((await hub.events(id)).at(-1)?.type, 'org.admin_restored')
  })

  it('ends the lack of an admin also when another door brings one', async () => {
    const { people } = await hub.organization('Back', { jon: 'admin', kit: 'admin', liv: 'read' })
    const expiresAt = new Date(Date.now() + 1e9).toISOString()
    assert.equal((await call(people.jon, 'PATCH', 'Back', '/members/kit', { expiresAt })).status, 200)
    await suspend('jon')
    assert.ok((await organization('Back')).adminless_since)
    assert.equal((await call(people.kit, 'PUT', 'Back', '/members/liv/role', { role: 'admin' })).status, 200)
    assert.equal((await organization('Back')).adminless_since, null)
  })

  it('warns who is left alone', async () => {
    await hub.organization('Two', { mo: 'admin', ned: 'admin' })
    await suspend('mo')
    assert.equal(await mailsTo('ned', /only admin of Two/), 1)
  })

  it('changes nothing when it is so already, and keeps the person listed', async () => {
    const { people } = await hub.organization('Same', { ola: 'admin', per: 'read' })
    await suspend('per')
    const events = (await hub.events('instance')).length
    assert.equal((await suspend('per')).status, 200)
    assert.equal((await hub.events('instance')).length, events)
    const list = (await call(people.ola, 'GET', 'Same', '/members')).body
    assert.deepEqual(
      list.map(({ user }: { user: string }) => user),
      ['ola', 'per'],
    )
  })

  it('does not reach oneself, the last operator, or people who are not there', async () => {
    assert.equal((await suspend('opal')).status, 403)
    assert.equal((await hub.console('PATCH', '/api/operator/people/opal', { suspended: true })).status, 409)
    assert.equal((await hub.console('PATCH', '/api/operator/people/opal', { operator: false })).status, 409)
    assert.equal((await suspend('nobody-here')).status, 404)
    const { people } = await hub.organization('Plain', { quin: 'admin', ray: 'read' })
    assert.equal((await hub.request(people.quin, 'PATCH', '/api/operator/people/ray', { suspended: true })).status, 403)
    assert.equal((await hub.request(operator, 'GET', '/api/whoami-v2')).status, 200)
  })

  it('never leaves an organization without anybody when it meets a resignation', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await hub.organization(`Meet${round}`, {
        [`a${round}a`]: 'admin',
        [`b${round}b`]: 'admin',
        [`c${round}c`]: 'read',
      })
      const [one, two] = [await hub.person(`a${round}a`), await hub.person(`b${round}b`)]
      await call(one, 'PUT', `Meet${round}`, '/successors', { successors: [`c${round}c`] })
      const [suspended, left] = await Promise.all([suspend(one.name), call(two, 'POST', `Meet${round}`, '/leave')])
      assert.equal(suspended.status, 200)
      assert.ok([200, 403].includes(left.status))
      const usable = await hub.db
        .selectFrom('memberships')
        .innerJoin('users', 'users.id', 'memberships.user_id')
        .select('users.name')
        .where('org_id', '=', id)
        .where('role', '=', 'admin')
        .where('users.state', '=', 'active')
        .execute()
      assert.equal(usable.length, 1, `round ${round}: ${JSON.stringify(usable)} ${left.status}`)
    }
  })
})

async function organization(name: string) {
  return hub.db.selectFrom('organizations').selectAll().where('name', '=', name).executeTakeFirstOrThrow()
}
