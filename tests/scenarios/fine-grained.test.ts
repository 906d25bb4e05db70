import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Person, type Reply, startTestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

// Ada is an admin of acme and of beta. What her fine-grained tokens reach, by the API, git, LFS, and downloads.

const hub = await startTestHub()
const { people, id: acmeId } = await hub.organization('acme', { ada: 'admin', bea: 'read' })
const ada = people.ada as Person
await hub.console('POST', '/api/operator/organizations', { name: 'beta', admin: 'ada' })
const browser = await signedIn(hub, 'ada')
const groups: Record<string, string> = {}
const ids: Record<string, string> = {}

for (const name of ['speech', 'vision']) {
  const reply = await hub.request(ada, 'POST', '/api/organizations/acme/resource-groups', { name })
  groups[name] = reply.body.id
}
for (const [organization, name, group, isPrivate] of [
  ['acme', 'plain', undefined, true],
  ['acme', 'other', undefined, true],
  ['acme', 'open', undefined, false],
  ['acme', 'voices', 'speech', true],
  ['acme', 'eyes', 'vision', true],
  ['beta', 'secret', undefined, true],
  [undefined, 'diary', undefined, true],
] as const) {
  const resourceGroupId = group && groups[group]
  const body = { name, private: isPrivate, ...(organization && { organization }), ...(group && { resourceGroupId }) }
  const reply = await hub.request(ada, 'POST', '/api/repos/create', body)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  ids[name] = reply.body.id
}

interface Scoped {
  entity: { type: string; name?: string; _id?: string }
  permissions: string[]
}

const on = (type: string, name: string, ...permissions: string[]): Scoped => ({ entity: { type, name }, permissions })

async function create(...scoped: Scoped[]): Promise<{ id: string; token: string }> {
  const { status, body } = await wish({ fineGrained: { scoped } })
  assert.equal(status, 201, JSON.stringify(body))
  return body
}

const wish = (more: Record<string, unknown>) =>
  browser.send('POST', '/api/settings/tokens', { name: 'ci', role: 'fineGrained', ...more })

const get = (token: string, path: string) => hub.request(token, 'GET', path)
const codeOf = ({ status, headers }: Reply) => [status, headers.get('x-error-code')]
const asGit = (token: string) => ({ authorization: `Basic ${Buffer.from(`ada:${token}`).toString('base64')}` })
const gitDoor = (token: string, repo: string, service = 'git-upload-pack') =>
  hub.request(undefined, 'GET', `/${repo}.git/info/refs?service=${service}`, undefined, asGit(token))
const lfsDoor = (token: string, repo: string, operation = 'download') =>
  hub.request(
    undefined,
    'POST',
    `/${repo}.git/info/lfs/objects/batch`,
    { operation, objects: [{ oid: 'ab'.repeat(32), size: 3 }] },
    { ...asGit(token), 'content-type': 'application/vnd.git-lfs+json' },
  )
