import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { access } from '../../api/index.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

type ServiceToken = NonNullable<access.WhoCan['serviceTokens']>[number]

let hub: TestHub
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization('acme', {
    ada: 'admin',
    wil: 'write',
    cal: 'contributor',
    rae: 'read',
    noa: 'no_access',
    gus: 'read',
  })
  people = { ...made.people, sam: await hub.person('sam'), eve: await hub.person('eve') }
  await hub.organization('other', { eve: 'admin' })
  await post('ada', '/api/organizations/acme/resource-groups', {
    name: 'speech',
    users: [
      { user: 'gus', role: 'admin' },
      { user: 'noa', role: 'write' },
    ],
  })
  await post('ada', '/api/organizations/acme/resource-groups', {
    name: 'vision',
    users: [{ user: 'noa', role: 'read' }],
  })
  const { body: groups } = await ask('ada', '/api/organizations/acme/resource-groups')
  await post('ada', '/api/repos/create', { name: 'plain', organization: 'acme', private: true })
  await post('ada', '/api/repos/create', { name: 'open', organization: 'acme', private: false })
  await post('ada', '/api/repos/create', {
    name: 'voices',
    type: 'dataset',
    organization: 'acme',
    private: true,
    resourceGroupId: groups.find(({ name }: { name: string }) => name === 'speech').id,
  })
  await post('eve', '/api/repos/create', { name: 'theirs', organization: 'other', private: true })
  await hub.request(people.ada, 'PUT', '/api/models/acme/plain/collaborators/sam', { role: 'read' })
})

const ask = (who: string | undefined, path: string) =>
  hub.request(who === undefined ? undefined : people[who], 'GET', path)
const post = async (who: string, path: string, body: unknown) => {
  const reply = await hub.request(people[who], 'POST', path, body)
  assert.ok(reply.status < 300, JSON.stringify(reply.body))
}
const explainPath = (query: Record<string, string>) =>
  `/api/organizations/acme/access/explain?${new URLSearchParams(query)}`

describe('why someone may do something, or may not', () => {
  const plain = { repo: 'acme/plain' }
  const voices = { repo: 'datasets/acme/voices' }
  const rows: [user: string, query: Record<string, string>, action: string, allowed: boolean, kinds: string[]][] = [
    ['ada', plain, 'repo.write', true, ['membership']],
    ['wil', plain, 'repo.write', true, ['membership']],
    ['rae', plain, 'repo.read', true, ['membership']],
    ['rae', plain, 'repo.write', false, []],
    ['noa', plain, 'repo.read', false, []],
    ['sam', plain, 'repo.read', true, ['collaborator']],
    ['sam', plain, 'repo.write', false, []],
    ['wil', voices, 'repo.read', false, []],
    ['noa', voices, 'repo.write', true, ['group_role']],
    ['gus', voices, 'repo.write', true, ['group_role']],
    ['sam', { repo: 'acme/open' }, 'repo.read', true, ['public']],
    ['gus', { group: 'speech' }, 'group.update', true, ['group_role']],
    ['noa', { group: 'speech' }, 'group.update', false, []],
    ['cal', {}, 'repo.create', true, ['membership']],
    ['rae', {}, 'repo.create', false, []],
    ['ada', { member: 'rae' }, 'member.remove', true, ['membership']],
    ['wil', { member: 'rae' }, 'member.remove', false, []],
  ]
  for (const [user, about, action, allowed, kinds] of rows) {
    it(`${user}: ${action} on ${Object.values(about)[0] ?? 'acme'}`, async () => {
      const { status, body } = await ask('ada', explainPath({ user, action, ...about }))
      assert.equal(status, 200, JSON.stringify(body))
      assert.equal(body.allowed, allowed, body.sentence)
      assert.deepEqual(
        body.grounds.map(({ kind }: { kind: string }) => kind),
        kinds,
      )
      assert.equal(body.code === null, allowed)
      assert.ok(body.changes.length > 0, 'says what would change it')
    })
  }

  it('names role, source, since, and page of each ground', async () => {
    const { body } = await ask('ada', explainPath({ user: 'noa', action: 'repo.write', ...voices }))
    const [ground] = body.grounds
    assert.equal(ground.role, 'write')
    assert.equal(ground.source, 'manual')
    assert.equal(ground.grantedBy, 'ada')
    assert.match(ground.sentence, /resource group speech/)
    assert.match(ground.link, /\/organizations\/acme\/settings\/resource-groups\/[0-9a-f]{24}$/)
    assert.ok(Date.parse(ground.since) > 0)
  })

  it('explains a token: one that may only read does not write, one that was revoked reaches nothing', async () => {
    const readToken = await hub.readToken(people.wil as Person)
    const { body: list } = await hub.request(readToken, 'GET', '/api/whoami-v2')
    assert.equal(list.name, 'wil')
    const { rows } = await hub.db
      .selectFrom('access_tokens')
      .selectAll()
      .where('user_id', '=', people.wil?.id ?? '')
      .where('role', '=', 'read')
      .execute()
      .then((found) => ({ rows: found }))
    const token = rows[0]?.id ?? ''
    const asked = () => ask('ada', explainPath({ token, action: 'repo.write', ...plain }))
    assert.equal((await asked()).body.code, 'WriteTokenRequired')
    await hub.db
      .insertInto('token_states')
      .values({ org_id: await orgId(), token_id: token, state: 'revoked', changed_at: new Date() })
      .execute()
    const { body } = await asked()
    assert.equal(body.allowed, false)
    assert.equal(body.token.id, token)
    assert.equal((await ask('wil', explainPath({ token, action: 'repo.read', ...plain }))).status, 200)
    assert.equal((await ask('rae', explainPath({ token, action: 'repo.read', ...plain }))).status, 403)
  })
})

