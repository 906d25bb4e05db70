import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Person, startTestHub } from '../hub.ts'
import { acceptAs, connect } from '../scim.ts'

// SCIM groups, their links to resource groups, and the published rules about both.

const hub = await startTestHub()
const { people, id: acmeId } = await hub.organization('acme', {
  ada: 'admin',
  amy: 'admin',
  bea: 'read',
  cleo: 'no_access',
  dan: 'write',
})
const ada = people.ada as Person
const acme = await connect(hub, { admin: ada, org: 'acme' })
const ids: Record<string, string> = {}
const resource: Record<string, string> = {}

const groups = '/api/organizations/acme/resource-groups'
const newGroup = async (name: string, more: object = {}) => {
  const reply = await hub.request(ada, 'POST', groups, { name, ...more })
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  resource[name] = reply.body.id
}
const scimGroup = async (displayName: string, ...members: string[]) => {
  const body = { displayName, members: members.map((name) => ({ value: ids[name] })) }
  const reply = await acme.ask('POST', '/Groups', body)
  assert.equal(reply.status, 201, JSON.stringify(reply.body))
  ids[displayName] = reply.body.id
}
const link = (group: string, ...links: [resourceGroup: string, role: string][]) =>
  hub.request(ada, 'PUT', `/api/organizations/acme/settings/scim/groups/${ids[group]}/links`, {
    links: links.map(([resourceGroup, role]) => ({ resourceGroup, role })),
  })
/** The roles that people have in a resource group, as `bea read`. */
const rolesIn = async (name: string): Promise<string[]> => {
  const { body } = await hub.request(ada, 'GET', `${groups}/${resource[name]}`)
  return body.users.map(({ name: user, role }: { name: string; role: string }) => `${user} ${role}`).sort()
}
const member = (name: string) => ({ value: ids[name] })
const lastEvent = async () => (await hub.events(acmeId)).at(-1)

before(async () => {
  for (const name of ['bea', 'cleo', 'dan']) ids[name] = await acme.provision(`${name}@example.org`)
  for (const name of ['speech', 'vision', 'text']) await newGroup(name)
  await scimGroup('engineers', 'bea', 'cleo')
  await scimGroup('leads', 'bea')
})

