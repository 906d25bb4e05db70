import { basename, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import type { GitHost } from '../host.ts'
import { type Batch, openBatch } from '../objects/batch.ts'
import { parsePointer } from '../objects/objects.ts'
import { isNewRefName, isRefName } from '../objects/revisions.ts'
import { isPlainPath } from '../objects/trees.ts'
import { folderSize } from '../process/files.ts'
import { repositoryFolder } from '../process/folder.ts'
import { endProcess, failure, outcomeOf, spawnGit } from '../process/process.ts'
import type { RefUpdate } from './references.ts'

/** An LFS file that a push names: its bytes must be in the store of this repository. */
export interface IncomingPointer {
  oid: string
  size: number
  /** Where it was first seen. */
  path: string
}

export interface Incoming {
  /** One line each, for the person who pushes; empty when the push may go on. */
  problems: string[]
  /** References that stay as they are while others move, and why. */
  declined: ReadonlyMap<string, string>
  pointers: IncomingPointer[]
  /** What it takes on disk. */
  bytes: number
}

const mostProblems = 20
const mostPointerBytes = 1024
const mostLinkBytes = 4096
const entriesInTurn = 10_000
const mostTreeBytes = 16 * 1024 * 1024
const mostKnownNames = 100_000
const objectsAtOnce = 1024
const inspectionSeconds = 900

/**
 * Looks at everything new that a push brings, before any ref moves. `quarantine`: as git told its hook. A mirror also
 * pushes references that no one can have here: they are declined alone, and what they bring is looked at all the same.
 */
export async function inspectPush(
  host: GitHost,
  repoId: string,
  push: { quarantine: string; updates: readonly RefUpdate[] },
): Promise<Incoming> {
  const declined = new Map(push.updates.flatMap(problemOfRef))
  const names = problemsOfNames(push.updates)
  const isAllDeclined = names.length === 0 && push.updates.every(({ ref }) => declined.has(ref))
  const problems = isAllDeclined ? declinedLines(declined) : names
  const tips = push.updates.filter((update) => update.to !== null)
  const answer = (problems: string[], pointers: IncomingPointer[] = [], bytes = 0) => ({
    ...{ problems: problems.slice(0, mostProblems), pointers, declined, bytes },
  })
  if (problems.length > 0 || tips.length === 0) return answer(problems)
  const env = quarantineEnv(repositoryFolder(host, repoId), push.quarantine)
  const run = {
    env,
    timeLimitSeconds: inspectionSeconds,
  }
  const leave = await host.work.enter()
  const batch = openBatch(host, repoId, run)
  try {
    const wrongTips = await problemsOfTips(
      batch,
      tips.filter(({ ref }) => !declined.has(ref)),
    )
    if (wrongTips.length > 0) return answer(wrongTips)
    const inspection = startInspection(batch)
    for await (const objects of newObjects(host, repoId, run, tips)) {
      await inspection.take(objects)
      if (inspection.problems.length >= mostProblems) break
    }
    const bytes = env.GIT_QUARANTINE_PATH === undefined ? 0 : await folderSize(env.GIT_QUARANTINE_PATH)
    return answer(inspection.problems, [...inspection.pointers.values()], bytes)
  } finally {
    batch.end()
    leave()
  }
}

// As receive-pack sets it for its hook: new objects are read from the quarantine, old ones from the repository.
function quarantineEnv(folder: string, quarantine: string): Record<string, string> {
  if (quarantine === '') return {}
  const objects = join(folder, 'objects')
  const place = resolve(folder, quarantine)
  if (dirname(place) !== objects || !basename(place).startsWith('tmp_objdir-')) throw new Error('no quarantine of git')
  return { GIT_QUARANTINE_PATH: place, GIT_OBJECT_DIRECTORY: place, GIT_ALTERNATE_OBJECT_DIRECTORIES: objects }
}

function problemOfRef({ ref, to }: RefUpdate): [ref: string, problem: string][] {
  const [, name] = /^refs\/(?:heads|tags)\/(.+)$/s.exec(ref) ?? []
  if (name === undefined) return [[ref, 'only branches and tags can be pushed']]
  // What is there already under an odd name can still be deleted.
  if (to !== null && !isRefName(name)) return [[ref, 'not a valid name for a branch or tag']]
  if (to !== null && !isNewRefName(name)) return [[ref, 'a branch or tag can’t look like a commit ID']]
  if (to === null && ref === 'refs/heads/main') return [[ref, 'Cannot delete refs/heads/main']]
  return []
}

// One line for each, as many as a person reads.
function declinedLines(declined: ReadonlyMap<string, string>): string[] {
  return [...declined].slice(0, mostProblems).map(([ref, problem]) => `${shown(ref)}: ${problem}`)
}

function problemsOfNames(updates: readonly RefUpdate[]): string[] {
  const seen = new Set<string>()
  return updates.flatMap(({ ref }) => {
    if (ref.includes('\ufffd')) return [`${shown(ref)}: names must be UTF-8`]
    if (seen.has(ref)) return [`${shown(ref)}: appears twice in this push`]
    seen.add(ref)
    return []
  })
}

async function problemsOfTips(batch: Batch, tips: readonly RefUpdate[]): Promise<string[]> {
  const found = await batch.infos(tips.flatMap(({ to }) => [String(to), `${to}^{commit}`]))
  return tips.flatMap(({ ref }, index) => {
    const [direct, peeled] = found.slice(2 * index, 2 * index + 2)
    const leadsToCommit = ref.startsWith('refs/heads/') ? direct?.type === 'commit' : peeled?.type === 'commit'
    return leadsToCommit ? [] : [`${shown(ref)}: does not point to a commit`]
  })
}

interface NewObject {
  oid: string
  path: string
}

// Trees, files and tags that no ref of the repository leads to, in groups; commits need no look.
async function* newObjects(
  host: GitHost,
  repoId: string,
  run: { env: Record<string, string>; timeLimitSeconds: number },
  tips: readonly RefUpdate[],
): AsyncIterable<NewObject[]> {
  const args = ['rev-list', '--objects', '--stdin', '--not', '--all']
  const child = spawnGit(host, repoId, args, run)
  const ended = outcomeOf(child)
  child.stdin?.end(tips.map(({ to }) => `${to}\n`).join(''))
  if (!child.stdout) throw new Error('rev-list needs its pipe')
  try {
    let group: NewObject[] = []
    for await (const line of createInterface({ input: child.stdout.setEncoding('latin1') })) {
      if (line.length === 40) continue
      group.push({ oid: line.slice(0, 40), path: line.slice(41) })
      if (group.length < objectsAtOnce) continue
      yield group
      group = []
    }
    yield group
    const [errorText, exitCode] = await ended
    if (exitCode !== 0) throw failure(args, exitCode, errorText)
  } finally {
    endProcess(child)
  }
}

interface Inspection {
  problems: string[]
  pointers: Map<string, IncomingPointer>
  take(objects: readonly NewObject[]): Promise<void>
}

function startInspection(batch: Batch): Inspection {
  const problems: string[] = []
  const pointers = new Map<string, IncomingPointer>()
  const plainEntries = new Set<string>()
  const seenLinks = new Set<string>()

  function problemOfEntry(path: string, mode: string, name: string): string | undefined {
    const text = Buffer.from(name, 'latin1').toString()
    if (!isPlainPath(text) || name.includes('/')) return `${shown(path, name)}: this name is not allowed`
    if (Buffer.from(text).toString('latin1') !== name) return `${shown(path, name)}: names must be UTF-8`
    return modes.has(mode) ? undefined : `${shown(path, name)}: the mode ${shown(mode)} is not allowed`
  }

  // A folder comes again with every commit that changes something in it; its links are looked at once.
  function isNewLink(link: NewObject): boolean {
    const key = `${link.oid} ${link.path}`
    if (seenLinks.has(key)) return false
    remember(seenLinks, key)
    return true
  }

  function takeEntry(path: string, entry: string, oid: () => string): NewObject[] {
    const space = entry.indexOf(' ')
    const name = entry.slice(space + 1)
    const problem = problemOfEntry(path, entry.slice(0, space), name)
    if (problem !== undefined) problems.push(problem)
    else remember(plainEntries, entry)
    return isLink(entry) ? [{ oid: oid(), path: path === '' ? name : `${path}/${name}` }] : []
  }

  // Most entries of a history are those of the commit before: each is looked at once, by its mode and name
  async function takeTree(path: string, tree: Buffer, links: NewObject[]): Promise<void> {
    for (let at = 0, entries = 1; at < tree.length; entries++) {
      // Of hundreds of thousands; other requests have their turn in between
      if (entries % entriesInTurn === 0) await setImmediate()
      const end = tree.indexOf(0, at)
      if (end < 0) return void problems.push(`${shown(path)}: the tree is truncated`)
      const next = end + 1 + oidBytes
      const entry = tree.toString('latin1', at, end)
      if (isLink(entry) || !plainEntries.has(entry))
        links.push(...takeEntry(path, entry, () => tree.toString('hex', end + 1, next)))
      at = next
    }
  }

  async function takeLinks(links: readonly NewObject[]): Promise<void> {
    const found = await batch.infos(links.map((link) => link.oid))
    const short = links.filter((link, index) => {
      const isShort = (found[index]?.size ?? mostLinkBytes) < mostLinkBytes
      if (!isShort) problems.push(`${shown(link.path)}: not a valid symbolic link`)
      return isShort
    })
    for await (const [link, target] of contentsOf(short)) {
      const problem = problemOfLink(link.path, target)
      if (problem) problems.push(`${shown(link.path)}: ${problem}`)
    }
  }

  async function* contentsOf(objects: readonly NewObject[]): AsyncIterable<[NewObject, Buffer]> {
    let index = 0
    for await (const content of batch.contents(objects.map((object) => object.oid))) {
      const object = objects[index++]
      if (object && content) yield [object, content]
    }
  }

  return {
    problems,
    pointers,
    async take(objects) {
      const found = await batch.infos(objects.map((object) => object.oid))
      const of = (type: string, fits: (size: number) => boolean) =>
        objects.filter((_, index) => found[index]?.type === type && fits(found[index]?.size ?? 0))
      const tooLarge = of('tree', (size) => size > mostTreeBytes)
      problems.push(...tooLarge.map((tree) => `${shown(tree.path)}: this folder has too many entries`))
      const trees = of('tree', (size) => size <= mostTreeBytes)
      const small = of('blob', (size) => size <= mostPointerBytes)
      const links: NewObject[] = []
      for await (const [tree, content] of contentsOf(trees)) await takeTree(tree.path, content, links)
      for await (const [file, content] of contentsOf(small)) takePointer(pointers, file.path, content)
      await takeLinks(links.filter(isNewLink))
    },
  }
}

function takePointer(pointers: Map<string, IncomingPointer>, path: string, content: Buffer): void {
  const pointer = parsePointer(content)
  if (pointer === undefined) return
  // One object may be named with two sizes, and one of them is wrong
  const key = `${pointer.oid} ${pointer.size}`
  if (!pointers.has(key)) pointers.set(key, { ...pointer, path: shown(path) })
}

const linkMode = '120000'
const oidBytes = 20
// The one before the last is of old programs; git only warns of it, and of any other too.
const modes = new Set(['100644', '100755', linkMode, '40000', '100664', '160000'])

function isLink(entry: string): boolean {
  return entry.startsWith(`${linkMode} `)
}

function remember(known: Set<string>, key: string): void {
  if (known.size >= mostKnownNames) known.clear()
  known.add(key)
}

function problemOfLink(path: string, target: Buffer): string | undefined {
  const parts = target.toString().split('/')
  const depth = path.split('/').length - 1
  const up = parts.findIndex((part) => part !== '..' && part !== '.')
  const rest = parts.slice(up < 0 ? parts.length : up).filter((part) => part !== '.' && part !== '')
  const climbs = parts.slice(0, up < 0 ? parts.length : up).filter((part) => part === '..').length
  if (target.length === 0 || parts[0] === '' || /^[A-Za-z]:/.test(parts[0] ?? ''))
    return 'this link points outside the repository'
  // After a name `..` can lead anywhere: the name may be a link itself.
  if (climbs > depth || rest.includes('..')) return 'this link points outside the repository'
  const isGits = (part: string) => /^\.git/i.test(part) || !isPlainPath(part)
  if (isGits(path.split('/').at(-1) ?? '') || rest.some(isGits)) return 'a link can’t replace a Git file'
  return undefined
}

// Names come from the pusher and go to a terminal.
function shown(...parts: string[]): string {
  const path = Buffer.from(parts.filter((part) => part !== '').join('/'), 'latin1').toString()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = path.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?')
  return clean.length > 300 ? `${clean.slice(0, 300)}…` : clean
}
