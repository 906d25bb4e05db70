import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { endExpiredGrants } from '../../server/repos/collaborators/collaborators-expiry.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

const hour = 3_600_000
let hub: TestHub
let orgId: string
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization('acme', {
    ada: 'admin',
    bea: 'admin',
    wil: 'write',
    rae: 'read',
    noa: 'no_access',
  })
  orgId = made.id
  people = { ...made.people, sam: await hub.person('sam'), tia: await hub.person('tia') }
})

const ask = (who: string | undefined, method: string, path: string, body?: unknown) =>
  hub.request(who === undefined ? undefined : people[who], method, path, body)
const at = (repo: string, who: string) => `/api/models/${repo}/collaborators/${who}`
const set = (by: string | undefined, repo: string, who: string, body: unknown) => ask(by, 'PUT', at(repo, who), body)
const visible = async (who: string, repo: string) => (await ask(who, 'GET', `/api/models/${repo}`)).status
const soon = () => new Date(Date.now() + hour).toISOString()

async function repository(name: string, more: { owner?: string; group?: string } = {}): Promise<string> {
  const organization = more.owner === undefined ? 'acme' : undefined
  const body = { name, organization, private: true, resourceGroupId: more.group }
  const reply = await ask(more.owner ?? 'ada', 'POST', '/api/repos/create', body)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return `${more.owner ?? 'acme'}/${name}`
}

async function newEvents(work: () => Promise<unknown>, scope = orgId) {
  const before = (await hub.events(scope)).length
  await work()
  return (await hub.events(scope)).slice(before)
}

describe('who gives grants', () => {
  let repo: string
  before(async () => {
    repo = await repository('who')
    await set('ada', repo, 'tia', { role: 'read' })
  })

  const rows: [string, string | undefined, string, string, unknown, number, string | undefined][] = [
    ['nobody', undefined, 'PUT', 'sam', { role: 'read' }, 401, undefined],
    ['a stranger', 'sam', 'PUT', 'sam', { role: 'read' }, 404, undefined],
    ['no_access', 'noa', 'PUT', 'sam', { role: 'read' }, 404, undefined],
    ['read', 'rae', 'PUT', 'sam', { role: 'read' }, 403, undefined],
    ['write', 'wil', 'PUT', 'sam', { role: 'read' }, 403, undefined],
    ['a collaborator', 'tia', 'PUT', 'tia', { role: 'write' }, 403, undefined],
    ['an admin, to no one', 'ada', 'PUT', 'nobody-here', { role: 'read' }, 404, undefined],
    ['an admin, to an organization', 'ada', 'PUT', 'acme', { role: 'read' }, 404, undefined],
    ['an admin, an unknown role', 'ada', 'PUT', 'sam', { role: 'admin' }, 400, undefined],
    [
      'an admin, in the past',
      'ada',
      'PUT',
      'sam',
      { role: 'read', expiresAt: '2020-01-01T00:00:00.000Z' },
      400,
      undefined,
    ],
    ['an admin, no time', 'ada', 'PUT', 'sam', { role: 'read', expiresAt: 'tomorrow' }, 400, undefined],
    ['an admin', 'ada', 'PUT', 'sam', { role: 'read' }, 200, 'repo.add_collaborator'],
    ['an admin, the same', 'ada', 'PUT', 'sam', { role: 'read' }, 200, undefined],
    ['an admin, more', 'bea', 'PUT', 'SAM', { role: 'write' }, 200, 'repo.update_collaborator'],
    ['read, ending', 'rae', 'DELETE', 'sam', undefined, 403, undefined],
    ['a collaborator, ending that of another', 'sam', 'DELETE', 'tia', undefined, 403, undefined],
    ['a collaborator, ending their own', 'sam', 'DELETE', 'sam', undefined, 200, 'repo.remove_collaborator'],
    ['the same, who sees it no more', 'sam', 'DELETE', 'sam', undefined, 404, undefined],
    ['an admin, one that is not there', 'ada', 'DELETE', 'sam', undefined, 404, undefined],
    ['an admin, no one', 'ada', 'DELETE', 'nobody-here', undefined, 404, undefined],
    ['an admin, ending', 'ada', 'DELETE', 'tia', undefined, 200, 'repo.remove_collaborator'],
  ]
  for (const [what, who, method, whom, body, status, type] of rows) {
    it(`${what}: ${method} ${whom} is ${status}`, async () => {
      const events = await newEvents(async () => {
        const reply = await ask(who, method, at(repo, whom), body)
        assert.equal(reply.status, status, JSON.stringify(reply.body))
      })
      assert.deepEqual(
        events.map((event) => event.type),
        type === undefined ? [] : [type],
      )
    })
  }

  it('answers alike for people without a grant and people who do not exist', async () => {
    const one = await ask('ada', 'DELETE', at(repo, 'wil'))
    const other = await ask('ada', 'DELETE', at(repo, 'nobody-here'))
    assert.deepEqual([one.status, one.body], [other.status, other.body])
    const read = await ask('ada', 'GET', at(repo, 'wil'))
    assert.deepEqual([read.status, read.body], [404, (await ask('ada', 'GET', at(repo, 'nobody-here'))).body])
  })
})

