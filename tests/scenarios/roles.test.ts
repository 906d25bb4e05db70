import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Person } from '../hub.ts'
import { startLab, unknownId } from '../lab.ts'
import { untilWaiting } from '../waiting.ts'

const { hub, org, orgId, people, groups, foreignGroup, createGroup, call, ok, state, set, groupsOf } = await startLab()

const put = (who: string | undefined, whom: string, body: unknown) => call(who, 'PUT', `/members/${whom}/role`, body)

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
    ['no one signed in', undefined, 'rae', { role: 'write' }, 401],
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
    const userId = (people.wil as Person).id
    const locked = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const holding = hub.db.transaction().execute(async (tx) => {
      await tx
        .updateTable('memberships')
        .set({ role: 'read' })
        .where('org_id', '=', orgId)
        .where('user_id', '=', userId)
        .execute()
      locked.resolve()
      await released.promise
    })
    await locked.promise
    const waiting = put('wil', 'rob', { role: 'write' })
    assert.ok(await untilWaiting(hub.db, waiting))
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

  it('lets someone who rises from no_access join the groups for read and more', async () => {
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
    assert.deepEqual(await groupsOf('noa'), { readers: 'read' }, 'no one is removed')
    await ok('ada', 'DELETE', `/resource-groups/${id}`)
  })
})
