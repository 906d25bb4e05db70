import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { secondsFromNow } from '../../server/kernel/clock.ts'
import { sql } from '../../server/store/sql.ts'
import { type Content, makeTemplate } from '../content.ts'
import { type Person, type Reply, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
let orgId: string
let repoId: string
let people: Record<string, Person>
let content: Content
const models = '/api/models/acme'

before(async () => {
  hub = await startTestHub()
  await hub.person('opal', { operator: true })
  const made = await hub.organization('acme', { ada: 'admin', wil: 'write', con: 'contributor', rae: 'read' })
  const lab = await hub.organization('lab', { leo: 'admin', lea: 'write', lin: 'read' })
  orgId = made.id
  people = { ...made.people, ...lab.people, sam: await hub.person('sam') }
  const body = { name: 'weights', organization: 'acme', private: false }
  repoId = (await ask('con', 'POST', '/api/repos/create', body)).body.id
  content = await (await makeTemplate(hub.running.server.hub, hub.db)).copyTo(repoId)
  assert.equal((await settings({ gated: 'manual' })).status, 200)
})

const ask = (who: string | undefined, method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  hub.request(who === undefined ? undefined : people[who], method, path, body, headers)
const settings = (body: unknown, by = 'ada') => ask(by, 'PUT', `${models}/weights/settings`, body)
const statusOf = async (who: string, path = '/acme/weights/resolve/main/data/a.txt') =>
  (await ask(who, 'GET', path)).status
const stateOf = async (who: string) => (await ask(who, 'GET', `${models}/weights/gate`)).body.state
const grant = (user: string) => ask('ada', 'POST', `${models}/weights/user-access-request/grant`, { user })
const namesIn = ({ body }: Reply) => body.map(({ user }: { user: string }) => user).sort()
const organizations = (method: string, tail = '', body?: unknown) =>
  ask('ada', method, `${models}/weights/gate/organizations${tail}`, body)

describe('a gate for members too', () => {
  before(() => settings({ orgMembersGated: true }))

  it('lets in admins and the creator, and keeps out other members, from changes too', async () => {
    assert.deepEqual([await statusOf('ada'), await statusOf('con')], [200, 200])
    assert.deepEqual([await statusOf('rae'), await statusOf('wil')], [403, 403])
    const doors: [string, string, unknown?][] = [
      ['GET', `${models}/weights/auth-check/write`],
      ['POST', `${models}/weights/branch/new`, {}],
      ['PUT', `${models}/weights/settings`, { orgMembersGated: false }],
      ['POST', `${models}/weights/user-access-request/grant`, { user: 'wil' }],
      ['GET', `${models}/weights/user-access-request/pending`],
      ['GET', '/acme/weights.git/info/refs?service=git-receive-pack'],
      ['DELETE', '/api/repos/delete', { name: 'weights', organization: 'acme' }],
    ]
    for (const [method, path, body] of doors) {
      const { status, headers } = await ask('wil', method, path, body)
      assert.deepEqual([status, headers.get('x-error-code')], [403, 'GatedRepo'], `${method} ${path}`)
    }
  })

  it('lets them in once they have access', async () => {
    assert.equal((await grant('wil')).status, 200)
    assert.deepEqual([await statusOf('wil'), await stateOf('wil'), await stateOf('rae')], [200, 'accepted', 'none'])
    assert.equal((await ask('wil', 'GET', `${models}/weights/auth-check/write`)).status, 200)
    await ask('ada', 'POST', `${models}/weights/user-access-request/handle`, { user: 'wil', status: 'rejected' })
    assert.equal(await statusOf('wil'), 403)
    await settings({ orgMembersGated: false })
    assert.equal(await statusOf('wil'), 200)
  })
})

describe('access of an organization', () => {
  it('is that of its members with the role, while they have it', async () => {
    const given = await organizations('PUT', '/lab', { role: 'write' })
    assert.deepEqual([given.status, given.body.members, given.body.role], [200, 2, 'write'])
    assert.deepEqual([await statusOf('leo'), await statusOf('lea'), await statusOf('lin')], [200, 200, 403])
    assert.equal((await ask('lea', 'GET', `${models}/weights/gate`)).body.organization, 'lab')
    // Roles are for members to see
    assert.equal((await organizations('GET', '/lab/members')).status, 403)
    assert.equal((await organizations('PUT', '/lab', {})).body.members, 3)
    assert.deepEqual(namesIn(await organizations('GET', '/lab/members')), ['lea', 'leo', 'lin'])
    assert.equal(await statusOf('lin'), 200)
    await ask('leo', 'DELETE', '/api/organizations/lab/members/lin')
    assert.equal(await statusOf('lin'), 403)
  })

  it('names members with a role, and those who are hidden, to members alone', async () => {
    const listed = (grantee: string) => ask('wil', 'GET', `${models}/weights/gate/organizations/${grantee}/members`)
    const setHidden = (hide: boolean) => sql`update organizations set hide_members = ${hide}`.execute(hub.db)
    assert.equal((await organizations('PUT', '/acme', { role: 'write' })).status, 200)
    assert.deepEqual(namesIn(await listed('acme')), ['ada', 'wil'])
    await setHidden(true)
    assert.deepEqual([(await listed('acme')).status, (await listed('lab')).status], [200, 403])
    await setHidden(false)
    assert.deepEqual([(await listed('acme')).status, (await listed('lab')).status], [200, 200])
    await organizations('DELETE', '/acme')
  })

  it('is listed by name where anyone may know the members, and else as the organization alone', async () => {
    const whoCan = '/api/organizations/acme/access/who-can'
    const listed = async () => {
      const { body } = await ask('ada', 'GET', `${whoCan}?repo=acme/weights`)
      const csv = await ask('ada', 'GET', `${whoCan}/export?repo=acme/weights`)
      const people = body.people.filter(({ user }: { user: string }) => ['lea', 'leo'].includes(user))
      for (const { user } of people) assert.match(csv.body, new RegExp(`"${user}"`))
      assert.equal(/"lab"/.test(csv.body), body.organizations.length > 0)
      return { people, names: people.map(({ user }: { user: string }) => user).sort(), of: body.organizations }
    }
    const open = await listed()
    assert.deepEqual([open.names, open.of], [['lea', 'leo'], []])
    assert.match(open.people[0].grounds[0].sentence, /for members of lab/)
    await organizations('PUT', '/lab', { role: 'write' })
    const byRole = await listed()
    assert.deepEqual([byRole.names, byRole.of], [[], ['lab']])
    await organizations('PUT', '/lab', {})
    await sql`update organizations set hide_members = true where name = 'lab'`.execute(hub.db)
    const hidden = await listed()
    assert.deepEqual([hidden.names, hidden.of], [[], ['lab']])
    // Who is listed for another reason is not told to be a member
    assert.equal((await ask('ada', 'PUT', `${models}/weights/collaborators/leo`, { role: 'read' })).status, 200)
    const other = await listed()
    assert.deepEqual(other.names, ['leo'])
    assert.deepEqual(
      other.people[0].grounds.map(({ kind, id }: { kind: string; id: string | null }) => [kind, id !== null]),
      [
        ['collaborator', true],
        ['gate', false],
      ],
    )
    assert.doesNotMatch(JSON.stringify(other.people[0].grounds), /\blab\b/)
    await ask('ada', 'DELETE', `${models}/weights/collaborators/leo`)
    await sql`update organizations set hide_members = false where name = 'lab'`.execute(hub.db)
  })

  it('counts only what the other organization lets count, and ends with its expiry', async () => {
    await sql`update organizations set require_2fa = true where name = 'lab'`.execute(hub.db)
    assert.equal(await statusOf('lea'), 403)
    await sql`update organizations set require_2fa = false where name = 'lab'`.execute(hub.db)
    assert.equal(await statusOf('lea'), 200)
    await sql`update gate_organizations set expires_at = ${secondsFromNow(-1)}`.execute(hub.db)
    assert.equal(await statusOf('lea'), 403)
    await organizations('PUT', '/lab', {})
    assert.equal(await statusOf('lea'), 200)
    assert.equal((await organizations('DELETE', '/lab')).status, 200)
    assert.equal((await organizations('DELETE', '/lab')).status, 404)
    assert.equal(await statusOf('lea'), 403)
  })
})

describe('what is downloaded', () => {
  it('is recorded once a file and person, however many parts it comes in', async () => {
    await grant('sam')
    const path = '/acme/weights/resolve/main/weights.bin'
    for (let part = 0; part < 20; part++)
      assert.equal((await ask('sam', 'GET', path, undefined, { range: `bytes=${part}-${part}` })).status, 206)
    assert.equal((await ask('sam', 'HEAD', '/acme/weights/resolve/main/data/a.txt')).status, 200)
    assert.equal((await ask(undefined, 'GET', '/acme/weights/resolve/main/README.md')).status, 200)
    await hub.running.server.hub.downloads.flush()
    const { body } = await ask('ada', 'GET', `${models}/weights/gate/downloads?user=sam`)
    assert.deepEqual(
      body.map((one: Record<string, unknown>) => [one.user, one.via, one.path, one.revision, one.requests]),
      [['sam', 'file', 'weights.bin', content.commit, 20]],
    )
    const csv = await ask('ada', 'GET', `${models}/weights/gate/downloads/export`)
    assert.match(csv.body, /"sam","sam","file","weights.bin"/)
    assert.equal((await ask('sam', 'GET', `${models}/weights/gate/downloads`)).status, 403)
  })
})

describe('a signed link', () => {
  it('is void as soon as the access is revoked', async () => {
    const { oid, size } = content.lfs
    const batch = { operation: 'download', objects: [{ oid, size }] }
    const headers = { 'content-type': 'application/vnd.git-lfs+json' }
    const { body } = await ask('sam', 'POST', '/acme/weights.git/info/lfs/objects/batch', batch, headers)
    const { href } = body.objects[0].actions.download
    assert.equal((await fetch(href)).status, 200)
    await ask('ada', 'POST', `${models}/weights/user-access-request/handle`, { user: 'sam', status: 'pending' })
    const after = await fetch(href)
    assert.deepEqual([after.status, after.headers.get('x-error-code')], [403, 'GatedRepo'])
    await ask('ada', 'POST', `${models}/weights/user-access-request/handle`, { user: 'sam', status: 'accepted' })
  })
})

describe('a copy', () => {
  it('is private unless the owner or an admin says otherwise', async () => {
    const copy = (body: unknown) => ask('sam', 'POST', `${models}/weights/duplicate`, body)
    assert.equal((await copy({ repository: 'sam/open', visibility: 'public' })).status, 403)
    assert.equal((await copy({ repository: 'sam/kept' })).status, 200)
    assert.equal((await ask('sam', 'GET', '/api/models/sam/kept')).body.private, true)
  })
})

describe('explain', () => {
  it('names the access as the ground, and what to do where it is missing', async () => {
    const explain = (user: string) =>
      ask('ada', 'GET', `/api/organizations/acme/access/explain?user=${user}&repo=acme/weights&action=repo.read`)
    const { body } = await explain('sam')
    assert.deepEqual([body.allowed, body.grounds[0].kind, body.grounds[0].grantedBy], [true, 'gate', 'ada'])
    const { body: refused } = await explain('lea')
    assert.deepEqual([refused.allowed, refused.code], [false, 'GatedRepo'])
    const holders = await ask('ada', 'GET', '/api/organizations/acme/access/who-can?repo=acme/weights')
    assert.equal(holders.body.anonymous, false)
    assert.ok(holders.body.people.some(({ user }: { user: string }) => user === 'sam'))
  })
})

describe('offboarding', () => {
  it('ends access and requests, says so, and keeps the person from asking again', async () => {
    const offboard = (body: unknown) => ask('ada', 'POST', '/api/organizations/acme/members/sam/offboard', body)
    await hub.console('POST', '/api/operator/organizations/lab/members', { username: 'sam', role: 'read' })
    await organizations('PUT', '/lab', {})
    const { body: plan } = await offboard({ mode: 'plan' })
    assert.deepEqual(plan.has.gatedAccess, [{ repository: 'acme/weights', type: 'model' }])
    const done = await offboard({ mode: 'apply', leaveAsIs: true, reason: 'Left.' })
    assert.equal(done.body.report.counts.gatedAccess, 1)
    assert.equal(await statusOf('sam'), 403)
    const asked = await ask('sam', 'POST', `${models}/weights/user-access-request`, { fields: {} })
    assert.equal(asked.status, 403)
    assert.equal((await grant('sam')).status, 409)
    assert.deepEqual(
      [await statusOf('lea'), await statusOf('sam')],
      [200, 403],
      'not through another organization either',
    )
    await organizations('DELETE', '/lab')
    assert.ok((await hub.events(orgId)).some(({ type }) => type === 'org.offboard'))
  })
})

describe('an automatic gate', () => {
  it('gives access to who asks, and keeps it when the gate changes or the repository moves', async () => {
    await settings({ gated: 'auto' })
    const asked = await ask('lea', 'POST', `${models}/weights/user-access-request`, { fields: {} })
    assert.deepEqual([asked.status, asked.body.state], [200, 'accepted'])
    await settings({ gated: 'manual' })
    const moved = { fromRepo: 'acme/weights', toRepo: 'acme/heavy', type: 'model' }
    assert.equal((await ask('ada', 'POST', '/api/repos/move', moved)).status, 200)
    assert.equal(await statusOf('lea', '/acme/heavy/resolve/main/data/a.txt'), 200)
    await ask('ada', 'DELETE', '/api/repos/delete', { name: 'heavy', organization: 'acme' })
    const { rows } = await sql`select from gate_requests where repo_id = ${repoId}`.execute(hub.db)
    assert.deepEqual(rows, [])
  })
})
