import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { before, test } from 'node:test'
import { startTestHub, type TestHub, testPassword } from '../hub.ts'
import { signedIn } from '../visitor.ts'
import { sendBytes, sendWire } from '../wire.ts'

let hub: TestHub
let secure: TestHub
const assets = new URL('../../web/dist/assets/', import.meta.url)

before(async () => {
  hub = await startTestHub({ allowedHosts: ['hub.internal'] })
  secure = await startTestHub({ publicUrl: 'https://hub.example.org', isShared: false })
  const { people } = await hub.organization('acme', { ada: 'admin' })
  await secure.person('ada')
  const repo = { name: 'open', organization: 'acme' }
  assert.equal((await hub.request(people.ada, 'POST', '/api/repos/create', repo)).status, 200)
})

test('every reply tells browsers what they may do with it, whatever it is', async () => {
  const asset = existsSync(assets) ? `/assets/${readdirSync(assets)[0]}` : '/favicon.svg'
  const rows: [method: string, path: string, isPage: boolean][] = [
    ['GET', '/', true],
    ['GET', '/index.html', true],
    ['GET', asset, true],
    ['GET', '/favicon.svg', true],
    ['GET', '/acme/open', true],
    ['GET', '/api/instance', false],
    ['GET', '/api/avatars/ada', false],
    ['GET', '/api/nothing', false],
    ['GET', '/api/settings/account', false],
    ['POST', '/api/instance', false],
    ['GET', '/healthz', false],
    ['GET', '/.well-known/openapi.json', false],
    ['GET', '/acme/open/resolve/main/.gitattributes', false],
    ['GET', '/acme/open.git/info/refs?service=git-upload-pack', false],
    ['POST', '/acme/open.git/info/lfs/objects/batch', false],
    ['GET', '/api/%ff', false],
    ['GET', `/api/organizations/${'x'.repeat(5000)}`, false],
  ]
  for (const [method, path, isPage] of rows) {
    const { headers } = await hub.request(undefined, method, path, undefined, { accept: 'text/html' })
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(
      policy,
      isPage ? /^default-src 'self'; .*frame-ancestors 'none'/ : /^default-src 'none'; .*sandbox$/,
      path,
    )
    assert.match(policy, /frame-ancestors 'none'/, path)
    assert.equal(headers.get('referrer-policy'), 'same-origin', path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
    assert.match(headers.get('cross-origin-resource-policy') ?? '', /^(same|cross)-origin$/, path)
    assert.equal(headers.get('strict-transport-security'), null, path)
  }
  const noRequest = await sendBytes(hub, 'nonsense\r\n\r\n')
  assert.match(noRequest, /^HTTP\/1.1 400 [\s\S]*Content-Security-Policy: default-src 'none'/)
})

test('a hub with an https address asks browsers for TLS, and its cookie belongs to this host alone', async () => {
  const { cookie, send } = await signedIn(secure, 'ada')
  assert.match(cookie ?? '', /^__Host-guildhall_session=/)
  const { status, headers } = await send('GET', '/api/settings/account')
  assert.deepEqual([status, headers.get('strict-transport-security')], [200, 'max-age=31536000'])
  const planted = (cookie ?? '').replace('__Host-', '')
  assert.equal(
    (await secure.request(undefined, 'GET', '/api/settings/account', undefined, { cookie: planted })).status,
    401,
  )
  const login = await secure.request(undefined, 'POST', '/api/login', { username: 'ada', password: testPassword })
  assert.match(login.headers.getSetCookie()[0] ?? '', /^__Host-[^;]+; (?!.*Domain)(?=.*Path=\/)(?=.*Secure)/)
})

test('only the hub’s own names are answered: a page of another site cannot make its name lead here', async () => {
  const rows: [host: string, status: number][] = [
    ['localhost', 200],
    ['localhost:9999', 200],
    ['hub.localhost', 200],
    ['127.0.0.1', 200],
    ['192.168.1.20:8080', 200],
    ['[::1]:8080', 200],
    ['hub.internal', 200],
    ['HUB.internal.:80', 200],
    ['evil.example', 421],
    ['evil.example:80', 421],
    ['hub.internal.evil.example', 421],
    ['localhost.evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['evil.example/localhost', 421],
    ['a@localhost', 421],
  ]
  for (const [host, status] of rows) {
    const reply = await sendWire(hub, { method: 'GET', path: '/api/instance', headers: { host } })
    assert.equal(reply.status, status, host)
    if (status === 421) assert.match(reply.body.error, /GUILDHALL_PUBLIC_URL/)
  }
  const as = (path: string, host: string) => sendWire(hub, { method: 'GET', path, headers: { host } })
  assert.equal((await as('/', 'evil.example')).status, 421)
  assert.equal((await as('/acme/open.git/info/refs?service=git-upload-pack', 'evil.example')).status, 421)
  for (const probe of ['/healthz', '/readyz']) assert.equal((await as(probe, 'any.name')).status, 200)
  const own = await sendWire(secure, { method: 'GET', path: '/api/instance', headers: { host: 'hub.example.org' } })
  assert.equal(own.status, 200)
})

test('a page of another site signs no one in or up, and schemes are compared', async () => {
  const account = { username: 'ada', password: testPassword }
  const login = (to: TestHub, headers: Record<string, string>) =>
    to.request(undefined, 'POST', '/api/login', account, headers)
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }]) {
    const reply = await login(hub, headers)
    assert.deepEqual([reply.status, reply.headers.get('x-error-code')], [403, 'CrossSite'], JSON.stringify(headers))
    assert.equal(reply.headers.getSetCookie().length, 0)
  }
  assert.equal((await login(hub, { origin: hub.url.replace('http:', 'https:') })).status, 403)
  assert.equal((await login(secure, { origin: 'http://hub.example.org' })).status, 403)
  assert.equal((await login(secure, { origin: 'https://hub.example.org' })).status, 200)
  assert.equal((await login(hub, { origin: hub.url, 'sec-fetch-site': 'same-origin' })).status, 200)
})

