import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { systemAuthor } from '../../server/access/author.ts'
import { applyChanges } from '../../server/members/membership/membership.ts'
import type { Change } from '../../server/members/membership/membership-changes.ts'
import { memberEvents } from '../../server/members/membership/membership-events.ts'
import { type Db, passKey, transaction } from '../../server/store/database.ts'
import { type Person, startTestHub } from '../hub.ts'
import { stateOf } from '../state.ts'

const hub = await startTestHub()
const { id: orgId, people } = await hub.organization('Lab', { ada: 'admin', rob: 'read', sue: 'read' })
const ada = people.ada as Person
const at = (method: string, path: string, body?: unknown) =>
  hub.request(ada, method, `/api/organizations/Lab${path}`, body)

async function makeGroup(name: string, managedBy: 'manual' | 'scim' = 'manual'): Promise<string> {
  const { id } = (await at('POST', '/resource-groups', { name })).body
  await sql`update resource_groups set managed_by = ${managedBy} where id = ${id}`.execute(hub.db)
  return id
}

async function rolesOf(name: string): Promise<[group: string, source: string, role: string][]> {
  const { rows } = await sql<{ group: string; source: string; role: string }>`
    select g.name "group", r.source, r.role from group_roles r join resource_groups g on g.id = r.group_id
    where r.user_id = ${people[name]?.id} order by g.name, r.source`.execute(hub.db)
  return rows.map(({ group, source, role }) => [group, source, role])
}

describe('one judge', () => {
  it('refuses a change with the same words, by whatever route it comes', async () => {
    const managed = await makeGroup('Managed', 'scim')
    const outsider = await hub.person('outsider')
    const sentence = 'The identity provider manages who is in the resource group Managed.'
    const group = { id: managed, role: 'read' }
    const before = await stateOf(hub.db)
    const refusals = [
      await at('PUT', '/members/rob/role', { role: 'read', resourceGroups: [group] }),
      await at('PATCH', '/members/rob', { groups: { mode: 'merge', roles: [group] } }),
      await at('POST', `/resource-groups/${managed}/users`, { users: [{ user: 'rob', role: 'read' }] }),
      await at('POST', '/invitations', { username: outsider.name, groups: [group] }),
    ].map(({ status, body }) => [status, body.error])
    assert.deepEqual(refusals, Array(4).fill([403, sentence]))
    const rows = [{ username: 'rob', groups: [group] }]
    const csv = 'username,groups\nrob,Managed:read'
    const invited = [{ username: outsider.name, groups: [group] }]
    const verdicts = [
      await at('POST', '/members/bulk', { mode: 'plan', rows }),
      await at('POST', '/members/bulk', { mode: 'plan', csv }),
      await at('POST', '/members/bulk', { mode: 'plan', rows: [{ op: 'invite', ...invited[0] }] }),
      await at('POST', '/invitations/bulk', { mode: 'plan', rows: invited }),
    ].map(({ body }) => body.rows[0].message)
    assert.deepEqual(verdicts, Array(4).fill(sentence))
    assert.deepEqual(await stateOf(hub.db), before)
  })
})

describe('a source', () => {
  it('writes only its own rows', async () => {
    const [one, two] = [await makeGroup('One'), await makeGroup('Two')]
    const both = [
      { id: one, role: 'read' },
      { id: two, role: 'write' },
    ]
    await at('PUT', '/members/rob/role', { role: 'read', resourceGroups: both })
    const named = { id: one, index: 0, name: 'One', managedBy: 'manual', callerRole: null, role: 'admin' } as const
    const person = { id: people.rob?.id ?? '', name: 'rob' }
    const mapped = (...groups: (typeof named)[]): Change => {
      return { kind: 'update', person, groups: { mode: 'replace', source: 'sso', named: groups } }
    }
    const apply = (change: Change) =>
      transaction(hub.db, (tx) => applyChanges(tx, systemAuthor, { orgId, changes: [change], events: null }))
    await apply(mapped(named))
    assert.deepEqual(await rolesOf('rob'), [
      ['One', 'manual', 'read'],
      ['One', 'sso', 'admin'],
      ['Two', 'manual', 'write'],
    ])
    await at('PUT', '/members/rob/role', { role: 'read', resourceGroups: [] })
    assert.deepEqual(await rolesOf('rob'), [['One', 'sso', 'admin']], 'a person takes away what people gave')
    await apply(mapped())
    assert.deepEqual(await rolesOf('rob'), [])
  })
})

describe('changes of many', () => {
  it('take as many statements for two hundred as for ten', async () => {
    const counts: number[] = []
    for (const size of [10, 200]) {
      const { id, members } = await crowd(size)
      const group = {
        id: members.groupId,
        index: 0,
        name: 'All',
        managedBy: 'manual',
        callerRole: null,
        role: 'read',
      } as const
      const changes = members.people.map((person, index): Change => {
        if (index % 5 === 0) return { kind: 'leave', person }
        return { kind: 'update', person, role: 'write', groups: { mode: 'merge', named: [group] } }
      })
      const { db, count } = counting(hub.db)
      await transaction(db, (tx) => applyChanges(tx, systemAuthor, { orgId: id, changes, events: memberEvents }))
      counts.push(count())
    }
    assert.equal(counts[0], counts[1])
    assert.ok((counts[0] ?? 0) <= 10, `${counts[0]} statements`)
  })
})

async function crowd(size: number) {
  const { id, people: them } = await hub.organization(`Crowd${size}`, { [`boss${size}`]: 'admin' })
  const boss = them[`boss${size}`] as Person
  const made = await hub.request(boss, 'POST', `/api/organizations/Crowd${size}/resource-groups`, { name: 'All' })
  await sql`insert into users (id, name, fullname, created_at)
    select 'c' || lpad(to_hex(${size}::int * 1000 + n), 23, '0'), 'c' || ${size}::int || '-' || n, 'C', now() from generate_series(1, ${size}::int) n`.execute(
    hub.db,
  )
  const { rows } = await sql<{
    id: string
    name: string
  }>`select id, name from users where name like ${`c${size}-%`}`.execute(hub.db)
  const changes = rows.map(({ id: userId, name }): Change => {
    return { kind: 'join', person: { id: userId, name }, role: 'read', source: 'manual' }
  })
  await transaction(hub.db, (tx) => applyChanges(tx, systemAuthor, { orgId: id, changes, events: null }))
  return {
    id,
    members: {
      groupId: made.body.id as string,
      people: rows.map(({ id: personId, name }) => ({ id: personId, name })),
    },
  }
}

function counting(db: Db): { db: Db; count: () => number } {
  let statements = 0
  const counted = db.withPlugin({
    transformQuery: ({ node }) => {
      statements++
      return node
    },
    transformResult: async ({ result }) => result,
  })
  passKey(db, counted)
  return { db: counted, count: () => statements }
}
