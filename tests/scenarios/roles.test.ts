import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { OrgRole } from '../../api/index.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
let orgId: string
let people: Record<string, Person>
let groups: Record<string, string>
let foreignGroup: string

const org = 'Lab'
const unknownId = 'ffffffffffffffffffffffff'

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization(org, {
    ada: 'admin',
    bea: 'admin',
    wil: 'write',
    wes: 'write',
    con: 'contributor',
    rae: 'read',
    rob: 'read',
    noa: 'no_access',
  })
  orgId = made.id
  people = { ...made.people, sam: await hub.person('sam') }
  groups = {}
  for (const name of ['nlp', 'vision', 'speech']) groups[name] = await createGroup(org, 'ada', { name })
  await ok('ada', 'POST', `/resource-groups/${groups.nlp}/users`, { users: [{ user: 'wil', role: 'admin' }] })
  const other = await hub.organization('Other', { otto: 'admin' })
  people.otto = other.people.otto as Person
  foreignGroup = await createGroup('Other', 'otto', { name: 'elsewhere' })
})

async function createGroup(where: string, who: string, body: object): Promise<string> {
  const made = await hub.request(people[who], 'POST', `/api/organizations/${where}/resource-groups`, body)
  assert.equal(made.status, 200, JSON.stringify(made.body))
  return made.body.id
}

function call(who: string | undefined, method: string, path: string, body?: unknown) {
  return hub.request(who === undefined ? undefined : people[who], method, `/api/organizations/${org}${path}`, body)
}

