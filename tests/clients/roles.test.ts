import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import * as js from '@huggingface/hub'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { makeVisitor, type Right, type Visitor } from './doors.ts'
import { digestOf, succeeded } from './expect.ts'
import { makeMachine, noPython } from './machine.ts'

let hub: TestHub
let groupId: string
const people: Record<string, Person> = {}
const visitors: Record<string, Visitor> = {}

const members = {
  ada: 'admin',
  wim: 'write',
  cas: 'contributor',
  rea: 'read',
  noa: 'no_access',
  'group-read': 'no_access',
  'group-contributor': 'no_access',
  'group-write': 'no_access',
  'group-admin': 'no_access',
} as const
const groupRoles = ['read', 'contributor', 'write', 'admin'] as const

before(async () => {
  hub = await startTestHub()
  Object.assign(people, (await hub.organization('lab', members)).people)
  for (const name of ['guest-read', 'guest-write', 'stranger']) people[name] = await hub.person(name)
  const users = groupRoles.map((role) => ({ user: `group-${role}`, role }))
  groupId = (await done('ada', 'POST', '/api/organizations/lab/resource-groups', { name: 'team', users })).id
  await create('ada', 'lab/open', { visibility: 'public' })
  await create('ada', 'lab/shut', { visibility: 'private' })
  await create('cas', 'lab/of-cas', { visibility: 'private' })
  await create('ada', 'lab/team', { visibility: 'private', resourceGroupId: groupId })
  await create('group-contributor', 'lab/of-team', { visibility: 'private', resourceGroupId: groupId })
  for (const role of ['read', 'write'])
    await done('ada', 'PUT', `/api/models/lab/shut/collaborators/guest-${role}`, { role })
  for (const [name, person] of Object.entries(people)) visitors[name] = await makeVisitor(hub, person)
  visitors.anonymous = await makeVisitor(hub, undefined)
})

async function done(who: string, method: string, path: string, body?: unknown) {
  const reply = await hub.request(people[who], method, path, body)
  assert.ok(reply.status < 300, `${method} ${path}: ${JSON.stringify(reply.body)}`)
  return reply.body
}

const create = (who: string, name: string, more: object) => done(who, 'POST', '/api/repos/create', { name, ...more })

const everybody = [...Object.keys(members), 'guest-read', 'guest-write', 'stranger', 'anonymous']
const nothing: Right = 'sees nothing'
const rights: Record<string, { writes: string[]; reads: string[] }> = {
  'lab/open': { writes: ['ada', 'wim'], reads: everybody },
  'lab/shut': { writes: ['ada', 'wim', 'guest-write'], reads: ['cas', 'rea', 'guest-read'] },
  'lab/of-cas': { writes: ['ada', 'wim', 'cas'], reads: ['rea'] },
  'lab/team': { writes: ['ada', 'group-write', 'group-admin'], reads: ['group-read', 'group-contributor'] },
  'lab/of-team': { writes: ['ada', 'group-write', 'group-admin', 'group-contributor'], reads: ['group-read'] },
  'lab/not-there': { writes: [], reads: [] },
}

function rightOf(who: string, repo: string): Right {
  if (rights[repo]?.writes.includes(who)) return 'writes'
  return rights[repo]?.reads.includes(who) ? 'reads' : nothing
}

for (const repo of Object.keys(rights)) {
  test(`${repo}: everybody gets their right at every door`, async () => {
    const told = await Promise.all(
      everybody.map(async (who) => `${who}: ${JSON.stringify(await visitors[who]?.tryAll(repo))}`),
    )
    const meant = everybody.map((who) => {
      const right = rightOf(who, repo)
      return `${who}: ${JSON.stringify({ git: right, lfs: right, files: right })}`
    })
    assert.deepEqual(told, meant)
  })
}

