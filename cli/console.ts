import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { childEnvironment, packageRoot } from './environment.ts'
import { Failure } from './failure.ts'

const waitForOtherMs = 30_000
const pauseMs = 200
const silenceMs = 1000

/** The socket of the hub on this machine, and how to let go of it. */
export interface Console {
  socket: string
  close(): Promise<void>
}

/** Where a hub keeps what it has. */
export interface Place {
  dataDir: string
  databaseUrl: string | undefined
}

/**
 * Opens the console of the hub on a data folder: the running hub's, or one of a hub that is started for this command
 * alone and ends with it. Throws with one sentence when the folder is another user's, when it has no hub and none may be
 * created, and when the hub cannot start.
 */
export async function openConsole({ dataDir, databaseUrl }: Place, mayCreate: boolean): Promise<Console> {
  const deadline = Date.now() + waitForOtherMs
  for (;;) {
    const running = await runningHub(dataDir)
    if (running !== undefined) return { socket: running.socket, close: async () => undefined }
    // A mistyped path would become a hub of its own, which answers that there is nothing
    if (!mayCreate && databaseUrl === undefined && !isHubFolder(dataDir)) throw noHub(dataDir)
    const started = await startForNow(dataDir)
    if ('socket' in started) return started
    // Another command may just be starting its own; its hub is as good as ours
    if (!started.isTaken || Date.now() > deadline) throw new Failure(started.complaint)
    await sleep(pauseMs)
  }
}

/** What a running hub says of itself in its data folder. */
export interface Running {
  socket: string
  /** The port it listens on; undefined for a hub that runs for a command alone. */
  port?: number
}

/** The hub that runs on a data folder; undefined when none does. */
export async function runningHub(dataDir: string): Promise<Running | undefined> {
  const named = namedIn(dataDir)
  if (named === undefined) return undefined
  const problem = await connectProblem(named.socket)
  if (problem === 'EACCES' || problem === 'EPERM') throw notOurs(dataDir)
  return problem === undefined ? named : undefined
}

function namedIn(dataDir: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'console.json'), 'utf8')) as Running
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM') throw notOurs(dataDir)
    if (code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

function isHubFolder(dataDir: string): boolean {
  return existsSync(join(dataDir, 'postgres'))
}

function noHub(dataDir: string): Failure {
  return new Failure(
    `No Guildhall data in ${dataDir}. Set GUILDHALL_DATA_DIR to the data folder, start Guildhall with “guildhall serve”, or set HF_ENDPOINT and HF_TOKEN to use another server.`,
    undefined,
    'Unreachable',
  )
}

function notOurs(dataDir: string): Failure {
  const { username } = userInfo()
  return new Failure(
    `Guildhall in ${dataDir} belongs to another user, not to ${username}. Run this command as the user who runs Guildhall.`,
  )
}

function connectProblem(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
  })
}

/** Why no hub was started, and whether another process has the data folder. */
interface NotStarted {
  complaint: string
  isTaken: boolean
}

// A hub without a port, that ends when its input does: also when this process is killed.
async function startForNow(dataDir: string): Promise<Console | NotStarted> {
  const child = spawn(process.execPath, [join(packageRoot, 'server/main.ts'), '--console-only'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: childEnvironment(),
    // Ctrl-C is for this command; the hub then ends by itself, cleanly
    detached: true,
  })
  const ended = once(child, 'close')
  const complaint = collect(child)
  const tellLater = setTimeout(tellOfStart, silenceMs)
  const said = await firstWord(child)
  clearTimeout(tellLater)
  if (said !== 'ready') {
    await ended
    return { complaint: sentenceIn(complaint()), isTaken: said === 'taken' }
  }
  const close = async () => {
    child.stdin?.end()
    await ended
  }
  const named = namedIn(dataDir)
  if (named !== undefined) return { socket: named.socket, close }
  await close()
  return { complaint: `Guildhall started, but ${join(dataDir, 'console.json')} has no socket.`, isTaken: false }
}

function tellOfStart(): void {
  if (process.stderr.isTTY) process.stderr.write('Starting Guildhall for this command …\n')
}

function collect(child: ChildProcess): () => string {
  let content = ''
  child.stderr?.on('data', (part) => {
    content += part
  })
  return () => content
}

// Whether it is ready, or the data folder is taken; undefined when it ends without a word.
async function firstWord(child: ChildProcess): Promise<'ready' | 'taken' | undefined> {
  const { stdout } = child
  if (stdout === null) return undefined
  return new Promise((resolve) => {
    const lines = createInterface({ input: stdout })
    lines.on('line', (line) => {
      if (line === '{"console":"ready"}') resolve('ready')
      if (line === '{"console":"taken"}') resolve('taken')
    })
    lines.once('close', () => resolve(undefined))
    child.once('error', () => resolve(undefined))
  })
}

function sentenceIn(complaint: string): string {
  const sentence = complaint.split('\n').findLast((line) => line.startsWith('guildhall: '))
  return (
    sentence?.slice('guildhall: '.length) ??
    `Guildhall could not start: ${complaint.trim().split('\n').at(-1) ?? 'no message'}`
  )
}
