import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
let ada: Person
let bob: Person
let cleo: Person
let dan: Person
let eve: Person
let stranger: Person

before(async () => {
  hub = await startTestHub()
  ada = await hub.person('ada')
  bob = await hub.person('bob')
  cleo = await hub.person('cleo')
  dan = await hub.person('dan')
  eve = await hub.person('eve')
  stranger = await hub.person('stranger')
})

const at = (org: string, more = '') => `/api/organizations/${org}/resource-groups${more}`
const lab = async (name: string) =>
  hub.organization(name, { ada: 'admin', bob: 'write', cleo: 'read', dan: 'no_access', eve: 'contributor' })
const make = (who: Person, org: string, body: unknown) => hub.request(who, 'POST', at(org), body)
const count = async (id: string) => (await hub.events(id)).length
const people = (body: { users: { name: string; role: string }[] }) =>
  Object.fromEntries(body.users.map(({ name, role }) => [name, role]))
const missing = 'ffffffffffffffffffffffff'

test('a group has the shape of the contract, and is found by id in any case and by name', async () => {
  const { id } = await lab('alpha')
  await hub.request(ada, 'POST', '/api/repos/create', { name: 'alpha/secret', private: true })
  const made = await make(ada, 'alpha', {
    name: 'Vision',
    description: 'eyes',
    users: [
      { user: 'bob', role: 'write' },
      { user: 'CLEO', role: 'admin' },
    ],
    repos: [{ type: 'model', name: 'Alpha/secret' }],
    colour: 'ignored',
  })
  assert.equal(made.status, 200)
  const repo = { type: 'model', name: 'alpha/secret', addedBy: 'ada', private: true }
  const person = (who: Person, role: string) => ({
    type: 'user',
    _id: who.id,
    fullname: who.name,
    name: who.name,
    avatarUrl: `${hub.running.publicUrl}/api/avatars/${who.name}`,
    role,
    addedBy: 'ada',
  })
  const { users, ...rest } = made.body
  assert.deepEqual(
    users.toSorted((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)),
    [person(bob, 'write'), person(cleo, 'admin')],
  )
  assert.deepEqual(rest, {
    id: made.body.id,
    name: 'Vision',
    description: 'eyes',
    autoJoin: { enabled: false },
    spendLimits: {},
    resources: [repo],
    repos: [repo],
  })
  for (const reference of [made.body.id, made.body.id.toUpperCase(), 'Vision', 'vISION']) {
    assert.deepEqual((await hub.request(bob, 'GET', at('Alpha', `/${reference}`))).body, made.body)
  }
  const event = (await hub.events(id)).at(-1)
  assert.equal(event?.type, 'resource_group.create')
  assert.deepEqual(event?.data.users, [
    { user: 'bob', role: 'write' },
    { user: 'cleo', role: 'admin' },
  ])
})

test('who sees groups: members their own, admins all, strangers none', async () => {
  await lab('beta')
  const { body: group } = await make(ada, 'beta', { name: 'Closed', users: [{ user: 'dan', role: 'read' }] })
  const one = at('beta', `/${group.id}`)
  const rows: [Person | undefined, string, number][] = [
    [ada, one, 200],
    [dan, one, 200],
    [bob, one, 404],
    [bob, at('beta', `/${missing}`), 404],
    [stranger, one, 403],
    [stranger, at('beta', `/${missing}`), 403],
    [undefined, one, 401],
    [ada, at('nowhere', `/${group.id}`), 404],
    [ada, at('alpha', `/${group.id}`), 404],
    [stranger, at('beta'), 403],
    [undefined, at('beta'), 401],
  ]
  for (const [who, path, status] of rows)
    assert.equal((await hub.request(who, 'GET', path)).status, status, `${who?.name} ${path}`)
  const listed = async (who: Person) =>
    (await hub.request(who, 'GET', at('beta'))).body.map(({ name }: { name: string }) => name)
  assert.deepEqual(await listed(ada), ['Closed'])
  assert.deepEqual(await listed(dan), ['Closed'])
  assert.deepEqual(await listed(bob), [])
  const summaries = await hub.request(dan, 'GET', '/api/organizations/beta/resource-group-summaries')
  assert.deepEqual(summaries.body, [
    {
      id: group.id,
      name: 'Closed',
      description: null,
      autoJoin: { enabled: false },
      numUsers: 1,
      numRepos: 0,
      storage: 0,
      role: 'read',
      managedBy: 'manual',
      may: ['group.view'],
    },
  ])
  const mayOf = async (who: Person) =>
    (await hub.request(who, 'GET', '/api/organizations/beta/resource-group-summaries')).body[0].may
  assert.ok((await mayOf(ada)).includes('group.delete'))
  await hub.request(ada, 'PATCH', at('beta', `/${group.id}/users/dan`), { role: 'admin' })
  const asGroupAdmin = await mayOf(dan)
  assert.ok(asGroupAdmin.includes('group.changeRole') && !asGroupAdmin.includes('group.delete'), asGroupAdmin)
})