describe('links', () => {
  test('are refused where people were added by hand, or auto-join is on', async () => {
    await newGroup('by hand', { users: [{ user: 'dan', role: 'read' }] })
    await newGroup('by rule', { autoJoin: { enabled: true, role: 'read', scope: 'all' } })
    for (const name of ['by hand', 'by rule']) {
      const reply = await link('engineers', [name, 'read'])
      assert.equal(reply.status, 409, JSON.stringify(reply.body))
    }
    assert.equal((await link('engineers', ['none', 'read'])).status, 400)
  })

  test('leave service accounts out: they stand in the way of none, and reach what they did', async () => {
    const where = { organization: 'acme', private: true, resourceGroupId: resource.text }
    assert.equal((await hub.request(ada, 'POST', '/api/repos/create', { name: 'inside', ...where })).status, 200)
    const accounts = '/api/organizations/acme/service-accounts'
    const { body: bot } = await hub.request(ada, 'POST', accounts, { name: 'nightly' })
    const scope = { repositories: [{ type: 'model', name: 'acme/inside' }], repoPermissions: ['repo.content.read'] }
    const { body: made } = await hub.request(ada, 'POST', `${accounts}/${bot._id}/tokens`, {
      displayName: 'a',
      ...scope,
    })
    const read = async () => (await hub.request(made.token, 'GET', '/api/models/acme/inside')).status
    assert.equal(await read(), 200)
    const linked = await link('engineers', ['text', 'read'])
    assert.equal(linked.status, 200, JSON.stringify(linked.body))
    assert.deepEqual(await rolesIn('text'), ['bea read', 'cleo read'])
    assert.equal(await read(), 200)
    await link('engineers')
    assert.equal(await read(), 200)
  })

  test('fill the resource group at once', async () => {
    const reply = await link('engineers', ['speech', 'contributor'], ['vision', 'read'])
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    assert.deepEqual([reply.body.gains, reply.body.loses, reply.body.changes], [2, 0, 0])
    assert.deepEqual(await rolesIn('speech'), ['bea contributor', 'cleo contributor'])
    assert.equal((await lastEvent())?.type, 'scim.group.link')
  })

  test('of two groups give the highest role, and leaving one keeps what the other gives', async () => {
    await link('leads', ['speech', 'admin'])
    assert.deepEqual(await rolesIn('speech'), ['bea admin', 'cleo contributor'])
    await acme.patch(`/Groups/${ids.leads}`, { op: 'Remove', path: 'members', value: [member('bea')] })
    assert.deepEqual(await rolesIn('speech'), ['bea contributor', 'cleo contributor'])
    await acme.patch(`/Groups/${ids.leads}`, { op: 'Add', path: 'members', value: [member('bea')] })
  })

  test('change everyone when their role changes', async () => {
    const preview = await hub.request(
      ada,
      'PUT',
      `/api/organizations/acme/settings/scim/groups/${ids.engineers}/links?dryRun=true`,
      { links: [{ resourceGroup: 'speech', role: 'write' }] },
    )
    assert.deepEqual([preview.body.changes, preview.body.loses], [1, 2], JSON.stringify(preview.body))
    assert.deepEqual(await rolesIn('vision'), ['bea read', 'cleo read'])
    await link('engineers', ['speech', 'write'], ['vision', 'read'])
    assert.deepEqual(await rolesIn('speech'), ['bea admin', 'cleo write'])
  })

  test('leave no manual edits of people, and no auto-join', async () => {
    const path = `${groups}/${resource.speech}`
    const rows: [method: string, path: string, body: object | undefined, status: number][] = [
      ['POST', `${path}/users`, { users: [{ user: 'dan', role: 'read' }] }, 403],
      ['PATCH', `${path}/users/bea`, { role: 'read' }, 403],
      ['DELETE', `${path}/users/bea`, undefined, 403],
      ['POST', `${path}/settings`, { autoJoin: { enabled: true, role: 'read', scope: 'all' } }, 409],
      [
        'PUT',
        '/api/organizations/acme/members/dan/role',
        { role: 'write', resourceGroups: [{ id: resource.speech, role: 'read' }] },
        403,
      ],
    ]
    for (const [method, to, body, status] of rows) {
      const reply = await hub.request(ada, method, to, body)
      assert.equal(reply.status, status, `${method} ${to} ${JSON.stringify(reply.body)}`)
    }
  })

  test('end, and the resource group is managed by hand again', async () => {
    await scimGroup('readers', 'dan')
    await link('readers', ['text', 'read'])
    assert.deepEqual(await rolesIn('text'), ['dan read'])
    await link('readers')
    assert.deepEqual(await rolesIn('text'), [])
    const added = await hub.request(ada, 'POST', `${groups}/${resource.text}/users`, {
      users: [{ user: 'dan', role: 'read' }],
    })
    assert.equal(added.status, 200, JSON.stringify(added.body))
  })
})

describe('people', () => {
  test('who are deactivated lose what groups give, and get it back', async () => {
    await acme.patch(`/Users/${ids.cleo}`, { op: 'replace', path: 'active', value: false })
    assert.deepEqual(await rolesIn('speech'), ['bea admin'])
    assert.equal((await acme.ask('GET', `/Groups/${ids.engineers}`)).body.members.length, 2)
    await acme.patch(`/Users/${ids.cleo}`, { op: 'replace', path: 'active', value: true })
    assert.deepEqual(await rolesIn('speech'), ['bea admin', 'cleo write'])
  })

  test('who accept an invitation get the roles of their groups', async () => {
    const eve = await hub.person('eve')
    ids.eve = await acme.provision(eve.email)
    await acme.patch(`/Groups/${ids.engineers}`, { op: 'add', path: 'members', value: [member('eve')] })
    assert.deepEqual(await rolesIn('vision'), ['bea read', 'cleo read'])
    await acceptAs(hub, eve)
    assert.deepEqual(await rolesIn('vision'), ['bea read', 'cleo read', 'eve read'])
  })
})

