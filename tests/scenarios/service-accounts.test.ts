import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { listHoldings } from '../../server/leaving/holdings/holdings.ts'
import { type Person, type Reply, startTestHub } from '../hub.ts'

// What a service account is, and what its tokens reach: by the API, git, LFS, and downloads.

const hub = await startTestHub()
const { people, id: acmeId } = await hub.organization('acme', {
  ada: 'admin',
  amy: 'admin',
  bea: 'read',
  will: 'write',
})
const [ada, amy, bea] = [people.ada as Person, people.amy as Person, people.bea as Person]
await hub.console('POST', '/api/operator/organizations', { name: 'beta', admin: 'ada' })
const speech = (await hub.request(ada, 'POST', '/api/organizations/acme/resource-groups', { name: 'speech' })).body.id
const ids: Record<string, string> = {}

for (const [organization, name, isPrivate, resourceGroupId] of [
  ['acme', 'plain', true, undefined],
  ['acme', 'other', true, undefined],
  ['acme', 'voices', true, speech],
  ['beta', 'secret', true, undefined],
  ['beta', 'open', false, undefined],
] as const) {
  const body = { name, organization, private: isPrivate, ...(resourceGroupId && { resourceGroupId }) }
  const reply = await hub.request(ada, 'POST', '/api/repos/create', body)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  ids[name] = reply.body.id
}

const accounts = '/api/organizations/acme/service-accounts'
const ask = (who: Person | string | undefined, method: string, path: string, body?: unknown) =>
  hub.request(who, method, path, body)

