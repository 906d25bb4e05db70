import { setImmediate } from 'node:timers/promises'
import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import type { GitHost } from '../../git/host.ts'
import { type Commit, lastCommits, listRefs as refsOf } from '../../git/objects/history.ts'
import {
  listTree as listEntries,
  type PointerEntry,
  pathEntries,
  pointersOf,
  type TreeEntry,
} from '../../git/objects/trees.ts'
import { HubError } from '../../kernel/errors.ts'
import type { Db } from '../../store/database.ts'
import { speaksXet } from '../registry/clients.ts'
import { getRevision, locateIn, noSuchEntry } from '../registry/revision.ts'

type Files = typeof api.files
type Reading = Permit<'repo.read'>
type Entry = api.files.TreeEntry

const entriesAtOnce = 1000
// The same folder again and again in itself makes a tree without end.
const longestSumMs = 10_000

/** Lists a folder, page by page, with everything below it when recursive. */
export async function listTree(
  _db: Db,
  permit: Reading,
  input: InputOf<Files['listTree']>,
  git: GitHost,
): Promise<ResultOf<Files['listTree']>> {
  return treePage(git, permit.repo.id, input)
}

/** Lists the top folder the same way. */
export async function listRootTree(
  _db: Db,
  permit: Reading,
  input: InputOf<Files['listRootTree']>,
  git: GitHost,
): Promise<ResultOf<Files['listRootTree']>> {
  return treePage(git, permit.repo.id, { ...input, path: '' })
}

async function treePage(
  git: GitHost,
  repoId: string,
  input: InputOf<Files['listTree']>,
): Promise<ResultOf<Files['listTree']>> {
  const { commit, path } = await locateIn(git, repoId, input.rev, withoutSlash(input.path))
  const page = await listEntries(git, repoId, {
    ...{ commit, path, recursive: input.recursive ?? false },
    ...(input.cursor !== undefined && { after: input.cursor }),
    limit: input.limit,
  })
  if (page === undefined) throw noSuchEntry(commit)
  return { items: await shown({ git, repoId, commit }, page.entries, input.expand ?? false), next: page.next }
}

// Python sends folders with or without a slash at the end.
function withoutSlash(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end).replace(/^\/+/, '')
}

/** Tells of each path whether it is a file or a folder; those that are not there are left out. */
export async function pathsInfo(
  _db: Db,
  permit: Reading,
  input: InputOf<Files['pathsInfo']>,
  git: GitHost,
): Promise<ResultOf<Files['pathsInfo']>> {
  const commit = await getRevision(git, permit.repo.id, input.rev)
  const paths = [...new Set(input.paths.map(withoutSlash))]
  const entries = await pathEntries(git, permit.repo.id, commit, paths)
  const found = await shown({ git, repoId: permit.repo.id, commit }, entries, input.expand ?? false)
  if (!speaksXet(permit.request.userAgent)) return found
  // These copy only what has such a name. Any will do, since nothing is downloaded by it
  return found.map((entry) => (entry.lfs ? { ...entry, xetHash: entry.lfs.oid } : entry))
}

async function shown(
  { git, repoId, commit }: { git: GitHost; repoId: string; commit: string },
  entries: readonly TreeEntry[],
  expand: boolean,
): Promise<Entry[]> {
  const pointers = await pointersOf(git, repoId, entries)
  const paths = entries.map((entry) => entry.path)
  const last = expand ? await lastCommits(git, repoId, commit, paths) : new Map<string, Commit>()
  return entries.map((entry) => entryReply(entry, pointers.get(entry.oid), last.get(entry.path)))
}

const replyTypes = { file: 'file', symlink: 'file', directory: 'directory', submodule: 'unknown' } as const

function entryReply(
  { type, oid, size, path }: TreeEntry,
  pointer: PointerEntry | undefined,
  last: Commit | undefined,
): Entry {
  return {
    type: replyTypes[type],
    oid,
    size: pointer?.size ?? size,
    path,
    ...(pointer && { lfs: pointer }),
    ...(last && { lastCommit: { id: last.id, title: last.title, date: last.date.toISOString() } }),
  }
}

/** Adds up the bytes of a folder with everything in it, LFS files by their content. */
export async function treeSize(
  _db: Db,
  permit: Reading,
  input: InputOf<Files['treeSize']>,
  git: GitHost,
): Promise<ResultOf<Files['treeSize']>> {
  const { commit, path } = await locateIn(git, permit.repo.id, input.rev, withoutSlash(input.path))
  let size = 0
  let after: string | undefined
  const began = performance.now()
  do {
    if (performance.now() - began > longestSumMs)
      throw new HubError(
        'Unprocessable',
        'This folder is too large to calculate its size. Request its subfolders instead.',
      )
    const cursor = after === undefined ? {} : { after }
    const query = { commit, path, recursive: true, limit: entriesAtOnce, ...cursor }
    const page = await listEntries(git, permit.repo.id, query)
    if (page === undefined) throw noSuchEntry(commit)
    const pointers = await pointersOf(git, permit.repo.id, page.entries)
    for (const entry of page.entries) size += pointers.get(entry.oid)?.size ?? entry.size
    after = page.next
    await setImmediate()
  } while (after !== undefined)
  return { path: `/${path}`, size }
}

/** Lists branches and tags. */
export async function listRefs(
  _db: Db,
  permit: Reading,
  input: InputOf<Files['listRefs']>,
  git: GitHost,
): Promise<ResultOf<Files['listRefs']>> {
  const { branches, tags } = await refsOf(git, permit.repo.id)
  const shownRef = ({ name, ref, commit }: (typeof branches)[number]) => ({ name, ref, targetCommit: commit })
  return {
    branches: branches.map(shownRef),
    tags: tags.map(shownRef),
    converts: [],
    ...(input.include_prs && { pullRequests: [] }),
  }
}

/** Answers when the caller may do what the address asks about; everybody else was refused already. */
export async function checkAccess(): Promise<Record<string, never>> {
  return {}
}
