import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { copyFile, type FileHandle, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { failedWith } from '../../git/process/durable.ts'
import { newId } from '../../kernel/ids.ts'
import type { DiskReserve } from '../../shares/disk.ts'
import { type ByteRange, type LfsObject, type LfsStore, requireObject, type StoredObject } from '../bytes/bytes.ts'
import { checked, requireDigest, sized } from '../bytes/checks.ts'
import { type Digests, openDigests } from './digest.ts'
import { diskParts } from './disk-parts.ts'
import {
  type Ask,
  asFull,
  fileFacts,
  makeFolder,
  moveDurably,
  removeFile,
  unlessMissing,
  writeStream,
} from './durable.ts'

const readAheadBytes = 512 * 1024
const smallBytes = 64 * 1024
const leastFollowed = 4 * 1024 * 1024

/** The folders of the bytes on this disk, and what goes with writing there. */
export interface DiskPlaces {
  /** The place of an object: `<last two digits of the repository>/<repository>/<first two of the hash>/<hash>`. */
  object(repoId: string, oid: string): string
  /** What is not whole yet: `uploads/<repository>.<name>`. */
  upload(repoId: string, name: string): string
  uploads: string
  /** Asks whether so many more bytes fit beside the reserve of the disk. */
  ask: Ask
  digests: Digests
}

/** The store of bytes in a folder of this machine; the folder is made when the first bytes come. */
export function openLfsDisk({ folder, reserve }: { folder: string; reserve: DiskReserve }): LfsStore {
  const places = placesIn(folder, reserve)
  const pathOf = (repoId: string, oid: string) => {
    requireObject(repoId, oid)
    return places.object(repoId, oid)
  }
  return {
    kind: 'disk',
    put: (repoId, object, body) => put(places, repoId, object, body),
    adopt: (repoId, object, file) => adopt(places, repoId, object, file),
    sizeOf: async (repoId, oid) => (await fileFacts(pathOf(repoId, oid)))?.size,
    open: async (repoId, oid, range) => openFile(pathOf(repoId, oid), range),
    fileOf: async (repoId, oid) => pathOf(repoId, oid),
    downloadUrl: async () => undefined,
    ...diskParts(places),
    remove: async (repoId, oid, since) => removeUnlessSince(pathOf(repoId, oid), since),
    removeRepository: (repoId) => removeRepository(folder, places, repoId),
    list: (repoId) => listObjects(repositoryFolder(folder, repoId), repoId, places),
    repositories: () => listRepositories(folder),
    sweepUploads: (olderThan) => sweepUploads(places, olderThan),
  }
}

function placesIn(folder: string, reserve: DiskReserve): DiskPlaces {
  const uploads = join(folder, 'uploads')
  return {
    uploads,
    digests: openDigests(),
    ask: (bytes) => reserve.ask(uploads, bytes),
    object: (repoId, oid) => join(repositoryFolder(folder, repoId), oid.slice(0, 2), oid),
    upload: (repoId, name) => join(uploads, `${repoId}.${name}`),
  }
}

function repositoryFolder(folder: string, repoId: string): string {
  return join(folder, repoId.slice(-2), repoId)
}

async function put(
  places: DiskPlaces,
  repoId: string,
  object: LfsObject,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  requireObject(repoId, object.oid)
  await makeFolder(places.uploads)
  await places.ask(object.size)
  const unfinished = places.upload(repoId, newId())
  try {
    await writeFile(unfinished, { object, body }, places)
    await moveDurably(unfinished, places.object(repoId, object.oid))
  } catch (error) {
    await removeFile(unfinished)
    throw asFull(error)
  }
}

interface Arriving {
  object: LfsObject
  body: AsyncIterable<Uint8Array>
}

async function writeFile(file: string, arriving: Arriving, places: DiskPlaces): Promise<void> {
  const handle = await open(file, 'wx+', 0o600)
  try {
    if (arriving.object.size < leastFollowed) await writeSmall(handle, arriving, places)
    else await writeLarge(handle, arriving, places)
  } finally {
    await handle.close()
  }
}

async function writeSmall(handle: FileHandle, { object, body }: Arriving, { ask }: DiskPlaces): Promise<void> {
  await writeStream(handle, checked(object, body), { ask })
  await handle.datasync()
}

// Hashed by a thread: this one has enough to do with receiving it.
async function writeLarge(handle: FileHandle, { object, body }: Arriving, { ask, digests }: DiskPlaces): Promise<void> {
  const digest = digests.follow(handle.fd)
  try {
    await writeStream(handle, sized(object.size, body), { ask, reaches: digest.reaches })
    const [hex] = await Promise.all([digest.hex(), handle.datasync()])
    requireDigest(object, hex)
  } finally {
    await digest.leave()
  }
}

async function adopt(places: DiskPlaces, repoId: string, object: LfsObject, file: string): Promise<void> {
  requireObject(repoId, object.oid)
  const place = places.object(repoId, object.oid)
  try {
    await syncFile(file)
    await moveDurably(file, place)
  } catch (error) {
    if (!failedWith(error, 'EXDEV')) throw asFull(error)
    await adoptCopy(places, repoId, object, file)
  }
}

// The file is on another file system, where a rename does not reach.
async function adoptCopy(places: DiskPlaces, repoId: string, object: LfsObject, file: string): Promise<void> {
  await makeFolder(places.uploads)
  await places.ask(object.size)
  const unfinished = places.upload(repoId, newId())
  try {
    await copyFile(file, unfinished)
    await syncFile(unfinished)
    await moveDurably(unfinished, places.object(repoId, object.oid))
    await removeFile(file)
  } catch (error) {
    await removeFile(unfinished)
    throw asFull(error)
  }
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function openFile(file: string, range: ByteRange | undefined): Promise<Readable | undefined> {
  const facts = await fileFacts(file)
  if (facts === undefined) return undefined
  const { start, end } = range ?? { start: 0, end: facts.size - 1 }
  const length = Math.min(end + 1, facts.size) - start
  if (length <= smallBytes) return readAtOnce(file, start, Math.max(0, length))
  const stream = createReadStream(file, { start, end, highWaterMark: readAheadBytes })
  return once(stream, 'open').then(() => stream, unlessMissing)
}

// A stream costs more than what it would bring.
async function readAtOnce(file: string, start: number, length: number): Promise<Readable | undefined> {
  const handle = await open(file, 'r').catch(unlessMissing)
  if (handle === undefined) return undefined
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, start)
    return Readable.from([buffer.subarray(0, bytesRead)], { objectMode: false })
  } finally {
    await handle.close()
  }
}

