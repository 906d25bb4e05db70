import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, passFolder, programEnvironment } from './embedded-cluster.ts'
import { logSize, openLog, readLogFrom, rotateLog } from './embedded-log.ts'
import { probe } from './embedded-probe.ts'
import { commandLine, isRunning, signal, waitForEnd } from './embedded-processes.ts'

export interface RunningServer {
  pid: number
  adopted: boolean
  /** False once it ended; from then on the number may be another process's. */
  alive: boolean
  /** Settles with the reason when the server ends, for any reason. */
  ended: Promise<string>
}

export type Log = (message: string, detail?: object) => void

/** Sockets are relative to PostgreSQL's data directory: no long path, and no one else comes near them. */
const settings = {
  listen_addresses: '',
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
  port: '5432',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_connections: '60',
  // Touched page by page, so an idle hub pays only for what it used
  shared_buffers: '128MB',
  huge_pages: 'off',
  jit: 'off',
  wal_compression: 'on',
  max_wal_size: '512MB',
  random_page_cost: '1.1',
  // Fewer processes: no reading workers (the data is small and cached), no replication
  io_method: 'sync',
  max_logical_replication_workers: '0',
  max_wal_senders: '0',
  // A killed hub's long query ends soon instead of holding up the next one
  client_connection_check_interval: '1s',
  // Refused statements are the hub's everyday answers (unique, foreign key) and reach it anyway
  log_min_messages: 'log',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
  cluster_name: 'guildhall',
}

const startDeadlineMs = 120_000
const silenceMs = 2500

/** What a starting PostgreSQL says when a dead predecessor's traces, or its last processes, are in the way. */
const passing = /pre-existing shared memory block|lock file ".*" (already exists|is empty)|bogus data in lock file/

/**
 * Gives a server that accepts connections: the one a dead hub left running when it is healthy and has our settings,
 * else a new one. Only for the holder of the folder's lock.
 */
export async function bringUp(cluster: Cluster, log: Log): Promise<RunningServer> {
  const began = performance.now()
  for (;;) {
    const server = (await adopt(cluster, log)) ?? (await launch(cluster))
    if (server) return server
    if (performance.now() - began > startDeadlineMs)
      throw new Error(`PostgreSQL did not start in time. See ${cluster.logFile}.`)
    // Processes of a killed server still hold its memory; they leave as soon as they notice
    await pause(began)
  }
}

/** Ends the server: politely first (clients are cut, everything is written), by force when it does not listen. */
export async function shutDown(pid: number, patienceMs: number): Promise<void> {
  signal(pid, 'SIGINT')
  if (await waitForEnd(pid, patienceMs)) return
  signal(pid, 'SIGQUIT')
  // A stopped process hears nothing until it continues
  signal(pid, 'SIGCONT')
  if (await waitForEnd(pid, 3000)) return
  signal(pid, 'SIGKILL')
  await waitForEnd(pid, 3000)
}

async function adopt(cluster: Cluster, log: Log): Promise<RunningServer | undefined> {
  const pid = readPid(cluster)
  if (pid === undefined) return undefined
  const began = performance.now()
  while (isRunning(pid)) {
    const server = await probe(cluster)
    if (server.state === 'ready' && server.build === buildOf(cluster)) return running(pid, true, watch(pid))
    if (server.state === 'absent' && !isOurs(cluster, pid)) break
    // Starting may mean minutes of recovery after a crash; only silence is judged soon
    const patienceMs = { ready: 0, starting: startDeadlineMs, absent: silenceMs }[server.state]
    if (performance.now() - began > patienceMs) {
      log('stopping a PostgreSQL that was left running', { pid, state: server.state })
      await shutDown(pid, server.state === 'absent' ? 500 : 30_000)
      return undefined
    }
    await pause(began)
  }
  removeTraces(cluster, pid)
  return undefined
}

/**
 * PostgreSQL would take a zombie, or a stranger with the recycled number, for a living server and refuse to start.
 * Processes of the dead server that still work are not forgotten by this: it finds them by their shared memory.
 */
