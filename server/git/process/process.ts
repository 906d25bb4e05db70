import { type ChildProcess, spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { log } from '../../kernel/log.ts'
import { outOfSpace } from '../../shares/disk.ts'
import { notWhileHeld } from '../../store/held.ts'
import type { GitHost } from '../host.ts'
import { repositoryFolder, requireFolder } from './folder.ts'

const shortWorkSeconds = 120
const mostErrorText = 8192
const hangUpMs = 5000
// On the scale of nice: with this, git has a third of the weight of the process that answers everyone.
const niceness = 5

/** Where a process works, and what holds for it. */
export type GitPlace = Pick<GitHost, 'folder' | 'environment' | 'account' | 'memoryBytes'>

/** How a git process is started. */
export interface GitRun {
  /** `pipe` three times unless said; a fourth pipe is the channel of the hook. */
  stdio?: ('pipe' | 'ignore')[]
  env?: Record<string, string>
  /** Ends it, and everything it started, after so long. */
  timeLimitSeconds?: number
}

/** A git process on one repository; hooks, attributes and configuration of the machine do not reach it. */
export function spawnGit(host: GitPlace, repoId: string, args: readonly string[], run: GitRun = {}): ChildProcess {
  notWhileHeld(`git ${args[0]}`)
  // ulimit counts address space; where the system does not know it the limit is left out
  const words = ['-c', 'ulimit -v "$0" 2>/dev/null; exec git "$@"', String(Math.floor(host.memoryBytes / 1024))]
  const child = spawn('/bin/sh', [...words, '--git-dir=.', ...args], {
    ...host.account,
    cwd: repositoryFolder(host, repoId),
    env: { ...host.environment, ...run.env },
    stdio: run.stdio ?? ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  yieldToAnswers(child)
  const timer = setTimeout(() => endProcess(child), (run.timeLimitSeconds ?? shortWorkSeconds) * 1000)
  child.once('close', () => clearTimeout(timer))
  child.once('error', () => clearTimeout(timer))
  // A process that ends before it has read everything is told apart by its exit code.
  child.stdin?.on('error', () => undefined)
  return child
}

// Where processors are short, git's work takes longer and no one else's answer does.
function yieldToAnswers({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, niceness)
  } catch {
    // It has ended already
  }
}

/** Ends a process and everything that it started. */
export function endProcess(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

/** Keeps what a process says until it is read: Node throws it away when the process ends before anyone has begun to. */
export function keepOutput({ stdout }: ChildProcess): void {
  stdout?.on('readable', unread)
}

/** Lets go of it: what no one has read by now no one will. */
export function dropOutput({ stdout }: ChildProcess): void {
  stdout?.off('readable', unread).resume()
}

const unread = () => undefined

/**
 * Takes the input of a process away, so that it ends and removes what it has not finished: ended by a signal, git leaves
 * that behind. One that has all of its input already comes to its end.
 */
export function hangUp(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return
  // It would be ended by a signal too if no one took what it says
  child.stdout?.unpipe()
  dropOutput(child)
  if (child.stdin?.writableEnded) return
  child.stdin?.destroy()
  const timer = setTimeout(() => endProcess(child), hangUpMs)
  child.once('close', () => clearTimeout(timer))
}

/** A git command that ended with an error; its text is for the log and for telling causes apart, not for people. */
class GitFailed extends Error {
  readonly exitCode: number | null
  readonly errorText: string

  constructor(args: readonly string[], exitCode: number | null, errorText: string) {
    super(`git ${args[0]} ended with ${exitCode}: ${errorText.slice(0, 500)}`)
    this.name = 'GitFailed'
    this.exitCode = exitCode
    this.errorText = errorText
  }
}

export interface GitAnswer {
  output: Buffer
  errorText: string
  exitCode: number
}

export interface GitRequest extends GitRun {
  input?: string | Buffer
  /** Exit codes that are answers too. */
  accept?: readonly number[]
}

/** Runs one short command and answers all of its output; throws {@link GitFailed}, or `507` when the disk is full. */
export async function runGit(
  host: GitHost,
  repoId: string,
  args: readonly string[],
  request: GitRequest = {},
): Promise<GitAnswer> {
  notWhileHeld(`git ${args[0]}`)
  await requireFolder(host, repoId)
  const leave = await host.work.enter()
  try {
    const child = spawnGit(host, repoId, args, request)
    child.stdin?.end(request.input)
    const [output, errorText, exitCode] = await Promise.all([bytesOf(child), errorTextOf(child), exitOf(child)])
    if (exitCode === 0 || (exitCode !== null && request.accept?.includes(exitCode)))
      return { output, errorText, exitCode }
    throw failure(args, exitCode, errorText)
  } finally {
    leave()
  }
}

/** What went wrong, as the error to throw. */
export function failure(args: readonly string[], exitCode: number | null, errorText: string): Error {
  if (/No space left on device|Disk quota exceeded|Out of diskspace/.test(errorText)) return outOfSpace()
  const error = new GitFailed(args, exitCode, errorText)
  log.debug({ err: error }, 'git failed')
  return error
}

/** All that a process writes. */
export async function bytesOf(child: ChildProcess): Promise<Buffer> {
  const chunks: Buffer[] = []
  if (child.stdout) for await (const chunk of child.stdout) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** The text a process wrote about its errors, cut at 8 KiB. */
export async function errorTextOf(child: ChildProcess): Promise<string> {
  let text = ''
  if (child.stderr) {
    for await (const chunk of child.stderr) if (text.length < mostErrorText) text += String(chunk)
  }
  return text
}

/** What a process wrote about its errors, and its exit code. It may fail to start before anybody asks for this. */
export function outcomeOf(child: ChildProcess): Promise<[errorText: string, exitCode: number | null]> {
  const outcome = Promise.all([errorTextOf(child), exitOf(child)])
  outcome.catch(() => undefined)
  return outcome
}

/** Waits for the end of a process; null when a signal ended it. */
export function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code))
  })
}