async function ok(who: string, method: string, path: string, body?: unknown) {
  const reply = await call(who, method, path, body)
  assert.ok(reply.status < 300, `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
  return reply.body
}

const put = (who: string | undefined, whom: string, body: unknown) => call(who, 'PUT', `/members/${whom}/role`, body)

/** What an organization's members and their groups are, to see that a refusal changed nothing. */
async function state() {
  const members = await hub.db
    .selectFrom('memberships')
    .select(['user_id', 'role', 'expires_at'])
    .where('org_id', '=', orgId)
    .orderBy('user_id')
    .execute()
  const rows = await hub.db
    .selectFrom('group_roles')
    .select(['group_id', 'user_id', 'role', 'source'])
    .where('org_id', '=', orgId)
    .orderBy('group_id')
    .orderBy('user_id')
    .orderBy('source')
    .execute()
  return JSON.stringify({ members, rows, events: (await hub.events(orgId)).length })
}

async function set(whom: string, role: OrgRole, resourceGroups: object[] = []) {
  await ok('ada', 'PUT', `/members/${whom}/role`, { role, resourceGroups })
}

async function groupsOf(whom: string): Promise<Record<string, string>> {
  const record = await ok('ada', 'GET', `/members/${whom}`)
  return Object.fromEntries(record.groups.map((group: { name: string; role: string }) => [group.name, group.role]))
}

describe('PUT role', () => {
  it('sets the role, answers as published and writes one event', async () => {
    const before = (await hub.events(orgId)).length
    const reply = await put('ada', 'rae', {
      role: 'contributor',
      resourceGroups: [
        { id: groups.nlp, role: 'write' },
        { id: groups.vision?.toUpperCase(), role: 'read' },
      ],
    })
    assert.deepEqual([reply.status, reply.body], [200, { success: true }])
    assert.deepEqual(await groupsOf('rae'), { nlp: 'write', vision: 'read' })
    const events = (await hub.events(orgId)).slice(before)
    assert.equal(events.length, 1)
    assert.equal(events[0]?.type, 'org.change_role')
    assert.equal(
      events[0]?.message,
      'ada changed the role of rae from read to contributor and the roles of rae in nlp, vision',
    )
    assert.deepEqual(events[0]?.data.before, { role: 'read', expiresAt: null, resourceGroups: [] })
    assert.deepEqual((events[0]?.data.after as { resourceGroups: object[] } | undefined)?.resourceGroups, [
      { id: groups.nlp, name: 'nlp', role: 'write', source: 'manual' },
      { id: groups.vision, name: 'vision', role: 'read', source: 'manual' },
    ])
  })

  it('takes names of groups, in any case, and names and roles without regard to case of people', async () => {
    await ok('ada', 'PUT', `/members/RAE/role`, { role: 'read', resourceGroups: [{ id: 'NLP', role: 'read' }] })
    assert.deepEqual(await groupsOf('rae'), { nlp: 'read' })
  })

  it('writes nothing when nothing changes, and takes a person out of every manual group when none is named', async () => {
    await set('rae', 'read', [{ id: 'nlp', role: 'read' }])
    const before = await state()
    await set('rae', 'read', [{ id: groups.nlp as string, role: 'read' }])
    assert.equal(await state(), before)
    await ok('ada', 'PUT', '/members/rae/role', { role: 'read' })
    assert.deepEqual(await groupsOf('rae'), {})
  })

  const cases: [string, string | undefined, string, unknown, number][] = [
    ['nobody signed in', undefined, 'rae', { role: 'write' }, 401],
    ['a stranger', 'sam', 'rae', { role: 'write' }, 403],
    ['an admin of another organization', 'otto', 'rae', { role: 'write' }, 403],
    ['a read member', 'rob', 'rae', { role: 'write' }, 403],
    ['a contributor, with a bad body', 'con', 'rae', { role: 'king' }, 403],
    ['a no_access member', 'noa', 'rae', { role: 'write' }, 403],
    ['no such account', 'ada', 'nobody-here', { role: 'write' }, 404],
    ['no member', 'ada', 'sam', { role: 'write' }, 404],
    ['no member, with a bad body', 'ada', 'sam', { role: 'king' }, 404],
    ['an unknown role', 'ada', 'rae', { role: 'king' }, 400],
    ['no role', 'ada', 'rae', {}, 400],
    ['null as role', 'ada', 'rae', { role: null }, 400],
    ['null as groups', 'ada', 'rae', { role: 'read', resourceGroups: null }, 400],
    ['no_access in a group', 'ada', 'rae', { role: 'read', resourceGroups: [{ id: 'nlp', role: 'no_access' }] }, 400],
    ['an unknown group name', 'ada', 'rae', { role: 'read', resourceGroups: [{ id: 'nope', role: 'read' }] }, 400],
    ['a malformed id', 'ada', 'rae', { role: 'read', resourceGroups: [{ id: '123', role: 'read' }] }, 400],
    ['no JSON', 'ada', 'rae', '{"role":', 400],
    ['a write member lifting to admin', 'wil', 'rae', { role: 'admin' }, 403],
    ['a write member acting on another', 'wil', 'wes', { role: 'read' }, 403],
    ['a write member acting on another, changing nothing', 'wil', 'wes', { role: 'write' }, 403],
    ['a write member acting on an admin', 'wil', 'bea', { role: 'read' }, 403],
    ['a write member acting on oneself', 'wil', 'wil', { role: 'admin' }, 403],
    [
      'a write member changing a group of others',
      'wil',
      'rae',
      { role: 'read', resourceGroups: [{ id: 'vision', role: 'read' }] },
      403,
    ],
  ]
  for (const [what, who, whom, body, status] of cases) {
    it(`refuses: ${what}`, async () => {
      const before = await state()
      const reply = await put(who, whom, body)
      assert.equal(reply.status, status, JSON.stringify(reply.body))
      assert.equal(await state(), before)
    })
  }

  it('refuses a group given twice, also once by id and once by name', async () => {
    for (const [one, two] of [
      [groups.nlp, groups.nlp],
      [groups.nlp, 'nlp'],
      ['nlp', 'NLP'],
      [unknownId, unknownId.toUpperCase()],
      [foreignGroup, foreignGroup],
    ]) {
      const reply = await put('ada', 'rae', {
        role: 'read',
        resourceGroups: [
          { id: one, role: 'read' },
          { id: two, role: 'write' },
        ],
      })
      assert.equal(reply.status, 400, `${one} ${two}`)
    }
  })

  it('answers alike for a group of another organization and one that is not there', async () => {
    const replies = []
    for (const id of [foreignGroup, unknownId])
      replies.push(await put('ada', 'rae', { role: 'read', resourceGroups: [{ id, role: 'read' }] }))
    assert.deepEqual(
      replies.map(({ status }) => status),
      [403, 403],
    )
    assert.equal(replies[0]?.body.error.replace(foreignGroup, ''), replies[1]?.body.error.replace(unknownId, ''))
  })

  it('ignores unknown fields', async () => {
    assert.equal((await put('ada', 'rae', { role: 'read', color: 'blue' })).status, 200)
  })

  it('needs a token that may write, and a plan that has it', async () => {
    const reader = await hub.readToken(people.ada as Person)
    assert.equal(
      (await hub.request(reader, 'PUT', `/api/organizations/${org}/members/rae/role`, { role: 'write' })).status,
      403,
    )
    await hub.console('PATCH', `/api/operator/organizations/${org}`, { plan: 'free' })
    assert.equal((await put('ada', 'rae', { role: 'write' })).status, 402)
    assert.equal((await put('ada', 'nobody-here', { role: 'write' })).status, 402)
    await hub.console('PATCH', `/api/operator/organizations/${org}`, { plan: 'plus' })
  })
})

describe('no escalation', () => {
  it('lets a write member act below write, and grant write', async () => {
    await set('rob', 'read')
    assert.equal((await put('wil', 'rob', { role: 'write' })).status, 200)
    assert.equal((await put('wil', 'rob', { role: 'read' })).status, 403, 'now rob is no longer below write')
    await set('rob', 'read')
  })

  it('lets a write member change groups they are admin of, and repeat rows of others', async () => {
    await set('rob', 'read', [{ id: 'vision', role: 'write' }])
    assert.equal(
      (
        await put('wil', 'rob', {
          role: 'contributor',
          resourceGroups: [
            { id: 'vision', role: 'write' },
            { id: 'nlp', role: 'admin' },
          ],
        })
      ).status,
      200,
    )
    assert.deepEqual(await groupsOf('rob'), { nlp: 'admin', vision: 'write' })
  })

  it('refuses a write member to add, change or leave out a row elsewhere, naming the group', async () => {
    await set('rob', 'read', [{ id: 'vision', role: 'write' }])
    const before = await state()
    const attempts = [
      { role: 'read' },
      { role: 'read', resourceGroups: [{ id: 'vision', role: 'admin' }] },
      { role: 'read', resourceGroups: [{ id: 'nlp', role: 'read' }] },
    ]
    for (const body of attempts) {
      const reply = await put('wil', 'rob', body)
      assert.equal(reply.status, 403)
      assert.match(reply.body.error, /vision/)
    }
    assert.match(
      (
        await put('wil', 'rob', {
          role: 'read',
          resourceGroups: [
            { id: 'vision', role: 'write' },
            { id: 'speech', role: 'read' },
          ],
        })
      ).body.error,
      /speech/,
    )
    assert.equal(await state(), before)
  })

  it('follows the setting who may change roles', async () => {
    await ok('ada', 'PATCH', '/settings', { memberManagement: 'admin' })
    assert.equal((await put('wil', 'rae', { role: 'read' })).status, 403)
    await ok('ada', 'PATCH', '/settings', { memberManagement: 'write' })
    assert.equal((await put('wil', 'rae', { role: 'read' })).status, 200)
  })

  it('asks again inside: a right taken away while a change waits is gone', async () => {
    await set('rob', 'read')
    const userId = (people.rob as Person).id
    const locked = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const holding = hub.db.transaction().execute(async (tx) => {
      await tx
        .selectFrom('memberships')
        .select('id')
        .where('org_id', '=', orgId)
        .where('user_id', '=', userId)
        .forUpdate()
        .execute()
      locked.resolve()
      await released.promise
    })
    await locked.promise
    const waiting = put('wil', 'rob', { role: 'write' })
    await new Promise((resolve) => setTimeout(resolve, 200))
    await set('wil', 'read')
    released.resolve()
    await holding
    assert.equal((await waiting).status, 403)
    await set('wil', 'write', [{ id: 'nlp', role: 'admin' }])
  })

  it('keeps order among changes of one person at once', async () => {
    await set('rob', 'read')
    const before = (await hub.events(orgId)).length
    const roles = ['contributor', 'write', 'no_access', 'read', 'contributor', 'write', 'no_access', 'write'] as const
    const replies = await Promise.all(
      roles.map((role, index) =>
        put('ada', 'rob', { role, resourceGroups: index % 2 ? [{ id: 'nlp', role: 'read' }] : [] }),
      ),
    )
    assert.deepEqual(
      replies.map(({ status }) => status),
      roles.map(() => 200),
    )
    const events = (await hub.events(orgId)).slice(before)
    let last: unknown = { role: 'read', expiresAt: null, resourceGroups: [] }
    for (const event of events) {
      assert.deepEqual(event.data.before, last)
      last = event.data.after
    }
    assert.deepEqual((last as { role: string }).role, (await ok('ada', 'GET', '/members/rob')).role)
    await set('rob', 'read')
  })
})

describe('sources of group roles', () => {
  it('changes rows made by hand only; the highest role counts', async () => {
    const row = {
      group_id: groups.vision as string,
      org_id: orgId,
      user_id: (people.rob as Person).id,
      source: 'sso' as const,
      role: 'contributor' as const,
      added_at: new Date(),
    }
    await hub.db.insertInto('group_roles').values(row).execute()
    await set('rob', 'read', [{ id: 'vision', role: 'read' }])
    assert.deepEqual(await groupsOf('rob'), { vision: 'contributor' })
    await set('rob', 'read', [{ id: 'vision', role: 'admin' }])
    assert.deepEqual(await groupsOf('rob'), { vision: 'admin' })
    await set('rob', 'read')
    const record = await ok('ada', 'GET', '/members/rob')
    assert.deepEqual(
      record.groups.map((group: { sources: object[] }) => group.sources.length),
      [1],
    )
    const before = await state()
    await set('rob', 'read', [{ id: 'vision', role: 'contributor' }])
    assert.equal(await state(), before, 'repeating what another source gives adds no row')
    await hub.db.deleteFrom('group_roles').where('source', '=', 'sso').execute()
  })

  it('refuses changes in a group that the identity provider manages', async () => {
    const id = await createGroup(org, 'ada', { name: 'provisioned' })
    await hub.db.updateTable('resource_groups').set({ managed_by: 'scim' }).where('id', '=', id).execute()
    const reply = await put('ada', 'rob', { role: 'read', resourceGroups: [{ id, role: 'read' }] })
    assert.equal(reply.status, 403)
    assert.match(reply.body.error, /provisioned/)
    const row = {
      group_id: id,
      org_id: orgId,
      user_id: (people.rob as Person).id,
      source: 'scim' as const,
      role: 'read' as const,
      added_at: new Date(),
    }
    await hub.db.insertInto('group_roles').values(row).execute()
    await set('rob', 'contributor', [{ id, role: 'read' }])
    assert.deepEqual(await groupsOf('rob'), { provisioned: 'read' })
    await ok('ada', 'DELETE', `/resource-groups/${id}`)
    await set('rob', 'read')
  })

  it('lets somebody who rises from no_access join the groups for read and more', async () => {
    const id = await createGroup(org, 'ada', {
      name: 'readers',
      autoJoin: { enabled: true, role: 'read', scope: 'read_plus' },
    })
    assert.deepEqual(await groupsOf('noa'), {})
    await set('noa', 'contributor')
    assert.deepEqual(await groupsOf('noa'), { readers: 'read' })
    const event = (await hub.events(orgId)).at(-1)
    assert.deepEqual((event?.data.after as { resourceGroups: object[] } | undefined)?.resourceGroups, [
      { id, name: 'readers', role: 'read', source: 'auto_join' },
    ])
    await set('noa', 'no_access')
    assert.deepEqual(await groupsOf('noa'), { readers: 'read' }, 'nobody is removed')
    await ok('ada', 'DELETE', `/resource-groups/${id}`)
  })
})

describe('PATCH member', () => {
  const patch = (who: string, whom: string, body: unknown, query = '') =>
    call(who, 'PATCH', `/members/${whom}${query}`, body)

  it('changes only what is named and tells before and after', async () => {
    await set('rob', 'read', [
      { id: 'nlp', role: 'read' },
      { id: 'vision', role: 'read' },
    ])
    const reply = await patch('ada', 'rob', {
      groups: {
        mode: 'merge',
        roles: [
          { id: 'nlp', role: 'write' },
          { id: 'vision', role: null },
          { id: 'speech', role: 'read' },
        ],
      },
    })
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    const names = (record: { groups: { name: string; role: string }[] }) =>
      record.groups.map(({ name, role }) => `${name} ${role}`)
    assert.deepEqual([reply.body.before.role, names(reply.body.before)], ['read', ['nlp read', 'vision read']])
    assert.deepEqual([reply.body.after.role, names(reply.body.after)], ['read', ['nlp write', 'speech read']])
    await patch('ada', 'rob', { role: 'contributor' })
    assert.deepEqual(await groupsOf('rob'), { nlp: 'write', speech: 'read' })
    const replaced = await patch('ada', 'rob', {
      groups: { mode: 'replace', roles: [{ id: 'vision', role: 'admin' }] },
    })
    assert.deepEqual(names(replaced.body.after), ['vision admin'])
    await set('rob', 'read')
  })

  it('changes nothing in a dry run, but tells what would be', async () => {
    const before = await state()
    const reply = await patch('ada', 'rob', { role: 'write' }, '?dryRun=true')
    assert.deepEqual([reply.body.dryRun, reply.body.before.role, reply.body.after.role], [true, 'read', 'write'])
    assert.equal(await state(), before)
  })

  it('sets and takes back an end of the membership, with an event of its own', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const reply = await patch('ada', 'rob', { expiresAt })
    assert.equal(reply.body.after.expiresAt, expiresAt)
    assert.equal((await hub.events(orgId)).at(-1)?.type, 'org.update_member')
    assert.equal((await patch('ada', 'rob', { expiresAt: null })).body.after.expiresAt, null)
  })

  const bad: [string, unknown, number][] = [
    ['an end in the past', { expiresAt: '2001-01-01T00:00:00.000Z' }, 400],
    ['an end that is no time', { expiresAt: 'tomorrow' }, 400],
    ['an unknown field', { rolle: 'read' }, 400],
    ['an unknown group', { groups: { mode: 'merge', roles: [{ id: 'nope', role: 'read' }] } }, 400],
    ['a foreign group', { groups: { mode: 'merge', roles: [{ id: unknownId, role: 'read' }] } }, 403],
    ['an unknown mode', { groups: { mode: 'add', roles: [] } }, 400],
  ]
  for (const [what, body, status] of bad) {
    it(`refuses: ${what}`, async () => {
      const before = await state()
      assert.equal((await patch('ada', 'rob', body)).status, status)
      assert.equal(await state(), before)
    })
  }

  it('holds a write member to the same rules', async () => {
    const before = await state()
    assert.equal((await patch('wil', 'rob', { role: 'admin' })).status, 403)
    assert.equal((await patch('wil', 'wes', { expiresAt: null })).status, 403)
    assert.equal(
      (await patch('wil', 'rob', { groups: { mode: 'merge', roles: [{ id: 'speech', role: 'read' }] } })).status,
      403,
    )
    assert.equal(await state(), before)
    assert.equal(
      (await patch('wil', 'rob', { groups: { mode: 'merge', roles: [{ id: 'nlp', role: 'read' }] } })).status,
      200,
    )
    await set('rob', 'read')
  })
})
