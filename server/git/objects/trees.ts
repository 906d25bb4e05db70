import { HubError } from '../../kernel/errors.ts'
import { openSlots } from '../../shares/slots.ts'
import { inTurns } from '../../shares/turns.ts'
import type { GitHost } from '../host.ts'
import { runGit } from '../process/process.ts'
import { type GitObject, objectInfo, parsePointer, readObject, readObjects } from './objects.ts'
import { mostContentBytes } from './readers.ts'

export type EntryType = 'file' | 'directory' | 'submodule' | 'symlink'

export interface TreeEntry {
  type: EntryType
  mode: string
  oid: string
  /** Bytes of a file or of the target of a symbolic link; 0 for others. */
  size: number
  /** From the root of the repository. */
  path: string
}

export interface TreePage {
  entries: TreeEntry[]
  /** Cursor of the next page: the last path of this one. */
  next?: string
}

export interface TreeQuery {
  commit: string
  /** Empty for the root. */
  path: string
  recursive: boolean
  after?: string
  limit: number
  /** False leaves sizes at 0, which is cheaper. */
  sizes?: boolean
}

/** An LFS pointer file: what it stands for, and its own bytes. */
export interface PointerEntry {
  /** sha256 of the content. */
  oid: string
  size: number
  pointerSize: number
}

interface RawEntry {
  mode: string
  name: string
  oid: string
}

// Some hundred thousand entries, all of them in memory at once.
const mostTreeBytes = 16 * 1024 * 1024
const smallTreeBytes = 256 * 1024
const largeTrees = openSlots({ places: 2, share: { held: 1 } })
const mostPathBytes = 4096
const subtreesAhead = 32
const pointerBytes = { least: 100, most: 1024 }

/**
 * One page of a folder in git's own order, with its folders when recursive; undefined when the commit has no folder there.
 * Only what the page needs is read: a cursor leads straight to its place.
 */
export async function listTree(host: GitHost, repoId: string, query: TreeQuery): Promise<TreePage | undefined> {
  if (query.path !== '' && !isPlainPath(query.path)) return undefined
  const root = await objectInfo(host, repoId, `${query.commit}:${query.path}`)
  if (root?.type !== 'tree') return undefined
  const entries: TreeEntry[] = []
  const walk = walkTree(host, repoId, root.oid, {
    prefix: query.path === '' ? '' : `${query.path}/`,
    recursive: query.recursive,
    after: cursorWithin(query),
  })
  for await (const entry of walk) {
    if (entries.length === query.limit) return page(host, repoId, entries, { ...query, more: true })
    entries.push(entry)
  }
  return page(host, repoId, entries, { ...query, more: false })
}

async function page(
  host: GitHost,
  repoId: string,
  entries: TreeEntry[],
  { sizes, more }: TreeQuery & { more: boolean },
): Promise<TreePage> {
  const sized = sizes === false ? entries : await withSizes(host, repoId, entries)
  const last = sized.at(-1)
  return more && last ? { entries: sized, next: last.path } : { entries: sized }
}

/** What stands at these paths, folders included; paths where nothing stands are left out. */
export async function pathEntries(
  host: GitHost,
  repoId: string,
  commit: string,
  paths: readonly string[],
): Promise<TreeEntry[]> {
  const plain = paths.filter(isPlainPath)
  const byFolder = Map.groupBy(plain, folderOf)
  const folders = [...byFolder.keys()]
  const trees = await host.readers.infos(
    repoId,
    folders.map((folder) => `${commit}:${folder}`),
  )
  const found = new Map<string, TreeEntry>()
  for (const [index, folder] of folders.entries()) {
    const tree = trees[index]
    if (tree?.type !== 'tree') continue
    const wanted = new Set(byFolder.get(folder))
    const prefix = folder === '' ? '' : `${folder}/`
    for (const raw of await entriesIn(await treeContent(host, repoId, tree.oid))) {
      const entry = entryOf(raw, prefix)
      if (wanted.has(entry.path)) found.set(entry.path, entry)
    }
  }
  return withSizes(
    host,
    repoId,
    plain.flatMap((path) => found.get(path) ?? []),
  )
}

/** Which of these entries are LFS pointers, by the id of their blob. */
export async function pointersOf(
  host: GitHost,
  repoId: string,
  entries: readonly TreeEntry[],
): Promise<Map<string, PointerEntry>> {
  const candidates = entries.filter(
    ({ type, size }) => type === 'file' && size >= pointerBytes.least && size <= pointerBytes.most,
  )
  const blobs = await readObjects(host, repoId, [...new Set(candidates.map((entry) => entry.oid))])
  const pointers = new Map<string, PointerEntry>()
  for (const blob of blobs) {
    const pointer = blob && parsePointer(blob.content)
    if (blob && pointer) pointers.set(blob.oid, { ...pointer, pointerSize: blob.size })
  }
  return pointers
}

/**
 * Whether a path can stand in a repository without surprising any machine that checks it out: no empty segment, `.` or
 * `..`, nothing that some file system takes for `.git`, no backslash, no control characters, nothing too long.
 */
export function isPlainPath(path: string): boolean {
  if (!path.isWellFormed() || Buffer.byteLength(path) > mostPathBytes) return false
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return false
  return path.split('/').every(isPlainSegment)
}

function isPlainSegment(segment: string): boolean {
  if (segment === '' || segment === '.' || segment === '..' || Buffer.byteLength(segment) > 255) return false
  // HFS+ ignores these characters; NTFS ignores what follows a colon, and spaces and dots at the end.
  const seen = segment.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '').replace(/:.*$/, '')
  return !/^(\.git|git~1)[ .]*$/i.test(seen)
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

