import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { orgRoles } from '../../api/index.ts'
import { purgeDeletedOrganizations } from '../../server/orgs/deletion.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

const day = 86_400_000
let hub: TestHub
let ada: Person
let bob: Person

before(async () => {
  hub = await startTestHub()
  ada = await hub.person('ada')
  bob = await hub.person('bob')
})

const org = (name: string, more = '') => `/api/organizations/${name}${more}`
const types = async (id: string) => (await hub.events(id)).map(({ type }) => type)

test('who creates an organization is its admin, and its log begins with that', async () => {
  const made = await hub.request(ada, 'POST', '/api/organizations', {
    name: 'Tern-Lab',
    fullname: 'Tern Lab',
    details: 'birds',
  })
  assert.equal(made.status, 201)
  const { id, createdAt, avatarUrl, may, ...rest } = made.body
  assert.match(id, /^[0-9a-f]{24}$/)
  assert.match(createdAt, /^\d{4}-.*\.\d{3}Z$/)
  assert.equal(avatarUrl, `${hub.running.publicUrl}/api/avatars/Tern-Lab`)
  assert.deepEqual(rest, {
    name: 'Tern-Lab',
    fullname: 'Tern Lab',
    details: 'birds',
    website: '',
    isVerified: false,
    plan: 'plus',
    role: 'admin',
    blockedBy: [],
    numUsers: 1,
    health: 'at_risk',
    setupChecklist: true,
    ...{ mayGrant: [...orgRoles], mayActOn: [...orgRoles] },
  })
  const expected = ['org.update', 'member.changeRole', 'member.remove', 'group.create', 'repo.create', 'audit.search']
  for (const action of expected) assert.ok(may.includes(action), action)
  assert.deepEqual(await types(id), ['org.create'])
  const asStranger = await hub.request(bob, 'GET', org('tern-lab'))
  const open = ['org.view', 'member.list', 'org.viewDoors', 'org.join', 'org.withdrawRequest', 'access.explain']
  const others = asStranger.body.may.filter((action: string) => !action.startsWith('sso.'))
  assert.deepEqual([others, asStranger.body.mayGrant, asStranger.body.role], [open, [], null])
  assert.equal('health' in asStranger.body, false)
})

test('names that cannot be, or are taken, are refused and leave nothing behind', async () => {
  const counted = async () => (await hub.db.selectFrom('organizations').select('id').execute()).length
  const before = await counted()
  const cases: [string, number, string?][] = [
    ['a', 400],
    ['two--dashes', 400],
    ['-x', 400],
    ['12345', 400],
    ['0123456789abcdef01234567', 400],
    ['settings', 400],
    ['API', 400],
    ['аda', 400],
    ['x'.repeat(43), 400],
    ['ADA', 409, 'NameTaken'],
    ['tern-LAB', 409, 'NameTaken'],
  ]
  for (const [name, status, code] of cases) {
    const refused = await hub.request(ada, 'POST', '/api/organizations', { name })
    assert.equal(refused.status, status, name)
    if (status === 400) assert.equal(refused.body.fields[0].field, 'name')
    if (code) assert.equal(refused.headers.get('x-error-code'), code)
  }
  assert.equal((await hub.request(ada, 'POST', '/api/organizations', { name: 'ok-name', colour: 'red' })).status, 400)
  assert.equal((await hub.request(undefined, 'POST', '/api/organizations', { name: 'ok-name' })).status, 401)
  assert.equal(
    (await hub.request(await hub.readToken(ada), 'POST', '/api/organizations', { name: 'ok-name' })).status,
    403,
  )
  assert.equal(await counted(), before)
})