test('a group that cannot be made is refused whole', async () => {
  const { id } = await lab('gamma')
  await hub.organization('other', { stranger: 'admin' })
  await hub.request(ada, 'POST', '/api/repos/create', { name: 'gamma/taken' })
  await make(ada, 'gamma', { name: 'First', repos: [{ type: 'model', name: 'taken' }] })
  const before = await count(id)
  const bobAdmin = [{ user: 'bob', role: 'admin' }]
  const rows: [Person, unknown, number, RegExp][] = [
    [bob, { name: 'Mine', users: bobAdmin }, 403, /You need the admin role/],
    [stranger, { name: 'Mine' }, 403, /You need/],
    [ada, { name: 'FIRST' }, 409, /First|FIRST/],
    [ada, { name: '0123456789abcdef01234567' }, 400, /^name:/],
    [ada, { name: '.' }, 400, /^name: must not be/],
    [ada, { name: '\uff0e.' }, 400, /^name: must not be/],
    [ada, { name: '  ' }, 400, /^name/],
    [ada, { name: 'a\u202eb' }, 400, /^name/],
    [ada, { users: [] }, 400, /^name/],
    [ada, { name: 'x', users: [{ user: 'nobody-here', role: 'read' }] }, 400, /users\[0\]\.user.*nobody-here/],
    [ada, { name: 'x', users: [{ user: 'bob', role: 'no_access' }] }, 400, /users/],
    [
      ada,
      {
        name: 'x',
        users: [
          { user: 'bob', role: 'read' },
          { user: 'BOB', role: 'write' },
        ],
      },
      400,
      /users\[1\]/,
    ],
    [
      ada,
      {
        name: 'x',
        users: [
          { user: 'bob', role: 'read' },
          { user: 'stranger', role: 'write' },
        ],
      },
      403,
      /stranger is not a member/,
    ],
    [
      ada,
      { name: 'x', repos: [{ type: 'model', name: 'taken' }] },
      409,
      /gamma\/taken is already in the resource group First/,
    ],
    [ada, { name: 'x', repos: [{ type: 'model', name: 'absent' }] }, 400, /repos\[0\]/],
    [ada, { name: 'x', repos: [{ type: 'dataset', name: 'taken' }] }, 400, /repos\[0\]/],
    [ada, { name: 'x', repos: [{ type: 'model', name: 'other/thing' }] }, 403, /other\/thing/],
    [ada, { name: 'x', autoJoin: { enabled: true, role: 'no_access' } }, 400, /autoJoin/],
  ]
  for (const [who, body, status, sentence] of rows) {
    const refused = await make(who, 'gamma', body)
    assert.equal(refused.status, status, JSON.stringify(body))
    assert.match(refused.body.error, sentence)
  }
  assert.equal(await count(id), before)
  assert.equal((await hub.request(ada, 'GET', at('gamma'))).body.length, 1)
  const twins = await Promise.all(Array.from({ length: 6 }, () => make(ada, 'gamma', { name: 'Twin' })))
  assert.deepEqual(twins.map(({ status }) => status).sort(), [200, 409, 409, 409, 409, 409])
})

test('who may create groups is a setting; over the API others than admins name an admin of it', async () => {
  await lab('delta')
  await hub.request(ada, 'PATCH', '/api/organizations/delta/settings', { groupCreation: 'contributor' })
  await hub.request(ada, 'POST', '/api/repos/create', { name: 'delta/thing' })
  assert.equal((await make(cleo, 'delta', { name: 'A', users: [{ user: 'cleo', role: 'admin' }] })).status, 403)
  const refused = await make(eve, 'delta', { name: 'A', users: [{ user: 'eve', role: 'write' }] })
  assert.equal(refused.status, 400)
  assert.match(refused.body.error, /^users/)
  const named = [{ user: 'eve', role: 'admin' }]
  assert.equal(
    (await make(eve, 'delta', { name: 'A', users: named, repos: [{ type: 'model', name: 'thing' }] })).status,
    403,
  )
  assert.deepEqual(people((await make(eve, 'delta', { name: 'A', users: named })).body), { eve: 'admin' })
  const signedIn = await hub.request(undefined, 'POST', '/api/login', { username: 'bob', password: bob.password })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const inBrowser = await hub.request(
    undefined,
    'POST',
    at('delta'),
    { name: 'B' },
    { cookie, 'sec-fetch-site': 'same-origin' },
  )
  assert.deepEqual(people(inBrowser.body), { bob: 'admin' })
})

