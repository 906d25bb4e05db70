import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { systemPermit } from '../../server/access/authorize.ts'
import { endExpiredMemberships } from '../../server/members/expiry.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
const org = 'Lab'
let orgId: string
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
  orgId = made.id
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

  it('finds addresses for nobody else, and only in a domain of the organization', async () => {
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
  it('counts by role; for admins those without two-factor sign-in', async () => {
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
    assert.deepEqual(
      [body.role, body.source, body.twoFaEnabled, body.lastActiveAt, body.expiresAt],
      ['read', 'manual', false, null, null],
    )
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

describe('removing and leaving', () => {
  it('takes membership, group roles and seat at once, and names what remains', async () => {
    const made = await hub.organization('Out', { ann: 'admin', con: 'contributor' })
    const [ann, con] = [made.people.ann, made.people.con] as [Person, Person]
    const at = (who: Person, method: string, path: string, body?: unknown) =>
      hub.request(who, method, `/api/organizations/Out${path}`, body)
    await at(ann, 'POST', '/resource-groups', { name: 'nlp', users: [{ user: 'con', role: 'write' }] })
    await hub.request(con, 'POST', '/api/repos/create', {
      name: 'bert',
      organization: 'Out',
      type: 'model',
      private: true,
    })
    const tried = await at(ann, 'DELETE', '/members/con?dryRun=1')
    assert.equal(tried.body.dryRun, true)
    assert.equal((await at(con, 'GET', '/members-summary')).status, 200, 'a dry run removes nobody')
    const { status, body } = await at(ann, 'DELETE', '/members/CON')
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual({ ...body, dryRun: true }, tried.body)
    assert.deepEqual(
      [
        body.removed.role,
        body.removed.seatFreed,
        body.removed.groups.map(({ name, role }: Record<string, string>) => `${name} ${role}`),
      ],
      ['contributor', true, ['nlp write']],
    )
    assert.deepEqual(body.remains, {
      repositories: [{ type: 'model', name: 'Out/bert' }],
      repositoryCount: 1,
      personalTokens: 1,
      grants: [],
    })
    assert.equal((await at(con, 'GET', '/members-summary')).status, 403)
    assert.equal(
      (
        await hub.db
          .selectFrom('group_roles')
          .select('role')
          .where('org_id', '=', made.id)
          .where('user_id', '=', con.id)
          .execute()
      ).length,
      0,
    )
    const event = (await hub.events(made.id)).at(-1)
    assert.deepEqual([event?.type, event?.message], ['org.remove_user', 'ann removed con'])
    assert.equal((await at(ann, 'DELETE', '/members/con')).status, 404)
  })

  const refused: [string, string | undefined, string, number][] = [
    ['nobody signed in', undefined, 'rae', 401],
    ['a stranger', 'sam', 'rae', 403],
    ['a write member', 'wil', 'rae', 403],
    ['somebody who is no member', 'ada', 'sam', 404],
    ['somebody without an account', 'ada', 'nobody-here', 404],
  ]
  for (const [what, who, whom, status] of refused) {
    it(`refuses to remove: ${what}`, async () => {
      const events = (await hub.events(orgId)).length
      assert.equal((await call(who, 'DELETE', `/members/${whom}`)).status, status)
      assert.equal((await hub.events(orgId)).length, events)
      assert.equal((await list('ada')).body.length, 7)
    })
  }

  it('lets any member leave, also one who is kept out for want of two-factor sign-in', async () => {
    const { id, people: them } = await hub.organization('Door', { ann: 'admin', lea: 'no_access', leo: 'write' })
    await hub.db.updateTable('organizations').set({ require_2fa: true }).where('id', '=', id).execute()
    assert.equal((await hub.request(them.leo, 'GET', '/api/organizations/Door/members-summary')).status, 403)
    for (const name of ['lea', 'leo']) {
      const reply = await hub.request(them[name], 'POST', '/api/organizations/Door/leave')
      assert.equal(reply.status, 200, JSON.stringify(reply.body))
      assert.deepEqual(
        [(await hub.events(id)).at(-1)?.type, (await hub.events(id)).at(-1)?.author.user],
        ['org.leave', name],
      )
    }
    assert.equal((await hub.request(them.lea, 'POST', '/api/organizations/Door/leave')).status, 403)
    assert.equal((await hub.request(people.sam, 'POST', '/api/organizations/Door/leave')).status, 403)
    assert.equal((await hub.request(undefined, 'POST', '/api/organizations/Door/leave')).status, 401)
  })

  it('happens once, however often it is asked at the same moment', async () => {
    const { id, people: them } = await hub.organization('Once', { ann: 'admin', art: 'admin', bo: 'read' })
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        hub.request(index % 2 ? them.ann : them.art, 'DELETE', '/api/organizations/Once/members/bo'),
      ),
    )
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 404, 404, 404, 404, 404])
    assert.equal((await hub.events(id)).filter(({ type }) => type === 'org.remove_user').length, 1)
  })
})