describe('PATCH of a group', () => {
  const membersOf = async () =>
    (await acme.ask('GET', `/Groups/${ids.mixed}`)).body.members.map(
      ({ value }: { value: string }) => Object.keys(ids).find((name) => ids[name] === value) ?? value,
    )
  before(async () => scimGroup('mixed', 'bea'))

  const rows: [what: string, operations: () => object[], members: string[]][] = [
    ['adds one, as Entra ID', () => [{ op: 'Add', path: 'members', value: [member('cleo')] }], ['bea', 'cleo']],
    [
      'adds without a path, as Okta',
      () => [{ op: 'add', value: { members: [member('dan')] } }],
      ['bea', 'cleo', 'dan'],
    ],
    ['adds who is there', () => [{ op: 'add', path: 'members', value: [member('dan')] }], ['bea', 'cleo', 'dan']],
    ['removes by a filter, as Okta', () => [{ op: 'remove', path: `members[value eq "${ids.cleo}"]` }], ['bea', 'dan']],
    ['removes by value', () => [{ op: 'Remove', path: 'members', value: [member('bea')] }], ['dan']],
    ['removes who is not there', () => [{ op: 'remove', path: 'members', value: [member('bea')] }], ['dan']],
    [
      'takes its operations in their order',
      () => [
        { op: 'remove', path: 'members' },
        { op: 'add', path: 'members', value: [member('bea'), member('cleo')] },
        { op: 'remove', path: 'members', value: [member('cleo')] },
      ],
      ['bea'],
    ],
    [
      'replaces all',
      () => [{ op: 'replace', path: 'members', value: [member('dan'), member('cleo')] }],
      ['cleo', 'dan'],
    ],
    ['empties', () => [{ op: 'remove', path: 'members' }], []],
  ]
  for (const [what, operations, members] of rows)
    test(what, async () => {
      const reply = await acme.patch(`/Groups/${ids.mixed}`, ...operations())
      assert.equal(reply.status, 204, JSON.stringify(reply.body))
      assert.deepEqual((await membersOf()).sort(), members)
    })

  test('answers with the group when attributes are asked for', async () => {
    const path = `/Groups/${ids.mixed}?attributes=displayName`
    const reply = await acme.patch(path, { op: 'replace', value: { id: ids.mixed, displayName: 'Mixed' } })
    assert.deepEqual([reply.status, reply.body.displayName, reply.body.members], [200, 'Mixed', undefined])
  })

  test('PUT replaces the group, and excludedAttributes leaves members out', async () => {
    const body = { displayName: 'Mixed', externalId: 'x', members: [member('bea')] }
    const reply = await acme.ask('PUT', `/Groups/${ids.mixed}?excludedAttributes=members`, body)
    assert.deepEqual([reply.status, reply.body.externalId, reply.body.members], [200, 'x', undefined])
    assert.deepEqual(await membersOf(), ['bea'])
    const found = await acme.ask('GET', `/Groups?filter=${encodeURIComponent(`members.value eq "${ids.bea}"`)}`)
    assert.equal(found.body.totalResults, 3)
  })

  const bad: [what: string, method: string, path: () => string, body: object, status: number, scimType?: string][] = [
    ['a second name', 'POST', () => '/Groups', { displayName: 'ENGINEERS' }, 409, 'uniqueness'],
    ['no name', 'POST', () => '/Groups', {}, 400, 'invalidValue'],
    [
      'an unknown member',
      'POST',
      () => '/Groups',
      { displayName: 'x', members: [{ value: '0'.repeat(24) }] },
      400,
      'invalidValue',
    ],
    ['a member that is no ID', 'POST', () => '/Groups', { displayName: 'x', members: ['me'] }, 400, 'invalidValue'],
    [
      'a filter on other things',
      'PATCH',
      () => `/Groups/${ids.mixed}`,
      { Operations: [{ op: 'remove', path: 'members[display eq "x"]' }] },
      400,
      'invalidFilter',
    ],
    ['an unknown group', 'PATCH', () => `/Groups/${'0'.repeat(24)}`, { Operations: [{ op: 'add' }] }, 404],
  ]
  for (const [what, method, path, body, status, scimType] of bad)
    test(`with ${what} is ${status}`, async () => {
      const reply = await acme.ask(method, path(), body)
      assert.deepEqual([reply.status, reply.body.scimType], [status, scimType], JSON.stringify(reply.body))
    })
})

describe('deleting a group', () => {
  test('acts as everyone leaving', async () => {
    assert.equal((await acme.ask('DELETE', `/Groups/${ids.leads}`)).status, 204)
    assert.deepEqual(await rolesIn('speech'), ['bea write', 'cleo write', 'eve write'])
    assert.equal((await lastEvent())?.type, 'scim.group.delete')
  })
})

