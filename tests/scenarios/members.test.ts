import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
const org = 'Lab'
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization(org, {
    ada: 'admin',
    bea: 'admin',
    wil: 'write',
    rae: 'read',
    rob: 'read',
    noa: 'no_access',
    gil: 'no_access',
  })
  people = { ...made.people, sam: await hub.person('sam') }
  for (const [name, users] of Object.entries({ nlp: ['wil', 'rae', 'noa'], vision: ['rae', 'rob'] })) {
    const reply = await call('ada', 'POST', '/resource-groups', {
      name,
      users: users.map((user) => ({ user, role: 'read' })),
    })
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
  }
})

function call(who: string | undefined, method: string, path: string, body?: unknown) {
  return hub.request(who === undefined ? undefined : people[who], method, `/api/organizations/${org}${path}`, body)
}
const list = (who: string | undefined, query = '') => call(who, 'GET', `/members${query}`)
const names = (body: { user: string }[]) => body.map(({ user }) => user)

describe('list of members', () => {
  it('shows each viewer what they may see', async () => {
    const fields = async (who: string | undefined) => {
      const rae = (await list(who)).body.find(({ user }: { user: string }) => user === 'rae')
      return [
        Object.keys(rae).sort().join(' '),
        (rae.resourceGroups ?? [])
          .map(({ name, numUsers, role }: Record<string, unknown>) => `${name} ${numUsers} ${role}`)
          .join(', '),
      ]
    }
    const plain = '_id avatarUrl fullname isPro type user'
    assert.deepEqual(await fields(undefined), [plain, ''])
    assert.deepEqual(await fields('sam'), [plain, ''])
    assert.deepEqual(await fields('noa'), ['_id avatarUrl fullname isPro resourceGroups type user', 'nlp 3 read'])
    assert.deepEqual(await fields('gil'), ['_id avatarUrl fullname isPro resourceGroups type user', ''])
    assert.deepEqual(await fields('rob'), [
      '_id avatarUrl fullname isExternalCollaborator isPro resourceGroups role type user',
      'vision 2 read',
    ])
    assert.deepEqual(await fields('ada'), [
      '_id avatarUrl fullname isExternalCollaborator isPro resourceGroups role twoFaEnabled type user verifiedEmail',
      'nlp 3 read, vision 2 read',
    ])
  })

  it('goes page by page in a stable order, with a link to the next', async () => {
    const seen: string[] = []
    let path: string | undefined = `/api/organizations/${org}/members?limit=2`
    while (path) {
      const reply = await hub.request(people.ada, 'GET', path)
      seen.push(...names(reply.body))
      const link = /<(.*)>; rel="next"/.exec(reply.headers.get('link') ?? '')?.[1]
      path = link && new URL(link).pathname + new URL(link).search
    }
    assert.deepEqual(seen, ['ada', 'bea', 'wil', 'rae', 'rob', 'noa', 'gil'])
    assert.equal((await list('ada', '?limit=7')).headers.get('link'), null)
  })

  it('searches parts of names, of any length, wildcards taken literally', async () => {
    await hub.db.updateTable('users').set({ fullname: 'Grace 100%_Hopper' }).where('name', '=', 'rob').execute()
    const cases: [string, string[]][] = [
      ['grace', ['rob']],
      ['HOPP', ['rob']],
      ['a', ['ada', 'bea', 'rae', 'rob', 'noa']],
      ['il', ['wil', 'gil']],
      ['0%_h', ['rob']],
      ['%', ['rob']],
      ['zzz', []],
      ['ada ', ['ada']],
      ['', ['ada', 'bea', 'wil', 'rae', 'rob', 'noa', 'gil']],
      ['\\', []],
    ]
    for (const [search, found] of cases)
      assert.deepEqual(names((await list('ada', `?search=${encodeURIComponent(search)}`)).body), found, search)
    await hub.db.updateTable('users').set({ fullname: 'rob' }).where('name', '=', 'rob').execute()
  })

  it('filters by role and by group, for those who may know', async () => {
    assert.deepEqual(names((await list('rae', '?role=no_access')).body), ['noa', 'gil'])
    assert.deepEqual(names((await list('ada', '?group=NLP')).body), ['wil', 'rae', 'noa'])
    assert.deepEqual(names((await list('ada', '?group=nlp&role=read&search=ra')).body), ['rae'])
    assert.deepEqual(names((await list('noa', '?group=nlp')).body), ['wil', 'rae', 'noa'])
    const refused: [string | undefined, string, number][] = [
      ['noa', '?role=admin', 403],
      ['sam', '?role=admin', 403],
      [undefined, '?role=admin', 403],
      ['noa', '?group=vision', 404],
      ['rob', '?group=nope', 404],
      ['sam', '?group=nlp', 403],
    ]
    for (const [who, query, status] of refused) assert.equal((await list(who, query)).status, status, `${who} ${query}`)
  })

  it('finds addresses for no one else, and only in a domain of the organization', async () => {
    for (const who of ['ada', 'wil']) assert.deepEqual((await list(who, '?email=rae@example.org')).body, [])
    for (const who of ['rae', 'noa', 'sam']) assert.equal((await list(who, '?email=rae@example.org')).status, 403)
    for (const email of ['rae', 'rae@', '@example.org', 'a..b@example.org'])
      assert.equal((await list('ada', `?email=${encodeURIComponent(email)}`)).status, 400, email)
  })

  it('refuses what is no page', async () => {
    for (const query of [
      '?limit=0',
      '?limit=10001',
      '?limit=x',
      '?cursor=nonsense',
      '?role=king',
      `?search=${'a'.repeat(201)}`,
      '?limit=1&limit=2',
    ]) {
      assert.equal((await list('ada', query)).status, 400, query)
    }
    assert.equal((await list('ada', '?limit=1')).body.length, 1)
    assert.equal((await list('ada', '?limit=10000')).status, 200)
  })

  it('is empty for outsiders and members below read where the organization hides it', async () => {
    await call('ada', 'PATCH', '/settings', { hideMembers: true })
    for (const who of [undefined, 'sam', 'noa']) {
      const reply = await list(who)
      assert.deepEqual([reply.status, reply.body], [200, []])
    }
    assert.equal((await list('rae')).body.length, 7)
    await call('ada', 'PATCH', '/settings', { hideMembers: false })
  })

  it('finds everybody, however many there are', async () => {
    const { id, people: few } = await hub.organization('Crowd', { ann: 'admin' })
    await crowd(id, 4500)
    const search = async (query: string) => {
      const reply = await hub.request(few.ann, 'GET', `/api/organizations/Crowd/members?limit=10000&${query}`)
      return reply.body.length
    }
    assert.equal(await search(''), 4501)
    assert.equal(await search('search=crowd'), 4500)
    assert.equal(await search('search=crowd-44'), 111)
    assert.equal(await search('search=crowd-4499'), 1)
    assert.equal(await search('search=99'), 81)
    assert.equal(await search('search=crowd-449&role=write'), 0)
    const page = await hub.request(few.ann, 'GET', '/api/organizations/Crowd/members?limit=3&search=crowd-44')
    assert.deepEqual(names(page.body), ['crowd-44', 'crowd-440', 'crowd-441'])
    const next = new URL(/<(.*)>/.exec(page.headers.get('link') ?? '')?.[1] ?? '')
    assert.deepEqual(names((await hub.request(few.ann, 'GET', next.pathname + next.search)).body), [
      'crowd-442',
      'crowd-443',
      'crowd-444',
    ])
  })
})

