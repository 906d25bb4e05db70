import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Person, startTestHub } from '../hub.ts'
import { checkError, fieldsOf, refusedWire } from '../refusals.ts'
import { signedIn } from '../visitor.ts'
import { sendBytes, sendWire, type Wire } from '../wire.ts'

const hub = await startTestHub()
await hub.person('opal', { operator: true })
const { people } = await hub.organization('kelvin', { ada: 'admin', bob: 'read', kim: 'read' })
const ada = people.ada as Person
await hub.request(ada, 'POST', '/api/organizations/kelvin/resource-groups', { name: 'Speech' })
await hub.request(ada, 'POST', '/api/repos/create', { name: 'kite', organization: 'kelvin' })
const json = { 'content-type': 'application/json' }
const asAda = { authorization: `Bearer ${ada.token}` }
const role = '/api/organizations/kelvin/members/bob/role'

const refused = (status: number | readonly number[], wire: Wire) =>
  refusedWire(hub, status, { ...wire, headers: { ...asAda, ...wire.headers } })

test('a 400 names every wrong field, those of query and body together', async () => {
  const rows: { method: string; path: string; body: unknown; fields: string[] }[] = [
    {
      method: 'POST',
      path: '/api/signup',
      body: { email: 'x', password: 'short', extra: 1 },
      fields: ['email', 'extra', 'password', 'username'],
    },
    {
      method: 'PUT',
      path: role,
      body: { role: 'king', resourceGroups: [{ id: 1, role: 'no_access' }] },
      fields: ['resourceGroups[0].id', 'resourceGroups[0].role', 'role'],
    },
    {
      method: 'PATCH',
      path: '/api/organizations/kelvin/members/bob?dryRun=maybe&x=1',
      body: { role: 'king', y: 2 },
      fields: ['dryRun', 'role', 'x', 'y'],
    },
    {
      method: 'PATCH',
      path: '/api/organizations/kelvin/settings',
      body: { hideMembers: 'yes', require2fa: 1, defaultRole: 'admin' },
      fields: ['defaultRole', 'hideMembers', 'require2fa'],
    },
    {
      method: 'POST',
      path: '/api/organizations',
      body: { name: 7, fullname: 'x'.repeat(101), details: null },
      fields: ['details', 'fullname', 'name'],
    },
    { method: 'DELETE', path: '/api/organizations/kelvin/members/bob', body: { dryRun: true }, fields: ['dryRun'] },
    { method: 'POST', path: '/api/organizations/kelvin/leave', body: { dryRun: true }, fields: ['dryRun'] },
    {
      method: 'GET',
      path: '/api/organizations/kelvin/members?limit=0&role=king',
      body: undefined,
      fields: ['limit', 'role'],
    },
    {
      method: 'GET',
      path: '/api/organizations/kelvin/settings?constructor=1&toString=2',
      body: undefined,
      fields: ['constructor', 'toString'],
    },
    { method: 'GET', path: '/api/organizations/kelvin/members?limit=1&limit=2', body: undefined, fields: ['limit'] },
  ]
  for (const { method, path, body, fields } of rows) {
    const reply = await refused(400, { method, path, body: body === undefined ? undefined : JSON.stringify(body) })
    assert.deepEqual(fieldsOf(reply), fields, `${method} ${path}`)
    for (const field of fields) assert.ok(reply.body.error.includes(field), `${reply.body.error} names ${field}`)
  }
})

test('of a thousand wrong rows all are named, and the sentence stays readable', async () => {
  const resourceGroups = Array.from({ length: 900 }, () => ({ id: 'Speech', role: 'king' }))
  const reply = await refused(400, {
    method: 'PUT',
    path: role,
    body: JSON.stringify({ role: 'read', resourceGroups }),
  })
  assert.equal(fieldsOf(reply).length, 900)
  assert.match(reply.body.error, /and 880 more$/)
})

