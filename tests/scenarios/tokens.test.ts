import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OrgRole, Plan } from '../../api/index.ts'
import { now } from '../../server/kernel/clock.ts'
import { newId } from '../../server/kernel/ids.ts'
import { digest } from '../../server/kernel/secret.ts'
import { startTestHub } from '../hub.ts'
import { signedIn, type Visitor } from '../visitor.ts'

const hub = await startTestHub()
const path = '/api/settings/tokens'
const minute = 60_000
const year = 365.25 * 86_400_000

async function lastEvent() {
  return (await hub.events('instance')).at(-1)
}

async function tokenRows(userId: string) {
  return hub.db.selectFrom('access_tokens').selectAll().where('user_id', '=', userId).orderBy('id').execute()
}

async function browserOf(name: string): Promise<{ id: string; browser: Visitor }> {
  const { id } = await hub.person(name)
  return { id, browser: await signedIn(hub, name) }
}

test('a token is shown once, kept as a hash, and works', async () => {
  const { id, browser } = await browserOf('maker')
  const made = await browser.send('POST', path, { name: ' laptop ', role: 'read' })
  assert.equal(made.status, 201)
  const { token, ...rest } = made.body
  assert.match(token, /^hf_u[0-9A-Za-z]{38}$/)
  assert.deepEqual(
    [rest.name, rest.role, rest.last4, rest.expiresAt, rest.lastUsedAt],
    ['laptop', 'read', token.slice(-4), null, null],
  )
  const row = (await tokenRows(id)).at(-1)
  assert.deepEqual(row?.hash, digest(token))
  assert.ok(!JSON.stringify(row).includes(token))
  const event = await lastEvent()
  assert.deepEqual(
    [event?.type, event?.message],
    ['user_token.create', 'maker created the read token laptop for maker'],
  )
  assert.ok(!JSON.stringify(event).includes(token))

  const { status, body } = await hub.request(token, 'GET', '/api/whoami-v2')
  assert.deepEqual([status, body.name], [200, 'maker'])
  assert.deepEqual(body.auth, {
    type: 'access_token',
    accessToken: { displayName: 'laptop', role: 'read', createdAt: rest.createdAt },
  })
  const listed = (await browser.send('GET', path)).body
  assert.deepEqual(
    listed.map((one: { name: string }) => one.name),
    ['laptop', 'test'],
  )
  assert.ok(!JSON.stringify(listed).includes(token))
})

test('a token is renamed, gets another secret, and is deleted', async () => {
  const { browser } = await browserOf('keeper')
  const { token, id } = (await browser.send('POST', path, { name: 'ci', role: 'write' })).body
  assert.equal((await browser.send('PATCH', `${path}/${id.toUpperCase()}`, { name: 'build' })).body.name, 'build')
  assert.deepEqual((await lastEvent())?.data.before, { name: 'ci' })
  const events = (await hub.events('instance')).length
  assert.equal((await browser.send('PATCH', `${path}/${id}`, { name: 'build' })).status, 200)
  assert.equal((await hub.events('instance')).length, events, 'no change, no event')

  const rotated = (await browser.send('POST', `${path}/${id}/rotate`)).body
  assert.deepEqual([rotated.id, rotated.name], [id, 'build'])
  assert.equal((await hub.request(token, 'GET', '/api/whoami-v2')).status, 401, 'the old secret is dead at once')
  assert.equal((await hub.request(rotated.token, 'GET', '/api/whoami-v2')).status, 200)
  assert.equal((await lastEvent())?.type, 'user_token.rotate')

  assert.equal((await browser.send('DELETE', `${path}/${id}`)).status, 200)
  assert.equal((await hub.request(rotated.token, 'GET', '/api/whoami-v2')).status, 401)
  assert.equal((await lastEvent())?.type, 'user_token.delete')
  assert.equal((await browser.send('DELETE', `${path}/${id}`)).status, 404)
})

test('no one reaches the tokens of someone else, and no token reaches tokens', async () => {
  const { id } = await hub.person('victim')
  const { browser } = await browserOf('meddler')
  const [row] = await tokenRows(id)
  const before = await tokenRows(id)
  for (const [method, tail, body] of [
    ['PATCH', '', { name: 'mine' }],
    ['DELETE', '', undefined],
    ['POST', '/rotate', {}],
  ] as const) {
    assert.equal((await browser.send(method, `${path}/${row?.id}${tail}`, body)).status, 404)
    const byToken = await hub.request(await hub.person('victim'), method, `${path}/${row?.id}${tail}`, body)
    assert.deepEqual([byToken.status, byToken.headers.get('x-error-code')], [403, 'SessionRequired'])
  }
  const { status } = await hub.request(await hub.person('victim'), 'POST', path, { name: 'more', role: 'write' })
  assert.equal(status, 403)
  assert.deepEqual(
    (await tokenRows(id)).map(({ last_used_at: _, ...rest }) => rest),
    before.map(({ last_used_at: _, ...rest }) => rest),
  )
})

