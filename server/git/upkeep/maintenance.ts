import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitHost } from '../host.ts'
import { failedWith, writeDurably } from '../process/durable.ts'
import { repositoryFolder } from '../process/folder.ts'
import { endProcess, failure, outcomeOf, runGit, spawnGit } from '../process/process.ts'
import { prepareReferences, removeLeftLocks, whileStill } from '../refs/references.ts'

const mostLooseObjects = 500
const mostPacks = 20
const mostLooseRefs = 100
const tidySeconds = 3600
const leftoverMs = 24 * 3600 * 1000
const pruneEveryMs = 7 * 24 * 3600 * 1000
const quietMs = 600_000
const mostLooks = 3
const keepUnreachable = '14.days.ago'
const keepUnderWay = '10.minutes.ago'
const pruneMark = 'pruned'

/** What a tidying did. */
export interface Tidied {
  repacked: boolean
  pruned: boolean
  leftovers: number
}

/**
 * Puts a repository in order where it needs it; fetches, pushes and commits go on meanwhile. With `forgets`, what no
 * reference leads to is deleted as soon as nothing was written for ten minutes.
 */
export async function tidyRepository(host: GitHost, repoId: string, { forgets = false } = {}): Promise<Tidied> {
  await whileStill(host, repoId, () => tidyReferences(host, repoId))
  const leftovers = await removeLeftovers(host, repoId)
  const { loose, packs } = await countObjects(host, repoId)
  const prunes = await isTimeToPrune(repositoryFolder(host, repoId), forgets ? 0 : pruneEveryMs)
  const repacked = !prunes && (loose > mostLooseObjects || packs > mostPacks)
  if (prunes) await prune(host, repoId, forgets ? keepUnderWay : keepUnreachable)
  if (repacked) await repack(host, repoId, ['-d', '--geometric=2'])
  return { repacked, pruned: prunes, leftovers }
}

async function tidyReferences(host: GitHost, repoId: string): Promise<void> {
  await removeLeftLocks(host, repoId)
  const refs = await countLooseRefs(repositoryFolder(host, repoId))
  if (refs > mostLooseRefs) await runGit(host, repoId, ['pack-refs', '--all'], { timeLimitSeconds: tidySeconds })
}

/**
 * Everything git finds wrong in a repository; empty when it is sound. It can be in use: what a repack moves while git looks
 * at it seems to be missing, and is found by another look.
 */
export async function checkRepository(host: GitHost, repoId: string): Promise<string[]> {
  let problems: string[] = []
  for (let look = 0; look < mostLooks; look++) {
    problems = await lookAt(host, repoId)
    if (problems.length === 0) break
  }
  return problems
}

async function lookAt(host: GitHost, repoId: string): Promise<string[]> {
  const args = ['fsck', '--strict', '--full', '--no-dangling', '--no-progress']
  const { output, errorText, exitCode } = await runGit(host, repoId, args, {
    timeLimitSeconds: tidySeconds,
    accept: Array.from({ length: 255 }, (_, code) => code + 1),
  })
  const lines = `${output.toString()}\n${errorText}`
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('notice: '))
  return exitCode !== 0 && lines.length === 0 ? [`git fsck ended with ${exitCode}`] : lines
}

/** Copies branches, tags and all they lead to into a repository that is still empty; nothing is shared afterwards. */
export async function copyRepository(host: GitHost, fromId: string, toId: string): Promise<void> {
  const format = '--format=%(objectname) %(refname)'
  const { output } = await runGit(host, fromId, ['for-each-ref', format, 'refs/heads', 'refs/tags'])
  const refs = output.toString().split('\n').filter(Boolean)
  if (refs.length === 0) return
  const updates = refs.map((line) => ({ ref: line.slice(41), from: null, to: line.slice(0, 40) }))
  await copyObjects(host, fromId, toId, [...new Set(updates.map((update) => update.to))])
  const prepared = await prepareReferences(host, toId, updates)
  if ('refused' in prepared) throw new Error(`the copy is not empty any more: ${prepared.refused}`)
  await prepared.commit()
}

