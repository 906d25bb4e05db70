import { LRUCache } from 'lru-cache'
import type { GitHost } from '../host.ts'
import { runGit } from '../process/process.ts'
import { readObject, smallBlobBytes } from './objects.ts'
import type { ObjectInfo } from './readers.ts'
import { isPlainPath } from './trees.ts'

const mostNameLength = 200
const mostPrefixes = 8
const mostKeptBytes = 16 * 1024 * 1024
const mostNameBytes = 8192
// What an entry costs beside its name.
const entryBytes = 300
const commitId = /^[0-9a-f]{40}$/
const shortId = /^[0-9a-f]{7,39}$/

/** A commit and the blob at a path of it. */
export interface FoundFile {
  commit: string
  /** With its content when small. */
  blob: (ObjectInfo & { content?: Buffer }) | undefined
}

export interface Located {
  commit: string
  rev: string
  path: string
}

/** Whether a branch or tag may have this name: the rules of `git check-ref-format`, and nothing that reads as an option, a full ref or HEAD. */
export function isRefName(name: string): boolean {
  if (name === '' || name.length > mostNameLength || !name.isWellFormed()) return false
  if (name === 'HEAD' || name === '@' || name.startsWith('-') || name.startsWith('refs/')) return false
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0020\u007f-\u009f~^:?*[\\]|\.\.|@\{/.test(name)) return false
  return !name.endsWith('.') && name.split('/').every((part) => part !== '' && !/^\.|\.lock$/.test(part))
}

/** Whether a new branch or tag may have this name: one that reads as a commit ID could never be found again. */
export function isNewRefName(name: string): boolean {
  return isRefName(name) && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(name)
}

/**
 * The commit that a revision names: HEAD, a branch, a tag, either by its full ref name, or an id of which at least seven
 * digits are given. Nothing of git's own language of revisions (`~1`, `^`, `@{…}`, `:`) is understood.
 */
export async function resolveRevision(host: GitHost, repoId: string, rev: string): Promise<string | undefined> {
  const names = namesOf(rev)
  const [first = ''] = names
  const shortened = shortId.test(first) ? await commitOfShortId(host, repoId, first) : undefined
  if (shortened !== undefined) return shortened
  const infos = await host.readers.infos(repoId, names.map(commitAt))
  const index = infos.findIndex((info) => info !== undefined)
  const name = names[index]
  return name !== undefined && (await isReally(host, repoId, name)) ? infos[index]?.oid : undefined
}

/**
 * Where a revision ends and a path begins, when slashes of the revision came unescaped: the shortest prefix of
 * `rev/path` that names a commit.
 */
export async function locate(host: GitHost, repoId: string, rev: string, path: string): Promise<Located | undefined> {
  const segments = path.split('/')
  for (let taken = 0; taken <= Math.min(mostPrefixes, segments.length); taken++) {
    const longer = [rev, ...segments.slice(0, taken)].join('/')
    const commit = await resolveRevision(host, repoId, longer)
    if (commit) return { commit, rev: longer, path: segments.slice(taken).join('/') }
  }
  return undefined
}

/**
 * The commit of a revision and the blob at a path of it, in as few questions as it takes; undefined
 * when the revision does not exist. Slashes of the revision may have come unescaped, see {@link locate}.
 */
export async function findFile(
  host: GitHost,
  repoId: string,
  rev: string,
  path: string,
): Promise<FoundFile | undefined> {
  const quick = await findAtOnce(host, repoId, rev, path)
  if (quick) return withContent(host, repoId, quick)
  const located = await locate(host, repoId, rev, path)
  if (!located) return undefined
  const blob = isPlainPath(located.path) ? await blobAt(host, repoId, located) : undefined
  return withContent(host, repoId, { commit: located.commit, blob })
}

// What is at a path of a commit stays so.
const keptFiles = new WeakMap<GitHost, LRUCache<string, ObjectInfo>>()

function filesOf(host: GitHost): LRUCache<string, ObjectInfo> {
  const known = keptFiles.get(host) ?? new LRUCache({ maxSize: mostKeptBytes, maxEntrySize: mostNameBytes })
  keptFiles.set(host, known)
  return known
}

async function blobAt(
  host: GitHost,
  repoId: string,
  { commit, path }: Pick<Located, 'commit' | 'path'>,
): Promise<ObjectInfo | undefined> {
  const key = `${repoId}:${commit}:${path}`
  const known = filesOf(host).get(key)
  if (known) return known
  const [info] = await host.readers.infos(repoId, [`${commit}:${path}`])
  if (info?.type !== 'blob') return undefined
  filesOf(host).set(key, info, { size: key.length + entryBytes })
  return info
}

async function findAtOnce(host: GitHost, repoId: string, rev: string, path: string): Promise<FoundFile | undefined> {
  const [name] = namesOf(rev)
  if (name === undefined || shortId.test(name) || !isPlainPath(path) || looksDescribed(name)) return undefined
  const [at] = await host.readers.infos(repoId, [commitAt(name)])
  if (!at) return undefined
  return { commit: at.oid, blob: await blobAt(host, repoId, { commit: at.oid, path }) }
}

async function withContent(host: GitHost, repoId: string, { commit, blob }: FoundFile): Promise<FoundFile> {
  if (!blob || blob.size > smallBlobBytes) return { commit, blob }
  const object = host.readers.kept(repoId, blob.oid) ?? (await readObject(host, repoId, blob.oid))
  return { commit, blob: object ? { ...blob, content: object.content } : blob }
}

/** What a revision may stand for, in the order in which it is looked for: no branch stands in the way of a commit. */
function namesOf(rev: string): string[] {
  if (rev === 'HEAD') return ['refs/heads/main']
  const lower = rev.toLowerCase()
  if (commitId.test(lower)) return [lower]
  const [, kind, full] = /^refs\/(heads|tags)\/(.+)$/s.exec(rev) ?? []
  if (kind && full) return isRefName(full) ? [`refs/${kind}/${full}`] : []
  if (!isRefName(rev)) return []
  return [...(shortId.test(lower) ? [lower] : []), `refs/heads/${rev}`, `refs/tags/${rev}`]
}

// Of a branch and a commit of that name, git itself would choose the branch.
async function commitOfShortId(host: GitHost, repoId: string, id: string): Promise<string | undefined> {
  const [info] = await host.readers.infos(repoId, [commitAt(id)])
  if (info === undefined || info.oid.startsWith(id)) return info?.oid
  const { output } = await runGit(host, repoId, ['rev-parse', `--disambiguate=${id}`])
  const oids = output
    .toString('latin1')
    .split('\n')
    .filter((line) => commitId.test(line))
  const found = await host.readers.infos(repoId, oids)
  const commits = found.filter((one) => one?.type === 'commit')
  return commits.length === 1 ? commits[0]?.oid : undefined
}

function commitAt(name: string): string {
  return `${name}^{commit}`
}

// git also understands `<anything>-g<id>`, as `git describe` writes it, where no ref has that name.
function looksDescribed(name: string): boolean {
  return name.startsWith('refs/') && /-g[0-9a-f]{4,40}$/i.test(name)
}

async function isReally(host: GitHost, repoId: string, name: string): Promise<boolean> {
  if (!looksDescribed(name)) return true
  const args = ['show-ref', '--verify', '--quiet', '--', name]
  const { exitCode } = await runGit(host, repoId, args, { accept: [1] })
  return exitCode === 0
}
