import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestHub } from '../hub.ts'
import { sendBytes } from '../wire.ts'

const hub = await startTestHub()
const ada = await hub.person('ada')
const asPassword = { authorization: `Basic ${Buffer.from(`ada:${ada.token}`).toString('base64')}` }

const lfs = 'application/vnd.git-lfs+json; charset=utf-8'
const json = 'application/json; charset=utf-8'
const text = 'text/plain; charset=utf-8'

test('each client is refused in the form that it reads, also at addresses that no operation has', async () => {
  const rows: [method: string, path: string, status: number, type: string, challenge: RegExp | null][] = [
    ['GET', '/api/nothing', 404, json, null],
    ['GET', '/api/models/ownerless', 401, json, /^Bearer /],
    ['GET', '/ownerless/resolve/main/x', 401, json, /^Bearer /],
    ['GET', '/ownerless/info/refs?service=git-upload-pack', 401, text, /^Basic /],
    ['POST', '/ownerless/info/lfs/objects/batch', 401, lfs, /^Basic /],
    ['POST', '/lab/model.git/info/lfs/nothing', 404, lfs, null],
    ['GET', '/lab/model.git/info/lfs/locks', 401, lfs, /^Basic /],
    ['PUT', '/api/lfs/not-signed', 403, json, null],
    ['POST', '/api/lfs/not-signed', 403, lfs, null],
    ['GET', '/api/settings/tokens', 401, json, /^Bearer /],
  ]
  for (const [method, path, status, type, challenge] of rows) {
    const reply = await hub.request(undefined, method, path)
    assert.deepEqual([reply.status, reply.headers.get('content-type')], [status, type], path)
    assert.match(reply.headers.get('www-authenticate') ?? '', challenge ?? /^$/, path)
    assert.equal(reply.body.message, type === lfs ? reply.body.error : undefined, path)
  }
})

test('a token is taken as a password from git and LFS alone', async () => {
  const rows: [path: string, status: number][] = [
    ['/ownerless/info/refs?service=git-upload-pack', 404],
    ['/lab/model.git/info/lfs/locks', 404],
    ['/api/whoami-v2', 401],
    ['/api/nothing', 401],
  ]
  for (const [path, status] of rows)
    assert.equal((await hub.request(undefined, 'GET', path, undefined, asPassword)).status, status, path)
})

test('a method that an address does not take is answered with those that it takes', async () => {
  const rows: [method: string, path: string, allow: string][] = [
    ['POST', '/api/whoami-v2', 'GET, HEAD'],
    ['OPTIONS', '/api/whoami-v2', 'GET, HEAD'],
    ['DELETE', '/api/login', 'POST'],
    ['GET', '/lab/model.git/git-upload-pack', 'POST'],
    ['GET', '/lab/model/git-receive-pack', 'POST'],
    ['QUERY', '/api/instance', 'GET, HEAD'],
    ['PUT', '/lab/model/resolve/main/x', 'GET, HEAD'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/.well-known/openapi.json', 'GET, HEAD'],
    ['POST', '/api/models', 'GET, HEAD'],
    ['DELETE', '/api/organizations/lab/members/bulk', 'POST'],
    ['PATCH', '/api/organizations/lab/members/%62ulk', 'POST'],
    ['DELETE', '/api/organizations/lab/invitations/bulk', 'POST'],
    ['DELETE', '/api/settings/sessions/confirm', 'POST'],
  ]
  for (const [method, path, allow] of rows) {
    const { status, headers } = await hub.request(undefined, method, path)
    assert.deepEqual([status, headers.get('allow')], [405, allow], `${method} ${path}`)
  }
})

test('slashes too many lead to the same address, and never to a page', async () => {
  const rows: [path: string, status: number][] = [
    ['/api/whoami-v2/', 200],
    ['/api/whoami-v2/?x=1', 200],
    ['//api/whoami-v2', 200],
    ['///api/whoami-v2/', 200],
    ['//api/nothing', 404],
    ['/%61pi/nothing', 404],
    ['/API/nothing', 404],
    ['/api/nothing/', 404],
    ['/api//whoami-v2', 404],
  ]
  for (const [path, status] of rows) {
    const reply = await sendBytes(
      hub,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAuthorization: Bearer ${ada.token}\r\nConnection: close\r\n\r\n`,
    )
    assert.match(reply, new RegExp(`^HTTP/1.1 ${status} `), path)
    assert.match(reply, /content-type: application\/json/i, path)
  }
  const whole = await sendBytes(
    hub,
    `GET http://evil.example/api/whoami-v2 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ada.token}\r\nConnection: close\r\n\r\n`,
  )
  assert.match(whole, /^HTTP\/1.1 200 /)
})

test('a page is a page, whatever words of Git its branches, files, and repositories have in their names', async () => {
  const parts = ['tree', 'blob', 'edit', 'new', 'upload', 'commits', 'commit']
  const names = [
    'main/info/refs',
    'main/notes.git/y',
    'main/raw/a/b',
    'raw/a/b',
    'resolve/main/x',
    'feature%2Fraw/a/b',
    'main/x/info/lfs/y',
    'main/git-upload-pack',
    'main/api/x',
  ]
  const inRepositories = ['/lab/model', '/datasets/lab/data', '/spaces/lab/app'].flatMap((repo) =>
    parts.flatMap((part) => names.map((name) => `${repo}/${part}/${name}`)),
  )
  const oddRepositories = ['/lab/raw/tree/main', '/lab/resolve/blob/main/x', '/datasets/lab/raw/blob/main/info/refs']
  for (const path of [...inRepositories, ...oddRepositories, '/lab/notes.github/tree/main']) {
    const reply = await hub.request(undefined, 'GET', path, undefined, { accept: 'text/html,*/*;q=0.8' })
    assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'text/html; charset=utf-8'], path)
  }
  const ofPrograms = ['/lab/model/info/refs', '/lab/model.git/x', '/lab/model/info/lfs/x', '/lab/model/resolve/main/x']
  for (const path of ofPrograms) {
    const reply = await hub.request(undefined, 'GET', path, undefined, { accept: 'text/html,*/*;q=0.8' })
    assert.notEqual(reply.headers.get('content-type'), 'text/html; charset=utf-8', path)
  }
})

test('the address of a commit is a page for programs too, which are given it for what they pushed', async () => {
  const commit = 'a'.repeat(40)
  const basic = `Basic ${Buffer.from('user:hf_notone').toString('base64')}`
  for (const repo of ['/lab/model', '/datasets/lab/data', '/spaces/lab/app'])
    for (const headers of [{ accept: '*/*' }, { accept: '*/*', authorization: basic }]) {
      const reply = await hub.request(undefined, 'HEAD', `${repo}/commit/${commit}`, undefined, headers)
      assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'text/html; charset=utf-8'])
    }
  for (const path of [`/lab/model/commit/${commit}x`, `/lab/model/commits/main`, `/commit/${commit}`]) {
    const reply = await hub.request(undefined, 'HEAD', path, undefined, { accept: '*/*' })
    assert.equal(reply.status, 404, path)
  }
})
