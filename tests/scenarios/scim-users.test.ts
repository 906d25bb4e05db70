import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { narrowedBy } from '../../server/scim/protocol/filter-store.ts'
import { userFilterColumns } from '../../server/scim/users-store.ts'
import { isPrepared } from '../../server/store/database.ts'
import { type Person, startTestHub } from '../hub.ts'
import { acceptAs, connect, userOf } from '../scim.ts'

// Users by SCIM where people have accounts of their own, as Entra ID and Okta send them.

const hub = await startTestHub()
const { people, id: acmeId } = await hub.organization('acme', { ada: 'admin', amy: 'admin', mei: 'write', gus: 'read' })
const [ada, amy, mei, gus] = [people.ada, people.amy, people.mei, people.gus] as [Person, Person, Person, Person]
const acme = await connect(hub, { admin: ada, org: 'acme' })
await hub.organization('beta', { bea: 'admin' })
const zoe = await hub.person('zoe')

const members = async () => (await hub.request(ada, 'GET', '/api/organizations/acme/members')).body
const isMember = async (name: string) => (await members()).some((member: { user: string }) => member.user === name)
const lastEvent = async () => (await hub.events(acmeId)).at(-1)
const find = async (filter: string) => (await acme.ask('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body
const canRead = async (person: Person) =>
  (await hub.request(person, 'GET', '/api/organizations/acme/settings')).status === 200

describe('the life of a user on Basic', () => {
  let id: string

  test('Entra looks first, then creates: the account is invited, and active', async () => {
    assert.equal((await find(`userName eq "${zoe.email}"`)).totalResults, 0)
    const made = await acme.ask('POST', '/Users', userOf(zoe.email))
    assert.equal(made.status, 201, JSON.stringify(made.body))
    assert.match(made.headers.get('content-type') ?? '', /^application\/scim\+json/)
    id = made.body.id
    assert.equal(made.headers.get('location'), made.body.meta.location)
    assert.deepEqual([made.body.active, made.body.userName, made.body.externalId], [true, zoe.email, 'ext-zoe'])
    assert.equal(await isMember('zoe'), false)
    assert.equal((await lastEvent())?.type, 'scim.user.create')
    const mail = (await hub.mails()).findLast(({ recipient }) => recipient === zoe.email)
    assert.match(mail?.subject ?? '', /The identity provider of acme invited you/)
  })

  test('a second one with the same userName, externalId, or address is 409 uniqueness', async () => {
    const cases = [
      userOf(zoe.email),
      userOf(mei.email, { externalId: 'ext-zoe' }),
      userOf(zoe.email, { userName: 'z' }),
    ]
    for (const body of cases) {
      const reply = await acme.ask('POST', '/Users', { ...body, externalId: 'ext-zoe' })
      assert.deepEqual([reply.status, reply.body.scimType], [409, 'uniqueness'], JSON.stringify(reply.body))
    }
  })

  test('accepting makes a member with the default role, by SCIM', async () => {
    await acceptAs(hub, zoe)
    const { body } = await hub.request(ada, 'GET', '/api/organizations/acme/members/zoe')
    assert.deepEqual([body.role, body.source], ['read', 'scim'])
    assert.equal((await acme.ask('GET', `/Users/${id}`)).body.active, true)
  })

  test('active=false ends access at the next request and keeps the role; true gives it back', async () => {
    const role = await hub.request(ada, 'PUT', '/api/organizations/acme/members/zoe/role', { role: 'contributor' })
    assert.equal(role.status, 200)
    assert.equal(await canRead(zoe), true)
    // Entra ID: the name of the operation with a capital, the boolean as a string
    const off = await acme.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' })
    assert.deepEqual([off.status, off.body.active], [200, false], JSON.stringify(off.body))
    assert.equal(await canRead(zoe), false)
    assert.equal((await lastEvent())?.type, 'scim.user.deactivate')
    // Okta: no path
    const on = await acme.patch(`/Users/${id}`, { op: 'replace', value: { active: true } })
    assert.deepEqual([on.status, on.body.active], [200, true])
    const { body } = await hub.request(ada, 'GET', '/api/organizations/acme/members/zoe')
    assert.equal(body.role, 'contributor')
  })

  test('active=false ends access on the web, the API, Git, Git LFS, and as a collaborator', async () => {
    const repo = { name: 'plain', organization: 'acme', private: true }
    assert.equal((await hub.request(ada, 'POST', '/api/repos/create', repo)).status, 200)
    const grant = await hub.request(ada, 'PUT', '/api/models/acme/plain/collaborators/zoe', { role: 'write' })
    assert.ok(grant.status < 300, JSON.stringify(grant.body))
    const basic = `Basic ${Buffer.from(`zoe:${zoe.token}`).toString('base64')}`
    const login = await hub.request(undefined, 'POST', '/api/login', { username: 'zoe', password: zoe.password })
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
    const lfs = { operation: 'download', objects: [] }
    const doors = async () =>
      Promise.all([
        hub.request(undefined, 'GET', '/api/models/acme/plain', undefined, { cookie }),
        hub.request(zoe, 'GET', '/api/models/acme/plain'),
        hub.request(undefined, 'GET', '/acme/plain.git/info/refs?service=git-upload-pack', undefined, {
          authorization: basic,
        }),
        hub.request(undefined, 'POST', '/acme/plain.git/info/lfs/objects/batch', lfs, {
          authorization: basic,
          'content-type': 'application/vnd.git-lfs+json',
        }),
      ]).then((replies) => replies.map(({ status }) => status))
    assert.deepEqual(await doors(), [200, 200, 200, 200])
    await acme.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
    assert.ok(
      (await doors()).every((status) => status === 404 || status === 401),
      JSON.stringify(await doors()),
    )
    await acme.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true })
    assert.deepEqual(await doors(), [200, 200, 200, 200])
  })

  test('a seat is free while a person is deactivated, and 409 says when none is left', async () => {
    const limit = (seatLimit: number | null) =>
      hub.console('PATCH', '/api/operator/organizations/acme', { plan: 'plus', seatLimit })
    await acme.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
    const { used } = (await hub.request(ada, 'GET', '/api/organizations/acme/billing/seats')).body
    assert.ok((await limit(used)).status < 300)
    const full = await acme.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true })
    assert.equal(full.status, 409, JSON.stringify(full.body))
    assert.equal((await acme.ask('GET', `/Users/${id}`)).body.active, false)
    await limit(null)
    assert.equal((await acme.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true })).status, 200)
  })

  test('who is deactivated comes in by no other door', async () => {
    await acme.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
    const invited = await hub.request(ada, 'POST', '/api/organizations/acme/invitations', { username: 'zoe' })
    assert.equal(invited.status, 409)
    const added = await hub.console('POST', '/api/operator/organizations/acme/members', {
      username: 'zoe',
      role: 'read',
    })
    assert.equal(added.status, 409)
    await acme.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true })
  })

  test('only active and externalId change; what is not kept is dropped', async () => {
    const reply = await acme.patch(
      `/Users/${id}`,
      { op: 'Add', path: 'externalId', value: 'other' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'else@example.org' },
      { op: 'Replace', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', value: 'R&D' },
      { op: 'Replace', value: { 'name.givenName': 'Zoë', title: 'Dr' } },
    )
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    assert.deepEqual([reply.body.externalId, reply.body.emails[0].value], ['other', zoe.email])
  })

  test('DELETE is final, and a new POST invites again', async () => {
    assert.equal((await acme.ask('DELETE', `/Users/${id}`)).status, 204)
    assert.equal(await isMember('zoe'), false)
    assert.equal((await acme.ask('GET', `/Users/${id}`)).status, 404)
    const again = await acme.provision(zoe.email)
    assert.equal(await isMember('zoe'), false)
    assert.equal((await acme.ask('DELETE', `/Users/${again}`)).status, 204)
    assert.deepEqual((await hub.request(zoe, 'GET', '/api/settings/invitations')).body, [])
  })
})