for (const [what, field, body] of [
  ['in the past', 'expiresAt', { expiresAt: () => new Date(now().getTime() - 1000).toISOString() }],
  [
    'more than ten years ahead',
    'expiresAt',
    { expiresAt: () => new Date(now().getTime() + 10.1 * year).toISOString() },
  ],
  ['that is no time', 'expiresAt', { expiresAt: () => 'tomorrow' }],
  ['without a name', 'name', { name: () => ' ' }],
  ['with a long name', 'name', { name: () => 'x'.repeat(101) }],
  ['with a role that is none', 'role', { role: () => 'god' }],
  ['with a field too many', 'fineGrained', { fineGrained: () => 'yes' }],
] as [string, string, Record<string, () => string>][]) {
  test(`a token ${what} is refused`, async () => {
    const { id, browser } = await browserOf('wisher')
    const fields = Object.fromEntries(Object.entries(body).map(([key, make]) => [key, make()]))
    const before = await tokenRows(id)
    const reply = await browser.send('POST', path, { name: 'bad', role: 'read', ...fields })
    assert.deepEqual([reply.status, reply.body.fields[0].field], [400, field])
    assert.deepEqual(await tokenRows(id), before)
  })
}

test('a token stops working when its time is over', async () => {
  const { browser } = await browserOf('brief')
  const expiresAt = new Date(now().getTime() + 3_600_000).toISOString()
  const { token } = (await browser.send('POST', path, { name: 'hour', role: 'read', expiresAt })).body
  assert.equal((await hub.request(token, 'GET', '/api/whoami-v2')).body.auth.expiresAt, expiresAt)
  hub.moveClock(3_601_000)
  assert.equal((await hub.request(token, 'GET', '/api/whoami-v2')).status, 401)
  hub.moveClock(0)
})

test('an account has at most 500 tokens', async () => {
  const { id, browser } = await browserOf('hoarder')
  const rows = Array.from({ length: 499 }, (_, n) => ({
    id: newId(),
    user_id: id,
    hash: digest(`hoard ${n}`),
    name: 'same',
    role: 'read',
    last4: '0000',
    created_at: now(),
  }))
  await hub.db.insertInto('access_tokens').values(rows).execute()
  const refused = await browser.send('POST', path, { name: 'one more', role: 'read' })
  assert.deepEqual(
    [refused.status, refused.body.error],
    [409, 'An account can have at most 500 tokens. Delete one first.'],
  )
  assert.equal((await tokenRows(id)).length, 500)
})

test('when a token was used is noted every quarter of an hour', async () => {
  const person = await hub.person('user-of-token')
  const used = async () => (await tokenRows(person.id))[0]?.last_used_at?.getTime()
  assert.equal(await used(), undefined)
  await hub.request(person, 'GET', '/api/whoami-v2')
  const first = await used()
  assert.ok(first)
  hub.moveClock(14 * minute)
  await hub.request(person, 'GET', '/api/whoami-v2')
  assert.equal(await used(), first)
  hub.moveClock(16 * minute)
  await hub.request(person, 'GET', '/api/whoami-v2')
  assert.notEqual(await used(), first)
  hub.moveClock(0)
})

test('only the command line on the server creates tokens for others', async () => {
  const operator = await hub.person('boss', { operator: true })
  await hub.person('worker')
  const url = '/api/operator/people/worker/tokens'
  assert.equal((await hub.request(operator, 'POST', url, { name: 'x', role: 'read' })).status, 403)
  assert.equal((await (await signedIn(hub, 'boss')).send('POST', url, { name: 'x', role: 'read' })).status, 403)
  assert.equal(
    (await hub.console('POST', '/api/operator/people/nobody-here/tokens', { name: 'x', role: 'read' })).status,
    404,
  )
  const made = await hub.console('POST', url, { name: 'robot', role: 'write' })
  assert.equal(made.status, 201)
  assert.equal((await hub.request(made.body.token, 'GET', '/api/whoami-v2')).body.name, 'worker')
  assert.deepEqual(
    [(await lastEvent())?.author.user, (await lastEvent())?.message],
    ['system', 'system created the write token robot for worker'],
  )
  assert.equal(
    (await hub.console('POST', path, { name: 'own', role: 'read' })).status,
    403,
    'it has no account of its own',
  )
  assert.equal((await hub.console('GET', '/api/whoami-v2')).status, 403)
})

