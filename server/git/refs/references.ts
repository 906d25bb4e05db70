import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { startWatch } from '../../kernel/clock.ts'
import { log } from '../../kernel/log.ts'
import { outOfSpace } from '../../shares/disk.ts'
import type { GitHost } from '../host.ts'
import { failedWith, syncFolder } from '../process/durable.ts'
import { repositoryFolder, requireFolder } from '../process/folder.ts'
import { type MoveLock, outOfTouch, takeMoveLock } from '../process/move-lock.ts'
import { endProcess, failure, outcomeOf, spawnGit } from '../process/process.ts'

/** Where a ref is to move. `from: null`: it must not exist yet; `to: null`: it is deleted. */
export interface RefUpdate {
  ref: string
  from: string | null
  to: string | null
}

/** Refs that are locked, checked, and ready to move. */
export interface PreparedReferences {
  /** Moves all of them; they are on the disk when it returns. */
  commit(): Promise<void>
  /** Lets go of them as they were. */
  abort(): Promise<void>
}

/**
 * Why refs cannot move: one is not where it was said to be; someone else is moving one right now; or a branch `a` and
 * a branch `a/b` cannot both be.
 */
export interface RefusedReferences {
  refused: 'stale' | 'locked' | 'clash'
}

// One that was forgotten lets go after so long.
const preparedSeconds = 45
// What a killed hub's git had begun ends by itself; what is locked after so long is left behind.
const orphanMs = 2000
const orphanPollMs = 50

/**
 * Locks refs and checks that they are where the caller thinks. Until `commit` nothing has moved; a crash moves nothing.
 * With a turn in hand it is done in that turn, which stays the caller's.
 */
export async function prepareReferences(
  host: GitHost,
  repoId: string,
  updates: readonly RefUpdate[],
  given?: Turn,
): Promise<PreparedReferences | RefusedReferences> {
  const turn = given ?? (await takeTurn(host, repoId))
  if (turn === undefined) return { refused: 'locked' }
  const end = async () => given ?? turn.end()
  try {
    let attempt = await prepareOnce(host, repoId, { updates, lock: turn.lock })
    // With the lock in hand no one else moves references: what git has locked was left behind
    if ('refused' in attempt && attempt.refused === 'locked' && (await removeLeftLocks(host, repoId)) > 0) {
      attempt = await prepareOnce(host, repoId, { updates, lock: turn.lock })
    }
    if ('refused' in attempt) await end()
    // The process ends with commit, with abort, and when it was forgotten.
    else void attempt.ended.finally(end)
    return attempt
  } catch (error) {
    await end()
    throw error
  }
}

/** The right to move references of one repository, among all requests and processes. */
export interface Turn {
  lock: MoveLock
  end(): Promise<void>
}

/** Waits for a turn; undefined when another process keeps its own for too long. */
export async function takeTurn(host: GitHost, repoId: string): Promise<Turn | undefined> {
  await requireFolder(host, repoId)
  const endTurn = await host.moves(repoId)
  try {
    const lock = await takeMoveLock(host, repoId)
    if (lock?.isInherited) await awaitOrphans(host, repoId)
    if (lock === undefined) endTurn()
    const end = async () => lock?.release().catch(leftBehind).finally(endTurn)
    return lock && { lock, end }
  } catch (error) {
    endTurn()
    throw error
  }
}

// Its next owner is this process itself, or another one once this one is gone.
function leftBehind(error: unknown): void {
  log.warn({ err: error }, 'could not release a lock')
}

async function awaitOrphans(host: GitHost, repoId: string): Promise<void> {
  const waitedMs = startWatch()
  while (waitedMs() < orphanMs && (await leftLocks(host, repoId)).length > 0) await sleep(orphanPollMs)
  await removeLeftLocks(host, repoId)
}

/** Does something to a repository while no references of it move; undefined when one is moving for some seconds. */
export async function whileStill<T>(
  host: GitHost,
  repoId: string,
  work: (lock: MoveLock) => Promise<T>,
): Promise<T | undefined> {
  const turn = await takeTurn(host, repoId)
  try {
    return turn && (await work(turn.lock))
  } finally {
    await turn?.end()
  }
}

