import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startHub } from '../server/http/hub.ts'
import { log } from '../server/kernel/log.ts'
import { noRateLimits } from '../server/users/rates/limits.ts'
import { testSecret, testStorage } from './hub.ts'
import { makeDatabase, startTestPostgres } from './postgres.ts'
import { until } from './until.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'guildhall-start-'))
const occupant = createServer()
const undo = new AsyncDisposableStack()
let client: pg.Client
let databaseUrl: string

before(async () => {
  log.level = 'silent'
  undo.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const postgres = await startTestPostgres()
  undo.defer(() => postgres.stop())
  const database = await makeDatabase(postgres.url)
  undo.defer(() => database.drop())
  databaseUrl = database.url
  client = new pg.Client(databaseUrl)
  await client.connect()
  undo.defer(() => client.end())
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve))
  undo.defer(() => void occupant.close())
})
after(() => undo.disposeAsync())

function start(port: number) {
  return startHub({
    host: '127.0.0.1',
    port,
    dataDir,
    publicUrl: '',
    databaseUrl,
    secretKey: testSecret,
    smtpUrl: '',
    mailFrom: 'Guildhall <guildhall@localhost>',
    trustedProxies: [],
    reach: { allowedHosts: [], isShared: true },
    version: '0.0.0-test',
    listen: true,
    storage: testStorage,
    dnsServers: [],
    privateNetworks: [],
    rates: noRateLimits,
  })
}

/** What others have of the database: rows of processes, and connections. */
async function held(): Promise<{ processes: number; connections: number }> {
  const { rows } = await client.query(
    `select (select count(*)::int from processes) processes, (select count(*)::int from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()) connections`,
  )
  return rows[0]
}

test('a start that fails ends what it began, and the next one finds nothing in its way', async () => {
  const { port } = occupant.address() as AddressInfo
  await assert.rejects(start(port), { code: 'EADDRINUSE' })
  assert.equal((await held()).processes, 0)
  // PostgreSQL takes a moment to end a connection that was closed
  await until(async () => (await held()).connections === 0, 10_000)
  assert.deepEqual(children(), [])

  const hub = await start(0)
  const atWork = await held()
  assert.equal(atWork.processes, 1)
  assert.ok(atWork.connections > 0, 'the connections of a hub are seen')
  await hub.stop()
  assert.equal((await held()).processes, 0)
})

/** The programs that this process has started and that run. */
function children(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap')
}

test('an option that does not exist is refused in one sentence, with where settings are', () => {
  const main = fileURLToPath(new URL('../server/main.ts', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [main, '--port', '80'], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /^guildhall: Unknown option '--port'.*docs\/reference\/settings\.md\.\n$/)
})