describe('the mass-change breaker', () => {
  const held = async () => (await hub.request(ada, 'GET', '/api/organizations/acme/settings/scim/held')).body

  test('holds removals beyond the limit, and an approved one is carried out', async () => {
    hub.moveClock(11 * 60_000)
    const many = Array.from({ length: 7 }, (_, n) => `mass${n}`)
    for (const name of many) {
      await hub.person(name)
      await hub.console('POST', '/api/operator/organizations/acme/members', { username: name, role: 'read' })
      ids[name] = await acme.provision(`${name}@example.org`)
    }
    const off = (name: string) => acme.patch(`/Users/${ids[name]}`, { op: 'replace', path: 'active', value: false })
    for (const name of many.slice(0, 5)) assert.equal((await off(name)).status, 200, name)
    // Twice the same waits once
    for (let turn = 0; turn < 2; turn++) {
      const reply = await off('mass5')
      assert.deepEqual([reply.status, reply.headers.has('retry-after')], [503, true], JSON.stringify(reply.body))
    }
    assert.equal((await acme.ask('GET', `/Users/${ids.mass5}`)).body.active, true)
    const told = (await hub.mails()).filter(({ subject }) => subject === 'Removals in acme are waiting for approval')
    assert.deepEqual(told.map(({ recipient }) => recipient).sort(), ['ada@example.org', 'amy@example.org'])
    // Additions go on
    assert.equal(
      (await acme.patch(`/Groups/${ids.mixed}`, { op: 'add', path: 'members', value: [member('mass6')] })).status,
      204,
    )
    const [waiting, ...others] = await held()
    assert.deepEqual([waiting.state, waiting.people, others.length], ['waiting', 1, 0])
    const approved = await hub.request(ada, 'POST', `/api/organizations/acme/settings/scim/held/${waiting.id}/approve`)
    assert.deepEqual([approved.status, approved.body.state], [200, 'approved'], JSON.stringify(approved.body))
    assert.equal((await acme.ask('GET', `/Users/${ids.mass5}`)).body.active, false)
    assert.equal((await off('mass5')).status, 200)
  })

  test('a denied one is refused, also after the window', async () => {
    const off = () => acme.ask('DELETE', `/Users/${ids.mass6}`)
    assert.equal((await off()).status, 503)
    const [waiting] = await held()
    const denied = await hub.request(ada, 'POST', `/api/organizations/acme/settings/scim/held/${waiting.id}/refuse`)
    assert.equal(denied.body.state, 'denied')
    hub.moveClock(60 * 60_000)
    assert.equal((await off()).status, 403)
    hub.moveClock(80 * 3_600_000)
    assert.equal((await off()).status, 204)
  })

  test('counts the people of a linked group that is emptied', async () => {
    await newGroup('crowd')
    await scimGroup('crowd', 'bea', 'cleo', 'dan', 'eve', 'mass0', 'mass1')
    for (const name of ['mass0', 'mass1', 'mass2'])
      await acme.patch(`/Users/${ids[name]}`, { op: 'replace', path: 'active', value: true })
    await acme.patch(`/Groups/${ids.crowd}`, { op: 'add', path: 'members', value: [member('mass2')] })
    await link('crowd', ['crowd', 'read'])
    assert.equal((await rolesIn('crowd')).length, 7)
    assert.equal((await acme.ask('DELETE', `/Groups/${ids.crowd}`)).status, 503)
    assert.equal((await acme.patch(`/Groups/${ids.crowd}`, { op: 'remove', path: 'members' })).status, 503)
    assert.equal((await rolesIn('crowd')).length, 7)
    assert.equal((await held()).filter(({ state }: { state: string }) => state === 'waiting').length, 2)
  })

  test('what was asked, and what became of it, is kept for admins', async () => {
    const path = '/api/organizations/acme/settings/scim/operations'
    const { body } = await hub.request(ada, 'GET', `${path}?errors=true`)
    assert.deepEqual(
      [body[0].method, body[0].resource, body[0].subject, body[0].status],
      ['PATCH', 'Group', 'crowd', 503],
    )
    assert.equal((await hub.request(people.bea, 'GET', path)).status, 403)
  })
})
