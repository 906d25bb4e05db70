import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from './until.ts'

const main = fileURLToPath(new URL('../server/main.ts', import.meta.url))

/** A hub in a process of its own, as people run it. */
export interface Program {
  url: string
  dataDir: string
  child: ChildProcess
  output(): string
  /** Resolves with the exit code. */
  ended: Promise<number | null>
  console(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>
}

/** A data folder for tests; `remove` deletes it. */
export function makeDataDir(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'guildhall-program-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Starts the program, or a copy of it, with its options, on a data folder; does not wait for it. */
export function spawnProgram(
  dataDir: string,
  port: number,
  environment: NodeJS.ProcessEnv = {},
  program = [main],
): Program {
  // As bin/run.mjs starts it
  const env = {
    MALLOC_ARENA_MAX: '2',
    ...process.env,
    GUILDHALL_DATA_DIR: dataDir,
    GUILDHALL_PORT: String(port),
    ...environment,
  }
  const child = spawn(process.execPath, ['--max-semi-space-size=8', '--heap-growing-percent=30', ...program], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout.on('data', (chunk) => (text += chunk))
  child.stderr.on('data', (chunk) => (text += chunk))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    url: `http://127.0.0.1:${port}`,
    dataDir,
    child,
    output: () => text,
    ended,
    console: (method, path, body) => throughConsole(dataDir, { method, path, body }),
  }
}

/** Starts the program and waits until it answers. */
export async function startProgram(
  dataDir: string,
  environment: NodeJS.ProcessEnv = {},
  options: string[] = [],
): Promise<Program> {
  const program = spawnProgram(dataDir, await freePort(), environment, [main, ...options])
  await untilReady(program)
  return program
}

/** Waits until the hub can work; throws with its output when it ends instead. */
export async function untilReady(program: Program): Promise<void> {
  const isReady = async () => {
    if (program.child.exitCode !== null) throw new Error('it ended')
    const response = await fetch(`${program.url}/readyz`).catch(() => undefined)
    return response?.ok === true && existsSync(join(program.dataDir, 'console.json'))
  }
  await until(isReady).catch((cause) => {
    throw new Error(`the hub did not get ready:\n${program.output()}`, { cause })
  })
}

function throughConsole(dataDir: string, { method, path, body }: { method: string; path: string; body: unknown }) {
  const { socket } = JSON.parse(readFileSync(join(dataDir, 'console.json'), 'utf8')) as { socket: string }
  return new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = request({ socketPath: socket, method, path, headers }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
