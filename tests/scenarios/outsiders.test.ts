import assert from 'node:assert/strict'
import { test } from 'node:test'
import { now, secondsFromNow } from '../../server/kernel/clock.ts'
import { type Person, type Reply, startTestHub, testPassword } from '../hub.ts'
import { fails as refused, told } from '../refusals.ts'
import { stateOf } from '../state.ts'
import { signedIn } from '../visitor.ts'

const hub = await startTestHub()
await hub.person('opal', { operator: true })
const { people } = await hub.organization('acme', {
  ada: 'admin',
  amy: 'admin',
  wes: 'write',
  rea: 'read',
  nora: 'no_access',
})
const { ada, amy, wes, rea, nora } = people as Record<string, Person>
const { people: rivals } = await hub.organization('rival', { rick: 'admin', ray: 'read' })
const { rick } = rivals as Record<string, Person>
const acme = '/api/organizations/acme'
const group = (
  await hub.request(ada, 'POST', `${acme}/resource-groups`, { name: 'Speech', users: [{ user: 'nora', role: 'read' }] })
).body
const rivalGroup = (await hub.request(rick, 'POST', '/api/organizations/rival/resource-groups', { name: 'Voices' }))
  .body
for (const name of ['secret', 'grouped'])
  await hub.request(ada, 'POST', '/api/repos/create', { name, organization: 'acme', private: true })
await hub.request(ada, 'POST', '/api/models/acme/grouped/resource-group', { resourceGroupId: group.id })
await hub.request(ada, 'POST', '/api/repos/create', { name: 'open', organization: 'acme' })

type Who = Person | string | undefined

/** Tries something, and makes sure that it is refused and nothing came of it. */
function fails(status: number | number[], who: Who, method: string, path: string, body?: unknown): Promise<Reply> {
  return refused(hub, status, { who, method, path, body })
}

test('what is someone else’s answers as if it were not there', async () => {
  const own = await signedIn(hub, 'ada')
  const other = await signedIn(hub, 'rick')
  const token = (await own.send('POST', '/api/settings/tokens', { name: 'mine', role: 'read' })).body.id
  const email = (await own.send('POST', '/api/settings/emails', { address: 'ada-two@example.org' })).body.id
  const session = (await own.send('GET', '/api/settings/sessions')).body.find(
    (row: { current: boolean }) => row.current,
  ).id
  const rows: [string, string, unknown?][] = [
    ['DELETE', `/api/settings/tokens/${token}`],
    ['PATCH', `/api/settings/tokens/${token}`, { name: 'theirs' }],
    ['POST', `/api/settings/tokens/${token}/rotate`, {}],
    ['DELETE', `/api/settings/sessions/${session}`],
    ['DELETE', `/api/settings/emails/${email}`],
    ['POST', `/api/settings/emails/${email}/primary`, {}],
    ['POST', `/api/settings/emails/${email}/resend`, {}],
  ]
  for (const [method, path, body] of rows) {
    const before = await stateOf(hub.db)
    const [there, missing] = [
      await other.send(method, path, body),
      await other.send(method, path.replace(/[0-9a-f]{24}/, '0'.repeat(24)), body),
    ]
    assert.equal(there.status, 404, path)
    assert.deepEqual(told(there), told(missing), path)
    assert.deepEqual(await stateOf(hub.db), before)
  }
})

