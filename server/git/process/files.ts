import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { failedWith } from './durable.ts'

/** Bytes of all files in a folder; 0 when it is not there. */
export async function folderSize(path: string): Promise<number> {
  const folders = [path]
  let bytes = 0
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const here = folder
    const entries = await entriesIn(here)
    for (const entry of entries) if (entry.isDirectory()) folders.push(join(here, entry.name))
    const files = entries.filter((entry) => entry.isFile())
    const sizes = await Promise.all(files.map((entry) => sizeOf(join(here, entry.name))))
    bytes += sizes.reduce((sum, size) => sum + size, 0)
  }
  return bytes
}

async function sizeOf(path: string): Promise<number> {
  const found = await unlessGone(lstat(path), undefined)
  return found?.size ?? 0
}

/** What is in a folder. Beside running work: what is gone meanwhile counts as nothing. */
export async function entriesIn(folder: string): Promise<Dirent[]> {
  return unlessGone(readdir(folder, { withFileTypes: true }), [])
}

/** What was found, or something else where it is gone. */
export async function unlessGone<T, E>(found: Promise<T>, otherwise: E): Promise<T | E> {
  try {
    return await found
  } catch (error) {
    if (failedWith(error, 'ENOENT', 'ENOTDIR')) return otherwise
    throw error
  }
}
