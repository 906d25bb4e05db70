import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lstat, mkdir, opendir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { outOfSpace } from '../../shares/disk.ts'
import type { GitHost } from '../host.ts'
import { giveFolderToGit, giveToGit } from '../process/account.ts'
import { failedWith, syncFolder, writeDurably } from '../process/durable.ts'
import { entriesIn, folderSize, unlessGone } from '../process/files.ts'
import { repositoryFolder } from '../process/folder.ts'

const configuration = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n'
const unfinished = 'new-'
/** What the names of folders begin with that are made for a trial. */
export const scratch = 'guard-'

/** Makes an empty repository: seen whole or not at all, and on the disk when this returns. */
export async function createRepository(host: GitHost, repoId: string): Promise<void> {
  const folder = repositoryFolder(host, repoId)
  if (existsSync(folder)) throw new Error(`the repository ${repoId} is there already`)
  const parent = dirname(folder)
  const draft = join(parent, `${unfinished}${repoId}-${suffix()}`)
  try {
    if (await mkdir(parent, { recursive: true, mode: 0o700 })) await syncFolder(host.folder)
    await giveFolderToGit(host, parent)
    await fill(draft)
    await giveToGit(host, draft)
    await rename(draft, folder)
    await syncFolder(parent)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw failedWith(error, 'ENOSPC', 'EDQUOT') ? outOfSpace() : error
  }
}

// What git asks of a repository, and nothing else: no hooks, no samples.
async function fill(draft: string): Promise<void> {
  await mkdir(draft, { mode: 0o700 })
  const inside = ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'].map((path) => join(draft, path))
  await Promise.all(inside.map((path) => mkdir(path, { recursive: true })))
  await Promise.all([
    writeDurably(join(draft, 'HEAD'), 'ref: refs/heads/main\n'),
    writeDurably(join(draft, 'config'), configuration),
    syncFolder(join(draft, 'objects')),
    syncFolder(join(draft, 'refs')),
  ])
  await syncFolder(draft)
}

/** Whether the folder of a repository is there. */
export async function repositoryExists(host: GitHost, repoId: string): Promise<boolean> {
  return existsSync(repositoryFolder(host, repoId))
}

/** Deletes a repository at once for everybody; one that is not there is deleted already. */
export async function removeRepository(host: GitHost, repoId: string): Promise<void> {
  const folder = repositoryFolder(host, repoId)
  const trash = trashFolder(host)
  const gone = join(trash, `${repoId}-${suffix()}`)
  await mkdir(trash, { recursive: true, mode: 0o700 })
  await giveFolderToGit(host, trash)
  try {
    await rename(folder, gone)
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return
    throw error
  }
  host.readers.forget(repoId)
  await syncFolder(dirname(folder))
  // A process that still writes here can put a file into a folder just emptied.
  await rm(gone, { recursive: true, force: true, maxRetries: 3 })
}

/** Every repository on the disk, with the age of its folder. */
export async function* listRepositoryIds(host: GitHost): AsyncIterable<{ id: string; ageMs: number }> {
  for await (const path of foldersIn(host)) {
    const [, id] = /^([0-9a-f]{24})\.git$/.exec(basename(path)) ?? []
    const ageMs = id && (await ageOf(path))
    if (id && typeof ageMs === 'number') yield { id, ageMs }
  }
}

/** Deletes what a stop in the middle left: half-made repositories and half-deleted ones, when older than this. */
export async function sweepFolders(host: GitHost, olderThanMs: number): Promise<number> {
  const left: string[] = []
  for await (const path of foldersIn(host)) if (basename(path).startsWith(unfinished)) left.push(path)
  for (const name of await namesIn(trashFolder(host))) left.push(join(trashFolder(host), name))
  for (const name of await namesIn(host.folder)) if (name.startsWith(scratch)) left.push(join(host.folder, name))
  let swept = 0
  for (const path of left) {
    const ageMs = await ageOf(path)
    if (ageMs === undefined || ageMs < olderThanMs) continue
    await rm(path, { recursive: true, force: true, maxRetries: 3 })
    swept++
  }
  return swept
}

/** Bytes of all files of a repository; 0 when it is not there. */
export async function repositorySize(host: GitHost, repoId: string): Promise<number> {
  return folderSize(repositoryFolder(host, repoId))
}

function trashFolder(host: GitHost): string {
  return join(host.folder, 'trash')
}

function suffix(): string {
  return randomBytes(6).toString('hex')
}

async function* foldersIn(host: GitHost): AsyncIterable<string> {
  for (const part of await namesIn(host.folder)) {
    if (!/^[0-9a-f]{2}$/.test(part)) continue
    for await (const entry of await opendir(join(host.folder, part))) {
      if (entry.isDirectory()) yield join(host.folder, part, entry.name)
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await entriesIn(folder)).map((entry) => entry.name)
}

async function ageOf(path: string): Promise<number | undefined> {
  const found = await unlessGone(lstat(path), undefined)
  // Renaming counts as a change too. Files tell the time of the machine, whatever the hub's clock says.
  return found && Date.now() - found.ctimeMs
}