test('groups, people and repositories of another organization cannot be reached through one’s own', async () => {
  const own = '/api/organizations/rival'
  for (const [method, path, body] of [
    ['GET', `${own}/resource-groups/${group.id}`],
    ['PATCH', `${own}/resource-groups/${group.id}`, { name: 'taken over' }],
    ['DELETE', `${own}/resource-groups/${group.id}`],
    ['POST', `${own}/resource-groups/${group.id}/users`, { users: [{ user: 'rick', role: 'admin' }] }],
    [
      'POST',
      `${own}/resource-groups/${group.id}/settings`,
      { autoJoin: { enabled: true, role: 'admin', scope: 'all' } },
    ],
    ['PATCH', `${own}/resource-groups/${group.id}/users/nora`, { role: 'admin' }],
    ['DELETE', `${own}/resource-groups/${group.id}/users/nora`],
    ['PUT', `${own}/members/rea/role`, { role: 'admin' }],
    ['PATCH', `${own}/members/rea`, { role: 'admin' }],
    ['DELETE', `${own}/members/rea`],
    ['GET', `${own}/members/rea`],
  ] as const) {
    await fails(404, rick, method, path, body)
  }
  await fails(403, rick, 'PUT', `${own}/members/ray/role`, {
    role: 'read',
    resourceGroups: [{ id: group.id, role: 'admin' }],
  })
  await fails(403, rick, 'PATCH', `${own}/members/ray`, {
    groups: { mode: 'merge', roles: [{ id: group.id, role: 'admin' }] },
  })
  await fails([400, 403, 404], rick, 'POST', `${own}/resource-groups`, {
    name: 'Grab',
    repos: [{ type: 'model', name: 'acme/secret' }],
  })
  await fails(403, rick, 'POST', '/api/repos/create', { name: 'x', organization: 'rival', resourceGroupId: group.id })
  await fails(403, rick, 'POST', '/api/repos/create', {
    name: 'x',
    organization: 'acme',
    resourceGroupId: rivalGroup.id,
  })
  await fails(404, rick, 'POST', '/api/repos/move', { fromRepo: 'acme/secret', toRepo: 'rival/secret' })
  await fails(403, rick, 'POST', '/api/repos/move', { fromRepo: 'acme/open', toRepo: 'rival/open' })
  await fails(403, ada, 'POST', '/api/repos/move', { fromRepo: 'acme/open', toRepo: 'rival/open' })
  await fails([403, 404], ada, 'POST', '/api/models/acme/open/resource-group', { resourceGroupId: rivalGroup.id })
  await fails(400, ada, 'PUT', `${acme}/successors`, { successors: ['rick'] })
})

test('a private repository answers like one that is not there, at every door', async () => {
  const doors: [string, (name: string) => string, ((name: string) => unknown)?][] = [
    ['GET', (name) => `/api/models/acme/${name}`],
    ['GET', (name) => `/api/models/acme/${name}/resource-group`],
    ['POST', (name) => `/api/models/acme/${name}/resource-group`, () => ({ resourceGroupId: null })],
    ['PUT', (name) => `/api/models/acme/${name}/settings`, () => ({ private: false })],
    ['PUT', (name) => `/api/models/acme/${name}/settings`, () => ({ private: 'x' })],
    ['DELETE', () => '/api/repos/delete', (name) => ({ name: `acme/${name}` })],
    ['DELETE', () => '/api/repos/delete', (name) => ({ name, organization: 'acme' })],
    ['POST', () => '/api/repos/move', (name) => ({ fromRepo: `acme/${name}`, toRepo: 'rick/mine' })],
    ['GET', (name) => `/api/models?search=${name}`],
    ['GET', (name) => `/api/models?author=acme&search=${name}`],
    ['GET', (name) => `/api/quicksearch?q=${name}`],
    ['HEAD', (name) => `/api/models/acme/${name}`],
  ]
  const outsiders: [string, Who][] = [
    ['a stranger', rick],
    ['nobody', undefined],
    ['a member with no_access', nora],
  ]
  for (const [whom, who] of outsiders) {
    for (const [method, path, body] of doors) {
      const ask = (name: string) => hub.request(who, method, path(name), body?.(name))
      assert.deepEqual(told(await ask('secret')), told(await ask('absent')), `${method} ${path('secret')} by ${whom}`)
    }
  }
  for (const who of [wes, rea])
    assert.deepEqual(
      told(await hub.request(who, 'GET', '/api/models/acme/grouped')),
      told(await hub.request(who, 'GET', '/api/models/acme/absent')),
      'members outside its group',
    )
})

test('a group answers outsiders like one that is not there', async () => {
  const doors: [string, string, unknown?][] = [
    ['GET', ''],
    ['PATCH', '', { name: 'x' }],
    ['DELETE', ''],
    ['POST', '/users', { users: [{ user: 'rick', role: 'admin' }] }],
    ['POST', '/settings', { autoJoin: { enabled: true, role: 'admin' } }],
    ['PATCH', '/users/nora', { role: 'admin' }],
    ['DELETE', '/users/nora'],
  ]
  const outsiders: [Who, number][] = [
    [rick, 403],
    [undefined, 401],
    [rea, 404],
    [wes, 404],
  ]
  for (const [who, status] of outsiders) {
    for (const [method, tail, body] of doors) {
      const ask = (id: string) => fails(status, who, method, `${acme}/resource-groups/${id}${tail}`, body)
      const missing = told(await ask('0'.repeat(24)))
      for (const id of [group.id, 'Speech', rivalGroup.id, 'Voices'])
        assert.deepEqual(told(await ask(id)), missing, `${method} ${tail} ${id}`)
    }
  }
})

