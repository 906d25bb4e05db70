import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import type { GitHost } from '../../git/host.ts'
import { readObject } from '../../git/objects/objects.ts'
import { isPlainPath, pathEntries, pointersOf } from '../../git/objects/trees.ts'
import { HubError } from '../../kernel/errors.ts'
import type { UploadLimits } from '../../lfs/bytes/limits.ts'
import type { Db } from '../../store/database.ts'
import { findLfsObjects, findLfsSizes } from '../lfs/lfs-store.ts'
import type { AttributesFile } from '../paths/lfs-paths.ts'
import { pathsMeant } from '../paths/path-reader.ts'
import { branchRef, headOf, refusePullRequest } from '../registry/branch-head.ts'
import { speaksXet } from '../registry/clients.ts'
import { allowanceOf, storageOwnerOf } from '../storage/limit.ts'
import { attributesAt } from './attributes-after.ts'
import { commitLimits } from './commit-limits.ts'
import type { RepoAt } from './commit-paths.ts'

const mostIgnoreBytes = 1024 * 1024
/** What clients can send in a commit: they hold four times as much in memory. */
const mostInCommitBytes = 2 * 1024 ** 3

type Input = InputOf<typeof api.commits.preupload>
type Writing = Permit<'repo.write'>

interface PreuploadServices {
  git: GitHost
  uploads: UploadLimits
  /** Whether clients may upload by Xet. */
  hasXet: boolean
}

/** Tells of each file whether it goes through LFS, whether it is to be left out, and what is at its path now. */
export async function preupload(
  db: Db,
  permit: Writing,
  input: Input,
  { git, uploads, hasXet }: PreuploadServices,
): Promise<ResultOf<typeof api.commits.preupload>> {
  refusePullRequest(input.create_pr)
  for (const { path } of input.files) {
    if (!isPlainPath(path))
      throw new HubError('Unprocessable', `${JSON.stringify(path.slice(0, 200))}: This path is not allowed.`)
  }
  const at = { git, repoId: permit.repo.id }
  const head = await headOf(git, permit.repo.id, branchRef(input.rev))
  const paths = input.files.map(({ path }) => path)
  const [attributes, ignore, current] = await Promise.all([
    attributesAt(at, head, paths),
    input.gitIgnore ?? textAt(at, head, '.gitignore'),
    currentFiles(db, at, head, paths),
  ])
  const lfs = await pathsMeant({ of: 'gitattributes', files: withRoot(attributes, input.gitAttributes), paths })
  const ignored = await pathsMeant({ of: 'gitignore', text: ignore, paths })
  const userAgent = permit.request.userAgent ?? ''
  const isInCommit = !hasXet && speaksXet(userAgent) && keepsUntilCommit(userAgent)
  const files = input.files.map((file) => {
    const wantsLfs = file.size > 0 && (lfs.has(file.path) || isLarge(file))
    // Without Xet these have no other way; the hub moves it to LFS itself
    const isRegular = !wantsLfs || (isInCommit && file.size <= mostInCommitBytes)
    const oid = current.get(file.path)?.[isRegular ? 'git' : 'lfs']
    return {
      path: file.path,
      uploadMode: isRegular ? ('regular' as const) : ('lfs' as const),
      shouldIgnore: ignored.has(file.path),
      ...(oid !== undefined && { oid }),
    }
  })
  if (speaksXet(userAgent)) {
    const sent = input.files.filter((_, index) => files[index]?.uploadMode === 'lfs' && !files[index]?.shouldIgnore)
    await refuseTooMuch(db, permit, sent, uploads.lfsObject)
  }
  return { files, ...(head !== undefined && { commitOid: head }) }
}

// Clients of Xet show what is said here, and no refusal that comes later. What may be there already is not counted.
async function refuseTooMuch(
  db: Db,
  permit: Writing,
  files: readonly { path: string; size: number }[],
  mostBytes: number,
): Promise<void> {
  const large = files.find(({ size }) => size > mostBytes)
  if (large !== undefined)
    throw new HubError('PayloadTooLarge', `${large.path}: Larger than the limit of ${mostBytes} bytes.`)
  if (files.length === 0) return
  const { left, ask } = await allowanceOf(db, storageOwnerOf(permit))
  if (left === undefined) return
  const known = await findLfsSizes(db, permit.repo.id, [...new Set(files.map(({ size }) => size))])
  ask(files.reduce((sum, { size }) => (known.has(size) ? sum : sum + size), 0))
}

function isLarge({ size, sample }: Input['files'][number]): boolean {
  if (size > commitLimits.regularBytes) return true
  return size > commitLimits.binaryBytes && Buffer.from(sample, 'base64').includes(0)
}

// `datasets` sends its files here and deletes them before it commits: what is told to be `regular` would be gone by then.
function keepsUntilCommit(userAgent: string): boolean {
  return !/\bdatasets\//.test(userAgent)
}

// The one that is about to be uploaded
function withRoot(files: AttributesFile[], text: string | undefined): AttributesFile[] {
  return text === undefined ? files : [...files.filter(({ folder }) => folder !== ''), { folder: '', text }]
}

async function textAt({ git, repoId }: RepoAt, head: string | undefined, path: string): Promise<string> {
  const object =
    head === undefined ? undefined : await readObject(git, repoId, `${head}:${path}`).catch(() => undefined)
  return object?.type === 'blob' && object.size <= mostIgnoreBytes ? object.content.toString() : ''
}

/** What is at a path, as clients know it: by git's name where they send it in a commit, else by that of LFS. */
interface Current {
  git: string | undefined
  lfs: string
}

async function currentFiles(
  db: Db,
  { git, repoId }: RepoAt,
  head: string | undefined,
  paths: string[],
): Promise<Map<string, Current>> {
  if (head === undefined) return new Map()
  const entries = (await pathEntries(git, repoId, head, paths)).filter(({ type }) => type === 'file')
  const pointers = await pointersOf(git, repoId, entries)
  const pointed = [...new Set([...pointers.values()].map(({ oid }) => oid))]
  const rows = pointed.length === 0 ? [] : await findLfsObjects(db, repoId, pointed)
  const names = new Map(rows.map((row) => [row.oid, row.git_oid ?? undefined]))
  return new Map(
    entries.map(({ path, oid }): [string, Current] => {
      const pointer = pointers.get(oid)
      return [path, pointer ? { git: names.get(pointer.oid), lfs: pointer.oid } : { git: oid, lfs: oid }]
    }),
  )
}
