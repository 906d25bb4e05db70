import type { Change } from '../../git/objects/commits.ts'
import { parsePointer, pointerText } from '../../git/objects/objects.ts'
import { isPlainPath, pathEntries } from '../../git/objects/trees.ts'
import { HubError } from '../../kernel/errors.ts'
import { type AttributesFile, lfsLineFor } from '../paths/lfs-paths.ts'
import { pathsMeant } from '../paths/path-reader.ts'
import type { Spooled } from '../registry/spool.ts'
import { attributesAfter, attributesPathIn } from './attributes-after.ts'
import type { Operation } from './commit-body.ts'
import { foldersOf, goneBy, type RepoAt } from './commit-paths.ts'

/** A commit worked out against the commit that it follows. */
export interface Plan {
  changes: PlannedChange[]
  /** LFS objects that it points to, each with a path. */
  pointers: Map<string, string>
}

/** A change whose content is opened when its turn comes: a commit may have more files than a process may open. */
export type PlannedChange = Change | { kind: 'spooled'; path: string; content: Spooled }

/** What the files of a commit are to become in git. */
export interface Sources {
  /** Whether the content of a file belongs into LFS; its bytes are there then. */
  isLfs: (path: string) => boolean
  /** The size of an LFS object that the repository has. */
  sizeOf: (oid: string) => number | undefined
  /** Contents that git has already, from an earlier try. */
  written: ReadonlySet<string>
}

const mostPointerBytes = 1024

/**
 * Refuses paths that are not plain (`422`), a path that is named twice, and a file that is to be a folder too (`400`). A
 * path that is deleted or renamed first and then added is replaced.
 */
export function checkPaths(operations: readonly Operation[]): void {
  const gone = new Set<string>()
  const added = new Set<string>()
  for (const operation of operations) {
    for (const path of goneBy(operation)) note(path, gone, added)
    if (operation.kind !== 'delete') note(operation.path, added)
  }
  const both = [...added].flatMap(foldersOf).find((folder) => added.has(folder))
  if (both !== undefined) throw new HubError('BadRequest', `${shown(both)}: Can’t be both a file and a folder.`)
}

function note(path: string, into: Set<string>, against: ReadonlySet<string> = into): void {
  if (!isPlainPath(path)) throw new HubError('Unprocessable', `${shown(path)}: This path is not allowed.`)
  if (into.has(path) || against.has(path))
    throw new HubError('BadRequest', `${shown(path)}: Appears twice in this commit.`)
  into.add(path)
}

/** Works out the changes of a commit against its parent; undefined for the first commit. Throws `400`, `404`, `422`. */
export async function planCommit(
  at: RepoAt,
  parent: string | undefined,
  operations: readonly Operation[],
  sources: Sources,
): Promise<Plan> {
  const present = await entriesAt(at, parent, operations)
  const gone = new Set(operations.flatMap(goneBy))
  for (const path of gone) if (!present.has(path)) throw noSuchFile()
  const pointers = new Map<string, string>()
  const pointed: string[] = []
  // What is replaced keeps its mode
  const added = new Set(operations.filter(({ kind }) => kind !== 'delete').map(({ path }) => path))
  const changes = [...gone].filter((path) => !added.has(path)).map((path): PlannedChange => ({ kind: 'delete', path }))
  for (const operation of operations) {
    if (operation.kind === 'delete') continue
    const { path } = operation
    refuseClash(path, present, gone)
    const { change, lfsOid } = changeOf(operation, present, sources)
    changes.push(change)
    if (lfsOid !== undefined) pointers.set(lfsOid, path)
    if (lfsOid !== undefined || operation.kind === 'lfs') pointed.push(path)
  }
  const files = await attributesAfter(at, parent, operations, pointed)
  const named = await pathsMeant({ of: 'gitattributes', files, paths: pointed })
  const missing = pointed.filter((path) => !named.has(path))
  return { changes: missing.length === 0 ? changes : withAttributes(changes, files, missing), pointers }
}

type Addition = Exclude<Operation, { kind: 'delete' }>
type PlannedEntry = { change: PlannedChange; lfsOid: string | undefined }
type Present = Map<string, { isFolder: boolean; isFile: boolean; oid: string }>