test('no one lifts themselves, or others above themselves', async () => {
  const role = (who: Person | undefined, name: string, body: unknown) =>
    fails(403, who, 'PUT', `${acme}/members/${name}/role`, body)
  await role(wes, 'wes', { role: 'admin' })
  await role(wes, 'rea', { role: 'admin' })
  await role(wes, 'ada', { role: 'read' })
  await role(wes, 'rea', { role: 'read', resourceGroups: [{ id: group.id, role: 'read' }] })
  await role(wes, 'nora', { role: 'no_access' })
  await role(rea, 'rea', { role: 'write' })
  await role(nora, 'nora', { role: 'read' })
  await fails(403, wes, 'PATCH', `${acme}/members/wes`, { role: 'admin' })
  await fails(403, wes, 'PATCH', `${acme}/members/rea`, {
    groups: { mode: 'merge', roles: [{ id: 'Speech', role: 'admin' }] },
  })
  await fails(403, wes, 'PATCH', `${acme}/members/ada`, { expiresAt: '2099-01-01T00:00:00Z' })
  await fails(403, wes, 'DELETE', `${acme}/members/rea`)
  await fails(403, wes, 'PATCH', `${acme}/settings`, { defaultRole: 'write' })
  await fails(403, wes, 'POST', '/api/operator/people', { username: 'made-up', email: 'm@example.org' })
  await fails(403, ada, 'PATCH', '/api/operator/people/ada', { operator: true })
  await fails(400, undefined, 'POST', '/api/signup', {
    username: 'mass',
    email: 'mass@example.org',
    password: testPassword,
    isOperator: true,
    operator: true,
  })
})

// What only members see or do, one of each kind.
const inside: [string, string, unknown?][] = [
  ['GET', `${acme}/settings`],
  ['GET', `${acme}/resource-groups`],
  ['GET', `${acme}/resource-groups/Speech`],
  ['GET', `${acme}/resource-group-summaries`],
  ['GET', `${acme}/members-summary`],
  ['GET', `${acme}/members/ada`],
  ['GET', `${acme}/successors`],
  ['GET', `${acme}/audit-log`],
  ['GET', `${acme}/audit-log/export`],
  ['GET', `${acme}/settings/repositories`],
  ['GET', '/api/models/acme/secret'],
  ['GET', '/api/models/acme/grouped'],
  ['GET', '/api/models/acme/grouped/resource-group'],
  ['PUT', '/api/models/acme/secret/settings', { private: false }],
  ['POST', '/api/repos/create', { name: 'by-outsider', organization: 'acme' }],
  ['PUT', `${acme}/members/rea/role`, { role: 'write' }],
  ['PATCH', acme, { details: 'mine' }],
  ['DELETE', acme, { confirm: 'acme' }],
]

async function isOutside(who: Who, statuses: number[], what: string): Promise<void> {
  for (const [method, path, body] of inside) {
    const reply = await fails(statuses, who, method, path, body)
    assert.ok(!JSON.stringify(reply.body).includes('Speech'), `${what}: ${method} ${path}`)
  }
  const listed = await hub.request(who, 'GET', '/api/models?author=acme&limit=100')
  if (listed.status === 200)
    assert.deepEqual(
      listed.body.map(({ id }: { id: string }) => id),
      ['acme/open'],
      what,
    )
  const members = await hub.request(who, 'GET', `${acme}/members`)
  if (members.status === 200)
    assert.ok(
      members.body.every((member: object) => !('role' in member) && !('resourceGroups' in member)),
      what,
    )
}

async function asAdmin(name: string): Promise<Person> {
  const person = await hub.person(name)
  await hub.console('POST', '/api/operator/organizations/acme/members', { username: name, role: 'admin' })
  assert.equal((await hub.request(person, 'GET', `${acme}/settings`)).status, 200)
  return person
}

