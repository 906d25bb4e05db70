import { objectInfos, readObjects } from '../../git/objects/objects.ts'
import { HubError } from '../../kernel/errors.ts'
import type { AttributesFile } from '../paths/lfs-paths.ts'
import { openSpooled, type Spooled } from '../registry/spool.ts'
import type { Operation } from './commit-body.ts'
import { foldersOf, goneBy, type RepoAt } from './commit-paths.ts'

const attributesName = '.gitattributes'
const mostBytes = 1024 * 1024
const mostBytesTogether = 8 * mostBytes

/** Whether a path is that of a `.gitattributes`, in whatever folder. */
export function isAttributes(path: string): boolean {
  return path === attributesName || path.endsWith(`/${attributesName}`)
}

/** Where the `.gitattributes` of a folder is. */
export function attributesPathIn(folder: string): string {
  return folder === '' ? attributesName : `${folder}/${attributesName}`
}

/** Every `.gitattributes` that decides about one of these paths in a commit: those of the folders above it. */
export async function attributesAt(
  { git, repoId }: RepoAt,
  commit: string | undefined,
  paths: readonly string[],
): Promise<AttributesFile[]> {
  const folders = foldersAbove(paths)
  if (commit === undefined) return []
  const names = folders.map((folder) => `${commit}:${attributesPathIn(folder)}`)
  const infos = await objectInfos(git, repoId, names)
  const found = folders.flatMap((folder, index) => {
    const info = infos[index]
    return info?.type === 'blob' && info.size <= mostBytes ? [{ folder, ...info }] : []
  })
  if (found.reduce((sum, { size }) => sum + size, 0) > mostBytesTogether) throw tooLong(attributesName)
  const objects = await readObjects(
    git,
    repoId,
    found.map(({ oid }) => oid),
  )
  return found.map(({ folder }, index) => ({ folder, text: objects[index]?.content.toString() ?? '' }))
}

/** The same once the operations are done on the commit. */
export async function attributesAfter(
  at: RepoAt,
  parent: string | undefined,
  operations: readonly Operation[],
  paths: readonly string[],
): Promise<AttributesFile[]> {
  const gone = new Set(operations.flatMap(goneBy))
  const own = new Map<string, Operation>()
  for (const operation of operations)
    if (operation.kind !== 'delete' && isAttributes(operation.path)) own.set(operation.path, operation)
  const isKept = ({ folder }: AttributesFile) => {
    const path = attributesPathIn(folder)
    return !own.has(path) && ![path, ...foldersOf(path)].some((above) => gone.has(above))
  }
  const kept = (await attributesAt(at, parent, paths)).filter(isKept)
  const written: AttributesFile[] = []
  for (const folder of foldersAbove(paths)) {
    const operation = own.get(attributesPathIn(folder))
    if (operation !== undefined) written.push({ folder, text: await textOf(at, parent, operation) })
  }
  return [...kept, ...written]
}

function foldersAbove(paths: readonly string[]): string[] {
  return [...new Set(['', ...paths.flatMap(foldersOf)])]
}

async function textOf({ git, repoId }: RepoAt, parent: string | undefined, operation: Operation): Promise<string> {
  if (operation.kind !== 'file') return ''
  if (operation.content) return contentOf(operation.path, operation.content)
  const [object] = await readObjects(git, repoId, [`${parent}:${operation.oldPath}`])
  return object?.content.toString() ?? ''
}

async function contentOf(path: string, content: Spooled): Promise<string> {
  if (content.size > mostBytes) throw tooLong(path)
  const opened = openSpooled(content)
  if (Buffer.isBuffer(opened)) return opened.toString()
  const parts: Buffer[] = []
  for await (const part of opened.stream) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

function tooLong(path: string): HubError {
  return new HubError('Unprocessable', `${path}: Too long.`)
}
