import { lstat, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { failedWith, syncFolder } from './durable.ts'
import { repositoryFolder } from './folder.ts'
import type { GitHost } from './host.ts'
import { diskIsFull, endProcess, failure, outcomeOf, spawnGit } from './process.ts'
import { openTurns } from './turns.ts'

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
 * Why refs cannot move: one is not where it was said to be; somebody else is moving one right now; or a branch `a` and
 * a branch `a/b` cannot both be.
 */
export interface RefusedReferences {
  refused: 'stale' | 'locked' | 'clash'
}

// A prepared move ends by itself well before its locks count as left behind by a process that was killed.
const preparedSeconds = 45
const staleLockMs = 60_000
// What a killed hub had begun ends without it within moments; only the packed references can take longer.
const orphanedLockMs = 2000
const orphanedPackMs = 10_000
// Moves of one repository wait here for each other: git would poll for the lock, and give up after some seconds.
const turnOf = openTurns()

/** Locks refs and checks that they are where the caller thinks. Until `commit` nothing has moved; a crash moves nothing. */
export async function prepareReferences(
  host: GitHost,
  repoId: string,
  updates: readonly RefUpdate[],
): Promise<PreparedReferences | RefusedReferences> {
  const endTurn = await turnOf(repositoryFolder(host, repoId))
  try {
    let attempt = await prepareOnce(host, repoId, updates)
    if ('refused' in attempt && attempt.refused === 'locked' && (await removeStaleLocks(host, repoId)) > 0) {
      attempt = await prepareOnce(host, repoId, updates)
    }
    if ('refused' in attempt) endTurn()
    // The process ends with commit, with abort, and when it was forgotten.
    else void attempt.ended.finally(endTurn)
    return attempt
  } catch (error) {
    endTurn()
    throw error
  }
}

/** Deletes lock files that a killed process left; answers how many. */
export async function removeStaleLocks(host: GitHost, repoId: string): Promise<number> {
  const folder = repositoryFolder(host, repoId)
  const names = [
    'HEAD.lock',
    'packed-refs.lock',
    'packed-refs.new',
    'config.lock',
    ...(await locksUnder(folder, 'refs')),
  ]
  let removed = 0
  for (const name of names) if (await removeIfStale(host, join(folder, name))) removed++
  return removed
}

async function locksUnder(folder: string, path: string): Promise<string[]> {
  const entries = await readdir(join(folder, path), { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.lock'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}

async function removeIfStale(host: GitHost, path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await lstat(path)
    const orphanedMs = basename(path).startsWith('packed-refs') ? orphanedPackMs : orphanedLockMs
    if (Date.now() - mtimeMs < (mtimeMs < host.openedAt ? orphanedMs : staleLockMs)) return false
    await rm(path)
    return true
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return false
    throw error
  }
}

async function prepareOnce(
  host: GitHost,
  repoId: string,
  updates: readonly RefUpdate[],
): Promise<(PreparedReferences & { ended: Promise<unknown> }) | RefusedReferences> {
  const commands = updates.map(command).join('')
  const leave = await host.work.enter(repoId)
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
    if (errorText.includes("couldn't write")) throw diskIsFull()
    throw failure(args, exitCode, errorText)
  }
  return {
    ended,
    async commit() {
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