test('people are added all together or not at all, and changed and removed by admins of the group', async () => {
  const { id } = await lab('epsilon')
  const { body: group } = await make(ada, 'epsilon', { name: 'Team', users: [{ user: 'bob', role: 'admin' }] })
  const users = (more = '') => at('epsilon', `/${group.id}/users${more}`)
  const add = (who: Person, list: unknown) => hub.request(who, 'POST', users(), { users: list })
  const before = await count(id)
  const refusals: [Person, unknown, number, RegExp][] = [
    [ada, [{ user: 'nobody-here', role: 'read' }], 400, /nobody-here/],
    [
      ada,
      [
        { user: 'cleo', role: 'read' },
        { user: 'stranger', role: 'read' },
      ],
      403,
      /stranger/,
    ],
    [
      ada,
      [
        { user: 'cleo', role: 'read' },
        { user: 'bob', role: 'read' },
      ],
      403,
      /bob is already in/,
    ],
    [ada, [{ user: 'cleo', role: 'owner' }], 400, /users/],
    [ada, [], 400, /users/],
    [ada, undefined, 400, /users/],
    [cleo, [{ user: 'cleo', role: 'admin' }], 404, /not found/],
    [stranger, [{ user: 'cleo', role: 'admin' }], 403, /members/],
  ]
  for (const [who, list, status, sentence] of refusals) {
    const refused = await add(who, list)
    assert.equal(refused.status, status, JSON.stringify(list))
    assert.match(refused.body.error, sentence)
  }
  assert.equal(await count(id), before)
  const added = await add(bob, [
    { name: 'cleo', role: 'read' },
    { user: 'dan', role: 'contributor' },
  ])
  assert.deepEqual(people(added.body), { bob: 'admin', cleo: 'read', dan: 'contributor' })
  assert.equal((await add(cleo, [{ user: 'eve', role: 'read' }])).status, 403)
  const change = (who: Person, user: string, role: unknown) => hub.request(who, 'PATCH', users(`/${user}`), { role })
  assert.equal(people((await change(bob, 'Cleo', 'admin')).body).cleo, 'admin')
  assert.equal((await change(cleo, 'bob', 'read')).status, 200)
  assert.equal((await change(cleo, 'bob', 'read')).status, 200)
  assert.equal((await change(bob, 'cleo', 'read')).status, 403)
  assert.equal((await change(ada, 'bob', 'no_access')).status, 400)
  assert.equal((await change(ada, 'eve', 'read')).status, 404)
  assert.equal((await change(ada, 'nobody-here', 'read')).status, 404)
  assert.deepEqual(people((await hub.request(cleo, 'DELETE', users('/bob'))).body), {
    cleo: 'admin',
    dan: 'contributor',
  })
  assert.equal((await hub.request(cleo, 'DELETE', users('/bob'))).status, 404)
  const events = (await hub.events(id)).slice(before)
  assert.deepEqual(
    events.map(({ type }) => type),
    [
      'resource_group.add_users',
      'resource_group.change_role',
      'resource_group.change_role',
      'resource_group.remove_users',
    ],
  )
  assert.equal(events[1]?.message, 'bob changed the role of cleo in the resource group Team from read to admin')
})

test('name, description and spend limits are kept; null takes a limit away', async () => {
  const { id } = await lab('iota')
  const { body: group } = await make(ada, 'iota', {
    name: 'Lab',
    users: [
      { user: 'eve', role: 'admin' },
      { user: 'bob', role: 'write' },
    ],
  })
  await make(ada, 'iota', { name: 'Taken' })
  const patch = (who: Person, body: unknown) => hub.request(who, 'PATCH', at('iota', '/lab'), body)
  const before = await count(id)
  assert.equal((await patch(bob, { name: 'Mine' })).status, 403)
  assert.equal((await patch(eve, { name: 'taken' })).status, 409)
  assert.equal((await patch(eve, { name: missing })).status, 400)
  assert.equal((await patch(eve, { spendLimits: { total: -1 } })).status, 400)
  assert.equal((await patch(eve, {})).status, 200)
  assert.equal((await patch(eve, { name: 'Lab', spendLimits: { jobs: null } })).status, 200)
  assert.equal(await count(id), before)
  assert.deepEqual((await patch(eve, { spendLimits: { total: 500, jobs: 20 }, description: 'd' })).body.spendLimits, {
    jobs: 20,
    total: 500,
  })
  assert.deepEqual((await patch(eve, { spendLimits: { total: null } })).body.spendLimits, { jobs: 20 })
  assert.equal((await patch(eve, { name: 'Lab two' })).body.id, group.id)
  assert.deepEqual(
    (await hub.events(id)).slice(before).map(({ type }) => type),
    Array(3).fill('resource_group.settings'),
  )
})