describe('what a grant is worth', () => {
  it('shows the repository and nothing else of the organization', async () => {
    const repo = await repository('worth')
    assert.equal(await visible('sam', repo), 404)
    const events = await newEvents(() => set('ada', repo, 'sam', { role: 'read', expiresAt: soon() }))
    assert.equal(await visible('sam', repo), 200)
    assert.deepEqual(events[0]?.data.before, null)
    assert.match(events[0]?.message ?? '', /^ada gave sam read access to the model acme\/worth until /)
    assert.deepEqual(
      (await ask('sam', 'GET', '/api/models?author=acme')).body.map(({ id }: { id: string }) => id),
      [repo],
    )
    const { may } = (await ask('sam', 'GET', `/api/models/${repo}`)).body
    assert.ok(!may.includes('repo.write') && !may.includes('repo.delete'))
    await set('ada', repo, 'sam', { role: 'write' })
    const now = (await ask('sam', 'GET', `/api/models/${repo}`)).body.may
    assert.ok(now.includes('repo.write') && !now.includes('repo.delete') && !now.includes('repo.updateSettings'))
    assert.ok(now.includes('collaborator.remove') && !now.includes('collaborator.set'), 'their own can be given up')
    assert.ok((await ask('ada', 'GET', `/api/models/${repo}`)).body.may.includes('collaborator.set'))
    await ask('ada', 'DELETE', at(repo, 'sam'))
    assert.equal(await visible('sam', repo), 404)
  })

  it('tells the person by mail, and no one of their own doing', async () => {
    const repo = await repository('mailed')
    const before = (await hub.mails()).length
    await set('ada', repo, 'sam', { role: 'write' })
    await set('ada', repo, 'ada', { role: 'read' })
    const mails = (await hub.mails()).slice(before)
    assert.deepEqual(
      mails.map(({ recipient, subject }) => [recipient, subject]),
      [[people.sam?.email, 'ada gave you write access to acme/mailed']],
    )
    assert.match(mails[0]?.text_body ?? '', /ada gave you write access/)
  })

  it('counts beside a role: the higher of the two', async () => {
    const repo = await repository('higher')
    await set('ada', repo, 'rae', { role: 'write' })
    const may = async (who: string) => (await ask(who, 'GET', `/api/models/${repo}`)).body.may as string[]
    assert.ok((await may('rae')).includes('repo.write'))
    await set('ada', repo, 'wil', { role: 'read' })
    assert.ok((await may('wil')).includes('repo.write'))
    assert.equal((await ask('ada', 'GET', at(repo, 'rae'))).body.isMember, true)
  })

  it('reaches into a resource group', async () => {
    const group = await ask('ada', 'POST', '/api/organizations/acme/resource-groups', { name: 'speech' })
    const repo = await repository('grouped', { group: group.body.id })
    assert.equal(await visible('wil', repo), 404)
    await set('ada', repo, 'wil', { role: 'read' })
    assert.equal(await visible('wil', repo), 200)
    assert.equal((await ask('wil', 'GET', `/api/models/${repo}`)).body.resourceGroup, undefined)
  })

  it('has no access where the organization requires 2FA', async () => {
    const repo = await repository('guarded')
    await set('ada', repo, 'sam', { role: 'read' })
    const rule = (on: boolean) =>
      hub.db.updateTable('organizations').set({ require_2fa: on }).where('id', '=', orgId).execute()
    await rule(true)
    assert.equal(await visible('sam', repo), 403)
    await rule(false)
    assert.equal(await visible('sam', repo), 200)
  })
})

