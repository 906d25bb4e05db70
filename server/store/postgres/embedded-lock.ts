import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { shortPath } from './embedded-folders.ts'
import { errorCode } from './embedded-processes.ts'

/** Another process already serves the data folder; the message is one sentence for the operator. */
export class DataFolderInUse extends Error {
  constructor(dataDir: string, pid = '') {
    const who = pid ? ` (PID ${pid})` : ''
    super(
      `Another Guildhall process${who} is using the data folder ${dataDir}. Stop it, or choose another folder with GUILDHALL_DATA_DIR.`,
    )
    this.name = 'DataFolderInUse'
  }
}

export interface FolderLock {
  release(): void
}

/**
 * Takes the data folder for this process until it releases it or dies, however it dies; throws DataFolderInUse when
 * another process has it.
 *
 * The lock is a listening unix socket: the kernel closes it with the process, so connecting tells whether the holder
 * lives. Replacing a dead one must not race, therefore each holder has a number: a candidate listens first and then
 * links its socket as the next number, which exactly one candidate can do. The highest number is never removed, so
 * a process that comes late with an old listing sees a higher number after linking and steps back.
 */
export async function lockFolder(dataDir: string): Promise<FolderLock> {
  mkdirSync(join(dataDir, 'lock'), { recursive: true, mode: 0o700 })
  const folder = shortPath(join(dataDir, 'lock'))
  for (;;) {
    const holder = highest(folder)
    if (holder > 0) await expectDead(dataDir, join(folder, `hub-${holder}`))
    const lock = await claim(folder, holder + 1)
    if (lock) return lock
  }
}

async function claim(folder: string, number: number): Promise<FolderLock | undefined> {
  const own = join(folder, `new-${process.pid}-${randomBytes(4).toString('hex')}`)
  const server = await listen(own)
  if (!server) return undefined
  try {
    linkSync(own, join(folder, `hub-${number}`))
  } catch (error) {
    server.close()
    if (isLost(error)) return undefined
    throw error
  }
  if (highest(folder) > number) {
    rmSync(join(folder, `hub-${number}`), { force: true })
    server.close()
    return undefined
  }
  removeOlder(folder, number)
  return { release: () => void server.close() }
}

/** A holder that hangs up without a word may be dying this moment; it gets half a second for that. */
async function expectDead(dataDir: string, path: string): Promise<void> {
  const deadline = performance.now() + 500
  for (;;) {
    const pid = await askHolder(path)
    if (pid === undefined) return
    if (pid !== '' || performance.now() > deadline) throw new DataFolderInUse(dataDir, pid)
    await sleep(20)
  }
}

/** Someone else took the number (EEXIST), or took the folder and swept our socket away (ENOENT): look again. */
function isLost(error: unknown): boolean {
  return errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT'
}

async function listen(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.end(String(process.pid))
  })
  try {
    // Writable for all, as the folder admits only its owner: a lock left by root must not shut that owner out
    server.listen({ path, readableAll: true, writableAll: true })
    await once(server, 'listening')
  } catch (error) {
    server.close()
    if (isLost(error)) return undefined
    throw error
  }
  // Holding the folder is no reason for a process to stay
  return server.unref()
}

/** The process id of the living holder, empty when it does not answer; undefined when it is dead. */
function askHolder(path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let answer = ''
    let connected = false
    const socket = connect(path, () => {
      connected = true
    })
    socket.setTimeout(1000, () => socket.destroy())
    socket.on('data', (part) => {
      answer += part
    })
    socket.on('error', (error) => {
      if (connected) return
      const code = errorCode(error)
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(undefined)
      else if (code === 'ECONNRESET') resolve('')
      else reject(error)
    })
    socket.on('close', () => resolve(answer))
  })
}

function highest(folder: string): number {
  return Math.max(0, ...readdirSync(folder).map(numberOf))
}

function numberOf(name: string): number {
  return Number(/^hub-(\d+)$/.exec(name)?.[1] ?? 0)
}

/** Sweeps what earlier holders left; a candidate whose socket is swept finds its link failing and starts over. */
function removeOlder(folder: string, number: number): void {
  for (const name of readdirSync(folder)) {
    if (numberOf(name) < number) rmSync(join(folder, name), { force: true })
  }
}
