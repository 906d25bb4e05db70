import type { GitHost } from '../host.ts'
import { runGit } from '../process/process.ts'
import { recordsOf, streamGit } from '../process/stream.ts'
import { readObjects } from './objects.ts'
import { isPlainPath } from './trees.ts'

export interface Person {
  name: string
  email: string
}

export interface Commit {
  id: string
  /** First line of the message. */
  title: string
  /** What follows the first line. */
  message: string
  /** Its author, then who is named by `Co-authored-by`. */
  authors: Person[]
  /** When it was committed. */
  date: Date
  parents: string[]
}

export interface HistoryQuery {
  commit: string
  /** Only commits that touch this file or folder. */
  path?: string
  skip: number
  limit: number
}

export interface Ref {
  name: string
  /** With `refs/…`. */
  ref: string
  commit: string
}

const searchSeconds = 20
const mostCommitBytes = 1024 * 1024
/** What the messages of one answer may hold together, and one of them, in characters. */
const mostMessages = 16 * 1024 * 1024
const longestMessage = 64 * 1024
const mostAuthors = 100
const commitsAtOnce = 32
const mostPathsSearched = 16
// A name of a path is never a pattern.
const literalPaths = { GIT_LITERAL_PATHSPECS: '1' }

/** Commits reachable from one, newest first. */
export async function listCommits(host: GitHost, repoId: string, query: HistoryQuery): Promise<Commit[]> {
  if (!mayExist(query.path)) return []
  const args = ['rev-list', `--skip=${query.skip}`, `--max-count=${query.limit}`, ...fromCommit(query)]
  const { output } = await runGit(host, repoId, args, { env: literalPaths })
  return commitsOf(host, repoId, output.toString().split('\n').filter(Boolean))
}

/** How many commits are reachable from one. */
export async function countCommits(
  host: GitHost,
  repoId: string,
  query: Pick<HistoryQuery, 'commit' | 'path'>,
): Promise<number> {
  if (!mayExist(query.path)) return 0
  const { output } = await runGit(host, repoId, ['rev-list', '--count', ...fromCommit(query)], { env: literalPaths })
  return Number(output)
}

// git treats others as a caller's mistake and exits with an error.
function mayExist(path: string | undefined): boolean {
  return !path || isPlainPath(path.replace(/\/$/, ''))
}

function fromCommit({ commit, path }: Pick<HistoryQuery, 'commit' | 'path'>): string[] {
  return ['--end-of-options', commit, '--', ...(path ? [path] : [])]
}

/** One commit; undefined when there is none of this id. */
export async function commitOf(host: GitHost, repoId: string, oid: string): Promise<Commit | undefined> {
  const [commit] = await commitsOf(host, repoId, [oid])
  return commit
}

async function commitsOf(host: GitHost, repoId: string, oids: readonly string[]): Promise<Commit[]> {
  const infos = await host.readers.infos(repoId, oids)
  const readable = infos.flatMap((info) => (info && info.size <= mostCommitBytes ? info.oid : []))
  const most = Math.min(longestMessage, Math.floor(mostMessages / Math.max(1, oids.length)))
  const commits: Commit[] = []
  // In portions: a thousand messages of a megabyte each can be pushed
  for (let from = 0; from < readable.length; from += commitsAtOnce) {
    const objects = await readObjects(host, repoId, readable.slice(from, from + commitsAtOnce))
    for (const object of objects)
      if (object?.type === 'commit') commits.push(parseCommit(object.oid, object.content, most))
  }
  return commits
}

/**
 * For each path the last commit that touched it or what is in it, in one walk back that ends with the last path found.
 * Paths not found within twenty seconds are left out.
 */
export async function lastCommits(
  host: GitHost,
  repoId: string,
  commit: string,
  paths: readonly string[],
): Promise<Map<string, Commit>> {
  const touched = await lastTouched(host, repoId, commit, paths)
  const commits = await commitsOf(host, repoId, [...new Set(touched.values())])
  const byId = new Map(commits.map((one) => [one.id, one]))
  const entries = [...touched].map(([path, id]) => [path, byId.get(id)] as const)
  return new Map(entries.flatMap(([path, one]) => (one ? [[path, one] as const] : [])))
}

async function lastTouched(
  host: GitHost,
  repoId: string,
  commit: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const pending = new Set(paths)
  const found = new Map<string, string>()
  // Of a merge only what differs from all of its parents was made by itself.
  const format = ['-z', '-c', '--name-only', '--no-renames', '--no-ext-diff', '--format=%x00%H']
  const args = ['log', ...format, '--end-of-options', commit, '--', ...searched(paths)]
  const chunks = streamGit(host, repoId, args, { env: literalPaths, timeLimitSeconds: searchSeconds })
  const began = performance.now()
  try {
    for await (const { id, name } of touches(chunks)) {
      for (const path of [name, ...foldersOf(name)]) if (pending.delete(path)) found.set(path, id)
      if (pending.size === 0) break
    }
  } catch (error) {
    if (performance.now() - began < searchSeconds * 1000) throw error
  }
  return found
}

