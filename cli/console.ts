import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
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

/**
 * Opens the console of the hub on a data folder: the running hub's, or one of a hub that is started for this command
 * alone and ends with it. Throws with one sentence when the folder is another user's or the hub cannot start.
 */
export async function openConsole(dataDir: string): Promise<Console> {
  const deadline = Date.now() + waitForOtherMs
  for (;;) {
    const socket = await runningSocket(dataDir)
    if (socket !== undefined) return { socket, close: async () => undefined }
    const started = await startForNow(dataDir)
    if (typeof started !== 'string') return started
    // Another command may just be starting its own; its hub is as good as ours
    if (!/in use|[Aa]nother hub/.test(started) || Date.now() > deadline) throw new Failure(started)
    await sleep(pauseMs)
  }
}

/** The socket of the hub that runs on a data folder; undefined when none does. */
export async function runningSocket(dataDir: string): Promise<string | undefined> {
  const socket = socketNamedIn(dataDir)
  if (socket === undefined) return undefined
  const problem = await connectProblem(socket)
  if (problem === 'EACCES' || problem === 'EPERM') throw notOurs(dataDir)
  return problem === undefined ? socket : undefined
}

function socketNamedIn(dataDir: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(dataDir, 'console.json'), 'utf8')) as { socket: string }).socket
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM') throw notOurs(dataDir)
    if (code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

function notOurs(dataDir: string): Failure {
  const { username } = userInfo()
  return new Failure(
    `The hub in ${dataDir} belongs to another user than ${username}; run this as the user who runs the hub.`,
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

// A hub without a port, that ends when its input does: also when this process is killed.
async function startForNow(dataDir: string): Promise<Console | string> {
  const child = spawn(process.execPath, [join(packageRoot, 'server/main.ts'), '--console-only'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: childEnvironment(),
    // Ctrl-C is for this command; the hub then ends by itself, cleanly
    detached: true,
  })
  const ended = once(child, 'close')
  const complaint = collect(child)
  const tellLater = setTimeout(tellOfStart, silenceMs)
  const ready = await isReady(child)
  clearTimeout(tellLater)
  if (!ready) {
    await ended
    return sentenceIn(complaint())
  }
  const close = async () => {
    child.stdin?.end()
    await ended
  }
  const socket = socketNamedIn(dataDir)
  if (socket !== undefined) return { socket, close }
  await close()
  return `The hub started, but names no socket in ${join(dataDir, 'console.json')}.`
}

function tellOfStart(): void {
  if (process.stderr.isTTY) process.stderr.write('Starting a hub for this command …\n')
}

function collect(child: ChildProcess): () => string {
  let content = ''
  child.stderr?.on('data', (part) => {
    content += part
  })
  return () => content
}

async function isReady(child: ChildProcess): Promise<boolean> {
  if (child.stdout === null) return false
  const lines = createInterface({ input: child.stdout })
  return new Promise((resolve) => {
    lines.on('line', (line) => line === '{"console":"ready"}' && resolve(true))
    lines.once('close', () => resolve(false))
    child.once('error', () => resolve(false))
  })
}

function sentenceIn(complaint: string): string {
  const sentence = complaint.split('\n').findLast((line) => line.startsWith('guildhall: '))
  return (
    sentence?.slice('guildhall: '.length) ??
    `The hub could not start: ${complaint.trim().split('\n').at(-1) ?? 'it said nothing'}`
  )
}
