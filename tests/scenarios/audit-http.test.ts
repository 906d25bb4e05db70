import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { sql } from 'kysely'
import * as api from '../../api/index.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

let hub: TestHub
let people: Record<string, Person>
let orgId: string
const log = '/api/organizations/lab/audit-log'

before(async () => {
  hub = await startTestHub()
  const made = await hub.organization('lab', { ada: 'admin', bob: 'write', cleo: 'read' })
  people = made.people
  orgId = made.id
  await hub.person('stranger')
})

test('the audit log is for admins; a refusal leaves no event', async () => {
  const before = (await hub.events(orgId)).length
  const rows: [string, string | undefined, number][] = [
    ['nobody', undefined, 401],
    ['stranger', (await hub.person('stranger')).token, 403],
    ['read', people.cleo?.token, 403],
    ['write', people.bob?.token, 403],
  ]
  for (const [who, token, status] of rows) {
    for (const path of [log, `${log}/export`, `${log}/export?format=csv`, `${log}/verify`]) {
      assert.equal((await hub.request(token, 'GET', path)).status, status, `${who} ${path}`)
    }
  }
  for (const path of [`${log}?q=autor:ada`, `${log}/export?q=after:x`, `${log}?cursor=x`, `${log}?limit=0`]) {
    assert.equal((await hub.request(people.ada, 'GET', path)).status, 400, path)
  }
  assert.equal((await hub.events(orgId)).length, before)
})

test('a browser records an export only where a page of the hub asks for the file', async () => {
  const { cookie = '' } = await signedIn(hub, 'ada')
  const own = { 'sec-fetch-site': 'same-origin' }
  const rows: [status: number, headers: Record<string, string>][] = [
    [403, { ...own, 'sec-fetch-dest': 'image' }],
    [403, { ...own, 'sec-fetch-dest': 'style' }],
    [403, { ...own, 'sec-fetch-dest': 'iframe' }],
    [403, { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }],
    [403, { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'document' }],
    [403, { referer: `${hub.url}/acme/coast`, accept: 'image/avif,image/webp,*/*;q=0.8' }],
    [403, { referer: 'https://evil.example/' }],
    [403, {}],
    [200, { ...own, 'sec-fetch-dest': 'document' }],
    [200, { ...own, 'sec-fetch-dest': 'empty' }],
    [200, { 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' }],
    [200, { referer: `${hub.url}/organizations/lab/settings/audit-log`, accept: 'text/html,*/*;q=0.8' }],
  ]
  for (const path of [`${log}/export`, '/api/organizations/lab/members/export']) {
    for (const [status, headers] of rows) {
      const before = (await hub.events(orgId)).length
      const reply = await hub.request(undefined, 'GET', path, undefined, { cookie, ...headers })
      const events = (await hub.events(orgId)).length - before
      assert.deepEqual([reply.status, events], [status, status === 200 ? 1 : 0], `${path} ${JSON.stringify(headers)}`)
      if (status === 403) assert.equal(reply.headers.get('x-error-code'), 'CrossSite')
    }
  }
})

test('an admin searches page by page, and an exported file verifies', async () => {
  for (const role of ['read', 'contributor', 'write']) {
    const changed = await hub.request(people.ada, 'PUT', '/api/organizations/lab/members/cleo/role', { role })
    assert.ok(changed.status < 500)
  }
  const first = await hub.request(people.ada, 'GET', `${log}?limit=1`)
  assert.deepEqual([first.status, first.body.length], [200, 1])
  const next = first.headers.get('link')?.match(/<([^>]+)>/)?.[1] ?? ''
  const second = await hub.request(people.ada, 'GET', next.replace(hub.url, ''))
  assert.equal(second.body[0].data.chain.seq, first.body[0].data.chain.seq - 1)

  const token = await hub.readToken(people.ada as Person)
  const exported = await hub.request(token, 'GET', `${log}/export`)
  assert.equal(exported.status, 200)
  assert.match(exported.headers.get('content-disposition') ?? '', /filename="?lab-audit-log-/)
  assert.equal(exported.body.at(-1).type, 'org.audit_log.export')
  assert.equal(exported.body[0].author.avatarUrl.startsWith(`${hub.url}/api/avatars/`), true)
  const verdict = await api.verifyExport(exported.body)
  assert.deepEqual([verdict.intact, verdict.complete, verdict.events], [true, true, exported.body.length])

  const verified = await hub.request(people.ada, 'GET', `${log}/verify`)
  assert.deepEqual([verified.body.intact, verified.body.head], [true, verdict.head])
  const hidden = await hub.request(people.ada, 'GET', log)
  assert.ok(!hidden.body.some((event: { type: string }) => event.type === 'org.audit_log.export'))

  await sql`update audit_events set event = event || ' ' where scope = ${orgId} and seq = 2`.execute(hub.db)
  const broken = await hub.request(people.ada, 'GET', `${log}/verify`)
  assert.deepEqual([broken.body.intact, broken.body.firstBreak.seq], [false, 2])
})

test('operators see the log of the installation, which no event of an organization enters; it holds no secret', async () => {
  const boss = await hub.person('boss', { operator: true })
  assert.equal((await hub.request(people.ada, 'GET', '/api/operator/audit-log')).status, 403)
  const { status, body } = await hub.request(boss, 'GET', '/api/operator/audit-log')
  assert.equal(status, 200)
  assert.ok(body.length > 0)
  const verify = '/api/operator/audit-log/verify'
  assert.equal((await hub.request(people.ada, 'GET', verify)).status, 403)
  const verdict = await hub.request(boss, 'GET', verify)
  assert.deepEqual([verdict.body.intact, verdict.body.endProven], [true, true])
  const kept = await hub.request(boss, 'GET', `${verify}?contains=${verdict.body.head}`)
  assert.equal(kept.body.intact, true)
  assert.equal((await hub.request(boss, 'GET', `${verify}?contains=${'ab'.repeat(32)}`)).body.intact, false)
  assert.equal((await hub.request(boss, 'GET', `${verify}?contains=x`)).status, 400)
  const { rows } = await sql<{ event: string }>`select event from audit_events`.execute(hub.db)
  const all = rows.map((row) => row.event).join('\n')
  for (const secret of [boss.token, boss.password, ...Object.values(people).map((person) => person.token)]) {
    assert.ok(!all.includes(secret))
  }
})