// The part of the cursor below the listed folder; a cursor from elsewhere begins from the start.
function cursorWithin({ path, after }: TreeQuery): string[] {
  if (after === undefined || after === '') return []
  if (path === '') return after.split('/')
  return after.startsWith(`${path}/`) ? after.slice(path.length + 1).split('/') : []
}

interface Walk {
  prefix: string
  recursive: boolean
  /** Segments of the path after which to go on. */
  after: string[]
}

async function* walkTree(host: GitHost, repoId: string, oid: string, walk: Walk): AsyncGenerator<TreeEntry> {
  const all = await entriesIn(await treeContent(host, repoId, oid))
  const [segment, ...deeper] = walk.after
  const { index, found } = placeAfter(all, segment, deeper.length > 0)
  const passed = found ? all[index - 1] : undefined
  const below = (raw: RawEntry, after: string[]) =>
    walkTree(host, repoId, raw.oid, { prefix: `${walk.prefix}${raw.name}/`, recursive: true, after })
  if (walk.recursive && passed && typeOf(passed.mode) === 'directory') yield* below(passed, deeper)
  for (const [offset, raw] of all.slice(index).entries()) {
    const entry = entryOf(raw, walk.prefix)
    yield entry
    // Folders in folders without end can be pushed, but no path that long can be asked for.
    if (!walk.recursive || entry.type !== 'directory' || entry.path.length > mostPathBytes) continue
    await readAhead(host, repoId, all.slice(index + offset))
    yield* below(raw, [])
  }
}

/** Where to go on after a segment of the cursor, and whether it still stands there. */
function placeAfter(
  all: readonly RawEntry[],
  segment: string | undefined,
  isFolder: boolean,
): { index: number; found: boolean } {
  if (segment === undefined) return { index: 0, found: false }
  const at = all.findLastIndex((raw) => raw.name === segment)
  if (at >= 0) return { index: at + 1, found: true }
  // git sorts by bytes, a folder as if its name ended in a slash.
  const key = (name: string, folder: boolean) => Buffer.from(folder ? `${name}/` : name)
  const own = key(segment, isFolder)
  const next = all.findIndex((raw) => key(raw.name, typeOf(raw.mode) === 'directory').compare(own) > 0)
  return { index: next < 0 ? all.length : next, found: false }
}

// Many small folders would cost a question each, one after the other.
async function readAhead(host: GitHost, repoId: string, entries: readonly RawEntry[]): Promise<void> {
  if (!entries[0] || host.readers.kept(repoId, entries[0].oid)) return
  const trees = entries.slice(0, 1000).filter((raw) => typeOf(raw.mode) === 'directory')
  const infos = await host.readers.infos(
    repoId,
    trees.slice(0, subtreesAhead).map((raw) => raw.oid),
  )
  const small = infos.flatMap((info) => (info && info.size < 64 * 1024 ? info : []))
  await host.readers.contents(repoId, small)
}

async function treeContent(host: GitHost, repoId: string, oid: string): Promise<Buffer> {
  const kept = host.readers.kept(repoId, oid)
  if (kept) return kept.content
  const info = await objectInfo(host, repoId, oid)
  if (info?.type !== 'tree') throw new Error(`there is no tree ${oid}`)
  if (info.size > mostTreeBytes) throw new HubError('Unprocessable', 'This folder has too many entries to list.')
  if (info.size > mostContentBytes) return (await runGit(host, repoId, ['cat-file', 'tree', oid])).output
  const object: GitObject | undefined = await readObject(host, repoId, oid)
  if (!object) throw new Error(`there is no tree ${oid}`)
  return object.content
}

// A folder of hundreds of thousands of files takes its time; other requests have their turn in between.
async function entriesIn(content: Buffer): Promise<RawEntry[]> {
  if (content.length <= smallTreeBytes) return [...rawEntries(content)]
  const leave = await largeTrees.enter()
  try {
    return await inTurns(rawEntries(content))
  } finally {
    leave()
  }
}

// `<mode> <name>NUL<20 bytes of the id>`, again and again.
function* rawEntries(content: Buffer): Generator<RawEntry> {
  let at = 0
  while (at < content.length) {
    const space = content.indexOf(32, at)
    const end = content.indexOf(0, space)
    if (space < 0 || end < 0 || end + 21 > content.length) throw new Error('a tree ends in the middle of an entry')
    const mode = content.toString('latin1', at, space).padStart(6, '0')
    yield { mode, name: content.toString('utf8', space + 1, end), oid: content.toString('hex', end + 1, end + 21) }
    at = end + 21
  }
}

function typeOf(mode: string): EntryType {
  if (mode === '040000') return 'directory'
  if (mode === '160000') return 'submodule'
  return mode === '120000' ? 'symlink' : 'file'
}

function entryOf({ mode, name, oid }: RawEntry, prefix: string): TreeEntry {
  return { type: typeOf(mode), mode, oid, size: 0, path: prefix + name }
}

async function withSizes(host: GitHost, repoId: string, entries: readonly TreeEntry[]): Promise<TreeEntry[]> {
  const sized = entries.filter(({ type }) => type === 'file' || type === 'symlink')
  const infos = (
    await host.readers.infos(
      repoId,
      sized.map((entry) => entry.oid),
    )
  ).values()
  return entries.map((entry) => {
    if (entry.type === 'directory' || entry.type === 'submodule') return entry
    return { ...entry, size: infos.next().value?.size ?? 0 }
  })
}