async function done(reply: Promise<Reply>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

const bot = (await done(ask(ada, 'POST', accounts, { name: 'Nightly CI', description: 'Trains every night.' })))._id
const newToken = (reach: object) => done(ask(ada, 'POST', `${accounts}/${bot}/tokens`, { displayName: 'ci', ...reach }))
const tokenOf = async (reach: object): Promise<string> => (await newToken(reach)).token
const commit = (token: string, repo: string) =>
  hub.request(
    token,
    'POST',
    `/api/models/${repo}/commit/main`,
    [
      { key: 'header', value: { summary: 'x' } },
      { key: 'file', value: { path: `${Math.random()}.txt`, content: 'YQ==', encoding: 'base64' } },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n'),
    { 'content-type': 'application/x-ndjson' },
  )
const gitDoor = (token: string, repo: string, service = 'git-upload-pack') =>
  hub.request(undefined, 'GET', `/${repo}.git/info/refs?service=${service}`, undefined, {
    authorization: `Basic ${Buffer.from(`ci:${token}`).toString('base64')}`,
  })
const lastEvent = async () => (await hub.events(acmeId)).at(-1)

describe('a service account', () => {
  test('belongs to the organization: no seat, no member, no name that leads to it', async () => {
    const [row] = (await ask(ada, 'GET', accounts)).body
    assert.equal(row.user, 'acme--nightly-ci')
    assert.match(row.email, /^acme--nightly-ci@users\.noreply\./)
    assert.deepEqual([row.name, row.description], ['Nightly CI', 'Trains every night.'])
    assert.equal((await ask(ada, 'GET', '/api/organizations/acme/members')).body.length, 4)
    const seats = await done(ask(ada, 'GET', '/api/organizations/acme/billing/seats'))
    assert.equal(seats.used, 4)
    for (const path of ['/api/users/acme--nightly-ci/overview', '/api/organizations/acme/members/acme--nightly-ci'])
      assert.equal((await ask(ada, 'GET', path)).status, 404, path)
    const found = await done(ask(ada, 'GET', '/api/quicksearch?q=nightly'))
    assert.deepEqual(found.users ?? [], [])
    const login = { username: 'acme--nightly-ci', password: 'whatever-it-is' }
    assert.equal((await ask(undefined, 'POST', '/api/login', login)).status, 401)
  })

  test('has an owner, a member, who is the creator unless another is named', async () => {
    const details = () => ask(ada, 'GET', '/api/organizations/acme/settings/service-accounts')
    assert.equal((await details()).body[0].owner.user, 'ada')
    const changed = await done(ask(ada, 'PATCH', `${accounts}/${bot}`, { owner: 'will' }))
    assert.equal(changed.owner.user, 'will')
    assert.equal((await lastEvent())?.type, 'org.service_account.update')
    const stranger = await hub.person('zoe')
    const refused = await ask(ada, 'PATCH', `${accounts}/${bot}`, { owner: stranger.name })
    assert.equal(refused.status, 400)
  })

  test('is for admins: to all others the list is refused, and the ID leads nowhere else', async () => {
    assert.equal((await ask(bea, 'GET', accounts)).status, 403)
    assert.equal((await ask(bea, 'POST', accounts, { name: 'x' })).status, 403)
    const elsewhere = `/api/organizations/beta/service-accounts/${bot}`
    assert.equal((await ask(ada, 'GET', elsewhere)).status, 404)
    assert.equal((await ask(ada, 'POST', `${elsewhere}/tokens`, {})).status, 404)
    assert.equal((await ask(ada, 'DELETE', `${accounts}/${ada.id}`)).status, 404)
  })

  test('names of the same letters get usernames of their own', async () => {
    const made = await Promise.all(['Döner & Co', 'doner co'].map((name) => done(ask(ada, 'POST', accounts, { name }))))
    assert.deepEqual(made.map(({ user }) => user).sort(), ['acme--doner-co', 'acme--doner-co-2'])
  })
})

describe('a token of one', () => {
  test('says what it is', async () => {
    const { token, tokenInfo } = await newToken({
      permissions: ['repo.content.read'],
      repoIds: [ids.plain],
      repoPermissions: ['repo.write'],
    })
    assert.match(token, /^hf_s[0-9A-Za-z]{38}$/)
    const { body } = await ask(token, 'GET', '/api/whoami-v2')
    assert.deepEqual(
      [body.type, body.name, body.fullname, body.email],
      ['user', 'acme--nightly-ci', 'Nightly CI', null],
    )
    assert.deepEqual(
      body.orgs.map(({ name }: { name: string }) => name),
      ['acme'],
    )
    const scoped = [
      { entity: { _id: ids.plain, type: 'model', name: 'acme/plain' }, permissions: ['repo.write'] },
      { entity: { _id: acmeId, type: 'org', name: 'acme' }, permissions: ['repo.content.read'] },
    ]
    assert.deepEqual(body.auth.accessToken.fineGrained, { scoped })
    const [info] = (await ask(ada, 'GET', `${accounts}/${bot}`)).body.accessTokens.slice(-1)
    assert.deepEqual([info._id, info.last4, info.repoIds], [tokenInfo._id, token.slice(-4), [ids.plain]])
  })

  // What: the permissions, and what each thing answers to reading, to a commit, and at git's door
  const reach: [string, () => object, Record<string, [number, number, number]>][] = [
    ['nothing', () => ({}), { plain: [404, 404, 404], voices: [404, 404, 404] }],
    [
      'reading everywhere',
      () => ({ permissions: ['repo.content.read'] }),
      { plain: [200, 403, 200], voices: [200, 403, 200] },
    ],
    [
      'writing everywhere',
      () => ({ permissions: ['repo.write'] }),
      { plain: [200, 200, 200], voices: [200, 200, 200] },
    ],
    [
      'writing to one repository',
      () => ({ repoIds: [ids.plain], repoPermissions: ['repo.write'] }),
      { plain: [200, 200, 200], other: [404, 404, 404], voices: [404, 404, 404] },
    ],
    [
      'writing, and of one repository only reading',
      () => ({ permissions: ['repo.write'], repoIds: [ids.plain], repoPermissions: ['repo.content.read'] }),
      { plain: [200, 403, 200], other: [200, 200, 200] },
    ],
    ['the organization alone', () => ({ permissions: ['org.read', 'org.write'] }), { plain: [404, 404, 404] }],
  ]
  for (const [what, given, expected] of reach)
    test(`reaches ${what}, and no more`, async () => {
      const token = await tokenOf(given())
      for (const [repo, statuses] of Object.entries(expected)) {
        const name = `acme/${repo}`
        const answers = [
          await ask(token, 'GET', `/api/models/${name}`),
          await commit(token, name),
          await gitDoor(token, name),
        ]
        assert.deepEqual(
          answers.map(({ status }) => status),
          statuses,
          repo,
        )
      }
      assert.equal((await ask(token, 'GET', '/api/models/beta/secret')).status, 404)
      assert.equal((await ask(token, 'GET', '/api/models/beta/open')).status, 200)
      const listed: { id: string }[] = (await ask(token, 'GET', '/api/models?limit=100')).body
      const read = Object.entries(expected).filter(([, [status]]) => status === 200)
      for (const [repo, [status]] of Object.entries(expected))
        assert.equal(
          listed.some(({ id }) => id === `acme/${repo}`),
          status === 200,
          `${repo} in the list`,
        )
      assert.ok(listed.length <= read.length + 2)
    })

  test('reaches no self-route, no other organization, and creates nothing outside', async () => {
    const token = await tokenOf({ permissions: ['repo.write', 'org.write', 'resourceGroup.write'] })
    for (const [method, path, body] of [
      ['GET', '/api/settings/account'],
      ['GET', '/api/settings/tokens'],
      ['POST', '/api/settings/tokens', { name: 'x', role: 'read' }],
      ['GET', '/api/settings/organizations'],
      ['POST', '/api/organizations', { name: 'gamma', fullname: 'Gamma' }],
      ['POST', '/api/organizations/acme/leave'],
      ['GET', accounts],
      ['POST', accounts, { name: 'mine' }],
      ['POST', '/api/repos/create', { name: 'own' }],
      ['POST', '/api/repos/create', { name: 'there', organization: 'beta' }],
      ['PATCH', '/api/organizations/beta/settings', { hideMembers: true }],
      ['POST', '/api/organizations/acme/invitations', { username: 'zoe', role: 'admin' }],
      ['POST', '/api/organizations/acme/invite-links', { role: 'read' }],
    ] as const) {
      const { status } = await ask(token, method, path, body)
      assert.equal(status, 403, `${method} ${path}`)
    }
    await done(ask(token, 'POST', '/api/repos/create', { name: 'made', organization: 'acme', private: true }))
    const event = await lastEvent()
    assert.deepEqual([event?.type, event?.author.user], ['repo.create', 'acme--nightly-ci'])
    await done(ask(token, 'PATCH', '/api/organizations/acme/settings', { hideMembers: true }))
    assert.equal((await lastEvent())?.author.user, 'acme--nightly-ci')
    await done(ask(token, 'PATCH', '/api/organizations/acme/settings', { hideMembers: false }))
  })

  test('is exempt from 2FA and from the policy for the tokens of people, but not from what the organization does not trust', async () => {
    const token = await tokenOf({ permissions: ['repo.content.read'] })
    const policy = { token_policy: 'approval', token_max_lifetime_days: 30 }
    await hub.db.updateTable('organizations').set(policy).where('id', '=', acmeId).execute()
    await hub.db.updateTable('organizations').set({ require_2fa: true }).where('id', '=', acmeId).execute()
    assert.equal((await ask(token, 'GET', '/api/models/acme/plain')).status, 200)
    assert.equal((await ask(token, 'GET', '/api/models?author=acme')).body.length > 0, true)
    await hub.db
      .updateTable('organizations')
      .set({ require_2fa: false, token_policy: 'any', token_max_lifetime_days: null })
      .where('id', '=', acmeId)
      .execute()
    const { id } = await hub.db
      .selectFrom('access_tokens')
      .select('id')
      .where('last4', '=', token.slice(-4))
      .executeTakeFirstOrThrow()
    await hub.db
      .insertInto('token_states')
      .values({ org_id: acmeId, token_id: id, state: 'revoked', changed_at: new Date() })
      .execute()
    assert.equal((await ask(token, 'GET', '/api/models/acme/plain')).status, 404)
    assert.deepEqual((await ask(token, 'GET', '/api/models?author=acme')).body, [])
  })

  test('changes what it reaches with the next request, and is refused with wrong wishes', async () => {
    const { token, tokenInfo } = await newToken({ permissions: ['repo.write'] })
    const path = `${accounts}/${bot}/tokens/${tokenInfo._id}`
    assert.equal((await commit(token, 'acme/plain')).status, 200)
    const narrowed = await done(ask(ada, 'PATCH', path, { permissions: [], displayName: 'narrow' }))
    assert.deepEqual([narrowed.displayName, narrowed.permissions], ['narrow', []])
    assert.equal((await commit(token, 'acme/plain')).status, 404)
    assert.equal((await lastEvent())?.type, 'org.service_account.token.update')
    for (const wrong of [
      { repoIds: [ids.plain] },
      { repoPermissions: ['repo.write'] },
      { repoIds: [ids.secret], repoPermissions: ['repo.write'] },
      { repoIds: [ids.plain], repoPermissions: ['org.write'] },
      { permissions: ['job.write'] },
      { skipNetworkSecurity: 'yes' },
    ])
      assert.equal((await ask(ada, 'PATCH', path, wrong)).status, 400, JSON.stringify(wrong))
    const byName = { repositories: [{ type: 'model', name: 'ACME/other' }], repoPermissions: ['repo.content.read'] }
    assert.deepEqual((await done(ask(ada, 'PATCH', path, byName))).repoIds, [ids.other])
    for (const name of ['beta/open', 'nothing'])
      assert.equal((await ask(ada, 'PATCH', path, { repositories: [{ type: 'model', name }] })).status, 400)
    // What everyone can read can be named; it gives nothing there
    await done(ask(ada, 'PATCH', path, { repoIds: [ids.open], repoPermissions: ['repo.write'] }))
    assert.equal((await ask(token, 'GET', '/api/models/beta/open')).status, 200)
    assert.equal((await commit(token, 'beta/open')).status, 403)
  })

  test('is bound to the IP ranges of the organization, unless it is exempt from them', async () => {
    const { token, tokenInfo } = await newToken({ permissions: ['repo.content.read'] })
    const ranges = { enforce_ip_ranges: true, ip_ranges: ['192.0.2.0/24'] }
    await hub.db.updateTable('organizations').set(ranges).where('id', '=', acmeId).execute()
    const look = async () => [
      (await ask(token, 'GET', '/api/models/acme/plain')).status,
      (await ask(token, 'GET', '/api/models?author=acme')).body.length > 0,
    ]
    assert.deepEqual(await look(), [403, false])
    await hub.db
      .updateTable('access_tokens')
      .set({ skips_network_security: true })
      .where('id', '=', tokenInfo._id)
      .execute()
    assert.deepEqual(await look(), [200, true])
    await hub.db.updateTable('organizations').set({ enforce_ip_ranges: false }).where('id', '=', acmeId).execute()
    const path = `${accounts}/${bot}/tokens/${tokenInfo._id}`
    assert.equal((await done(ask(ada, 'PATCH', path, { skipNetworkSecurity: false }))).skipNetworkSecurity, false)
    assert.equal((await done(ask(ada, 'PATCH', path, { skipNetworkSecurity: true }))).skipNetworkSecurity, true)
    await hub.db.updateTable('organizations').set({ plan: 'team' }).where('id', '=', acmeId).execute()
    assert.equal((await ask(ada, 'PATCH', path, { skipNetworkSecurity: true })).status, 402)
    await hub.db.updateTable('organizations').set({ plan: 'plus' }).where('id', '=', acmeId).execute()
  })

  test('dies at once when it is rotated, or deleted, or its account is', async () => {
    const first = await newToken({ permissions: ['repo.write'] })
    const path = `${accounts}/${bot}/tokens/${first.tokenInfo._id}`
    const second = await done(ask(ada, 'POST', `${path}/rotate`))
    assert.equal(second.tokenInfo.last4, second.token.slice(-4))
    assert.equal((await ask(first.token, 'GET', '/api/whoami-v2')).status, 401)
    assert.equal((await commit(second.token, 'acme/plain')).status, 200)
    assert.equal((await ask(ada, 'DELETE', path)).status, 204)
    assert.equal((await commit(second.token, 'acme/plain')).status, 401)
    assert.equal((await ask(ada, 'POST', `${path}/rotate`)).status, 404)
    const other = (await done(ask(ada, 'POST', accounts, { name: 'Short-lived' })))._id
    const { token } = await done(ask(ada, 'POST', `${accounts}/${other}/tokens`, { permissions: ['repo.write'] }))
    assert.equal((await commit(token, 'acme/plain')).status, 200)
    assert.equal((await ask(ada, 'DELETE', `${accounts}/${other}`)).status, 204)
    assert.equal((await gitDoor(token, 'acme/plain')).status, 401)
    assert.equal((await ask(ada, 'GET', `${accounts}/${other}`)).status, 404)
  })

  test('is dead in the very next request after a rotation, with writes under way', async () => {
    for (let round = 0; round < 5; round++) {
      const { token, tokenInfo } = await newToken({ permissions: ['repo.write'] })
      const writes = [0, 1, 2].map(() => commit(token, 'acme/plain'))
      await done(ask(ada, 'POST', `${accounts}/${bot}/tokens/${tokenInfo._id}/rotate`))
      assert.equal((await commit(token, 'acme/plain')).status, 401)
      for (const { status } of await Promise.all(writes)) assert.ok([200, 401, 412].includes(status), `${status}`)
    }
  })
})

describe('the end', () => {
  test('of its maker is not its own: the owner is asked for, or missing', async () => {
    const id = (await done(ask(amy, 'POST', accounts, { name: 'Survivor' })))._id
    const { token } = await done(ask(amy, 'POST', `${accounts}/${id}/tokens`, { permissions: ['repo.write'] }))
    const off = (body: object) => ask(ada, 'POST', '/api/organizations/acme/members/amy/offboard', body)
    const plan = await done(off({ mode: 'plan' }))
    assert.deepEqual(plan.needsOwner.serviceAccounts, [{ id, name: 'Survivor' }])
    const refused = await off({ mode: 'apply', reason: 'Left.' })
    assert.match(refused.body.error, /1 service account would have no owner/)
    await done(off({ mode: 'apply', reason: 'Left.', successor: 'bea' }))
    assert.equal((await commit(token, 'acme/plain')).status, 200)
    const has = await listHoldings(hub.db, { orgId: acmeId, userId: bea.id })
    assert.deepEqual(has.serviceAccounts, [{ id, name: 'Survivor' }])
    await done(ask(ada, 'DELETE', '/api/organizations/acme/members/bea'))
    const rows = (await ask(ada, 'GET', '/api/organizations/acme/settings/service-accounts')).body
    assert.equal(rows.find((row: { id: string }) => row.id === id).owner, null)
    assert.equal((await commit(token, 'acme/plain')).status, 200)
  })

  test('of the organization is the end of its service accounts', async () => {
    const token = await tokenOf({ permissions: ['repo.write'] })
    assert.equal((await ask(token, 'GET', '/api/whoami-v2')).status, 200)
    await hub.db.updateTable('organizations').set({ deleted_at: new Date() }).where('id', '=', acmeId).execute()
    assert.equal((await ask(token, 'GET', '/api/whoami-v2')).status, 401)
    assert.equal((await ask(token, 'GET', '/api/models/beta/open')).status, 401)
  })
})
