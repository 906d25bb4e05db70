import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbedded } from '../server/store/postgres/embedded.ts'
import { freePort } from '../tests/program.ts'

/** What every hub of a measurement signs with, so that several can work on one database. */
export const benchSecret = 'bench key bench key bench key bench key'

/** A database server to measure on. */
export interface BenchPostgres {
  kind: string
  /** The address of one of its databases. */
  url(database: string): string
  stop(): Promise<void>
}

/** The PostgreSQL that comes with the hub, on its unix socket. */
export async function embeddedPostgres(): Promise<BenchPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'guildhall-bench-'))
  const embedded = await startEmbedded({ dataDir })
  const { host, port, user } = embedded.connectionString
  return {
    kind: 'embedded PostgreSQL 18',
    url: (database) => `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
    stop: async () => {
      await embedded.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Debian's PostgreSQL on a loopback port with its default settings; undefined where the package is not installed. */
export async function debianPostgres(): Promise<BenchPostgres | undefined> {
  const root = '/usr/lib/postgresql'
  const version = existsSync(root) ? readdirSync(root).sort().at(-1) : undefined
  if (version === undefined || process.getuid?.() !== 0) return undefined
  const dataDir = mkdtempSync(join(tmpdir(), 'guildhall-debian-'))
  const port = await freePort()
  const as = (command: string) => spawnSync('su', ['postgres', '-c', command], { encoding: 'utf8' })
  spawnSync('chown', ['postgres', dataDir])
  as(`${root}/${version}/bin/initdb -D ${dataDir}/data -U guildhall -A trust --locale=C -E UTF8`)
  as(
    `${root}/${version}/bin/pg_ctl -w -D ${dataDir}/data -l ${dataDir}/log -o "-p ${port} -k ${dataDir} -c listen_addresses=127.0.0.1" start`,
  )
  return {
    kind: `Debian's PostgreSQL ${version}`,
    url: (database) => `postgres://guildhall@127.0.0.1:${port}/${database}`,
    stop: async () => {
      as(`${root}/${version}/bin/pg_ctl -w -m fast -D ${dataDir}/data stop`)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Starts one of the peers and waits for its word. */
export async function startPeer(
  name: string,
  connectionString: string,
  ...more: string[]
): Promise<{ url: string; signal(name: NodeJS.Signals): void; stop(): Promise<void> }> {
  const port = await freePort()
  const file = fileURLToPath(new URL(`./peers/${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, [file, connectionString, String(port), ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await ready(child, name)
  return { url: `http://127.0.0.1:${port}`, signal: (signal) => void child.kill(signal), stop: () => ended(child) }
}

function ready(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve())
    child.once('exit', () => reject(new Error(`${name} ended`)))
  })
}

/** Ends a child process and waits for it. */
export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

/** Resident memory of a process in megabytes, as the kernel counts it. */
export function residentMegabytes(pid: number): number {
  const kilobytes = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1]
  return Number(kilobytes) / 1024
}

/** Looks at the memory of a process until it is stopped; answers by how many megabytes it grew at most. */
export function watchMemory(pid: number): { stop(): number } {
  const before = residentMegabytes(pid)
  let most = before
  const timer = setInterval(() => (most = Math.max(most, residentMegabytes(pid))), 50)
  return {
    stop() {
      clearInterval(timer)
      return most - before
    },
  }
}