const commit = (token: string, repo: string) =>
  hub.request(
    token,
    'POST',
    `/api/models/${repo}/commit/main`,
    [
      { key: 'header', value: { summary: 'x' } },
      { key: 'file', value: { path: 'a.txt', content: 'YQ==', encoding: 'base64' } },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n'),
    { 'content-type': 'application/x-ndjson' },
  )

const stranger = await hub.person('zoe')
const hidden = await hub.request(stranger, 'POST', '/api/repos/create', { name: 'mine', private: true })
await hub.console('POST', '/api/operator/organizations', { name: 'gamma', admin: 'zoe' })
const writing = await create(on('model', 'acme/plain', 'repo.write'))
const reading = (await create(on('model', 'acme/plain', 'repo.content.read'))).token

describe('creating', () => {
  test('a fine-grained token has its own letter, and says what it reaches', async () => {
    const { id, token } = await create(on('model', 'ACME/plain', 'repo.write', 'repo.content.read', 'repo.write'))
    assert.match(token, /^hf_f[0-9A-Za-z]{38}$/)
    const scoped = [
      {
        entity: { _id: ids.plain, type: 'model', name: 'acme/plain' },
        permissions: ['repo.content.read', 'repo.write'],
      },
    ]
    const listed = (await browser.send('GET', '/api/settings/tokens')).body
    const own: { fineGrained: unknown } = listed.find((each: { id: string }) => each.id === id)
    assert.deepEqual(own.fineGrained, { scoped })
    const data = (await hub.events('instance')).at(-1)?.data ?? {}
    assert.deepEqual((data.token as { scoped: unknown }).scoped, scoped)
    const { body } = await get(token, '/api/whoami-v2')
    assert.deepEqual(body.auth.accessToken.fineGrained, { scoped })
    assert.deepEqual([body.email, body.orgs.map(({ name }: { name: string }) => name)], [null, ['acme']])
    assert.deepEqual(body.orgs[0].resourceGroups, [])
  })

  test('groups, organizations, and the namespace are named by ID or by name', async () => {
    const { token } = await create(
      on('user', 'ada', 'repo.content.read'),
      { entity: { type: 'org', _id: acmeId.toUpperCase() }, permissions: ['org.read'] },
      on('resource-group', 'acme/SPEECH', 'resourceGroup.write'),
      { entity: { type: 'model', _id: ids.secret as string }, permissions: ['repo.content.read'] },
    )
    const { scoped } = (await get(token, '/api/whoami-v2')).body.auth.accessToken.fineGrained
    assert.deepEqual(
      scoped.map(({ entity }: Scoped) => entity),
      [
        { _id: ids.secret, type: 'model', name: 'beta/secret' },
        { _id: acmeId, type: 'org', name: 'acme' },
        { _id: groups.speech, type: 'resource-group', name: 'acme/speech' },
        { _id: ada.id, type: 'user', name: 'ada' },
      ],
    )
  })

  const rows: [what: string, body: Record<string, unknown>, field: string][] = [
    ['without a scope', {}, 'fineGrained'],
    ['with an empty scope', { fineGrained: { scoped: [] } }, 'fineGrained.scoped'],
    [
      'with a scope on a write token',
      { role: 'write', fineGrained: { scoped: [on('user', 'ada', 'repo.write')] } },
      'fineGrained',
    ],
    ...(
      [
        ['without permissions', on('model', 'acme/plain'), '.permissions'],
        ['with an unknown permission', on('org', 'acme', 'job.write'), '.permissions[0]'],
        ['with a permission of organizations on a repository', on('model', 'acme/plain', 'org.read'), '.permissions'],
        ['on someone else', on('user', 'bea', 'repo.write'), '.entity'],
        ['on a private repository of a stranger', on('model', 'zoe/mine', 'repo.write'), '.entity'],
        [
          'on the same by ID',
          { entity: { type: 'model', _id: hidden.body.id }, permissions: ['repo.write'] },
          '.entity',
        ],
        ['on a repository that is not there', on('model', 'zoe/none', 'repo.write'), '.entity'],
        ['on a repository of another type', on('dataset', 'acme/plain', 'repo.write'), '.entity'],
        ['on an organization of strangers', on('org', 'gamma', 'org.read'), '.entity'],
        ['on a group that is not there', on('resource-group', 'acme/none', 'repo.write'), '.entity'],
        ['on nothing', { entity: { type: 'org' }, permissions: ['org.read'] }, '.entity'],
      ] as [string, Scoped, string][]
    ).map(([what, scope, field]): [string, Record<string, unknown>, string] => [
      what,
      { fineGrained: { scoped: [scope] } },
      `fineGrained.scoped[0]${field}`,
    ]),
  ]
  for (const [what, body, field] of rows) {
    test(`a token ${what} is refused`, async () => {
      const before = await hub.db.selectFrom('access_tokens').select('id').execute()
      const reply = await wish(body)
      assert.equal(reply.status, 400, JSON.stringify(reply.body))
      assert.equal(reply.body.fields[0].field, field)
      assert.equal((await hub.db.selectFrom('access_tokens').select('id').execute()).length, before.length)
    })
  }

  test('the same thing twice is refused, whatever names it', async () => {
    const byId = { entity: { type: 'model', _id: ids.plain as string }, permissions: ['repo.write'] }
    const { status, body } = await wish({ fineGrained: { scoped: [on('model', 'acme/plain', 'repo.write'), byId] } })
    assert.deepEqual(
      [status, body.fields?.[0]],
      [400, { field: 'fineGrained.scoped[1].entity', message: 'is listed twice' }],
    )
  })

  test('what only an admin sees is not there for a member', async () => {
    const member = await signedIn(hub, 'bea')
    const scoped = [on('resource-group', 'acme/speech', 'repo.write')]
    const { status } = await member.send('POST', '/api/settings/tokens', {
      name: 'x',
      role: 'fineGrained',
      fineGrained: { scoped },
    })
    assert.equal(status, 400)
  })

  test('the command line on the server creates one with what the owner can see', async () => {
    const ask = (name: string) =>
      hub.console('POST', '/api/operator/people/bea/tokens', {
        name: 'robot',
        role: 'fineGrained',
        fineGrained: { scoped: [on('model', name, 'repo.content.read')] },
      })
    const { status, body } = await ask('acme/plain')
    assert.equal(status, 201)
    assert.equal((await get(body.token, '/api/models/acme/plain')).status, 200)
    assert.equal((await ask('acme/voices')).status, 400)
  })
})

describe('a token on one repository', () => {
  const { token } = writing

  test('reads and writes it by every door', async () => {
    assert.equal((await get(token, '/api/models/acme/plain')).status, 200)
    assert.equal((await commit(token, 'acme/plain')).status, 200)
    assert.equal((await gitDoor(token, 'acme/plain', 'git-receive-pack')).status, 200)
    assert.equal((await lfsDoor(token, 'acme/plain', 'upload')).status, 200)
    assert.equal((await get(token, '/acme/plain/resolve/main/a.txt')).status, 200)
  })

  test('only reads it with repo.content.read', async () => {
    assert.equal((await get(reading, '/acme/plain/resolve/main/a.txt')).status, 200)
    assert.deepEqual(codeOf(await commit(reading, 'acme/plain')), [403, 'TokenScope'])
    assert.equal((await gitDoor(reading, 'acme/plain')).status, 200)
    assert.deepEqual(codeOf(await gitDoor(reading, 'acme/plain', 'git-receive-pack')), [403, 'TokenScope'])
    assert.equal((await lfsDoor(reading, 'acme/plain', 'upload')).status, 403)
  })

  test('private repositories beside it look missing, to the letter', async () => {
    const doors = [
      (name: string) => get(token, `/api/models/${name}`),
      (name: string) => get(token, `/${name}/resolve/main/README.md`),
      (name: string) => commit(token, name),
      (name: string) => gitDoor(token, name),
      (name: string) => gitDoor(token, name, 'git-receive-pack'),
      (name: string) => lfsDoor(token, name),
      (name: string) => lfsDoor(token, name, 'upload'),
    ]
    for (const door of doors) {
      for (const name of ['acme/other', 'acme/voices', 'beta/secret', 'ada/diary']) {
        const [there, missing] = [await door(name), await door(`${name.split('/')[0]}/nothing`)]
        assert.equal(there.status, 404, name)
        assert.deepEqual([there.status, there.body], [missing.status, missing.body], name)
      }
    }
  })

  test('a public repository is readable, and its group and its actions are not shown', async () => {
    assert.equal((await get(token, '/api/models/acme/open')).status, 200)
    assert.deepEqual(codeOf(await commit(token, 'acme/open')), [403, 'TokenScope'])
    assert.deepEqual(
      codeOf(await hub.request(token, 'DELETE', '/api/repos/delete', { name: 'open', organization: 'acme' })),
      [403, 'TokenScope'],
    )
  })

  test('lists and search show what it can read', async () => {
    const names = ({ body }: Reply) => {
      assert.ok(Array.isArray(body), JSON.stringify(body))
      return body.map(({ id }: { id: string }) => id).sort()
    }
    assert.deepEqual(names(await get(token, '/api/models')), ['acme/open', 'acme/plain'])
    const found = (await get(token, '/api/quicksearch?q=secret')).body
    assert.deepEqual(found.repositories ?? [], [])
    const overview = (await get(token, '/api/users/ada/overview')).body
    assert.equal(overview.numModels, 0)
  })

  test('no other repository can be created, moved, or copied with it', async () => {
    const ask = (body: unknown) => hub.request(token, 'POST', '/api/repos/create', body)
    assert.deepEqual(codeOf(await ask({ name: 'new', organization: 'acme' })), [403, 'TokenScope'])
    assert.deepEqual(codeOf(await ask({ name: 'new' })), [403, 'TokenScope'])
    assert.equal((await ask({ name: 'new', organization: 'acme', resourceGroupId: groups.speech })).status, 403)
    const move = await hub.request(token, 'POST', '/api/repos/move', {
      fromRepo: 'acme/plain',
      toRepo: 'beta/plain',
      type: 'model',
    })
    assert.deepEqual(codeOf(move), [403, 'TokenScope'])
  })

  test('the instance shows no account to it', async () => {
    assert.equal((await get(token, '/api/instance')).body.account, null)
    assert.equal((await get(ada.token, '/api/instance')).body.account.name, 'ada')
  })

  const selfRoutes: [string, string, unknown?][] = [
    ['GET', '/api/settings/account'],
    ['GET', '/api/settings/organizations'],
    ['GET', '/api/settings/invitations'],
    ['GET', '/api/settings/tokens'],
    ['GET', '/api/settings/notifications'],
    ['POST', '/api/organizations', { name: 'delta' }],
    ['POST', '/api/organizations/acme/leave'],
  ]
  for (const [method, path, body] of selfRoutes) {
    test(`${method} ${path} is not for it`, async () => {
      const reply = await hub.request(token, method, path, body)
      assert.equal(reply.status, 403, JSON.stringify(reply.body))
      assert.match(reply.headers.get('x-error-code') ?? '', /^(TokenScope|SessionRequired)$/)
    })
  }

  test('an organization is to it what it is to a stranger, also where the owner is not a member', async () => {
    const seen = (await get(token, '/api/organizations/acme')).body
    const may = seen.may.filter((action: string) => !action.startsWith('sso.'))
    assert.deepEqual([seen.role, seen.blockedBy, may], [null, [], ['org.view', 'member.list']])
    for (const org of ['acme', 'beta', 'gamma'])
      assert.deepEqual(codeOf(await get(token, `/api/organizations/${org}/settings`)), [403, 'TokenScope'], org)
    for (const group of [groups.speech, '0123456789abcdef01234567', 'none'])
      assert.equal((await get(token, `/api/organizations/acme/resource-groups/${group}`)).status, 403)
  })
})

describe('a token on a group or an organization', () => {
  test('on a group: its repositories, new ones in it, and its people; nothing beside it', async () => {
    const { token } = await create(on('resource-group', 'acme/speech', 'repo.write', 'resourceGroup.write'))
    assert.equal((await commit(token, 'acme/voices')).status, 200)
    for (const name of ['acme/eyes', 'acme/plain']) assert.equal((await get(token, `/api/models/${name}`)).status, 404)
    const group = `/api/organizations/acme/resource-groups/${groups.speech}`
    assert.equal((await get(token, group)).status, 200)
    assert.equal(
      (await hub.request(token, 'POST', `${group}/users`, { users: [{ user: 'bea', role: 'read' }] })).status,
      200,
    )
    assert.deepEqual(codeOf(await hub.request(token, 'DELETE', group)), [403, 'TokenScope'])
    const ask = (more: Record<string, unknown>) =>
      hub.request(token, 'POST', '/api/repos/create', { organization: 'acme', private: true, ...more })
    assert.equal((await ask({ name: 'more-voices', resourceGroupId: groups.speech })).status, 200)
    assert.equal((await ask({ name: 'more-eyes', resourceGroupId: groups.vision })).status, 403)
    assert.equal((await ask({ name: 'more' })).status, 403)
    const out = await hub.request(token, 'POST', '/api/models/acme/voices/resource-group', { resourceGroupId: null })
    assert.deepEqual(codeOf(out), [403, 'TokenScope'])
  })

  test('on an organization: everything in it by permission, and no other organization', async () => {
    const { token } = await create(on('org', 'acme', 'repo.content.read', 'org.read'))
    for (const name of ['plain', 'voices', 'eyes'])
      assert.equal((await get(token, `/api/models/acme/${name}`)).status, 200)
    assert.equal((await get(token, '/api/organizations/acme/settings')).status, 200)
    assert.equal((await get(token, '/api/organizations/acme/audit-log')).status, 200)
    const change = (name: string) =>
      hub.request(token, 'PATCH', `/api/organizations/${name}/settings`, { hideMembers: true })
    assert.deepEqual(codeOf(await change('acme')), [403, 'TokenScope'])
    assert.deepEqual(codeOf(await get(token, '/api/organizations/beta/settings')), [403, 'TokenScope'])
    assert.equal((await get(token, '/api/models/beta/secret')).status, 404)
    const { orgs } = (await get(token, '/api/whoami-v2')).body
    assert.deepEqual(
      orgs.map(({ name, resourceGroups }: { name: string; resourceGroups: unknown[] }) => [
        name,
        resourceGroups.length,
      ]),
      [['acme', 0]],
    )
  })

  test('never more than the owner: a member who may read cannot write with any scope', async () => {
    const member = await signedIn(hub, 'bea')
    const scoped = [on('org', 'acme', 'repo.write', 'org.write', 'resourceGroup.write')]
    const { body } = await member.send('POST', '/api/settings/tokens', {
      name: 'x',
      role: 'fineGrained',
      fineGrained: { scoped },
    })
    assert.deepEqual(codeOf(await commit(body.token, 'acme/plain')), [403, null])
    assert.deepEqual(
      codeOf(await hub.request(body.token, 'PATCH', '/api/organizations/acme/settings', { hideMembers: true })),
      [403, null],
    )
    assert.equal((await get(body.token, '/api/models/acme/eyes')).status, 404)
  })
})