describe('who is a member already', () => {
  test('is linked at once, and a pending invitation is taken up with its role', async () => {
    const id = await acme.provision(mei.email)
    assert.equal((await acme.ask('GET', `/Users/${id}`)).body.active, true)
    const kim = await hub.person('kim')
    await hub.request(ada, 'POST', '/api/organizations/acme/invitations', { email: kim.email, role: 'contributor' })
    await acme.provision(kim.email)
    const waiting = (await hub.request(kim, 'GET', '/api/settings/invitations')).body
    assert.deepEqual(
      waiting.map(({ role }: { role: string }) => role),
      ['contributor'],
    )
  })

  test('the last active admin is ended too, and the first successor becomes admin', async () => {
    const set = await hub.request(ada, 'PUT', '/api/organizations/acme/successors', { successors: ['gus'] })
    assert.equal(set.status, 200)
    await hub.request(amy, 'PUT', '/api/organizations/acme/members/amy/role', { role: 'read' })
    const id = await acme.provision(ada.email)
    assert.equal((await acme.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })).status, 200)
    assert.equal(await canRead(ada), false)
    const { body } = await hub.request(gus, 'GET', '/api/organizations/acme/members/gus')
    assert.equal(body.role, 'admin')
    const types = (await hub.events(acmeId)).map(({ type }) => type)
    assert.deepEqual(types.slice(-2), ['org.successor_promoted', 'scim.user.deactivate'])
    assert.equal((await acme.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true })).status, 200)
    assert.equal(await canRead(ada), true)
  })
})