test('unknown fields are ignored where the published clients call', async () => {
  const rows: [string, string, unknown][] = [
    ['PUT', role, { role: 'read', comment: 'hello', constructor: 1 }],
    ['PATCH', '/api/organizations/kelvin/resource-groups/Speech', { description: 'Voices', region: 'eu' }],
    ['PUT', '/api/models/kelvin/kite/settings', { private: false, discussionsDisabled: true }],
    ['GET', '/api/organizations/kelvin/members?limit=1&expand=all', undefined],
    ['GET', '/api/whoami-v2?x=1', undefined],
  ]
  for (const [method, path, body] of rows) {
    const reply = await hub.request(ada, method, path, body)
    assert.equal(reply.status, 200, `${method} ${path}: ${JSON.stringify(reply.body)}`)
  }
})

test('keys that objects inherit do no harm', async () => {
  for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    const own = await refused(400, {
      method: 'POST',
      path: '/api/organizations',
      body: `{"name":"proto-org","${key}":{"isOperator":true}}`,
    })
    assert.ok(own.body.error.includes(key), own.body.error)
    const contract = await sendWire(hub, {
      method: 'PUT',
      path: role,
      headers: { ...asAda, ...json },
      body: `{"role":"read","${key}":{"resourceGroups":"x"}}`,
    })
    assert.equal(contract.status, 200, key)
  }
  await refused(400, { method: 'PUT', path: role, body: '{"__proto__":{"role":"write"}}' })
  assert.equal(({} as Record<string, unknown>).isOperator, undefined)
})

