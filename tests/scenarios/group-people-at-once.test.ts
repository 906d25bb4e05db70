import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { wrongGroupSizes } from '../group-sizes.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
let ada: Person

before(async () => {
  hub = await startTestHub()
  ada = await hub.person('ada')
})

const at = (org: string, more = '') => `/api/organizations/${org}/resource-groups${more}`
const lab = async (name: string) =>
  hub.organization(name, { ada: 'admin', bob: 'write', cleo: 'read', dan: 'no_access', eve: 'contributor' })
const make = (who: Person, org: string, body: unknown) => hub.request(who, 'POST', at(org), body)
const count = async (id: string) => (await hub.events(id)).length
const people = (body: { users: { name: string; role: string }[] }) =>
  Object.fromEntries(body.users.map(({ name, role }) => [name, role]))

test('auto-join lets everybody in at once, newcomers too, and turning it off removes no one', async () => {
  const { id } = await lab('zeta')
  const { body: group } = await make(ada, 'zeta', { name: 'All', users: [{ user: 'cleo', role: 'write' }] })
  const configure = (autoJoin: unknown) => hub.request(ada, 'POST', at('zeta', `/${group.id}/settings`), { autoJoin })
  const now = async () => people((await hub.request(ada, 'GET', at('zeta', `/${group.id}`))).body)
  const before = await count(id)
  const on = await configure({ enabled: 'true', role: 'read', scope: 'read_plus' })
  assert.deepEqual(on.body.autoJoin, { enabled: true, role: 'read', scope: 'read_plus' })
  assert.deepEqual(people(on.body), { ada: 'read', bob: 'read', cleo: 'write', eve: 'read' })
  await configure({ enabled: true, role: 'read', scope: 'read_plus' })
  assert.equal(await count(id), before + 1)

  await hub.person('nina')
  await hub.console('POST', '/api/operator/organizations/zeta/members', { username: 'nina', role: 'read' })
  assert.equal((await now()).nina, 'read')
  await hub.request(ada, 'PUT', '/api/organizations/zeta/members/dan/role', { role: 'read' })
  assert.equal((await now()).dan, 'read')

  const users = at('zeta', `/${group.id}/users`)
  const removed = await hub.request(ada, 'DELETE', `${users}/bob`)
  assert.equal(removed.status, 403)
  assert.match(removed.body.error, /auto-join/)
  assert.equal(people((await hub.request(ada, 'PATCH', `${users}/bob`, { role: 'admin' })).body).bob, 'admin')
  assert.equal(people((await hub.request(ada, 'DELETE', `${users}/bob`)).body).bob, 'read')
  await configure({ enabled: true, role: 'contributor', scope: 'all' })
  assert.deepEqual(await now(), {
    ada: 'contributor',
    bob: 'contributor',
    cleo: 'write',
    dan: 'contributor',
    eve: 'contributor',
    nina: 'contributor',
  })
  assert.equal((await hub.request(ada, 'PATCH', `${users}/cleo`, { role: 'read' })).status, 403)

  const off = await configure({ enabled: false })
  assert.deepEqual(off.body.autoJoin, { enabled: false })
  assert.equal(Object.keys(people(off.body)).length, 6)
  assert.equal((await hub.request(ada, 'DELETE', `${users}/bob`)).status, 200)
  assert.equal(people((await hub.request(ada, 'PATCH', `${users}/cleo`, { role: 'read' })).body).cleo, 'read')
  await hub.person('otto')
  await hub.console('POST', '/api/operator/organizations/zeta/members', { username: 'otto', role: 'read' })
  assert.equal('otto' in (await now()), false)
})

test('no one slips between a back-fill and the rule it belongs to', async () => {
  await hub.organization('eta', { ada: 'admin' })
  const newcomers = Array.from({ length: 12 }, (_, index) => `newcomer-${index}`)
  for (const name of newcomers) await hub.person(name)
  const { body: group } = await make(ada, 'eta', { name: 'All' })
  const join = (username: string) =>
    hub.console('POST', '/api/operator/organizations/eta/members', { username, role: 'read' })
  const enable = hub.request(ada, 'POST', at('eta', `/${group.id}/settings`), {
    autoJoin: { enabled: true, role: 'read' },
  })
  const statuses = await Promise.all([
    ...newcomers.map(async (name) => (await join(name)).status),
    enable.then(({ status }) => status),
  ])
  assert.deepEqual(new Set(statuses), new Set([200, 201]))
  const { body } = await hub.request(ada, 'GET', at('eta', `/${group.id}`))
  assert.equal(body.users.length, 13)
})

test('many changes to one group at once are carried out or refused with a sentence', async () => {
  await lab('theta')
  const { body: group } = await make(ada, 'theta', { name: 'Busy' })
  const users = at('theta', `/${group.id}/users`)
  const [forth, back] = [
    ['bob', 'cleo', 'dan', 'eve'],
    ['eve', 'dan', 'cleo', 'bob'],
  ]
  const add = (names: string[]) =>
    hub.request(ada, 'POST', users, { users: names.map((user) => ({ user, role: 'read' })) })
  const added = await Promise.all([add(forth), add(back), add(forth), add(back)])
  assert.deepEqual(added.map(({ status }) => status).sort(), [200, 403, 403, 403])
  const mixed = await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const name = forth[index % 4]
      return index % 2
        ? hub.request(ada, 'DELETE', `${users}/${name}`)
        : hub.request(ada, 'PATCH', `${users}/${name}`, { role: 'write' })
    }),
  )
  assert.ok(mixed.every(({ status }) => status === 200 || status === 404))
})

test('a person who is in a group in two ways counts once, and people who come and go at once are all counted', async () => {
  const { id } = await lab('sigma')
  const { body: group } = await make(ada, 'sigma', { name: 'All', users: [{ user: 'cleo', role: 'write' }] })
  const size = async () => {
    const { body } = await hub.request(ada, 'GET', '/api/organizations/sigma/members')
    const shared = body.flatMap(
      (member: { resourceGroups: { id: string; numUsers: number }[] }) => member.resourceGroups,
    )
    return shared.find((one: { id: string }) => one.id === group.id)?.numUsers
  }
  assert.equal(await size(), 1)
  const autoJoin = { enabled: true, role: 'read', scope: 'all' }
  await hub.request(ada, 'POST', at('sigma', `/${group.id}/settings`), { autoJoin })
  assert.equal(await size(), 5)
  await hub.request(ada, 'POST', at('sigma', `/${group.id}/settings`), { autoJoin: { enabled: false } })
  assert.equal(await size(), 5)
  const users = at('sigma', `/${group.id}/users`)
  const { body: other } = await make(ada, 'sigma', { name: 'Other' })
  const replies = await Promise.all([
    hub.request(ada, 'DELETE', `${users}/bob`),
    hub.request(ada, 'DELETE', `${users}/cleo`),
    hub.request(ada, 'DELETE', '/api/organizations/sigma/members/dan'),
    hub.request(ada, 'POST', at('sigma', `/${other.id}/users`), { users: [{ user: 'bob', role: 'read' }] }),
    hub.request(ada, 'POST', at('sigma', `/${other.id}/users`), { users: [{ user: 'eve', role: 'read' }] }),
  ])
  assert.deepEqual(
    replies.map(({ status }) => status < 300),
    replies.map(() => true),
  )
  assert.equal(await size(), 2)
  assert.deepEqual(await wrongGroupSizes(hub.db), [])
  await hub.db.deleteFrom('group_roles').where('org_id', '=', id).execute()
  assert.deepEqual(await wrongGroupSizes(hub.db), [])
})
