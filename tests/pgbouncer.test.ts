// The hub behind a real pgbouncer, where there is one.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { requireSessions } from '../server/store/pooler.ts'
import { StartRefused } from '../server/store/processes.ts'
import { startGate } from './gate.ts'
import { startTestHub } from './hub.ts'
import { makeDatabase, startTestPostgres } from './postgres.ts'
import { freePort } from './program.ts'
import { until } from './until.ts'

const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path))
const skip = program === undefined && 'no pgbouncer'
const noOne = 65_534
const undo: (() => unknown)[] = []
after(async () => {
  for (const step of undo.reverse()) await step()
})

async function bouncer(databaseUrl: string, mode: 'session' | 'transaction' | 'statement', size = 60): Promise<string> {
  // The socket of a PostgreSQL may be for the user alone whose it is
  const gate = await startGate(databaseUrl)
  undo.push(gate.shut)
  const { host, port, user, database } = new pg.Client({ connectionString: gate.url })
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-pgbouncer-'))
  chmodSync(folder, 0o755)
  const own = await freePort()
  const config = join(folder, 'pgbouncer.ini')
  writeFileSync(
    config,
    `[databases]
${database} = host=${host} port=${port} user=${user} dbname=${database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = ${size}
`,
  )
  // It refuses to run as root
  const as = process.getuid?.() === 0 ? { uid: noOne, gid: noOne } : {}
  const child = spawn(program ?? '', ['-q', config], { stdio: 'ignore', ...as })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  undo.push(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  await until(() => answers(own))
  return `postgres://${user}@127.0.0.1:${own}/${database}`
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

test('in session mode the hub works: requests, settings of its connections, jobs', { skip }, async () => {
  const hub = await startTestHub({ through: (url) => bouncer(url, 'session') })
  const { people } = await hub.organization('acme', { ada: 'admin', ben: 'read' })
  const role = { role: 'write' }
  assert.equal((await hub.request(people.ada, 'PUT', '/api/organizations/acme/members/ben/role', role)).status, 200)
  const many = await Promise.all(
    Array.from({ length: 100 }, () => hub.request(people.ben, 'GET', '/api/organizations/acme/members/ben')),
  )
  assert.deepEqual([...new Set(many.map(({ status, body }) => `${status} ${body.role}`))], ['200 write'])
  const { rows } = await sql<{ jit: string }>`select current_setting('jit') as jit`.execute(hub.db)
  assert.deepEqual(rows, [{ jit: 'off' }])
  await hub.request(undefined, 'POST', '/api/signup', {
    username: 'carl',
    email: 'carl@example.org',
    password: 'correct horse battery',
  })
  await until(
    async () => (await hub.db.selectFrom('mails').where('state', '=', 'kept').selectAll().execute()).length > 0,
  )
})

for (const mode of ['transaction', 'statement'] as const) {
  test(`in ${mode} mode it does not start, and says why`, { skip }, async () => {
    const started = startTestHub({ through: (url) => bouncer(url, mode) })
    await assert.rejects(started, (error) => error instanceof StartRefused && /session mode/.test(error.message))
  })
}

test('a PostgreSQL without a pooler has sessions, no matter what else uses it', async () => {
  const postgres = await startTestPostgres()
  undo.push(postgres.stop)
  const database = await makeDatabase(postgres.url)
  undo.push(database.drop)
  await Promise.all(Array.from({ length: 5 }, () => requireSessions(database.url)))
})