const badBodies: [what: string, status: number, body: string | Buffer | undefined, headers?: Record<string, string>][] =
  [
    ['none', 400, undefined],
    ['nothing', 400, ''],
    ['cut off', 400, '{"role":"wri'],
    ['two documents', 400, '{"role":"write"}{}'],
    ['a comma too many', 400, '{"role":"write",}'],
    ['single quotes', 400, "{'role':'write'}"],
    ['NaN', 400, '{"role":NaN}'],
    ['a list', 400, '[{"role":"write"}]'],
    ['null', 400, 'null'],
    ['a text', 400, '"write"'],
    ['a number', 400, '1e999'],
    ['a list for the role', 400, '{"role":["write"]}'],
    ['an object for the list', 400, '{"role":"write","resourceGroups":{}}'],
    ['null for the list', 400, '{"role":"write","resourceGroups":null}'],
    ['NUL in a text', 400, '{"role":"write\\u0000"}'],
    ['NUL in a key', 400, '{"role":"write","\\u0000":1}'],
    ['a lone surrogate', 400, '{"role":"write","comment":"\\ud800"}'],
    ['a lone surrogate in a key', 400, '{"role":"write","\\udc00":1}'],
    ['bytes that are not UTF-8', 400, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16', 400, Buffer.from('{"role":"write"}', 'utf16le')],
    ['100,000 levels of lists', 400, '['.repeat(100_000) + ']'.repeat(100_000)],
    ['100,000 levels in a field', 400, `{"role":"write","x":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`],
    ['100,000 open brackets', 400, '['.repeat(100_000)],
    ['a body over the limit', 413, `{"role":"write","x":"${'x'.repeat(1024 * 1024)}"}`],
    ['a form', 415, 'role=write', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['text', 415, '{"role":"write"}', { 'content-type': 'text/plain' }],
    ['a multipart form', 415, '--x--', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['JSON of another kind', 415, '{"role":"write"}', { 'content-type': 'application/json-patch+json' }],
    ['a type that is none', 415, '{"role":"write"}', { 'content-type': 'json' }],
    ['compressed', 400, Buffer.from([0x1f, 0x8b, 0x08, 0]), { 'content-encoding': 'gzip' }],
  ]
for (const [what, status, body, headers] of badBodies) {
  test(`a body that is ${what} is refused with ${status}`, async () => {
    const wire: Wire = { method: 'PUT', path: role, body }
    await refused(status, headers ? { ...wire, headers } : wire)
  })
}

test('a body that is not declared is refused', async () => {
  const sent = await sendWire(hub, { method: 'PUT', path: role, headers: asAda, body: '{"role":"write"}' })
  assert.equal(sent.status, 415)
  checkError(sent)
})

test('a body larger than it says, or with no end, does not hold the server up', async () => {
  const head = `PUT ${role} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ada.token}\r\nContent-Type: application/json\r\nConnection: close\r\n`
  const tooLong = await sendBytes(hub, `${head}Content-Length: 99999999999\r\n\r\n{}`)
  assert.match(tooLong, /^HTTP\/1.1 413 /)
  const twoLengths = await sendBytes(hub, `${head}Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}`)
  assert.match(twoLengths, /^HTTP\/1.1 400 /)
  const smuggled = await sendBytes(
    hub,
    `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/whoami-v2 HTTP/1.1\r\n\r\n`,
  )
  assert.match(smuggled, /^HTTP\/1.1 400 /)
  assert.equal(smuggled.match(/HTTP\/1\.1/g)?.length, 1)
})

const oddPaths: [what: string, path: string, status: number | number[]][] = [
  ['%00 in a name', '/api/organizations/kel%00vin', 400],
  ['%00 in a query', '/api/organizations/kelvin/members?search=a%00b', 400],
  ['%00 in the name of a parameter', '/api/organizations/kelvin/members?a%00b=1', 400],
  ['NUL, encoded twice', '/api/organizations/kel%2500vin', 404],
  ['a percent sign alone', '/api/organizations/kelvin%', 400],
  ['invalid hex', '/api/organizations/%zz', 400],
  ['invalid UTF-8', '/api/organizations/%c3%28', 400],
  ['an overlong slash', '/api/organizations/%c0%af', 400],
  ['half of a surrogate pair', '/api/organizations/%ed%a0%80', 400],
  ['dots', '/api/organizations/../organizations/kelvin/members/bob', 404],
  ['encoded dots', '/api/organizations/%2e%2e/settings', 404],
  ['an encoded slash', '/api/organizations/kelvin%2fsettings', 404],
  ['a backslash', '/api/organizations/kelvin\\settings', 404],
  ['two slashes', '/api//organizations/kelvin', 404],
  ['a very long name', `/api/organizations/${'x'.repeat(5000)}`, 414],
  ['a name over the bound', `/api/organizations/${'x'.repeat(500)}`, [400, 404]],
  ['a very long path', `/api/${'x/'.repeat(5000)}`, 404],
  ['half of a type', '/api/modelsfoo/kelvin/kite', 404],
  ['the end of a type', '/api/foospaces/kelvin/kite', 404],
  ['a type in capitals', '/api/MODELS/kelvin/kite', 404],
  ['an unknown route', '/api/nothing/here', 404],
  ['the root of the API', '/api', 404],
]
for (const [what, path, status] of oddPaths) {
  test(`an address with ${what} is refused`, async () => {
    const reply = await refused(status, { method: 'GET', path, headers: { 'x-request-id': 'traced-1' } })
    assert.equal(reply.headers.get('x-request-id'), 'traced-1')
  })
}

test('methods that a route does not have are refused, HEAD is GET without the body', async () => {
  for (const method of ['OPTIONS', 'TRACE', 'PROPFIND', 'LOCK', 'PATCH', 'POST', 'QUERY', 'SEARCH']) {
    await refused([400, 404, 405], { method, path: '/api/whoami-v2' })
  }
  const head = await sendWire(hub, { method: 'HEAD', path: '/api/whoami-v2', headers: asAda })
  assert.deepEqual([head.status, head.body], [200, ''])
  assert.equal((await sendWire(hub, { method: 'HEAD', path: '/api/whoami-v2' })).status, 401)
  assert.match(
    await sendBytes(hub, 'NONSENSE /api HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    /^HTTP\/1.1 400 [\s\S]*{"error":/,
  )
  assert.match(await sendBytes(hub, 'GET /api/whoami-v2 HTTP/1.1\r\n\r\n'), /^HTTP\/1.1 400 /)
})

test('a request id comes back, on unknown routes and refusals too, unless it is odd', async () => {
  const long = 'x'.repeat(201)
  const rows: [sent: string, same: boolean][] = [
    ['abc-123', true],
    ['a/b:c;d', true],
    ['two words', false],
    [long, false],
    ['', false],
    ['\u00e9', false],
    ['\t', false],
  ]
  for (const [sent, same] of rows) {
    for (const path of ['/api/whoami-v2', '/api/no/such/route', '/api/organizations/%zz', '/some/page']) {
      const { headers } = await sendWire(hub, { method: 'GET', path, headers: { 'x-request-id': sent } })
      const got = headers.get('x-request-id') ?? ''
      if (same) assert.equal(got, sent, path)
      else assert.match(got, /^[0-9a-f]{24}$/, `${path} with ${JSON.stringify(sent)}`)
    }
  }
  const twice = await sendWire(hub, { method: 'GET', path: '/api/whoami-v2', headers: { 'x-request-id': ['a', 'b'] } })
  assert.doesNotMatch(twice.headers.get('x-request-id') ?? '', /\n/)
  const traced = await sendWire(hub, {
    method: 'GET',
    path: '/api/whoami-v2',
    headers: { 'x-amzn-trace-id': 'Root=1' },
  })
  assert.match(traced.headers.get('x-request-id') ?? '', /^[0-9a-f]{24};Root=1$/)
})

test('headers out of bounds are refused', async () => {
  for (const key of ['', 'two words', 'x'.repeat(201), '\u00e9']) {
    await refused(400, { method: 'PUT', path: role, body: '{"role":"write"}', headers: { 'idempotency-key': key } })
  }
  const reply = await sendWire(hub, {
    method: 'GET',
    path: '/api/whoami-v2',
    headers: { ...asAda, 'user-agent': 'x'.repeat(9000), accept: '\u00ff', cookie: '=;=;;guildhall_session' },
  })
  assert.equal(reply.status, 200)
  const many = Array.from({ length: 3000 }, (_, index) => `X-${index}: 1\r\n`).join('')
  assert.match(
    await sendBytes(hub, `GET /api/whoami-v2 HTTP/1.1\r\nHost: localhost\r\n${many}\r\n`),
    /^HTTP\/1.1 (401|431) /,
  )
})

test('an authorization that is none is a 401 everywhere, and wins over a good cookie', async () => {
  const { cookie = '' } = await signedIn(hub, 'ada')
  const token = ada.token
  const broken = [
    ...[
      '',
      'Bearer',
      'Bearer ',
      'Basic YWRhOng=',
      `Basic ${Buffer.from(`ada:${token}`).toString('base64')}`,
      token,
      `Token ${token}`,
      `Bearer: ${token}`,
    ],
    ...[
      `Bearer ${token} ${token}`,
      `Bearer ${token},Bearer ${token}`,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token}x`,
      'Bearer hf_',
      `Bearer ${token.toUpperCase()}`,
    ],
    ...[
      `Bearer ${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`,
      'Bearer undefined',
      'Negotiate x',
      `Bearer\u00a0${token}`,
    ],
  ]
  for (const authorization of broken) {
    for (const path of [
      '/api/whoami-v2',
      '/api/instance',
      '/api/organizations/kelvin',
      '/api/models',
      '/api/models/kelvin/kite',
      '/api/avatars/kelvin',
    ]) {
      const { status, headers, body } = await sendWire(hub, { method: 'GET', path, headers: { authorization, cookie } })
      assert.equal(status, 401, `${path} with ${authorization}`)
      assert.equal(body.error, 'Invalid credentials in Authorization header')
      assert.match(headers.get('www-authenticate') ?? '', /^Bearer/)
    }
    await refused(401, { method: 'PUT', path: role, body: '{"role":"write"}', headers: { authorization, cookie } })
    await refused(401, {
      method: 'POST',
      path: '/api/repos/create',
      body: '{"name":"other"}',
      headers: { authorization, cookie },
    })
    await refused(401, { method: 'POST', path: '/api/signup', body: '{}', headers: { authorization, cookie } })
  }
  for (const authorization of [`bearer ${token}`, `BEARER   ${token}`]) {
    assert.equal(
      (await sendWire(hub, { method: 'GET', path: '/api/whoami-v2', headers: { authorization } })).status,
      200,
      'RFC 9110 §11.1: schemes have no case',
    )
  }
  const two = await sendBytes(
    hub,
    `GET /api/whoami-v2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\nAuthorization: Bearer hf_other\r\n\r\n`,
  )
  assert.match(two, /^HTTP\/1.1 (200|400|401) /)
})