test('a renamed organization is found under its old name', async () => {
  const { id } = await hub.organization('heron', { ada: 'admin', bob: 'write' })
  const patch = (who: Person, body: unknown) => hub.request(who, 'PATCH', org('heron'), body)
  assert.equal((await patch(bob, { fullname: 'Mine' })).status, 403)
  assert.equal((await patch(ada, { website: 'javascript:alert(1)' })).status, 400)
  assert.equal((await patch(ada, {})).status, 200)
  assert.deepEqual(await types(id), ['org.create', 'org.add_user'])
  assert.equal(
    (await patch(ada, { website: 'https://example.org', fullname: 'Heron' })).body.website,
    'https://example.org',
  )
  const renamed = await patch(ada, { name: 'egret' })
  assert.equal(renamed.body.name, 'egret')
  assert.equal((await hub.request(bob, 'GET', org('Heron'))).body.name, 'egret')
  assert.deepEqual((await types(id)).slice(2), ['org.settings.profile', 'org.rename'])
  assert.deepEqual((await hub.events(id)).at(-1)?.data.before, {
    name: 'heron',
    fullname: 'Heron',
    details: '',
    website: 'https://example.org',
  })
  assert.equal((await hub.request(bob, 'GET', org('egret'))).body.role, 'write')
})

test('the overview counts repositories as the caller may read them, and hides how many members there are', async () => {
  await hub.organization('gull', { ada: 'admin', bob: 'no_access' })
  const create = (body: unknown) => hub.request(ada, 'POST', '/api/repos/create', body)
  await create({ name: 'gull/open' })
  await create({ name: 'gull/closed', private: true })
  await create({ name: 'gull/table', type: 'dataset' })
  const overview = async (who: Person | undefined) => (await hub.request(who, 'GET', org('gull', '/overview'))).body
  const { _id, avatarUrl, ...rest } = await overview(undefined)
  assert.deepEqual(rest, {
    name: 'gull',
    fullname: 'gull',
    isVerified: false,
    isFollowing: false,
    numUsers: 2,
    numModels: 1,
    numSpaces: 0,
    numDatasets: 1,
    numFollowers: 0,
    plan: 'plus',
  })
  assert.equal((await overview(ada)).numModels, 2)
  assert.equal((await overview(bob)).numModels, 1)
  assert.equal((await hub.request(ada, 'PATCH', org('gull', '/settings'), { hideMembers: true })).status, 200)
  assert.equal((await overview(ada)).numUsers, 2)
  assert.equal('numUsers' in (await overview(bob)), false)
  assert.equal('numUsers' in (await overview(undefined)), false)
  assert.deepEqual((await hub.request(undefined, 'GET', org('gull', '/socials'))).body, {
    _id,
    org: 'gull',
    socialHandles: {},
  })
  assert.deepEqual((await hub.request(undefined, 'GET', org('gull', '/followers'))).body, [])
  assert.deepEqual((await hub.request(undefined, 'GET', org('gull', '/avatar'))).body, { avatarUrl })
  assert.equal(
    (await hub.request(undefined, 'GET', org('gull', '/avatar?redirect=true'))).headers.get('location'),
    avatarUrl,
  )
})

test('each change of settings is one event with the name the contract has for it', async () => {
  const { id } = await hub.organization('plover', { ada: 'admin', bob: 'write' })
  const rows: [unknown, string | undefined][] = [
    [{ hideMembers: true }, 'org.settings.security.members_privacy.enable'],
    [{ hideMembers: true }, undefined],
    [{ hideMembers: false }, 'org.settings.security.members_privacy.disable'],
    [{ repoVisibility: 'private' }, 'org.settings.security.repo_visibility'],
    [{ groupCreation: 'write' }, 'org.settings.resource_groups'],
    [{ defaultRole: 'contributor' }, 'org.update_settings'],
    [{ memberManagement: 'admin', hideMembers: true }, 'org.update_settings'],
    [{}, undefined],
  ]
  for (const [body, type] of rows) {
    const before = (await types(id)).length
    const changed = await hub.request(ada, 'PATCH', org('plover', '/settings'), body)
    assert.equal(changed.status, 200)
    assert.deepEqual((await types(id)).slice(before), type ? [type] : [], JSON.stringify(body))
  }
  assert.deepEqual((await hub.request(bob, 'GET', org('plover', '/settings'))).body, {
    memberManagement: 'admin',
    defaultRole: 'contributor',
    groupCreation: 'write',
    allowJoinRequests: false,
    userApproval: false,
    hideMembers: true,
    notifyMembers: true,
    repoVisibility: 'private',
    require2fa: false,
    require2faFrom: null,
    ...{ tokenPolicy: 'any', tokenMaxLifetimeDays: null, ipRanges: [], enforceIpRestriction: false },
    setupChecklist: true,
  })
  const count = (await types(id)).length
  const refused: [Person | undefined, unknown, number][] = [
    [bob, { hideMembers: false }, 403],
    [undefined, { hideMembers: false }, 401],
    [ada, { defaultRole: 'admin' }, 400],
    [ada, { groupCreation: 'no_access' }, 400],
    [ada, { require2faFrom: '2030-01-01T00:00:00Z' }, 400],
    [ada, { unknown: 1 }, 400],
    [ada, { userApproval: true }, 409],
  ]
  for (const [who, body, status] of refused) {
    const reply = await hub.request(who, 'PATCH', org('plover', '/settings'), body)
    assert.equal(reply.status, status, JSON.stringify(body))
  }
  assert.equal((await types(id)).length, count)
})