describe('how a grant ends', () => {
  it('by its time: at once at every door, then its row with an event', async () => {
    const repo = await repository('timed')
    await set('ada', repo, 'sam', { role: 'write', expiresAt: soon() })
    const kept = await set('ada', repo, 'sam', { role: 'read' })
    assert.notEqual(kept.body.expiresAt, null, 'a role alone leaves the end as it is')
    hub.moveClock(2 * hour)
    assert.equal(await visible('sam', repo), 404)
    assert.equal((await ask('ada', 'GET', at(repo, 'sam'))).status, 404)
    assert.deepEqual((await ask('ada', 'GET', `/api/models/${repo}/collaborators`)).body, [])
    const job = () => endExpiredGrants(hub.db)
    const events = await newEvents(job)
    assert.deepEqual(
      events.map(({ type, message }) => [type, message]),
      [
        [
          'repo.collaborator_expired',
          'system removed sam as a collaborator on the model acme/timed, whose access had expired',
        ],
      ],
    )
    assert.deepEqual(await newEvents(job), [])
    hub.moveClock(0)
  })

  it('given again after its time, it is a new one', async () => {
    const repo = await repository('again')
    await set('ada', repo, 'sam', { role: 'write', expiresAt: soon() })
    hub.moveClock(2 * hour)
    const events = await newEvents(() => set('bea', repo, 'sam', { role: 'read' }))
    const { expiresAt, addedBy } = (await ask('ada', 'GET', at(repo, 'sam'))).body
    assert.deepEqual([expiresAt, addedBy, events[0]?.type], [null, 'bea', 'repo.add_collaborator'])
    hub.moveClock(0)
  })

  it('not with the membership; the answer to the removal names it', async () => {
    const repo = await repository('stays')
    await hub.console('POST', '/api/operator/organizations/acme/members', { username: 'tia', role: 'read' })
    await set('ada', repo, 'tia', { role: 'write' })
    const expected = [{ kind: 'collaborator', on: `model ${repo}`, role: 'write' }]
    for (const query of ['?dryRun=true', '']) {
      const { body } = await ask('ada', 'DELETE', `/api/organizations/acme/members/tia${query}`)
      assert.deepEqual(body.remains.grants, expected)
    }
    assert.equal(await visible('tia', repo), 200)
  })

  it('with the account', async () => {
    const repo = await repository('account')
    people.gone = await hub.person('gone')
    await set('ada', repo, 'gone', { role: 'read' })
    const login = await ask(undefined, 'POST', '/api/login', { username: 'gone', password: people.gone.password })
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
    const body = { confirm: 'gone' }
    const deleted = await hub.request(undefined, 'DELETE', '/api/settings/account', body, { cookie })
    assert.equal(deleted.status, 200, JSON.stringify(deleted.body))
    assert.deepEqual((await ask('ada', 'GET', `/api/models/${repo}/collaborators`)).body, [])
  })
})

describe('personal repositories', () => {
  it('are shared by their owner, who needs no grant', async () => {
    const repo = await repository('diary', { owner: 'sam' })
    const own = await set('sam', repo, 'sam', { role: 'write' })
    assert.equal(own.status, 400)
    const events = await newEvents(() => set('sam', repo, 'tia', { role: 'read' }), 'instance')
    assert.deepEqual(
      events.map(({ type }) => type),
      ['repo.add_collaborator'],
    )
    assert.equal(await visible('tia', repo), 200)
    assert.equal(await visible('ada', repo), 404)
  })

  it('take their grants along when they move, and a new owner loses theirs', async () => {
    await hub.organization('sams', { sam: 'admin' })
    const body = { name: 'moving', organization: 'sams', private: true }
    await ask('sam', 'POST', '/api/repos/create', body)
    for (const who of ['sam', 'tia']) await set('sam', 'sams/moving', who, { role: 'read' })
    const moved = await ask('sam', 'POST', '/api/repos/move', { fromRepo: 'sams/moving', toRepo: 'sam/moving' })
    assert.equal(moved.status, 200, JSON.stringify(moved.body))
    const { body: left } = await ask('sam', 'GET', '/api/models/sam/moving/collaborators')
    assert.deepEqual(
      left.map(({ user }: { user: string }) => user),
      ['tia'],
    )
  })
})