test('deleting a group tells first who will see what', async () => {
  const { id } = await lab('kappa')
  for (const name of ['kappa/open', 'kappa/closed'])
    await hub.request(ada, 'POST', '/api/repos/create', { name, private: name.endsWith('closed') })
  const repos = ['open', 'closed'].map((name) => ({ type: 'model', name }))
  const { body: group } = await make(ada, 'kappa', {
    name: 'G',
    repos,
    users: [
      { user: 'eve', role: 'admin' },
      { user: 'dan', role: 'read' },
    ],
  })
  const gone = (who: Person, more = '') => hub.request(who, 'DELETE', at('kappa', `/${group.id}${more}`))
  assert.equal((await gone(eve)).status, 403)
  assert.equal((await hub.request(cleo, 'GET', '/api/models/kappa/closed')).status, 404)
  const tried = await gone(ada, '?dryRun=true')
  assert.deepEqual(tried.body.becomesVisible, {
    repositories: [{ type: 'model', name: 'kappa/closed' }],
    repositoryCount: 1,
    people: 2,
  })
  assert.equal((await hub.request(ada, 'GET', at('kappa', `/${group.id}`))).body.repos.length, 2)
  assert.deepEqual((await gone(ada)).body, { success: true })
  assert.equal((await gone(ada)).status, 404)
  assert.equal((await hub.request(cleo, 'GET', '/api/models/kappa/closed')).status, 200)
  assert.equal((await hub.request(dan, 'GET', '/api/models/kappa/closed')).status, 404)
  assert.equal((await hub.events(id)).at(-1)?.type, 'resource_group.delete')
})

test('repositories are put into groups, moved and taken out by admins of the organization', async () => {
  const { id } = await lab('lambda')
  await hub.organization('elsewhere', { ada: 'admin' })
  await hub.request(ada, 'POST', '/api/repos/create', { name: 'lambda/net' })
  const { body: one } = await make(ada, 'lambda', {
    name: 'One',
    users: [
      { user: 'dan', role: 'read' },
      { user: 'eve', role: 'admin' },
    ],
  })
  const { body: two } = await make(ada, 'lambda', { name: 'Two' })
  const { body: foreign } = await make(ada, 'elsewhere', { name: 'Foreign' })
  const path = '/api/models/lambda/net/resource-group'
  const put = (who: Person, resourceGroupId: string | null, more = {}) =>
    hub.request(who, 'POST', path, { resourceGroupId, ...more })
  const shown = async (who: Person | undefined) => (await hub.request(who, 'GET', path)).body
  const before = await count(id)
  assert.equal(await shown(ada), null)
  assert.equal((await put(eve, one.id)).status, 403)
  assert.equal((await put(ada, foreign.id)).status, 403)
  assert.equal((await put(ada, missing)).status, 403)
  assert.equal((await put(ada, null)).status, 200)
  assert.equal(await count(id), before)
  assert.deepEqual((await put(ada, one.id.toUpperCase())).body, {
    name: 'lambda/net',
    type: 'model',
    private: false,
    addedBy: 'ada',
  })
  assert.deepEqual(await shown(dan), { id: one.id, name: 'One', numUsers: 2 })
  assert.equal(await shown(bob), null)
  assert.equal(await shown(undefined), null)
  assert.equal((await hub.request(bob, 'PUT', '/api/models/lambda/net/settings', { private: true })).status, 403)
  const refused = await put(ada, 'two')
  assert.equal(refused.status, 409)
  assert.match(refused.body.error, /lambda\/net is already in the resource group One/)
  assert.equal((await put(ada, 'two', { move: true })).status, 200)
  assert.equal((await shown(ada)).id, two.id)
  assert.equal((await put(ada, null)).status, 200)
  assert.equal(await shown(ada), null)
  const events = (await hub.events(id)).slice(before)
  assert.deepEqual(
    events.map(({ type }) => type),
    Array(3).fill('repo.update_resource_group'),
  )
})
