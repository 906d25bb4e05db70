import { mkdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sweepBinaries } from './embedded-binaries.ts'
import { type Cluster, clusterPort, clusterUser, openCluster } from './embedded-cluster.ts'
import { isRoot, shortPath } from './embedded-folders.ts'
import { type FolderLock, lockFolder } from './embedded-lock.ts'
import { rotateLog } from './embedded-log.ts'
import { errorCode } from './embedded-processes.ts'
import { bringUp, type Log, type RunningServer, shutDown } from './embedded-server.ts'

export interface EmbeddedOptions {
  dataDir: string
  log?: Log
  /** Called once, with the reason, when PostgreSQL keeps stopping and is no longer restarted. */
  onExit?: (reason: string) => void
}

export interface Embedded {
  connectionString: { host: string; port: number; user: string; database: string }
  /** Ends PostgreSQL after it has written everything, and frees the folder. */
  stop(): Promise<void>
  /** The server's process id now; another one after a restart. */
  readonly pid: number
}

interface Supervision {
  cluster: Cluster
  lock: FolderLock
  log: Log
  onExit: (reason: string) => void
  server: RunningServer
  stopping: AbortController
}

const longestPauseMs = 5000
const failuresBeforeGivingUp = 12
const steadyAfterMs = 30_000
const housekeepingMs = 3_600_000

/**
 * Runs PostgreSQL inside the data folder until `stop`, restarting it when it ends by itself. A server left by a hub
 * that was killed is taken over. Throws DataFolderInUse when another hub has the folder, and an Error with one
 * sentence for the operator when PostgreSQL cannot run here.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  try {
    mkdirSync(options.dataDir, { recursive: true, mode: isRoot() ? 0o711 : 0o700 })
    const dataDir = realpathSync(options.dataDir)
    const lock = await lockFolder(dataDir)
    try {
      return await start(dataDir, lock, options)
    } catch (error) {
      lock.release()
      throw error
    }
  } catch (error) {
    if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') throw error
    const sentence = `The data folder ${options.dataDir} belongs to another user. Start as that user, or choose another folder.`
    throw new Error(sentence, { cause: error })
  }
}

async function start(dataDir: string, lock: FolderLock, options: EmbeddedOptions): Promise<Embedded> {
  const log = options.log ?? (() => undefined)
  const onExit = options.onExit ?? (() => undefined)
  const cluster = await openCluster(dataDir)
  const server = await bringUp(cluster, log)
  log(server.adopted ? 'took over a PostgreSQL that was left running' : 'PostgreSQL started', { pid: server.pid })
  await sweepBinaries(dirname(cluster.folder), cluster.binaries)
  const supervision = { cluster, lock, log, onExit, server, stopping: new AbortController() }
  const watching = keepRunning(supervision)
  const housekeeping = keepHouse(cluster, log)
  let stopped: Promise<void> | undefined
  return {
    connectionString: { host: cluster.host, port: clusterPort, user: clusterUser, database: 'guildhall' },
    get pid() {
      return supervision.server.pid
    },
    stop() {
      clearInterval(housekeeping)
      stopped ??= stop(supervision, watching)
      return stopped
    },
  }
}

/** Restarts the server each time it ends, after a pause that doubles while it does not stay up. */
async function keepRunning(supervision: Supervision): Promise<void> {
  const { cluster, log, onExit, stopping } = supervision
  let failures = 0
  let startedAt = performance.now()
  let reason = await endOrStop(supervision)
  while (reason !== undefined) {
    failures = performance.now() - startedAt > steadyAfterMs ? 1 : failures + 1
    log('PostgreSQL stopped unexpectedly and is restarting', { reason, failures, file: cluster.logFile })
    if (failures > failuresBeforeGivingUp) return onExit(`PostgreSQL keeps stopping: ${reason}`)
    await sleep(Math.min(longestPauseMs, 10 * 2 ** failures), undefined, { signal: stopping.signal }).catch(
      () => undefined,
    )
    if (stopping.signal.aborted) return
    startedAt = performance.now()
    try {
      supervision.server = await bringUp(cluster, log)
      reason = await endOrStop(supervision)
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
    }
  }
}

/** Waits for the end of the server and gives its reason; undefined as soon as we are stopping. */
function endOrStop({ server, stopping }: Supervision): Promise<string | undefined> {
  const stopped = new Promise<undefined>((resolve) => {
    if (stopping.signal.aborted) resolve(undefined)
    stopping.signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  return Promise.race([server.ended, stopped])
}

async function stop(supervision: Supervision, watching: Promise<void>): Promise<void> {
  const { cluster, lock, log, stopping } = supervision
  stopping.abort()
  await watching
  if (supervision.server.alive) await shutDown(supervision.server.pid, 30_000)
  log('PostgreSQL stopped', { pid: supervision.server.pid, file: cluster.logFile })
  lock.release()
}

/** Once an hour: the log stays small, and the short path to the socket survives cleaners of temporary folders. */
function keepHouse(cluster: Cluster, log: Log): NodeJS.Timeout {
  const timer = setInterval(() => {
    rotateLog(cluster.logFile)
    try {
      shortPath(cluster.folder)
    } catch (error) {
      log('could not renew the short path to the database socket', { error: String(error) })
    }
  }, housekeepingMs)
  return timer.unref()
}
