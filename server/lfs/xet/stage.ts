import { open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '../../kernel/ids.ts'
import type { DiskReserve } from '../../shares/disk.ts'
import { sized } from '../bytes/checks.ts'
import { asFull, fileFacts, makeFolder, removeFile, unlessMissing, writeStream } from '../disk/durable.ts'

/** Where xorbs stay until all of their chunks are in files. What is lost here is uploaded again. */
export interface Stage {
  /** Writes what arrives to a file of its own; throws `400` if it is not so many bytes. Answers its name. */
  receive(repoId: string, body: AsyncIterable<Uint8Array>, bytes: number): Promise<string>
  fileOf(repoId: string, name: string): string
  /** Reads a piece; undefined when the file is gone. */
  read(repoId: string, name: string, piece: { start: number; length: number }): Promise<Buffer | undefined>
  remove(repoId: string, name: string): Promise<void>
  /** Ids of the repositories that have something here. */
  repositories(): Promise<string[]>
  /** Files that no one touched since, and whatever else stands among them. */
  list(repoId: string, olderThan: Date): Promise<string[]>
  removeRepository(repoId: string): Promise<void>
}

/** The stage in a folder that all processes share; made when the first bytes come. */
export function openStage(folder: string, reserve: DiskReserve): Stage {
  const folderOf = (repoId: string) => join(folder, repoId)
  const fileOf = (repoId: string, name: string) => join(folderOf(repoId), name)
  const remove = (repoId: string, name: string) => removeFile(fileOf(repoId, name))
  return {
    fileOf,
    remove,
    async receive(repoId, body, bytes) {
      await makeFolder(folderOf(repoId))
      const ask = (more: number) => reserve.ask(folderOf(repoId), more)
      await ask(bytes)
      const name = newId()
      const arriving = `${fileOf(repoId, name)}.arriving`
      try {
        await writeFile(arriving, sized(bytes, body), ask)
        await rename(arriving, fileOf(repoId, name))
        return name
      } catch (error) {
        await removeFile(arriving)
        throw asFull(error)
      }
    },
    read: (repoId, name, piece) => readPiece(fileOf(repoId, name), piece),
    repositories: async () => (await namesIn(folder)).filter((name) => /^[0-9a-f]{24}$/.test(name)),
    async list(repoId, olderThan) {
      const names = await namesIn(folderOf(repoId))
      const facts = await Promise.all(names.map((name) => fileFacts(fileOf(repoId, name))))
      return names.filter((_, index) => (facts[index]?.modifiedAt ?? olderThan) < olderThan)
    },
    removeRepository: (repoId) => rm(folderOf(repoId), { recursive: true, force: true }),
  }
}

// Not forced to the disk: most of it is read again and removed before the system would write it.
async function writeFile(
  file: string,
  body: AsyncIterable<Uint8Array>,
  ask: (bytes: number) => Promise<void>,
): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await writeStream(handle, body, { ask, isPassing: true })
  } finally {
    await handle.close()
  }
}

async function readPiece(
  file: string,
  { start, length }: { start: number; length: number },
): Promise<Buffer | undefined> {
  const handle = await open(file, 'r').catch(unlessMissing)
  if (handle === undefined) return undefined
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, start)
    return bytesRead === length ? buffer : undefined
  } finally {
    await handle.close()
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(unlessMissing)) ?? []
}