function removeTraces(cluster: Cluster, pid: number): void {
  if (readPid(cluster) !== pid) return
  rmSync(pidFile(cluster), { force: true })
  rmSync(join(cluster.folder, '.s.PGSQL.5432.lock'), { force: true })
}

/** The new server when it is ready; undefined when something in the way will go away by itself. */
async function launch(cluster: Cluster): Promise<RunningServer | undefined> {
  rotateLog(cluster.logFile)
  const logStart = logSize(cluster.logFile)
  const server = spawnServer(cluster)
  const began = performance.now()
  while (server.alive) {
    const { state } = await probe(cluster)
    if (state === 'ready' && server.alive && readPid(cluster) === server.pid) return server
    if (performance.now() - began > startDeadlineMs) {
      await shutDown(server.pid, 1000)
      throw new Error(`PostgreSQL did not accept connections in time. See ${cluster.logFile}.`)
    }
    await pause(began)
  }
  const said = readLogFrom(cluster.logFile, logStart)
  if (passing.test(said)) return undefined
  const complaints = said.split('\n').filter((line) => /FATAL|PANIC|error/.test(line))
  throw new Error(`PostgreSQL did not start: ${complaints.at(-1) ?? (await server.ended)} (see ${cluster.logFile}).`)
}

/** Short at first, for starting takes some 30 ms; then longer, as each question is a process and a line in the log. */
function pause(began: number): Promise<void> {
  return sleep(Math.min(500, 4 + (performance.now() - began) / 4))
}

function spawnServer(cluster: Cluster): RunningServer {
  const pass = passFolder(cluster.folder, cluster.account)
  const output = openLog(cluster.logFile, cluster.account)
  const child = spawn(join(cluster.binaries.folder, 'bin', 'postgres'), ['-D', pass.path, ...options(cluster)], {
    ...cluster.account,
    cwd: '/',
    env: programEnvironment(cluster.binaries),
    // Its own session: Ctrl-C in a terminal reaches the hub only, which ends PostgreSQL after its own work
    detached: true,
    stdio: ['ignore', output, output, ...pass.descriptors],
  })
  closeSync(output)
  pass.close()
  child.unref()
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, by) => resolve(by ? `ended by ${by}` : `ended with code ${code}`))
  })
  return running(child.pid ?? 0, false, ended)
}

function running(pid: number, adopted: boolean, ended: Promise<string>): RunningServer {
  const server = { pid, adopted, alive: true, ended }
  void ended.then(() => {
    server.alive = false
  })
  return server
}

function options(cluster: Cluster): string[] {
  const all = { ...settings, 'guildhall.build': buildOf(cluster), 'guildhall.cluster': markOf(cluster) }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Same text, same program and settings: such a server can be taken over as it is. */
function buildOf(cluster: Cluster): string {
  const digest = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 8)
  return `${cluster.binaries.version}-${digest}`
}

/** Names the cluster on the server's command line; by inode, as the path changes when folders move. */
function markOf(cluster: Cluster): string {
  const { dev, ino } = statSync(cluster.folder)
  return `${dev}-${ino}`
}

function isOurs(cluster: Cluster, pid: number): boolean {
  return `${commandLine(pid)} `.includes(`guildhall.cluster=${markOf(cluster)} `)
}

function pidFile(cluster: Cluster): string {
  return join(cluster.folder, 'postmaster.pid')
}

/** The server's process id from its lock file, if any. A file without a number is swept once it is old. */
function readPid(cluster: Cluster): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile(cluster), 'utf8'), 10)
    if (pid > 0) return pid
    if (Date.now() - statSync(pidFile(cluster)).mtimeMs > 2000) rmSync(pidFile(cluster), { force: true })
  } catch {}
  return undefined
}

function watch(pid: number): Promise<string> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (isRunning(pid)) return
      clearInterval(timer)
      resolve('ended')
    }, 100)
    timer.unref()
  })
}