test('requiring 2FA names whom it keeps out, and never keeps out the last admin', async () => {
  const { id } = await hub.organization('curlew', { ada: 'admin', bob: 'write', cleo: 'read' })
  const turnOn = (more = '', body = {}) =>
    hub.request(ada, 'PATCH', org('curlew', `/settings${more}`), { require2fa: true, ...body })
  const refused = await turnOn()
  assert.equal(refused.status, 403)
  assert.equal(refused.headers.get('x-error-code'), 'LastAdmin')
  assert.ok(Array.isArray(refused.body.candidates))
  assert.match(refused.body.error, /Turn on 2FA for your own account first/)
  assert.equal((await turnOn('?dryRun=true')).body.affected.count, 3)
  await hub.db.updateTable('users').set({ totp_enabled_at: new Date() }).where('name', '=', 'ada').execute()
  const mails = (await hub.mails()).length
  const tried = await turnOn('?dryRun=true')
  assert.equal(tried.body.dryRun, true)
  assert.deepEqual(
    tried.body.affected.people.map((person: { user: string }) => person.user),
    ['bob', 'cleo'],
  )
  assert.equal((await hub.mails()).length, mails)
  assert.equal((await hub.request(ada, 'GET', org('curlew', '/settings'))).body.require2fa, false)

  const from = new Date(Date.now() + 7 * day).toISOString()
  assert.equal((await turnOn('', { require2faFrom: from })).body.require2faFrom, from)
  assert.equal((await types(id)).at(-1), 'org.settings.security.2fa.enable')
  const told = (await hub.mails()).slice(mails)
  assert.deepEqual(told.map(({ recipient }) => recipient).sort(), ['bob@example.org', 'cleo@example.org'])
  assert.ok(told[0]?.text_body.includes(from.slice(0, 10)))
  assert.equal((await hub.request(bob, 'GET', org('curlew', '/settings'))).status, 200)
  hub.moveClock(8 * day)
  const kept = await hub.request(bob, 'GET', org('curlew', '/settings'))
  assert.equal(kept.headers.get('x-error-code'), 'TwoFactorRequired')
  assert.deepEqual(
    (({ role, blockedBy }) => ({ role, blockedBy }))((await hub.request(bob, 'GET', org('curlew'))).body),
    { role: 'write', blockedBy: ['mfa'] },
  )
  hub.moveClock(0)
  await hub.request(ada, 'PATCH', org('curlew', '/settings'), { require2fa: false })
  assert.equal((await types(id)).at(-1), 'org.settings.security.2fa.disable')
  await hub.db.updateTable('users').set({ totp_enabled_at: null }).where('name', '=', 'ada').execute()
})