// What the walk looks at: a few paths as such; many cost more to tell apart than the folder that holds them all.
function searched(paths: readonly string[]): readonly string[] {
  if (paths.length <= mostPathsSearched) return paths
  const [first = ''] = paths
  const folder = foldersOf(first).find((one) => paths.every((path) => path.startsWith(`${one}/`)))
  return folder === undefined ? [] : [folder]
}

function foldersOf(path: string): string[] {
  const segments = path.split('/')
  return segments.slice(1).map((_, index) => segments.slice(0, segments.length - 1 - index).join('/'))
}

// An empty record, a commit, then its paths, the first behind a line end.
async function* touches(chunks: AsyncIterable<Buffer>): AsyncGenerator<{ id: string; name: string }> {
  let id = ''
  for await (const record of recordsOf(chunks, 0)) {
    const text = record.toString()
    if (text === '') id = ''
    else if (id === '') id = text
    else yield { id, name: text.replace(/^\n/, '') }
  }
}

/** All branches and tags, each with the commit it leads to; tags of anything else are left out. */
export async function listRefs(host: GitHost, repoId: string): Promise<{ branches: Ref[]; tags: Ref[] }> {
  const args = ['for-each-ref', '--format=%(objecttype) %(objectname) %(refname)', 'refs/heads/', 'refs/tags/']
  const { output } = await runGit(host, repoId, args)
  const lines = output.toString().split('\n').filter(Boolean)
  const refs = lines.map((line) => {
    const [type = '', oid = '', ...rest] = line.split(' ')
    return { type, oid, ref: rest.join(' ') }
  })
  const annotated = refs.filter(({ type }) => type === 'tag')
  const peeled = await host.readers.infos(
    repoId,
    annotated.map(({ oid }) => `${oid}^{commit}`),
  )
  const behind = new Map(annotated.map(({ oid }, index) => [oid, peeled[index]?.oid]))
  const commit = (oid: string, type: string) => (type === 'commit' ? oid : behind.get(oid))
  const under = (prefix: string) =>
    refs.flatMap(({ type, oid, ref }) => {
      const target = ref.startsWith(prefix) ? commit(oid, type) : undefined
      return target ? [{ name: ref.slice(prefix.length), ref, commit: target }] : []
    })
  return { branches: under('refs/heads/'), tags: under('refs/tags/') }
}

/** A commit from the bytes of its object; a message that is longer than this is cut. */
export function parseCommit(id: string, content: Buffer, most: number = longestMessage): Commit {
  const split = content.indexOf('\n\n')
  const head = split < 0 ? content : content.subarray(0, split)
  const lines = head.toString('latin1').split('\n')
  const headers = lines.filter((line) => !line.startsWith(' '))
  const headerOf = (key: string) => headers.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? ''
  const decode = decoder(headerOf('encoding'))
  const text = decode(split < 0 ? Buffer.alloc(0) : content.subarray(split + 2))
    .replace(/^\n+/, '')
    .slice(0, most)
    .toWellFormed()
  const [title = '', ...rest] = text.split('\n')
  const author = personOf(decode(Buffer.from(headerOf('author'), 'latin1')))
  return {
    id,
    title,
    message: rest.join('\n').trim(),
    authors: unique([author, ...coAuthors(text)]),
    date: dateOf(headerOf('committer')),
    parents: headers.filter((line) => line.startsWith('parent ')).map((line) => line.slice(7)),
  }
}

function decoder(encoding: string): (bytes: Buffer) => string {
  try {
    const text = new TextDecoder(encoding || 'utf-8')
    return (bytes) => text.decode(bytes)
  } catch {
    return (bytes) => bytes.toString()
  }
}

function personOf(text: string): Person {
  const [, name = '', email = ''] = /^(.*?) ?<([^>]*)>/.exec(text) ?? []
  return { name: name.trim(), email: email.trim() }
}

function coAuthors(message: string): Person[] {
  const trailers = message.matchAll(/^co-authored-by:[ \t]*([^\n<>]{1,200}<[^\n<>]{1,200}>)[ \t]*$/gim)
  return [...trailers].map(([, person = '']) => personOf(person))
}

function unique(people: readonly Person[]): Person[] {
  const byEmail = new Map<string, Person>()
  for (const person of people) if (!byEmail.has(person.email)) byEmail.set(person.email, person)
  return [...byEmail.values()].slice(0, mostAuthors)
}

// Anything may stand in a commit, also a second that no calendar has.
function dateOf(committer: string): Date {
  const [, seconds = '0'] = / (\d{1,11}) [+-]\d+$/.exec(committer) ?? []
  return new Date(Number(seconds) * 1000)
}