async function entriesAt(
  { git, repoId }: RepoAt,
  parent: string | undefined,
  operations: readonly Operation[],
): Promise<Present> {
  if (parent === undefined) return new Map()
  const paths = new Set<string>()
  for (const operation of operations) {
    for (const path of [operation.path, ...goneBy(operation)]) paths.add(path)
    if (operation.kind !== 'delete') for (const folder of foldersOf(operation.path)) paths.add(folder)
  }
  const entries = await pathEntries(git, repoId, parent, [...paths])
  return new Map(
    entries.map(({ path, type, oid }) => [path, { isFolder: type === 'directory', isFile: type === 'file', oid }]),
  )
}

// git would put the one in the place of the other, and with a folder everything in it would be lost.
function refuseClash(path: string, present: Present, gone: ReadonlySet<string>): void {
  const folders = foldersOf(path)
  if ([path, ...folders].some((one) => gone.has(one))) return
  const file = folders.find((folder) => present.get(folder)?.isFolder === false)
  if (file !== undefined)
    throw new HubError('BadRequest', `${shown(file)}: A file with this path exists. Delete it first.`)
  if (present.get(path)?.isFolder)
    throw new HubError('BadRequest', `${shown(path)}: A folder with this path exists. Delete it first.`)
}

function changeOf(operation: Addition, present: Present, sources: Sources): PlannedEntry {
  if (operation.kind === 'lfs') return lfsChangeOf(operation, present, sources)
  const { path, content } = operation
  if (content === undefined) return copyOf(operation, present)
  if (sources.isLfs(path)) return pointerAt(path, content.sha256, content.size)
  const pointer = pointerIn(content)
  if (pointer && sources.sizeOf(pointer.oid) !== pointer.size) throw notUploaded(path, pointer.oid)
  const change: PlannedChange = sources.written.has(content.gitOid)
    ? { kind: 'blob', path, oid: content.gitOid }
    : { kind: 'spooled', path, content }
  return { change, lfsOid: pointer?.oid }
}

function lfsChangeOf(operation: Addition & { kind: 'lfs' }, present: Present, sources: Sources): PlannedEntry {
  const { path, oid } = operation
  if (oid === undefined) return copyOf(operation, present)
  const size = sources.sizeOf(oid)
  if (size === undefined) throw notUploaded(path, oid)
  if (operation.size !== undefined && operation.size !== size)
    throw new HubError('Unprocessable', `${shown(path)}: The LFS object has ${size} bytes, not ${operation.size}.`)
  return pointerAt(path, oid, size)
}

function copyOf({ path, oldPath }: Addition, present: Present): PlannedEntry {
  const source = present.get(oldPath ?? '')
  if (!source?.isFile) throw noSuchFile()
  return { change: { kind: 'blob', path, oid: source.oid }, lfsOid: undefined }
}

/** The LFS pointer that a small file is, if it is one. */
export function pointerIn({ content }: Spooled): { oid: string; size: number } | undefined {
  return Buffer.isBuffer(content) && content.length <= mostPointerBytes ? parsePointer(content) : undefined
}

function pointerAt(path: string, oid: string, size: number): PlannedEntry {
  return { change: { kind: 'file', path, content: Buffer.from(pointerText({ oid, size })) }, lfsOid: oid }
}

// Without a line of its own git-lfs would leave the pointer where the file should be. The deepest file has the last word.
function withAttributes(
  changes: PlannedChange[],
  files: readonly AttributesFile[],
  missing: readonly string[],
): PlannedChange[] {
  const texts = new Map(files.map(({ folder, text }) => [folder, text]))
  const added = [...Map.groupBy(missing, (path) => deepestOf(texts, path))].map(([folder, paths]): PlannedChange => {
    const before = texts.get(folder) ?? ''
    const lines = paths.map((path) => lfsLineFor(path.slice(folder === '' ? 0 : folder.length + 1))).join('')
    const text = `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${lines}`
    return { kind: 'file', path: attributesPathIn(folder), content: Buffer.from(text) }
  })
  const written = new Set(added.map(({ path }) => path))
  return [...changes.filter(({ path }) => !written.has(path)), ...added]
}

function deepestOf(texts: ReadonlyMap<string, string>, path: string): string {
  return foldersOf(path).findLast((folder) => texts.has(folder)) ?? ''
}

function noSuchFile(): HubError {
  return new HubError('EntryNotFound', "A file with this name doesn't exist")
}

function notUploaded(path: string, oid: string): HubError {
  return new HubError(
    'Unprocessable',
    `${shown(path)}: The LFS object ${oid} is not in this repository. Upload it first.`,
  )
}

function shown(path: string): string {
  const text = JSON.stringify(path).slice(1, -1)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
