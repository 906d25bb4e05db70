import assert from 'node:assert/strict'
import { test } from 'node:test'
import { finishRotation } from '../../server/http/key-rotation.ts'
import { sealedColumns } from '../../server/store/sealed.ts'
import { sql } from '../../server/store/sql.ts'
import { type Person, startTestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

// The secret key is replaced while the hub is at work: everything sealed is sealed again, and nothing that people have ends.

const file = {
  next: '',
  dropped: 0,
  replace(next: string) {
    file.next = next
  },
  dropPrevious: () => void file.dropped++,
}
const hub = await startTestHub({ keyFile: file })
const { people } = await hub.organization('acme', { ada: 'admin' })
const ada = people.ada as Person
const { key, rotation } = { key: hub.running.server.hub.rotation.key, rotation: hub.running.server.hub.rotation }
const path = '/api/organizations/acme/settings/api-token'

const headers = async () => {
  const found = new Set<string>()
  for (const [table, column] of sealedColumns) {
    const { rows } = await sql<{
      header: string
    }>`select distinct encode(substring(${sql.ref(column)} from 2 for 8), 'hex') header
      from ${sql.table(table)} where ${sql.ref(column)} is not null`.execute(hub.db)
    for (const { header } of rows) found.add(header)
  }
  return [...found]
}

test('every column of bytes is sealed again, or is no secret', async () => {
  const { rows } = await sql<{ name: string }>`select c.relname || '.' || a.attname as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.atttypid = 'bytea'::regtype`.execute(hub.db)
  const sealed = new Set(sealedColumns.map(([table, column]) => `${table}.${column}`))
  const others = rows.map(({ name }) => name).filter((name) => !sealed.has(name as never))
  // Hashes (of chunks too), pictures, and the seals of the audit log, which are signatures with a kept key
  assert.deepEqual(
    others.filter((name) => !/hash$|\.chunks$|\.fingerprint$|\.image$|\.seal$/.test(name)),
    [],
  )
})

test('both keys are valid, everything is sealed again, and then the old one is dropped', async () => {
  const browser = await signedIn(hub, 'ada')
  const { secret } = (await browser.send('POST', '/api/settings/two-factor')).body
  const token = (await hub.request(ada, 'GET', path)).body.token
  const kept = { 'idempotency-key': 'before' }
  const made = await hub.request(ada, 'POST', `${path}/refresh`, {}, kept)
  const [before, device] = [key.fingerprint, key.sign('device', 'x')]
  assert.notEqual(made.body.token, token)
  assert.deepEqual(await headers(), [before])
  const old = key.seal('from a request under way')
  const reply = await hub.console('POST', '/api/operator/secret-key/rotate')
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  assert.notEqual(key.fingerprint, before)
  assert.equal(reply.body.fingerprint, key.fingerprint)
  assert.ok(reply.body.resealed >= 4, `${reply.body.resealed}`)
  assert.deepEqual(await headers(), [key.fingerprint])
  assert.ok(file.next.length >= 32)
  assert.equal((await hub.events('instance')).at(-1)?.type, 'instance.rotate_key')
  // A request from before writes what the old key sealed: it is found by the job
  await sql`update organization_tokens set sealed = ${key.seal('x')}`.execute(hub.db)
  assert.equal(key.open(old), 'from a request under way')
  await sql`update users set totp_secret = ${old} where name = 'ada'`.execute(hub.db)
  assert.equal((await hub.console('POST', '/api/operator/secret-key/rotate')).status, 409, 'one at a time')
  hub.moveClock(16 * 60_000)
  assert.equal(await finishRotation(hub.db, rotation), 1)
  assert.equal(file.dropped, 0, 'only once nothing is left')
  assert.equal(await finishRotation(hub.db, rotation), 0)
  assert.equal(file.dropped, 1)
  assert.throws(() => key.open(old))
  assert.ok(secret)
  assert.equal(key.sign('device', 'x'), device, 'what people have stays signed')
  const { intact } = (await hub.console('GET', '/api/operator/audit-log/verify')).body
  assert.notEqual(intact, false)
  assert.equal((await hub.request(ada, 'POST', `${path}/refresh`, {}, kept)).body.token, made.body.token)
})

test('where the key is set in the environment, the command says what to do', async () => {
  rotation.file = undefined
  const { status, body } = await hub.console('POST', '/api/operator/secret-key/rotate')
  assert.deepEqual([status, /GUILDHALL_PREVIOUS_SECRET_KEY/.test(body.error)], [409, true])
})