async function orgId(): Promise<string> {
  const { id } = await hub.db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', 'acme')
    .executeTakeFirstOrThrow()
  return id
}

describe('who may ask, and what bad questions get', () => {
  const rows: [who: string | undefined, query: Record<string, string>, status: number][] = [
    [undefined, { user: 'rae', action: 'repo.read', repo: 'acme/plain' }, 401],
    ['sam', { user: 'rae', action: 'repo.read', repo: 'acme/plain' }, 403],
    ['wil', { user: 'rae', action: 'repo.read', repo: 'acme/plain' }, 403],
    ['rae', { user: 'rae', action: 'repo.read', repo: 'acme/plain' }, 200],
    ['sam', { user: 'sam', action: 'repo.write', repo: 'acme/plain' }, 200],
    ['eve', { user: 'eve', action: 'repo.read', repo: 'acme/plain' }, 404],
    ['eve', { user: 'eve', action: 'repo.read', repo: 'acme/missing' }, 404],
    ['gus', { user: 'noa', action: 'repo.read', repo: 'datasets/acme/voices' }, 200],
    ['gus', { user: 'noa', action: 'repo.read', repo: 'acme/plain' }, 403],
    ['gus', { user: 'noa', action: 'group.view', group: 'speech' }, 200],
    ['gus', { user: 'noa', action: 'repo.read', repo: 'acme/plain', group: 'speech' }, 403],
    ['gus', { user: 'noa', action: 'repo.read', repo: 'acme/open', group: 'speech' }, 403],
    ['gus', { user: 'noa', action: 'org.viewSettings', group: 'speech' }, 400],
    ['gus', { user: 'noa', action: 'org.viewSettings', repo: 'datasets/acme/voices' }, 400],
    ['gus', { user: 'noa', action: 'repo.create', repo: 'datasets/acme/voices' }, 400],
    ['gus', { user: 'noa', action: 'group.view', group: 'vision', repo: 'datasets/acme/voices' }, 400],
    ['gus', { user: 'noa', action: 'group.view', group: 'vision' }, 403],
    ['gus', { user: 'noa', action: 'group.view', group: 'missing' }, 403],
    ['rae', { user: 'rae', action: 'group.view', group: 'speech' }, 404],
    ['rae', { user: 'rae', action: 'group.view', group: 'missing' }, 404],
    ['ada', { user: 'nobody-here', action: 'repo.read', repo: 'acme/plain' }, 404],
    ['ada', { user: 'rae', action: 'repo.read', repo: 'other/theirs' }, 404],
    ['ada', { user: 'rae', action: 'repo.read', repo: 'acme/missing' }, 404],
    ['ada', { user: 'rae', action: 'repo.fly', repo: 'acme/plain' }, 400],
    ['ada', { user: 'rae', action: 'constructor', repo: 'acme/plain' }, 400],
    ['ada', { user: 'rae', action: 'repo.read' }, 400],
    ['ada', { user: 'rae', action: 'group.view' }, 400],
    ['ada', { user: 'rae', action: 'member.remove' }, 400],
    ['ada', { user: 'rae', action: 'account.whoami' }, 400],
    ['ada', { action: 'repo.read', repo: 'acme/plain' }, 400],
    ['ada', { user: 'rae', token: '0123456789abcdef01234567', action: 'org.view' }, 400],
    ['ada', { token: '0123456789abcdef01234567', action: 'org.view' }, 404],
    ['ada', { user: 'rae', action: 'repo.read', repo: 'plain' }, 400],
  ]
  for (const [who, query, status] of rows) {
    it(`${who ?? 'nobody'} asks ${new URLSearchParams(query)}: ${status}`, async () => {
      const reply = await ask(who, explainPath(query))
      assert.equal(reply.status, status, JSON.stringify(reply.body))
    })
  }
})