test('who was removed is outside at once, with token and session', async () => {
  const former = await asAdmin('former')
  const browser = await signedIn(hub, 'former')
  await hub.request(ada, 'DELETE', `${acme}/members/former`)
  await isOutside(former, [403, 404], 'former member')
  assert.equal((await browser.send('GET', `${acme}/settings`)).status, 403)
})

test('who is suspended is outside everywhere', async () => {
  const held = await asAdmin('held')
  await hub.console('PATCH', '/api/operator/people/held', { suspended: true })
  await isOutside(held, [401], 'suspended')
})

test('a membership that ran out is none', async () => {
  const guest = await asAdmin('guest')
  await hub.db
    .updateTable('memberships')
    .set({ expires_at: secondsFromNow(-1) })
    .where('user_id', '=', guest.id)
    .execute()
  await isOutside(guest, [403, 404], 'expired')
})

test('a token that ran out opens nothing; one that may read changes nothing', async () => {
  const token = await hub.readToken(ada as Person)
  for (const [method, path, body] of inside.filter(([method]) => method !== 'GET')) {
    const reply = await fails(403, token, method, path, body)
    const code = method === 'DELETE' && path === acme ? 'SessionRequired' : 'WriteTokenRequired'
    assert.equal(reply.headers.get('x-error-code'), code, `${method} ${path}`)
  }
  await hub.db.updateTable('access_tokens').set({ expires_at: now() }).where('name', '=', 'read').execute()
  await isOutside(token, [401], 'expired token')
})

test('who lacks 2FA that is required reaches nothing private until enrolled, but may leave', async () => {
  const bare = await asAdmin('bare')
  const { people: strict } = { people: { ada, amy } }
  for (const person of Object.values(strict))
    await hub.db
      .updateTable('users')
      .set({ totp_enabled_at: now() })
      .where('id', '=', person?.id ?? '')
      .execute()
  assert.equal((await hub.request(ada, 'PATCH', `${acme}/settings`, { require2fa: true })).status, 200)
  await isOutside(bare, [401, 403, 404], 'without 2FA')
  const { body } = await hub.request(bare, 'GET', `${acme}/settings`)
  assert.match(body.error, /two-factor authentication/)
  await hub.db.updateTable('users').set({ totp_enabled_at: now() }).where('id', '=', bare.id).execute()
  assert.equal((await hub.request(bare, 'GET', `${acme}/settings`)).status, 200, 'enrolled')
  await hub.db.updateTable('users').set({ totp_enabled_at: null }).where('id', '=', bare.id).execute()
  assert.equal((await hub.request(bare, 'POST', `${acme}/leave`, {})).status, 200, 'leaving is possible')
  assert.equal((await hub.request(ada, 'PATCH', `${acme}/settings`, { require2fa: false })).status, 200)
})

test('a deleted organization is gone for everybody, its repositories too', async () => {
  const { people: last } = await hub.organization('doomed', { dora: 'admin', dave: 'read' })
  const dora = last.dora as Person
  await hub.request(dora, 'POST', '/api/repos/create', { name: 'left', organization: 'doomed' })
  const browser = await signedIn(hub, 'dora')
  assert.equal((await browser.send('DELETE', '/api/organizations/doomed', { confirm: 'doomed' })).status, 200)
  const own = '/api/organizations/doomed'
  for (const who of [dora, last.dave, rick, await hub.person('opal')]) {
    for (const [method, path, body] of [
      ['GET', own],
      ['GET', `${own}/overview`],
      ['GET', `${own}/members`],
      ['GET', `${own}/settings`],
      ['GET', `${own}/audit-log`],
      ['GET', `${own}/resource-groups`],
      ['PATCH', own, { details: 'x' }],
      ['POST', `${own}/leave`, {}],
      ['GET', '/api/avatars/doomed'],
      ['GET', '/api/models/doomed/left'],
    ] as const) {
      await fails(404, who, method, path, body)
    }
    await fails(404, who, 'POST', '/api/repos/create', { name: 'late', organization: 'doomed' })
  }
  await fails(404, rick, 'POST', `${own}/restore`, {})
  await fails(404, last.dave, 'POST', `${own}/restore`, {})
  await fails(409, rick, 'POST', '/api/organizations', { name: 'Doomed' })
})