async function removeUnlessSince(file: string, since: Date | undefined): Promise<void> {
  const facts = since && (await fileFacts(file))
  if (since === undefined || (facts && facts.modifiedAt < since)) await removeFile(file)
}

async function removeRepository(folder: string, places: DiskPlaces, repoId: string): Promise<void> {
  requireObject(repoId, '0'.repeat(64))
  await rm(repositoryFolder(folder, repoId), { recursive: true, force: true })
  for (const name of await namesIn(places.uploads)) {
    if (name.startsWith(`${repoId}.`)) await removeFile(join(places.uploads, name))
  }
}

async function* listObjects(folder: string, repoId: string, places: DiskPlaces): AsyncGenerator<StoredObject> {
  for (const prefix of await namesIn(folder)) {
    for (const oid of await namesIn(join(folder, prefix))) {
      const facts = await fileFacts(places.object(repoId, oid))
      if (facts && /^[0-9a-f]{64}$/.test(oid)) yield { oid, ...facts }
    }
  }
}

async function* listRepositories(folder: string): AsyncGenerator<string> {
  for (const part of await namesIn(folder)) {
    if (!/^[0-9a-f]{2}$/.test(part)) continue
    for (const name of await namesIn(join(folder, part))) if (/^[0-9a-f]{24}$/.test(name)) yield name
  }
}

async function sweepUploads(places: DiskPlaces, olderThan: Date): Promise<number> {
  let removed = 0
  for (const name of await namesIn(places.uploads)) {
    const file = join(places.uploads, name)
    const facts = await fileFacts(file)
    if (facts === undefined || facts.modifiedAt >= olderThan) continue
    await removeFile(file)
    removed += 1
  }
  return removed
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(unlessMissing)) ?? []
}