describe('who can', () => {
  const whoCan = (who: string, query: Record<string, string>, tail = '') =>
    ask(who, `/api/organizations/acme/access/who-can${tail}?${new URLSearchParams(query)}`)

  it('lists everyone who reads a private repository, with the grounds', async () => {
    const { status, body } = await whoCan('ada', { repo: 'acme/plain', action: 'repo.read' })
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual(body.people.map(({ user }: { user: string }) => user).sort(), [
      'ada',
      'cal',
      'gus',
      'rae',
      'sam',
      'wil',
    ])
    assert.equal(body.anonymous, false)
    assert.ok(body.tokens >= 6)
    const sam = body.people.find(({ user }: { user: string }) => user === 'sam')
    assert.equal(sam.grounds[0].kind, 'collaborator')
    assert.equal(sam.role, null)
  })

  it('names the tokens of service accounts that reach it, by their scope', async () => {
    const org = '/api/organizations/acme'
    const { _id: bot } = (await hub.request(people.ada, 'POST', `${org}/service-accounts`, { name: 'ci' })).body
    const give = async (displayName: string, body: object) => {
      const made = await hub.request(people.ada, 'POST', `${org}/service-accounts/${bot}/tokens`, {
        displayName,
        ...body,
      })
      assert.equal(made.status, 201, JSON.stringify(made.body))
    }
    await give('everywhere', { permissions: ['repo.content.read', 'repo.write'] })
    await give('reader', { permissions: ['repo.content.read'] })
    const tokensFor = async (action: string, repo = 'acme/plain') =>
      (await whoCan('ada', { repo, action })).body.serviceTokens.map(({ name, account, grounds }: ServiceToken) => [
        name,
        account,
        grounds.length > 0,
      ])
    assert.deepEqual(await tokensFor('repo.read'), [
      ['everywhere', 'acme--ci', true],
      ['reader', 'acme--ci', true],
    ])
    assert.deepEqual(await tokensFor('repo.write'), [['everywhere', 'acme--ci', true]])
    assert.deepEqual(await tokensFor('repo.setGroup'), [])
    const { body: csv } = await whoCan('ada', { repo: 'acme/plain', action: 'repo.write' }, '/export')
    assert.match(csv, /^"acme--ci","everywhere \(token\)","repo.write"/m)
    const next = await whoCan('ada', { repo: 'acme/plain', limit: '1' })
    const second = await whoCan('ada', { repo: 'acme/plain', limit: '1', cursor: next.body.next })
    assert.equal(second.body.serviceTokens, null)
    await hub.request(people.ada, 'DELETE', `${org}/service-accounts/${bot}`)
    assert.deepEqual(await tokensFor('repo.read'), [])
  })

  it('goes on past suspended accounts, and leaves them out', async () => {
    const state = (to: 'active' | 'suspended') =>
      hub.db.updateTable('users').set({ state: to }).where('name', 'in', ['wil', 'cal']).execute()
    await state('suspended')
    try {
      const seen: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Record<string, string> = { repo: 'acme/plain', limit: '1', ...(cursor !== '' && { cursor }) }
        const { body } = await whoCan('ada', page)
        seen.push(...body.people.map(({ user }: { user: string }) => user))
        cursor = body.next
      }
      assert.deepEqual(seen.sort(), ['ada', 'gus', 'rae', 'sam'])
    } finally {
      await state('active')
    }
  })

  it('goes page by page, and finds by name', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: Record<string, string> = { repo: 'acme/plain', limit: '2', ...(cursor !== '' && { cursor }) }
      const { body } = await whoCan('ada', query)
      seen.push(...body.people.map(({ user }: { user: string }) => user))
      cursor = body.next
    }
    assert.deepEqual(seen.sort(), ['ada', 'cal', 'gus', 'rae', 'sam', 'wil'])
    const { body } = await whoCan('ada', { repo: 'acme/plain', search: 'RA' })
    assert.deepEqual(
      body.people.map(({ user }: { user: string }) => user),
      ['rae'],
    )
  })

  it('says that everyone reads a public repository, and who writes to it', async () => {
    const reading = await whoCan('ada', { repo: 'acme/open', action: 'repo.read' })
    assert.equal(reading.body.anonymous, true)
    const writing = await whoCan('ada', { repo: 'acme/open', action: 'repo.write' })
    assert.equal(writing.body.anonymous, false)
    assert.deepEqual(writing.body.people.map(({ user }: { user: string }) => user).sort(), ['ada', 'wil'])
  })

  it('is for admins of the organization and of the group', async () => {
    assert.equal((await whoCan('gus', { repo: 'datasets/acme/voices' })).status, 200)
    assert.equal((await whoCan('gus', { repo: 'acme/plain' })).status, 403)
    assert.equal((await whoCan('wil', { repo: 'acme/plain' })).status, 403)
    assert.equal((await whoCan('wil', { repo: 'acme/missing' })).status, 403)
    assert.equal((await whoCan('ada', { repo: 'acme/missing' })).status, 404)
    assert.equal((await whoCan('ada', { repo: 'acme/plain', action: 'org.view' })).status, 400)
  })

  it('comes as CSV', async () => {
    const { status, body } = await whoCan('ada', { repo: 'acme/plain' }, '/export')
    assert.equal(status, 200)
    const lines = String(body).trim().split(/\r?\n/)
    assert.match(lines[0] ?? '', /^"username","fullname","action","kind"/)
    assert.equal(lines.length, 7)
  })
})