describe('the organization’s list', () => {
  const list = (who: string, query = '') => ask(who, 'GET', `/api/organizations/acme/collaborators${query}`)

  it('is for admins', async () => {
    assert.deepEqual(
      await Promise.all(['sam', 'rae', 'wil', 'ada'].map(async (who) => (await list(who)).status)),
      [403, 403, 403, 200],
    )
  })

  it('finds by person and by repository, tells outsiders apart, and goes page by page', async () => {
    const all = (await list('ada')).body as { user: string; isMember: boolean; repo: { id: string } }[]
    const keys = all.map(({ user, repo }) => `${user} ${repo.id}`)
    assert.ok(keys.includes('rae acme/higher') && keys.includes('tia acme/stays'), keys.join())
    const outside = (await list('ada', '?external=true')).body as typeof all
    assert.deepEqual(
      outside.map(({ user, repo }) => `${user} ${repo.id}`),
      all.filter(({ isMember }) => !isMember).map(({ user, repo }) => `${user} ${repo.id}`),
    )
    const found = async (search: string) =>
      ((await list('ada', `?search=${search}`)).body as typeof all).map(({ user, repo }) => `${user} ${repo.id}`)
    assert.deepEqual(await found('tia'), ['tia acme/stays'])
    assert.deepEqual(await found('HIGH'), ['rae acme/higher', 'wil acme/higher'])
    const paged: string[] = []
    let path: string | undefined = '/api/organizations/acme/collaborators?limit=2'
    while (path) {
      const reply = await ask('ada', 'GET', path)
      paged.push(...(reply.body as typeof all).map(({ user, repo }) => `${user} ${repo.id}`))
      const next = /<(.*)>; rel="next"/.exec(reply.headers.get('link') ?? '')?.[1]
      path = next && new URL(next).pathname + new URL(next).search
    }
    assert.deepEqual(paged, keys)
  })
})

describe('storage', () => {
  it('is told per repository and per group, the largest first', async () => {
    const made = await hub.organization('store', { ada: 'admin', rae: 'read' })
    const group = await ask('ada', 'POST', '/api/organizations/store/resource-groups', { name: 'big' })
    const sizes: Record<string, [number, number]> = { small: [100, 0], large: [100, 700], middle: [100, 0] }
    for (const [name, [git, lfs]] of Object.entries(sizes)) {
      const resourceGroupId = name === 'large' ? group.body.id : undefined
      await ask('ada', 'POST', '/api/repos/create', { name, organization: 'store', private: true, resourceGroupId })
      const bytes = { git_bytes: String(git), lfs_bytes: String(lfs) }
      await hub.db
        .updateTable('repositories')
        .set(bytes)
        .where('name', '=', name)
        .where('org_id', '=', made.id)
        .execute()
    }
    const rows = async (who: string, query = '') =>
      (await ask(who, 'GET', `/api/organizations/store/settings/repositories${query}`)).body.map(
        ({ id, storage, storagePercent }: Record<string, unknown>) => [id, storage, storagePercent],
      )
    assert.deepEqual(await rows('ada'), [
      ['store/large', 800, 80],
      ['store/middle', 100, 10],
      ['store/small', 100, 10],
    ])
    assert.deepEqual((await rows('ada', '?sort=storage&direction=asc&limit=1'))[0], ['store/small', 100, 10])
    assert.deepEqual(await rows('ada', '?search=large'), [['store/large', 800, 80]])
    assert.deepEqual(await rows('ada', '?sort=updatedAt&direction=asc&limit=1'), [['store/small', 100, 10]])
    assert.deepEqual(
      await rows('rae'),
      [
        ['store/middle', 100, 50],
        ['store/small', 100, 50],
      ],
      'what one may not read is in no sum either',
    )
    const groups = await ask('ada', 'GET', '/api/organizations/store/resource-group-summaries')
    assert.deepEqual(
      groups.body.map(({ name, storage }: Record<string, unknown>) => [name, storage]),
      [['big', 800]],
    )
  })
})