describe('the operator’s door', () => {
  it('admits once, records, tells, and lets the newcomer join groups by themselves', async () => {
    const { id, people: them } = await hub.organization('Open', { ann: 'admin' })
    for (const scope of ['all', 'read_plus']) {
      await hub.request(them.ann, 'POST', '/api/organizations/Open/resource-groups', {
        name: scope,
        autoJoin: { enabled: true, role: 'write', scope },
      })
    }
    const add = (username: string, role: string, name = 'Open') =>
      hub.console('POST', `/api/operator/organizations/${name}/members`, { username, role })
    await hub.person('newt')
    const reply = await add('NEWT', 'no_access')
    assert.deepEqual([reply.status, reply.body], [201, { user: 'newt', organization: 'Open', role: 'no_access' }])
    const record = (await hub.request(them.ann, 'GET', '/api/organizations/Open/members/newt')).body
    assert.deepEqual(
      record.groups.map(
        ({ name, sources }: { name: string; sources: { source: string }[] }) => `${name} ${sources[0]?.source}`,
      ),
      ['all auto_join'],
    )
    assert.equal((await hub.events(id)).at(-1)?.type, 'org.add_user')
    assert.equal(
      (await hub.mails()).filter(
        ({ recipient, subject }) => recipient === 'newt@example.org' && subject === 'You are a member of Open',
      ).length,
      1,
    )
    assert.equal((await add('newt', 'read')).status, 409)
    assert.equal((await add('nobody-here', 'read')).status, 400)
    assert.equal((await add('newt', 'king')).status, 400)
    assert.equal((await add('newt', 'read', 'Nowhere')).status, 404)
    assert.equal(
      (
        await hub.request(them.ann, 'POST', '/api/operator/organizations/Open/members', {
          username: 'sam',
          role: 'read',
        })
      ).status,
      403,
    )
  })
})

describe('a membership that ends by itself', () => {
  it('counts no more from then on, is cleared away with an event, and may begin anew', async () => {
    const { id, people: them } = await hub.organization('Brief', { ann: 'admin', tim: 'write', tom: 'read' })
    const end = (name: string) =>
      hub.request(them.ann, 'PATCH', `/api/organizations/Brief/members/${name}`, {
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
      })
    for (const name of ['tim', 'tom']) assert.equal((await end(name)).status, 200)
    hub.moveClock(120_000)
    assert.equal((await hub.request(them.tim, 'GET', '/api/organizations/Brief/members-summary')).status, 403)
    const { body } = await hub.request(them.ann, 'GET', '/api/organizations/Brief/members-summary')
    assert.deepEqual([body.total, body.byRole.write], [1, 0])
    assert.deepEqual(names((await hub.request(them.ann, 'GET', '/api/organizations/Brief/members')).body), ['ann'])
    assert.equal(
      (await hub.console('POST', '/api/operator/organizations/Brief/members', { username: 'tom', role: 'contributor' }))
        .status,
      201,
      'before it is cleared away',
    )
    await endExpiredMemberships(hub.db, systemPermit(hub.running.server.hub))
    const left = await hub.db.selectFrom('memberships').select(['user_id', 'role']).where('org_id', '=', id).execute()
    assert.deepEqual(left.map(({ role }) => role).sort(), ['admin', 'contributor'])
    const events = (await hub.events(id)).filter(({ type }) => type === 'org.membership_expired')
    assert.deepEqual(
      events.map(({ message }) => message),
      ['system ended the membership of tim, which had expired'],
    )
    hub.moveClock(0)
  })
})