describe('what a person reaches', () => {
  const reach = (who: string, user: string) => ask(who, `/api/organizations/acme/access/repositories?user=${user}`)

  it('lists repositories with role and how', async () => {
    const { status, body } = await reach('ada', 'noa')
    assert.equal(status, 200, JSON.stringify(body))
    const found = Object.fromEntries(body.map((row: { name: string; can: string[] }) => [row.name, row.can]))
    assert.deepEqual(found, { 'acme/open': ['read'], 'acme/voices': ['read', 'write'] })
    const voices = body.find(({ name }: { name: string }) => name === 'acme/voices')
    assert.equal(voices.group.name, 'speech')
    assert.equal(voices.role, 'write')
  })

  it('shows a group admin the repositories of the group, and nothing else', async () => {
    const within = (who: string, user: string, group: string) =>
      ask(who, `/api/organizations/acme/access/repositories?user=${user}&group=${group}`)
    const { status, body } = await within('gus', 'noa', 'speech')
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual(body, (await within('ada', 'noa', 'speech')).body)
    assert.deepEqual(
      body.map(({ name }: { name: string }) => name),
      ['acme/voices'],
    )
    assert.deepEqual((await within('gus', 'rae', 'speech')).body, [])
    const refused = [
      await reach('gus', 'noa'),
      await within('gus', 'noa', 'vision'),
      await within('gus', 'noa', 'missing'),
    ].map((reply) => [reply.status, reply.body])
    assert.deepEqual(refused, Array(3).fill([403, refused[0]?.[1]]))
    assert.equal((await within('noa', 'noa', 'speech')).status, 200)
    const unseen = [await within('rae', 'rae', 'speech'), await within('rae', 'rae', 'missing')]
    assert.deepEqual(
      unseen.map((reply) => [reply.status, reply.body]),
      Array(2).fill([404, unseen[0]?.body]),
    )
  })

  it('is for admins, and for the person', async () => {
    assert.equal((await reach('noa', 'noa')).status, 200)
    assert.equal((await reach('wil', 'noa')).status, 403)
    assert.equal((await reach('ada', 'nobody-here')).status, 404)
  })
})

describe('what a repository says that you may do', () => {
  const rows: [who: string, repo: string, shown: boolean][] = [
    ['ada', 'models/acme/plain', true],
    ['ada', 'datasets/acme/voices', true],
    ['gus', 'datasets/acme/voices', true],
    ['gus', 'models/acme/plain', false],
    ['wil', 'models/acme/plain', false],
    ['eve', 'models/acme/open', false],
  ]
  for (const [who, repo, shown] of rows) {
    it(`${shown ? 'shows' : 'does not show'} ${who} the way to who has access to ${repo}`, async () => {
      const { body } = await ask(who, `/api/${repo}`)
      assert.equal(body.may.includes('access.whoCan'), shown)
    })
  }
})
