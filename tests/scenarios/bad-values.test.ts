import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reservedNames } from '../../server/users/names/reserved.ts'
import { type Person, startTestHub, testPassword } from '../hub.ts'
import { fieldsOf, refusedWire } from '../refusals.ts'
import { signedIn } from '../visitor.ts'
import { sendBytes, type Wire } from '../wire.ts'

const hub = await startTestHub()
await hub.person('opal', { operator: true })
const { people } = await hub.organization('kelvin', { ada: 'admin', bob: 'read', kim: 'read' })
const ada = people.ada as Person
await hub.request(ada, 'POST', '/api/organizations/kelvin/resource-groups', { name: 'Speech' })
await hub.request(ada, 'POST', '/api/repos/create', { name: 'kite', organization: 'kelvin' })
const asAda = { authorization: `Bearer ${ada.token}` }

const refused = (status: number | readonly number[], wire: Wire) =>
  refusedWire(hub, status, { ...wire, headers: { ...asAda, ...wire.headers } })

const lookAlikes = [
  '\u212aelvin',
  'kelv\u0131n',
  '\u043aelvin',
  '\uff4belvin',
  'kelvi\u0301n',
  'kelv\u0130n',
  'kelvin\u200b',
  'kelvin ',
  '\ufeffkelvin',
]
test('look-alikes of a name neither find nor take it', async () => {
  for (const name of lookAlikes) {
    const path = encodeURIComponent(name)
    await refused(404, { method: 'GET', path: `/api/organizations/${path}` })
    await refused(404, { method: 'GET', path: `/api/avatars/${path}` })
    await refused(404, { method: 'GET', path: `/api/models/${path}/kite` })
    await refused(404, { method: 'GET', path: `/api/models/kelvin/${path.replace('elvin', 'ite')}` })
    const made = await refused(400, { method: 'POST', path: '/api/organizations', body: JSON.stringify({ name }) })
    assert.deepEqual(fieldsOf(made), ['name'])
    const newcomer = { username: name, email: 'new@example.org', password: testPassword }
    assert.deepEqual(
      fieldsOf(
        await refused(400, {
          method: 'POST',
          path: '/api/signup',
          headers: { authorization: asAda.authorization },
          body: JSON.stringify(newcomer),
        }),
      ),
      ['username'],
    )
    await refused([400, 404], {
      method: 'POST',
      path: '/api/repos/create',
      body: JSON.stringify({ name: 'other', organization: name }),
    })
  }
  for (const name of ['\u212aim', 'k\u0131m', '\u043aim']) {
    await refused(404, { method: 'GET', path: `/api/users/${encodeURIComponent(name)}/overview` })
    await refused(404, {
      method: 'PUT',
      path: `/api/organizations/kelvin/members/${encodeURIComponent(name)}/role`,
      body: '{"role":"write"}',
    })
    await refused(400, {
      method: 'PUT',
      path: '/api/organizations/kelvin/successors',
      body: JSON.stringify({ successors: [name] }),
    })
    await refused(401, {
      method: 'POST',
      path: '/api/login',
      body: JSON.stringify({ username: name, password: testPassword }),
    })
  }
  assert.equal(
    (await hub.request(ada, 'GET', '/api/organizations/KELVIN')).status,
    200,
    'in ASCII capitals it is the same',
  )
})

test('reserved names are refused in any case, to people and to organizations', async () => {
  const own = await signedIn(hub, 'ada')
  const tried = reservedNames
    .filter((name) => /^[a-z0-9-]{2,42}$/.test(name))
    .filter((_name, index) => index % 12 === 0)
  for (const name of ['api', 'Settings', 'MODELS', 'organizations', ...tried]) {
    const reply = await own.send('POST', '/api/organizations', { name })
    assert.deepEqual([reply.status, fieldsOf(reply)], [400, ['name']], name)
    const renamed = await own.send('PATCH', '/api/organizations/kelvin', { name })
    assert.deepEqual([renamed.status, fieldsOf(renamed)], [400, ['name']], name)
  }
})