test('pages of other sites read what everyone may, and never as someone', async () => {
  const origin = 'https://notebook.example'
  const allowed = async (to: TestHub, path: string, headers: Record<string, string> = {}, method = 'GET') =>
    (await to.request(undefined, method, path, undefined, { origin, ...headers })).headers.get(
      'access-control-allow-origin',
    )
  const { cookie = '' } = await signedIn(hub, 'ada')
  const { token } = await hub.person('ada')
  for (const path of ['/api/models', '/api/models/acme/open', '/acme/open/resolve/main/.gitattributes']) {
    assert.equal(await allowed(hub, path), '*', path)
    assert.equal(await allowed(hub, path, { cookie }), null, path)
    assert.equal(await allowed(hub, path, { authorization: `Bearer ${token}` }), null, path)
    assert.equal(await allowed(secure, path), null, path)
  }
  assert.equal(await allowed(hub, '/'), null)
  assert.equal(await allowed(hub, '/api/repos/create', {}, 'POST'), null)
  const preflight = (wanted: string) =>
    hub.request(undefined, 'OPTIONS', '/api/models', undefined, { origin, 'access-control-request-method': wanted })
  const read = await preflight('GET')
  assert.deepEqual(
    [
      read.status,
      read.headers.get('access-control-allow-methods'),
      read.headers.get('access-control-allow-credentials'),
    ],
    [204, 'GET, HEAD', null],
  )
  assert.doesNotMatch(read.headers.get('access-control-allow-headers') ?? '', /authorization|\*/i)
  assert.equal((await preflight('POST')).headers.get('access-control-allow-origin'), null)
})

test('the link to the next page leads to the public address, by whatever address the first page was asked for', async () => {
  const ada = await hub.person('ada')
  const repo = { name: 'another', organization: 'acme' }
  assert.equal((await hub.request(ada, 'POST', '/api/repos/create', repo)).status, 200)
  const paths = [
    ['/api/models?limit=1', 'hub.internal'],
    ['//api/models?limit=1', 'localhost'],
    ['http://evil.example/api/models?limit=1', 'localhost'],
  ] as const
  for (const [path, host] of paths) {
    const reply = await sendBytes(hub, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    assert.match(reply, /^HTTP\/1.1 200 /, path)
    const [, next = ''] = /\r\nlink: <([^>]*)>; rel="next"/i.exec(reply) ?? []
    assert.ok(next.startsWith(`${hub.url}/api/models`), `${path}: ${next}`)
  }
})