test('a deleted organization is gone for everybody, keeps its name, and comes back as it was', async () => {
  const { id } = await hub.organization('petrel', { ada: 'admin', bob: 'write', cleo: 'admin' })
  await hub.request(ada, 'POST', '/api/repos/create', { name: 'petrel/open' })
  const refused: [Person, unknown, number][] = [
    [bob, { confirm: 'petrel' }, 403],
    [ada, {}, 400],
    [ada, { confirm: 'Petrel' }, 400],
  ]
  for (const [who, body, status] of refused)
    assert.equal((await (await signedIn(hub, who.name)).send('DELETE', org('petrel'), body)).status, status)
  const browser = await signedIn(hub, 'ada')
  const tried = await browser.send('DELETE', org('petrel', '?dryRun=true'))
  assert.deepEqual(tried.body.loses, { members: 3, repositories: 1, resourceGroups: 0 })
  assert.equal((await hub.request(ada, 'GET', org('petrel'))).status, 200)

  assert.equal((await browser.send('DELETE', org('petrel'), { confirm: 'petrel' })).status, 200)
  assert.deepEqual(
    (await hub.mails()).filter(({ subject }) => subject.includes('was deleted')).map(({ recipient }) => recipient),
    ['cleo@example.org'],
  )
  const operator = await hub.person('opal', { operator: true })
  for (const who of [ada, bob, undefined, operator]) {
    assert.equal((await hub.request(who, 'GET', org('petrel'))).status, 404)
    assert.equal((await hub.request(who, 'GET', '/api/models/petrel/open')).status, who ? 404 : 401)
  }
  assert.deepEqual((await hub.request(bob, 'GET', '/api/models?search=petrel/open')).body, [])
  assert.equal((await hub.request(bob, 'POST', '/api/organizations', { name: 'petrel' })).status, 409)
  assert.equal((await hub.request(bob, 'POST', org('petrel', '/restore'))).status, 404)
  assert.equal((await hub.request(ada, 'POST', org('petrel', '/restore'))).status, 200)
  assert.equal((await hub.request(ada, 'POST', org('petrel', '/restore'))).status, 404)
  assert.equal((await hub.request(bob, 'GET', org('petrel'))).body.role, 'write')
  assert.equal((await hub.request(undefined, 'GET', '/api/models/petrel/open')).status, 200)
  assert.deepEqual((await types(id)).slice(-2), ['org.delete', 'org.restore'])
})

test('after 30 days nothing brings it back, and its name is free after 90', async () => {
  const { id } = await hub.organization('fulmar', { ada: 'admin' })
  const operator = await hub.person('opal', { operator: true })
  await (await signedIn(hub, 'ada')).send('DELETE', org('fulmar'), { confirm: 'fulmar' })
  const purge = () => purgeDeletedOrganizations(hub.db)
  hub.moveClock(29 * day)
  assert.equal(await purge(), 0)
  hub.moveClock(31 * day)
  assert.equal((await hub.request(operator, 'POST', org('fulmar', '/restore'))).status, 404)
  assert.equal(await purge(), 1)
  assert.equal((await hub.events('instance')).at(-1)?.type, 'org.purge')
  assert.equal((await hub.db.selectFrom('memberships').select('id').where('org_id', '=', id).execute()).length, 0)
  const found = () => hub.request(bob, 'POST', '/api/organizations', { name: 'fulmar' })
  assert.equal((await found()).headers.get('x-error-code'), 'NameTaken')
  hub.moveClock(91 * day)
  assert.equal((await found()).status, 201)
  hub.moveClock(0)
})

