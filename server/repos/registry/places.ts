import { utimes } from 'node:fs/promises'
import type * as api from '../../../api/index.ts'
import type { InputOf } from '../../../api/index.ts'
import { systemAuthor } from '../../access/author.ts'
import type { GitHost } from '../../git/host.ts'
import { type Author, type Change, writeCommit } from '../../git/objects/commits.ts'
import { parsePointer } from '../../git/objects/objects.ts'
import { isPlainPath } from '../../git/objects/trees.ts'
import { repositoryFolder } from '../../git/process/folder.ts'
import { prepareReferences } from '../../git/refs/references.ts'
import { removeLeftovers } from '../../git/upkeep/maintenance.ts'
import {
  createRepository,
  listRepositoryIds,
  removeRepository,
  repositoryExists,
  sweepFolders,
} from '../../git/upkeep/repository.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { log } from '../../kernel/log.ts'
import type { LfsStore } from '../../lfs/bytes/bytes.ts'
import type { Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { refreshMetadata } from '../cards/metadata.ts'
import { firstAttributes } from '../paths/attributes.ts'
import { authorOf } from './author.ts'
import { mainRef } from './branch-head.ts'
import { sweepSpool } from './spool.ts'
import { deleteExpiredRepoNames, findNeverMade, findRepoIds } from './store.ts'

/** Where a repository is: its git folder and the bytes of its large files. */
export interface RepoStores {
  git: GitHost
  lfs: LfsStore
}

/** What making a repository takes: where it goes, and addresses. */
export interface RepoMaking extends RepoStores {
  links: Links
}

type CreateInput = InputOf<typeof api.repos.createRepo>

const youngMs = 60_000
const stillWorkingMs = 20_000
const idsAtOnce = 500
const mostFirstBytes = 800_000

/** The files of the first commit: what LFS takes, a README where one was asked for, and what else was sent. */
export function firstFiles(input: CreateInput): { path: string; content: Buffer }[] {
  const files = new Map([['.gitattributes', Buffer.from(firstAttributes)]])
  const card = firstCard(input)
  if (card !== undefined) files.set('README.md', Buffer.from(card))
  for (const [index, { path, content, encoding }] of (input.files ?? []).entries()) {
    if (!isPlainPath(path)) throw new HubError('Unprocessable', `files[${index}].path: is not a plain path`)
    const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8')
    if (parsePointer(bytes) !== undefined)
      throw new HubError(
        'Unprocessable',
        `files[${index}]: must not be an LFS pointer, because a new repository has no LFS files`,
      )
    files.set(path, bytes)
  }
  const isFolder = (path: string) => [...files.keys()].some((other) => other.startsWith(`${path}/`))
  const both = [...files.keys()].find(isFolder)
  if (both !== undefined) throw badField('files', `${both} can’t be both a file and a folder`)
  const bytes = [...files.values()].reduce((sum, content) => sum + content.length, 0)
  if (bytes > mostFirstBytes) throw badField('files', 'are too large for the first commit. Upload them afterwards')
  return [...files].map(([path, content]) => ({ path, content }))
}

function firstCard({ name, type, license, sdk }: CreateInput): string | undefined {
  if (license === undefined && type !== 'space') return undefined
  const title = name.split('/').at(-1) ?? name
  const fields = [
    ...(license === undefined ? [] : [`license: ${JSON.stringify(license)}`]),
    ...(type === 'space' ? [`title: ${JSON.stringify(title)}`] : []),
    ...(sdk ? [`sdk: ${JSON.stringify(sdk)}`] : []),
  ]
  return `---\n${fields.join('\n')}\n---\n\n# ${title}\n`
}

/** Makes the git repository with its first commit; called before there is a row, so that no row is without one. */
export async function beginRepository(
  git: GitHost,
  id: string,
  { author, files }: { author: Author; files: { path: string; content: Buffer }[] },
): Promise<void> {
  // One that was begun and not finished
  await removeRepository(git, id)
  await createRepository(git, id)
  const changes = files.map(({ path, content }): Change => ({ kind: 'file', path, content }))
  const commit = { parent: undefined, message: 'initial commit', author, date: now(), changes }
  await beginMain(git, id, await writeCommit(git, id, commit))
}

/** Sets the branch `main` of a repository that has no branch yet. */
export async function beginMain(git: GitHost, id: string, commit: string): Promise<void> {
  const prepared = await prepareReferences(git, id, [{ ref: mainRef, from: null, to: commit }])
  if ('refused' in prepared) throw new Error('a new repository has a branch already')
  await prepared.commit()
}

/**
 * Does the work that makes a repository, from its folder to its row. Meanwhile the folder is not swept as one without a
 * row; when the process dies, it is. When the work fails, the folder goes again. Where the failure hides whether the row
 * was kept, the database is asked; where it cannot be asked, the folder stays for the sweep to judge.
 */
export async function keptOnDisk<T>(db: Db, stores: RepoStores, id: string, work: () => Promise<T>): Promise<T> {
  const folder = repositoryFolder(stores.git, id)
  const timer = setInterval(() => void utimes(folder, new Date(), new Date()).catch(() => undefined), stillWorkingMs)
  try {
    return await work()
  } catch (error) {
    const known = await findRepoIds(db, [id]).catch(() => undefined)
    if (known?.has(id) === false) await removeFromDisk(stores, id)
    throw error
  } finally {
    clearInterval(timer)
  }
}

/** Removes what a deleted repository had on the disk; what cannot go now goes with the next sweep. */
export async function removeFromDisk(stores: RepoStores, id: string): Promise<void> {
  const later = (error: unknown) => log.warn({ err: error, repository: id }, 'files stay until the next sweep')
  await removeRepository(stores.git, id).catch(later)
  // Terabytes take their time, and no one needs to wait for them
  void stores.lfs.removeRepository(id).catch(later)
}

/** Removes folders that belong to no repository: left by a stop between disk and database, or by deletions in bulk. */
export async function sweepRepositories(db: Db, stores: RepoStores, olderThanMs: number = youngMs): Promise<number> {
  await deleteExpiredRepoNames(db)
  let removed = await sweepFolders(stores.git, olderThanMs)
  let batch: string[] = []
  const flush = async () => {
    const known = await findRepoIds(db, batch)
    for (const id of batch.filter((id) => !known.has(id))) {
      await removeFromDisk(stores, id)
      removed++
    }
    batch = []
  }
  for await (const { id, ageMs } of listRepositoryIds(stores.git)) {
    if (ageMs > olderThanMs) batch.push(id)
    if (batch.length >= idsAtOnce) await flush()
  }
  await flush()
  return removed
}

/**
 * Gives repositories their folder that were made before there were any. Only those that never held anything: a folder
 * that is lost is told by `guildhall repo check`, not papered over.
 */
export async function makeMissingRepositories(db: Db, git: GitHost, links: Links): Promise<number> {
  const ids = await findNeverMade(db)
  const files = [{ path: '.gitattributes', content: Buffer.from(firstAttributes) }]
  let made = 0
  for (const id of ids) {
    if (await repositoryExists(git, id)) continue
    await beginRepository(git, id, { author: authorOf(systemAuthor, links), files })
    made++
  }
  for (const id of ids) await refreshMetadata(db, git, id)
  return made
}

/** Removes what pushes and commits left that were killed in the middle: the rows of their repositories do not tell. */
export async function sweepLeftovers(git: GitHost, incoming: string): Promise<number> {
  let removed = await sweepSpool(incoming, secondsFromNow(-daySeconds))
  for await (const { id } of listRepositoryIds(git)) {
    removed += await removeLeftovers(git, id).catch(() => 0)
  }
  return removed
}