describe('lists', () => {
  test('filter, page, and project', async () => {
    const all = (await acme.ask('GET', '/Users')).body
    assert.equal(all.totalResults, all.Resources.length)
    const none = (await acme.ask('GET', '/Users?count=0')).body
    assert.deepEqual([none.totalResults, none.Resources], [all.totalResults, []])
    const page = (await acme.ask('GET', '/Users?startIndex=2&count=1&attributes=userName')).body
    assert.deepEqual(
      [page.startIndex, page.itemsPerPage, Object.keys(page.Resources[0])],
      [2, 1, ['schemas', 'id', 'userName']],
    )
    const short = (await acme.ask('GET', '/Users?count=1&excludedAttributes=emails,name')).body.Resources[0]
    assert.deepEqual([short.emails, short.name, typeof short.userName], [undefined, undefined, 'string'])
    const filters = [
      `emails.value eq "${mei.email.toUpperCase()}"`,
      `emails[type eq "work" and value eq "${mei.email}"]`,
      'externalId eq "ext-mei"',
      'userName sw "MEI" and active eq true',
    ]
    for (const filter of filters) assert.equal((await find(filter)).totalResults, 1, filter)
    assert.equal((await find('externalId eq "EXT-mei"')).totalResults, 0)
  })

  test('filters of more than one comparison take no name of a prepared statement', () => {
    const isNamed = (filter?: string) => {
      const { begin } = narrowedBy(filter, userFilterColumns(new Date()))
      return isPrepared(`${begin.compile(hub.db).sql}select`)
    }
    assert.deepEqual([undefined, 'userName eq "a"', 'active eq true'].map(isNamed), [true, true, true])
    assert.deepEqual(['userName sw "a"', 'not (active eq true)', 'userName eq "a" or userName eq "b"'].map(isNamed), [
      false,
      false,
      false,
    ])
  })
})

