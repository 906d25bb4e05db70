import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeDataDir, startProgram } from '../tests/program.ts'

const run = promisify(execFile)

/** A hub as people start it, with someone who may write, and room for files on the same disk. */
export interface Place {
  url: string
  token: string
  pid: number
  /** For temporary files. */
  folder: string
  /** Creates `acme/<name>` and answers its name with the namespace. */
  createRepo(name: string): Promise<string>
  /** Commits files to the main branch. */
  commit(repo: string, files: readonly { path: string; content: Buffer }[]): Promise<void>
  /** The address of a repository for git, with who one is. */
  gitUrl(repo: string): string
  stop(): Promise<void>
}

/** Starts a hub with its own PostgreSQL. */
export async function startPlace(): Promise<Place> {
  const dataDir = makeDataDir()
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-bench-'))
  const program = await startProgram(dataDir.path, { GUILDHALL_LOG_LEVEL: 'warn', DATABASE_URL: '' })
  await program.console('POST', '/api/operator/people', { username: 'ada', email: 'ada@example.org' })
  await program.console('POST', '/api/operator/organizations', { name: 'acme', admin: 'ada' })
  const { body } = await program.console('POST', '/api/operator/people/ada/tokens', { name: 'bench', role: 'write' })
  const token = String(body.token)
  const { url, child } = program
  const send = (path: string, type: string, sent: string) => post(url + path, { token, type, body: sent })
  return {
    ...{ url, token, folder, pid: child.pid ?? 0 },
    async createRepo(name) {
      const asked = { name, organization: 'acme', type: 'model', private: true }
      await send('/api/repos/create', 'application/json', JSON.stringify(asked))
      return `acme/${name}`
    },
    commit: (repo, files) => send(`/api/models/${repo}/commit/main`, 'application/x-ndjson', commitBody(files)),
    gitUrl: (repo) => `${url}/${repo}`.replace('://', `://ada:${token}@`),
    async stop() {
      child.kill('SIGTERM')
      await program.ended
      dataDir.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function post(url: string, { token, type, body }: { token: string; type: string; body: string }): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': type }
  const answer = await fetch(url, { method: 'POST', headers, body })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`)
}

/** A commit of files as the API takes it. */
function commitBody(files: readonly { path: string; content: Buffer }[]): string {
  const lines = files.map(({ path, content }) => ({
    key: 'file',
    value: { path, content: content.toString('base64'), encoding: 'base64' },
  }))
  return [{ key: 'header', value: { summary: 'files' } }, ...lines].map((line) => JSON.stringify(line)).join('\n')
}

/** Runs a program to its end; answers what it wrote. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { stdout } = await run(program, args, { maxBuffer: 2 ** 26, ...options })
  return stdout
}

/** Times what is done by each in turn, so that a machine that is busy now and then is so for both; milliseconds. */
export async function inTurn(
  rounds: number,
  one: (round: number) => Promise<unknown>,
  other: (round: number) => Promise<unknown>,
): Promise<{ one: number; other: number; ratio: number }> {
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 ? [1, 0] : [0, 1]
    for (const index of order) {
      const begun = performance.now()
      await (index === 0 ? one : other)(round)
      times[index]?.push(performance.now() - begun)
    }
  }
  const [first, second] = [median(times[0]), median(times[1])]
  return { one: first, other: second, ratio: first / second }
}

/** The middle of some values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