test('operators make organizations for others, list all of them, and change plans', async () => {
  const operator = await hub.person('opal', { operator: true })
  const make = (body: unknown, who: Person = operator) => hub.request(who, 'POST', '/api/operator/organizations', body)
  assert.equal((await make({ name: 'skua', admin: 'nobody-here' })).status, 400)
  assert.equal((await make({ name: 'skua', admin: 'ada' }, ada)).status, 403)
  const made = await make({ name: 'skua', admin: 'Ada', plan: 'free' })
  assert.equal(made.status, 201)
  const { id, createdAt, ...rest } = made.body
  const expected = {
    name: 'skua',
    fullname: 'skua',
    plan: 'free',
    seatLimit: null,
    members: 1,
    usableAdmins: 1,
    health: 'at_risk',
    deletedAt: null,
  }
  assert.deepEqual(rest, expected)
  assert.equal((await hub.request(operator, 'GET', org('skua'))).body.role, null)

  const groups = () => hub.request(ada, 'GET', org('skua', '/resource-groups'))
  assert.equal((await groups()).status, 402)
  assert.equal((await hub.request(ada, 'PATCH', org('skua', '/settings'), { require2fa: true })).status, 402)
  const plan = await hub.request(operator, 'PATCH', '/api/operator/organizations/skua', { plan: 'team' })
  assert.equal(plan.body.plan, 'team')
  assert.equal((await groups()).status, 200)
  assert.equal((await hub.request(operator, 'PATCH', '/api/operator/organizations/none', { plan: 'team' })).status, 404)
  const events = await hub.events(id)
  assert.deepEqual(
    events.map(({ type, author }) => [type, author.user]),
    [
      ['org.create', 'opal'],
      ['billing.update_subscription_plan', 'opal'],
    ],
  )

  const seen: string[] = []
  let path: string | undefined = '/api/operator/organizations?limit=3'
  while (path !== undefined) {
    const page = await hub.request(operator, 'GET', path)
    seen.push(...page.body.map((row: { name: string }) => row.name))
    path = page.headers.get('link')?.match(/<[^>]*?(\/api[^>]*)>/)?.[1]
  }
  assert.equal(seen.length, new Set(seen).size)
  assert.ok(seen.includes('skua') && seen.includes('petrel') && seen.length > 6)
  assert.deepEqual(
    (await hub.request(operator, 'GET', '/api/operator/organizations?search=SKU')).body.map(
      (row: { name: string }) => row.name,
    ),
    ['skua'],
  )
})

test('the demo is filled in once, and makes who asks an admin of it', async () => {
  const operator = await hub.person('opal', { operator: true })
  assert.equal((await hub.request(ada, 'POST', '/api/operator/demo')).status, 403)
  const both = await Promise.all([1, 2].map(() => hub.request(operator, 'POST', '/api/operator/demo')))
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409])
  const filled = both.find(({ status }) => status === 200)
  assert.deepEqual(filled?.body, { organizations: ['meridian-labs', 'tidepool'], people: 42, repositories: 12 })
  const main = await hub.request(operator, 'GET', org('meridian-labs'))
  assert.equal(main.body.role, 'admin')
  assert.equal((await hub.request(operator, 'GET', org('meridian-labs', '/resource-groups'))).body.length, 4)
  assert.equal(
    (await hub.request(undefined, 'POST', '/api/login', { username: 'amara-okafor', password: 'guildhall-demo' }))
      .status,
    200,
  )
  const roles = await hub.db
    .selectFrom('memberships')
    .select('role')
    .distinct()
    .where('org_id', '=', main.body.id)
    .execute()
  assert.equal(roles.length, 5)
  const times = (
    await hub.db
      .selectFrom('audit_events')
      .select('created_at')
      .where('scope', '=', main.body.id)
      .orderBy('seq')
      .execute()
  ).map(({ created_at }) => +created_at)
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
  assert.equal((await hub.request(operator, 'GET', org('meridian-labs', '/audit-log/verify'))).body.intact, true)
})

test('who sets the installation up with the demo is admin of it', async () => {
  for (const demo of [true, false]) {
    const fresh = await startTestHub()
    if (!demo) await fresh.running.fillDemo()
    const account = { username: 'olive', email: 'olive@example.org', password: 'correct horse battery', demo }
    const made = await fresh.request(undefined, 'POST', '/api/setup', { ...account, code: fresh.running.setupCode })
    assert.equal(made.status, 201, JSON.stringify(made.body))
    const cookie = made.headers.get('set-cookie')?.split(';')[0] ?? ''
    const main = await fresh.request(undefined, 'GET', org('meridian-labs'), undefined, { cookie })
    assert.equal(main.body.role, 'admin')
    const [last] = (await fresh.events(main.body.id)).slice(-1)
    assert.equal(last?.message, 'olive added olive with the admin role')
    await fresh.stop()
  }
})