test('the Python client gets the same', { skip: noPython }, async () => {
  const told = async (who: string, repo: string) => {
    const machine = makeMachine(hub.url, people[who])
    return JSON.parse(succeeded(await machine.python('access.py', { REPO: repo })).stdout)
  }
  await js.uploadFile({
    hubUrl: hub.url,
    accessToken: people.ada?.token ?? '',
    repo: 'lab/shut',
    file: { path: 'README.md', content: new Blob(['# Shut']) },
  })
  const writes = { look: 'yes', download: 'yes', list: 'yes', upload: 'yes', tag: 'yes' }
  const reads = { ...writes, upload: 'HfHubHTTPError 403', tag: 'HfHubHTTPError 403' }
  const missing = (status: number) => `RepositoryNotFoundError ${status}`
  const none = (status: number) => ({
    look: missing(status),
    download: missing(status),
    list: 'no',
    upload: missing(status),
    tag: missing(status),
  })
  const rows: [string, object][] = [
    ['ada', writes],
    ['wim', writes],
    ['cas', reads],
    ['rea', reads],
    ['noa', none(404)],
    ['guest-read', reads],
    ['guest-write', writes],
    ['stranger', none(404)],
    ['anonymous', none(401)],
  ]
  for (const [who, meant] of rows) assert.deepEqual(await told(who, 'lab/shut'), meant, who)
})

test('a role that changes counts from the next request on, at every door', async () => {
  const path = '/api/organizations/lab/members/rea'
  const steps: [string, Right][] = [
    ['write', 'writes'],
    ['no_access', nothing],
    ['contributor', 'reads'],
    ['admin', 'writes'],
    ['read', 'reads'],
  ]
  for (const [role, right] of steps) {
    await done('ada', 'PUT', `${path}/role`, { role })
    assert.deepEqual(await visitors.rea?.tryAll('lab/shut'), { git: right, lfs: right, files: right }, role)
  }
  await done('ada', 'DELETE', path)
  assert.deepEqual(await visitors.rea?.tryAll('lab/shut'), { git: nothing, lfs: nothing, files: nothing })
})

test('a role in the group, the group of a repository, and a grant count from the next request on', async () => {
  const tried = async (who: string, repo: string) => new Set(Object.values((await visitors[who]?.tryAll(repo)) ?? {}))
  const group = `/api/organizations/lab/resource-groups/${groupId}`
  await done('ada', 'PATCH', `${group}/users/group-read`, { role: 'write' })
  assert.deepEqual(await tried('group-read', 'lab/team'), new Set(['writes']))
  await done('ada', 'DELETE', `${group}/users/group-read`)
  assert.deepEqual(await tried('group-read', 'lab/team'), new Set([nothing]))

  await done('ada', 'POST', '/api/models/lab/shut/resource-group', { resourceGroupId: groupId })
  assert.deepEqual(await tried('wim', 'lab/shut'), new Set([nothing]))
  assert.deepEqual(await tried('group-write', 'lab/shut'), new Set(['writes']))
  assert.deepEqual(await tried('guest-write', 'lab/shut'), new Set(['writes']))
  await done('ada', 'POST', '/api/models/lab/shut/resource-group', { resourceGroupId: null })
  assert.deepEqual(await tried('wim', 'lab/shut'), new Set(['writes']))

  const grant = '/api/models/lab/shut/collaborators/guest-write'
  await done('ada', 'PUT', grant, { role: 'read' })
  assert.deepEqual(await tried('guest-write', 'lab/shut'), new Set(['reads']))
  await done('ada', 'DELETE', grant)
  assert.deepEqual(await tried('guest-write', 'lab/shut'), new Set([nothing]))

  await done('ada', 'PUT', '/api/models/lab/open/settings', { visibility: 'private' })
  assert.deepEqual(await tried('anonymous', 'lab/open'), new Set([nothing]))
  assert.deepEqual(await tried('stranger', 'lab/open'), new Set([nothing]))
})

test('a link that was given out is void once its person may no longer', async () => {
  const content = 'kept in LFS'
  await create('ada', 'lab/links', { visibility: 'private' })
  await done('ada', 'PUT', '/api/models/lab/links/collaborators/stranger', { role: 'read' })
  const batch = async (who: string, operation: string) => {
    const objects = [{ oid: digestOf(content), size: content.length }]
    const path = '/lab/links.git/info/lfs/objects/batch'
    return (await done(who, 'POST', path, { operation, objects })).objects[0].actions
  }
  const upload = (await batch('ada', 'upload')).upload
  const put = await fetch(upload.href, { method: 'PUT', body: content, headers: upload.header ?? {} })
  assert.ok(put.status < 300, await put.text())
  const { href } = (await batch('stranger', 'download')).download
  assert.equal(await (await fetch(href)).text(), content)
  await done('ada', 'DELETE', '/api/models/lab/links/collaborators/stranger')
  const after = await fetch(href)
  assert.ok(after.status >= 400, `still ${after.status}`)
})