test('numbers that are none, or too large, are refused', async () => {
  for (const limit of [
    '-1',
    '0',
    '10001',
    '1e400',
    '9007199254740993',
    '1.5',
    'NaN',
    '0x10x',
    '',
    '%20',
    '١',
    'Infinity',
  ]) {
    await refused(400, { method: 'GET', path: `/api/organizations/kelvin/members?limit=${encodeURI(limit)}` })
  }
  for (const total of [-1, 1.5, 1e308, 2 ** 60, '5', '1e3']) {
    await refused(400, {
      method: 'PATCH',
      path: '/api/organizations/kelvin/resource-groups/Speech',
      body: JSON.stringify({ spendLimits: { total } }),
    })
  }
  await refused(400, {
    method: 'PATCH',
    path: '/api/organizations/kelvin/resource-groups/Speech',
    body: '{"spendLimits":{"total":1e999}}',
  })
  for (const expiresAt of ['tomorrow', '2026-02-30T00:00:00Z', '+275760-09-13T00:00:00Z', 0, '2020-01-01T00:00:00Z']) {
    await refused(400, {
      method: 'PATCH',
      path: '/api/organizations/kelvin/members/bob',
      body: JSON.stringify({ expiresAt }),
    })
  }
})

test('a search of a million characters is refused, one that is odd is answered', async () => {
  const million = await sendBytes(
    hub,
    `GET /api/organizations/kelvin/members?search=${'x'.repeat(1_000_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  )
  assert.match(million, /^HTTP\/1.1 4(14|31) /)
  assert.match(million, /\r\ncontent-type: application\/json/i)
  assert.match(million, /\r\nx-request-id: /i)
  assert.match(million, /{"error":"[^"]+"/)
  for (const path of [
    '/api/organizations/kelvin/members?search=',
    '/api/quicksearch?q=',
    '/api/models?search=',
    '/api/models?author=',
    '/api/organizations/kelvin/audit-log?q=',
  ]) {
    await refused(400, { method: 'GET', path: path + 'x'.repeat(8000) })
  }
  for (const search of [
    '%',
    '_',
    '\\',
    '%%%',
    "'",
    '"',
    '\u{1f600}',
    '\u0130',
    '\ufdfa',
    '(((',
    '*',
    '[a-',
    '$1',
    '\u202e',
  ]) {
    for (const path of ['/api/organizations/kelvin/members?search=', '/api/quicksearch?q=', '/api/models?search=']) {
      const reply = await hub.request(ada, 'GET', path + encodeURIComponent(search))
      assert.equal(reply.status, 200, `${path}${search}`)
    }
  }
  assert.deepEqual(
    (await hub.request(ada, 'GET', '/api/organizations/kelvin/members?search=%25')).body,
    [],
    'a percent sign is no wildcard',
  )
})

test('a cursor that this server did not write is refused', async () => {
  const opal = await hub.person('opal')
  const own = await signedIn(hub, 'opal')
  const keys = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url')
  const forged = [
    'x',
    '!!',
    'e30',
    'bnVsbA',
    keys(),
    keys(1),
    keys(null),
    keys('a', 'b'),
    keys({}),
    keys('\0'),
    Buffer.from('["\\ud800"]').toString('base64url'),
    'x'.repeat(501),
  ]
  const lists = ['/api/organizations/kelvin/members', '/api/models', '/api/organizations/kelvin/audit-log']
  for (const cursor of forged) {
    for (const path of lists)
      await refused(400, { method: 'GET', path: `${path}?cursor=${encodeURIComponent(cursor)}` })
    for (const path of ['/api/operator/people', '/api/operator/organizations', '/api/operator/audit-log']) {
      assert.equal(
        (await hub.request(opal, 'GET', `${path}?cursor=${encodeURIComponent(cursor)}`)).status,
        400,
        `${path} ${cursor}`,
      )
    }
    assert.equal(
      (await own.send('GET', `/api/operator/outbox?cursor=${encodeURIComponent(cursor)}`)).status,
      400,
      cursor,
    )
  }
})

test('names of people, organizations and repositories are bounded on the way in', async () => {
  for (const name of [
    '',
    'x',
    'x'.repeat(43),
    '-a',
    'a-',
    'a--b',
    '12345',
    'a'.repeat(24),
    'a_b',
    'a.b',
    'a b',
    'a/b',
    '<b>',
    "a'b",
    'a\nb',
    'x'.repeat(100_000),
  ]) {
    assert.deepEqual(
      fieldsOf(await refused(400, { method: 'POST', path: '/api/organizations', body: JSON.stringify({ name }) })),
      ['name'],
      name.slice(0, 50),
    )
  }
  for (const name of [
    '',
    'x'.repeat(97),
    '-a',
    'a-',
    '.a',
    'a.',
    'a..b',
    'a--b',
    'a.git',
    'a.LOCK',
    'a b',
    '\u00e9',
    'kelvin/a/b',
    'kelvin/',
    '../x',
    'a\\b',
  ]) {
    await refused([400, 404], {
      method: 'POST',
      path: '/api/repos/create',
      body: JSON.stringify({ name, organization: 'kelvin' }),
    })
  }
})