/** Puts people into an organization past all rules: crowd-0, crowd-1 and so on, in this order. */
async function crowd(id: string, size: number): Promise<void> {
  const hex = (index: number) => `e${index.toString(16).padStart(23, '0')}`
  const all = Array.from({ length: size }, (_, index) => index)
  const at = new Date()
  for (let from = 0; from < size; from += 1000) {
    const part = all.slice(from, from + 1000)
    await hub.db
      .insertInto('users')
      .values(part.map((index) => ({ id: hex(index), name: `crowd-${index}`, fullname: '', created_at: at })))
      .execute()
    await hub.db
      .insertInto('memberships')
      .values(
        part.map((index) => ({
          id: hex(index),
          org_id: id,
          user_id: hex(index),
          role: 'read' as const,
          source: 'manual' as const,
          joined_at: at,
          search: '',
        })),
      )
      .execute()
  }
}

describe('summary', () => {
  it('counts by role; for admins those without 2FA', async () => {
    const { body } = await call('ada', 'GET', '/members-summary')
    assert.deepEqual(body, {
      total: 7,
      byRole: { no_access: 2, read: 2, contributor: 0, write: 1, admin: 2 },
      usableAdmins: 2,
      withoutTwoFactor: 7,
    })
    assert.equal('withoutTwoFactor' in (await call('rae', 'GET', '/members-summary')).body, false)
    assert.equal((await call('noa', 'GET', '/members-summary')).status, 403)
  })
})

describe('record of a member', () => {
  it('shows role, source, groups with sources, and what one may do', async () => {
    const { body } = await call('ada', 'GET', '/members/RAE')
    assert.equal(body.user, 'rae')
    assert.deepEqual([body.role, body.source, body.twoFaEnabled, body.expiresAt], ['read', 'manual', false, null])
    const [nlp] = body.groups
    assert.deepEqual(
      [nlp.name, nlp.role, nlp.sources[0].source, nlp.sources[0].addedBy],
      ['nlp', 'read', 'manual', 'ada'],
    )
    assert.match(nlp.sources[0].since, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.deepEqual(body.may, [
      'member.list',
      'member.summary',
      'member.view',
      'member.changeRole',
      'member.update',
      'member.remove',
      'member.bulk',
      'member.export',
      'member.offboard',
    ])
  })

  it('shows only shared groups to others, and narrows what a write member may do', async () => {
    const { body } = await call('wil', 'GET', '/members/rae')
    assert.deepEqual(
      body.groups.map(({ name }: { name: string }) => name),
      ['nlp'],
    )
    assert.equal('twoFaEnabled' in body, false)
    assert.deepEqual(body.may, ['member.list', 'member.summary', 'member.view', 'member.changeRole', 'member.update'])
    assert.deepEqual((await call('wil', 'GET', '/members/ada')).body.may, [
      'member.list',
      'member.summary',
      'member.view',
    ])
    assert.deepEqual((await call('noa', 'GET', '/members/noa')).body.may.includes('member.leave'), true)
  })

  it('is for members with read, and for oneself', async () => {
    const answers = { noa: 403, sam: 403, rae: 200 }
    for (const [who, status] of Object.entries(answers))
      assert.equal((await call(who, 'GET', '/members/ada')).status, status)
    assert.equal((await call(undefined, 'GET', '/members/ada')).status, 401)
    assert.equal((await call('ada', 'GET', '/members/sam')).status, 404)
  })
})