/** Deletes lock files of git that a killed process left; to be called with the turn in hand. Answers how many. */
export async function removeLeftLocks(host: GitHost, repoId: string): Promise<number> {
  const left = await leftLocks(host, repoId)
  await Promise.all(left.map((path) => rm(path, { force: true })))
  return left.length
}

async function leftLocks(host: GitHost, repoId: string): Promise<string[]> {
  const folder = repositoryFolder(host, repoId)
  const names = ['HEAD.lock', 'packed-refs.lock', 'packed-refs.new', 'config.lock']
  const top = names.map((name) => join(folder, name)).filter((path) => existsSync(path))
  const entries = await readdir(join(folder, 'refs'), { withFileTypes: true, recursive: true })
  const inside = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.lock'))
  return [...top, ...inside.map((entry) => join(entry.parentPath, entry.name))]
}

async function prepareOnce(
  host: GitHost,
  repoId: string,
  { updates, lock }: { updates: readonly RefUpdate[]; lock: MoveLock },
): Promise<(PreparedReferences & { ended: Promise<unknown> }) | RefusedReferences> {
  const commands = updates.map(command).join('')
  const leave = await host.work.enter()
  const args = ['update-ref', '--stdin', '-z', '--no-deref']
  const child = spawnGit(host, repoId, args, { timeLimitSeconds: preparedSeconds })
  const ended = outcomeOf(child).finally(leave)
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('update-ref needs its pipes')
  const answers = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const reaches = async (state: string) => (await answers.next()).value === `${state}: ok`

  stdin.write(`start\0${commands}prepare\0`)
  if (!((await reaches('start')) && (await reaches('prepare')))) {
    endProcess(child)
    const [errorText, exitCode] = await ended
    const refused = refusalIn(errorText)
    if (refused) return { refused }
    // git does not say why it could not write the few bytes of a lock.
    if (errorText.includes("couldn't write")) throw outOfSpace()
    throw failure(args, exitCode, errorText)
  }
  return {
    ended,
    async commit() {
      if (!lock.still()) {
        stdin.end('abort\0')
        await ended
        throw outOfTouch()
      }
      stdin.end('commit\0')
      const done = await reaches('commit')
      const [errorText, exitCode] = await ended
      if (!done || exitCode !== 0) throw failure(args, exitCode, errorText)
      await syncReferences(host, repoId, updates)
    },
    async abort() {
      stdin.end('abort\0')
      await ended
    },
  }
}

function command({ ref, from, to }: RefUpdate): string {
  if (!/^refs\/[^\0]+$/.test(ref)) throw new Error('a ref begins with refs/')
  if (to === null) return `delete ${ref}\0${from ?? ''}\0`
  return from === null ? `create ${ref}\0${to}\0` : `update ${ref}\0${to}\0${from}\0`
}

function refusalIn(errorText: string): RefusedReferences['refused'] | undefined {
  if (/\.lock': File exists|unable to lock/i.test(errorText)) return 'locked'
  if (/exists; cannot create|cannot process .* and .* at the same time|directory .* blocking/i.test(errorText))
    return 'clash'
  if (/but expected|already exists|is missing|unable to resolve reference/i.test(errorText)) return 'stale'
  return undefined
}

// git syncs the file of a ref before it gets its name; the names are in the folders.
async function syncReferences(host: GitHost, repoId: string, updates: readonly RefUpdate[]): Promise<void> {
  const root = repositoryFolder(host, repoId)
  const folders = new Set<string>([root])
  for (const { ref } of updates) {
    for (let path = dirname(ref); path !== '.'; path = dirname(path)) folders.add(join(root, path))
  }
  await Promise.all([...folders].map(syncIfThere))
}

// With the last branch in it the folder goes too.
async function syncIfThere(folder: string): Promise<void> {
  try {
    await syncFolder(folder)
  } catch (error) {
    if (!failedWith(error, 'ENOENT', 'ENOTDIR')) throw error
  }
}