async function copyObjects(host: GitHost, fromId: string, toId: string, tips: readonly string[]): Promise<void> {
  const leave = await host.transfers.enter()
  const limits = { timeLimitSeconds: tidySeconds }
  const write = ['pack-objects', '--revs', '--stdout', '--delta-base-offset', '-q']
  const read = ['index-pack', '--stdin', '--strict']
  const source = spawnGit(host, fromId, write, limits)
  const target = spawnGit(host, toId, read, limits)
  try {
    source.stdin?.end(tips.map((oid) => `${oid}\n`).join(''))
    target.stdout?.resume()
    if (source.stdout && target.stdin) source.stdout.pipe(target.stdin)
    const ends = [source, target].map(outcomeOf)
    const [written, taken] = await Promise.all(ends)
    // The end of one can end the other: the one that says why comes first.
    if (taken && taken[1] !== 0 && taken[0] !== '') throw failure(read, taken[1], taken[0])
    if (written && written[1] !== 0) throw failure(write, written[1], written[0])
    if (taken && taken[1] !== 0) throw failure(read, taken[1], taken[0])
  } finally {
    endProcess(source)
    endProcess(target)
    leave()
  }
}

async function countObjects(host: GitHost, repoId: string): Promise<{ loose: number; packs: number }> {
  const { output } = await runGit(host, repoId, ['count-objects', '-v'])
  const numberOf = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(output.toString())?.[1] ?? 0)
  return { loose: numberOf('count'), packs: numberOf('packs') }
}

async function countLooseRefs(folder: string): Promise<number> {
  const entries = await readdir(join(folder, 'refs'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).length
}

async function repack(host: GitHost, repoId: string, how: readonly string[]): Promise<void> {
  await runGit(host, repoId, ['repack', '-q', ...how], { timeLimitSeconds: tidySeconds })
}

// Objects that no ref leads to wait in a pack of their own, with the day they were last wanted.
async function prune(host: GitHost, repoId: string, kept: string): Promise<void> {
  await repack(host, repoId, ['-a', '-d', '--cruft', `--cruft-expiration=${kept}`])
  // Repacking deletes the expired ones from packs, and leaves those that lie alone
  await runGit(host, repoId, ['prune', `--expire=${kept}`], { timeLimitSeconds: tidySeconds })
  // A process that reads keeps the packs it has opened; those of other hubs end within ten minutes
  host.readers.forget(repoId)
  const mark = join(repositoryFolder(host, repoId), pruneMark)
  const at = new Date()
  await utimes(mark, at, at).catch(() => writeDurably(mark, ''))
}

// Only when nothing was written lately: a commit on its way may count on an old object that no ref leads to yet.
async function isTimeToPrune(folder: string, everyMs: number): Promise<boolean> {
  const [mark, repository, packs, branches] = await Promise.all(
    [pruneMark, 'config', 'objects/pack', 'refs/heads'].map((path) => ageOf(join(folder, path))),
  )
  const last = mark ?? repository ?? 0
  return last >= everyMs && (packs ?? 0) > quietMs && (branches ?? 0) > quietMs
}

/** Deletes files that a process killed in the middle left in a repository; answers how many. */
export async function removeLeftovers(host: GitHost, repoId: string): Promise<number> {
  const folder = repositoryFolder(host, repoId)
  const pack = join('objects', 'pack')
  const places = [
    { path: '', pattern: /^fast_import_crash_\d+$/ },
    { path: 'objects', pattern: /^(tmp_|bulk_fsync)/ },
    { path: pack, pattern: /^(tmp_|\.tmp-|.*\.keep$)/ },
  ]
  let removed = 0
  for (const { path, pattern } of places) {
    for (const name of await readdir(join(folder, path))) {
      const full = join(folder, path, name)
      if (!pattern.test(name) || ((await ageOf(full)) ?? 0) < leftoverMs) continue
      // Packs are kept only while a transfer runs that has just brought them.
      await rm(full, { recursive: true, force: true })
      removed++
    }
  }
  return removed
}

async function ageOf(path: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(path)).mtimeMs
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return undefined
    throw error
  }
}