for (const token of ['hf_uaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'hf_', 'not-a-token']) {
  test(`the token ${token} is refused everywhere, public routes too`, async () => {
    for (const route of ['/api/whoami-v2', '/api/instance', '/api/users/nobody/overview']) {
      const { status, body } = await hub.request(token, 'GET', route)
      assert.deepEqual([status, body.error], [401, 'Invalid credentials in Authorization header'])
    }
  })
}

/** An organization as the database has it. */
async function organization(
  name: string,
  settings: { plan?: Plan; require2fa?: boolean; deleted?: boolean; hidden?: boolean } = {},
) {
  const id = newId()
  const { plan = 'plus', require2fa = false, deleted = false, hidden = false } = settings
  await hub.db
    .insertInto('organizations')
    .values({
      id,
      name,
      fullname: `The ${name}`,
      plan,
      created_at: now(),
      require_2fa: require2fa,
      hide_members: hidden,
      deleted_at: deleted ? now() : null,
    })
    .execute()
  await hub.db.insertInto('names').values({ lower_name: name.toLowerCase(), name, org_id: id, current: true }).execute()
  return id
}

async function join(orgId: string, userId: string, role: OrgRole, expiresAt: Date | null = null) {
  await hub.db
    .insertInto('memberships')
    .values({
      id: newId(),
      org_id: orgId,
      user_id: userId,
      role,
      source: 'manual',
      joined_at: now(),
      expires_at: expiresAt,
      search: '',
    })
    .execute()
}

test('whoami names the organizations with role, groups and what keeps the caller out', async () => {
  const person = await hub.person('bystander')
  const lab = await organization('lab')
  const free = await organization('free-lab', { plan: 'free' })
  const strict = await organization('strict-lab', { require2fa: true })
  const gone = await organization('gone-lab', { deleted: true })
  const over = await organization('over-lab')
  await join(lab, person.id, 'write')
  await join(free, person.id, 'no_access')
  await join(strict, person.id, 'admin')
  await join(gone, person.id, 'admin')
  await join(over, person.id, 'admin', new Date(now().getTime() - 1000))
  const group = newId()
  await hub.db
    .insertInto('resource_groups')
    .values({ id: group, org_id: lab, name: 'Vision', created_at: now() })
    .execute()
  for (const [source, role] of [
    ['manual', 'read'],
    ['sso', 'contributor'],
  ] as const) {
    await hub.db
      .insertInto('group_roles')
      .values({ group_id: group, org_id: lab, user_id: person.id, source, role, added_at: now() })
      .execute()
  }

  const { body } = await hub.request(person, 'GET', '/api/whoami-v2')
  const common = (name: string) => ({
    type: 'org',
    name,
    fullname: `The ${name}`,
    email: null,
    canPay: false,
    avatarUrl: `${hub.url}/api/avatars/${name}`,
    periodEnd: null,
  })
  assert.deepEqual(body.orgs, [
    {
      ...common('lab'),
      id: lab,
      plan: 'plus',
      roleInOrg: 'write',
      resourceGroups: [{ id: group, name: 'Vision', role: 'contributor' }],
    },
    { ...common('free-lab'), id: free, roleInOrg: 'no_access', resourceGroups: [] },
    { ...common('strict-lab'), id: strict, plan: 'plus', roleInOrg: 'admin', securityRestrictions: ['mfa'] },
  ])
  assert.deepEqual([body.email, body.emailVerified, body.isPro], [person.email, true, false])
})

test('people see their organizations, and for 30 days the deleted ones they may restore', async () => {
  const person = await hub.person('bystander')
  const mine = (await hub.request(person, 'GET', '/api/settings/organizations')).body
  assert.deepEqual(
    mine.organizations.map((org: Record<string, unknown>) => [
      org.name,
      org.role,
      org.plan,
      org.numUsers,
      org.numAdmins,
      org.blockedBy,
    ]),
    [
      ['free-lab', 'no_access', 'free', 1, 0, []],
      ['lab', 'write', 'plus', 1, 0, []],
      ['strict-lab', 'admin', 'plus', 1, 1, ['mfa']],
    ],
  )
  assert.deepEqual(
    mine.restorable.map((org: { name: string }) => org.name),
    ['gone-lab'],
  )
  hub.moveClock(31 * 86_400_000)
  assert.deepEqual((await hub.request(person, 'GET', '/api/settings/organizations')).body.restorable, [])
  hub.moveClock(0)
})

test('an overview leaves out organizations that hide their members', async () => {
  const [hidden, insider, outsider] = await Promise.all(
    ['hidden', 'insider', 'outsider'].map((name) => hub.person(name)),
  )
  const cell = await organization('secret-cell', { hidden: true })
  await join(cell, hidden?.id ?? '', 'admin')
  await join(cell, insider?.id ?? '', 'read')
  const none = await hub.person('insider-none')
  await join(cell, none.id, 'no_access')
  const seenBy = async (who: typeof none | undefined) =>
    (await hub.request(who, 'GET', '/api/users/hidden/overview')).body.orgs.length
  assert.deepEqual(
    await Promise.all([seenBy(undefined), seenBy(outsider), seenBy(none), seenBy(insider), seenBy(hidden)]),
    [0, 0, 0, 1, 1],
  )
})

test('a session is told from a token by whoami', async () => {
  const { browser } = await browserOf('surfer')
  const { body } = await browser.send('GET', '/api/whoami-v2')
  assert.equal(body.auth.type, 'session')
  assert.equal(body.auth.accessToken, undefined)
})