describe('SCIM tokens', () => {
  test('open SCIM of their own organization only', async () => {
    const elsewhere = ['/api/whoami-v2', '/api/organizations/acme/members', '/api/models', '/api/organizations/acme']
    for (const path of elsewhere) assert.equal((await hub.request(acme.token, 'GET', path)).status, 403, path)
    const other = await hub.request(acme.token, 'GET', '/api/organizations/beta/scim-provisioning/v2/Users')
    assert.equal(other.status, 404)
    const git = await hub.request(undefined, 'GET', '/acme/x.git/info/refs?service=git-upload-pack', undefined, {
      authorization: `Basic ${Buffer.from(`x:${acme.token}`).toString('base64')}`,
    })
    assert.equal(git.status, 403)
  })

  test('are two at most, and the write token of an admin works too', async () => {
    const tokens = '/api/organizations/acme/settings/scim/tokens'
    const second = await hub.request(ada, 'POST', tokens, {})
    assert.equal(second.status, 201)
    assert.equal((await hub.request(ada, 'POST', tokens, {})).status, 409)
    const rotated = await hub.request(ada, 'POST', `${tokens}/${second.body.id}/rotate`)
    assert.equal((await hub.request(second.body.token, 'GET', `${acme.base}/Users`)).status, 401)
    assert.equal((await hub.request(rotated.body.token, 'GET', `${acme.base}/Users`)).status, 200)
    assert.equal((await hub.request(ada, 'DELETE', `${tokens}/${second.body.id}`)).status, 200)
    assert.equal((await hub.request(rotated.body.token, 'GET', `${acme.base}/Users`)).status, 401)
    assert.equal((await hub.request(ada, 'GET', `${acme.base}/Users`)).status, 200)
    assert.equal((await hub.request(mei, 'GET', `${acme.base}/Users`)).status, 403)
    assert.equal((await hub.request(gus, 'GET', '/api/organizations/acme/settings/scim')).body.tokens.length, 1)
  })
})

describe('what bad input gets', () => {
  const rows: [what: string, method: string, path: string, body: unknown, status: number, scimType?: string][] = [
    [
      'an unknown attribute in a filter',
      'GET',
      '/Users?filter=nickName%20eq%20%22x%22',
      undefined,
      400,
      'invalidFilter',
    ],
    ['a filter that is none', 'GET', '/Users?filter=%22', undefined, 400, 'invalidFilter'],
    [
      'a filter too deep',
      'GET',
      `/Users?filter=${'('.repeat(20)}id%20pr${')'.repeat(20)}`,
      undefined,
      400,
      'invalidFilter',
    ],
    ['a count that is none', 'GET', '/Users?count=many', undefined, 400, 'invalidValue'],
    ['an unknown user', 'GET', '/Users/nobody', undefined, 404],
    ['no account with the address', 'POST', '/Users', userOf('none@example.org'), 404],
    ['no userName', 'POST', '/Users', { schemas: [] }, 400, 'invalidValue'],
    ['a list as the body', 'POST', '/Users', [], 400, 'invalidSyntax'],
    ['no JSON', 'POST', '/Users', '{', 400, 'invalidSyntax'],
    ['an unknown address', 'GET', '/Robots', undefined, 404],
  ]
  for (const [what, method, path, body, status, scimType] of rows)
    test(what, async () => {
      const reply = await acme.ask(method, path, body)
      assert.deepEqual([reply.status, reply.body.status, reply.body.scimType], [status, String(status), scimType])
      assert.deepEqual(reply.body.schemas, ['urn:ietf:params:scim:api:messages:2.0:Error'])
    })

  const operations: [what: string, operation: object, status: number, scimType: string][] = [
    ['an unknown operation', { op: 'move', path: 'active', value: true }, 400, 'invalidSyntax'],
    ['a path that is none', { op: 'replace', path: 'emails[', value: true }, 400, 'invalidPath'],
    ['a boolean that is none', { op: 'replace', path: 'active', value: 'maybe' }, 400, 'invalidValue'],
    ['a removal of nothing', { op: 'remove' }, 400, 'noTarget'],
  ]
  for (const [what, operation, status, scimType] of operations)
    test(`PATCH with ${what}`, async () => {
      const [{ id }] = (await acme.ask('GET', '/Users?count=1')).body.Resources
      const reply = await acme.patch(`/Users/${id}`, operation)
      assert.deepEqual([reply.status, reply.body.scimType], [status, scimType], JSON.stringify(reply.body))
    })

  test('the base of the other kind is 404', async () => {
    const reply = await hub.request(acme.token, 'GET', '/api/organizations/acme/scim/v2/Users')
    assert.equal(reply.status, 404)
  })
})
