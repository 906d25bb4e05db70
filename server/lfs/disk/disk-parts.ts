import { type FileHandle, open } from 'node:fs/promises'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { type LfsObject, type LfsStore, type PartBody, partBytes, requireObject } from '../bytes/bytes.ts'
import { partsInOrder, requireDigest, requirePart, requireSize, sized, unknownUpload } from '../bytes/checks.ts'
import type { Digests } from './digest.ts'
import type { DiskPlaces } from './disk.ts'
import { asFull, fileFacts, makeFolder, moveDurably, removeFile, unlessMissing, writeStream } from './durable.ts'

const digestBytes = 16 * 1024 * 1024

/**
 * Uploads in parts: every part is written at its place in one file, so that the whole needs no second copy; what came
 * in which order does not matter, since the whole is read and hashed at the end.
 */
export function diskParts(
  places: DiskPlaces,
): Pick<LfsStore, 'beginParts' | 'putPart' | 'completeParts' | 'abortParts'> {
  return {
    beginParts: (repoId, object) => beginParts(places, repoId, object),
    putPart: async (repoId, uploadId, part) => putPart(places, fileOf(places, repoId, uploadId), part),
    completeParts: async (repoId, uploadId, object, parts) => {
      requireObject(repoId, object.oid)
      partsInOrder(object.size, parts)
      const upload = fileOf(places, repoId, uploadId)
      await complete(places, upload, { object, place: places.object(repoId, object.oid) })
    },
    abortParts: async (repoId, uploadId) => removeFile(fileOf(places, repoId, uploadId).file),
  }
}

interface Upload {
  file: string
  size: number
}

// The size is in the name, so that a part finds its place without anything else being kept.
function fileOf(places: DiskPlaces, repoId: string, uploadId: string): Upload {
  const size = /^[0-9a-f]{24}-(\d{1,16})$/.exec(uploadId)?.[1]
  if (size === undefined) throw unknownUpload()
  return { file: places.upload(repoId, uploadId), size: Number(size) }
}

async function beginParts(places: DiskPlaces, repoId: string, object: LfsObject): Promise<string> {
  requireObject(repoId, object.oid)
  await makeFolder(places.uploads)
  await places.ask(object.size)
  const uploadId = `${newId()}-${object.size}`
  const handle = await open(places.upload(repoId, uploadId), 'wx', 0o600)
  await handle.close()
  return uploadId
}

// Of an upload that does not fit, nothing stays.
async function putPart(places: DiskPlaces, upload: Upload, part: PartBody): Promise<string> {
  requirePart(upload.size, part)
  const handle = await open(upload.file, 'r+').catch(unlessMissing)
  if (handle === undefined) throw unknownUpload()
  try {
    const from = (part.number - 1) * partBytes(upload.size)
    await writeStream(handle, sized(part.size, part.body), { ask: places.ask, from })
    await handle.datasync()
  } catch (error) {
    const refusal = asFull(error)
    if (refusal instanceof HubError && refusal.code === 'InsufficientStorage') await removeFile(upload.file)
    throw refusal
  } finally {
    await handle.close()
  }
  return `"${part.number}-${part.size}"`
}

async function complete(
  { digests }: DiskPlaces,
  upload: Upload,
  { object, place }: { object: LfsObject; place: string },
): Promise<void> {
  const handle = await open(upload.file, 'r+').catch(unlessMissing)
  if (handle === undefined) return requireDone(object, place)
  try {
    requireSize(object.size, (await handle.stat()).size)
    const [hex] = await Promise.all([digestOf(digests, handle, object.size), handle.sync()])
    requireDigest(object, hex)
  } catch (error) {
    await removeFile(upload.file)
    throw error
  } finally {
    await handle.close()
  }
  await moveDurably(upload.file, place).catch(unlessMissing)
  await requireDone(object, place)
}

async function digestOf(digests: Digests, { fd }: FileHandle, size: number): Promise<string> {
  const digest = digests.follow(fd)
  try {
    for (let at = 0; at < size; at += digestBytes) await digest.reaches(Math.min(at + digestBytes, size))
    return await digest.hex()
  } finally {
    await digest.leave()
  }
}

// The answer to the first completion may have been lost, and two may run at once.
async function requireDone(object: LfsObject, place: string): Promise<void> {
  if ((await fileFacts(place))?.size !== object.size) throw unknownUpload()
}
