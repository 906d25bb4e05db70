import { Readable } from 'node:stream'
import type { CompletedPart } from '@aws-sdk/client-s3'
import { newId } from '../../kernel/ids.ts'
import { type LfsObject, type LfsStore, type PartBody, requireObject, type SentPart } from '../bytes/bytes.ts'
import { checked, partsInOrder, requirePart, sized, unknownUpload } from '../bytes/checks.ts'
import { askStore, unlessAbsent } from './s3-client.ts'
import { openKey, removeKey, type S3Place, sizeOfKey } from './s3-keys.ts'
import { inUpload, pieceBytes } from './s3-pieces.ts'

/**
 * Uploads in parts: they are joined under a key of their own, read once to check the hash, and only then copied to the
 * object's key, so that no upload can overwrite an object with other bytes.
 */
export function s3Parts(place: S3Place): Pick<LfsStore, 'beginParts' | 'putPart' | 'completeParts' | 'abortParts'> {
  const completing = new Map<string, Promise<void>>()
  return {
    beginParts: (repoId, object) => askStore(() => beginParts(place, repoId, object)),
    putPart: (repoId, uploadId, part) => askStore(() => putPart(place, uploadOf(place, repoId, uploadId), part)),
    completeParts: async (repoId, uploadId, object, parts) => {
      const whole = { object, parts, to: place.object(repoId, object.oid) }
      const work = () => askStore(() => complete(place, uploadOf(place, repoId, uploadId), whole))
      await once(completing, `${repoId} ${uploadId}`, work)
    },
    abortParts: (repoId, uploadId) => askStore(() => giveUp(place, uploadOf(place, repoId, uploadId))),
  }
}

// A client that waited too long asks again while the first is at work: both get the one answer.
async function once(running: Map<string, Promise<void>>, key: string, work: () => Promise<void>): Promise<void> {
  const first = running.get(key) ?? work().finally(() => running.delete(key))
  running.set(key, first)
  await first
}

interface Upload {
  key: string
  size: number
  s3Id: string
}

// Our id says where the parts are and how many there must be: `<name>-<size>-<id of the store>`.
function uploadOf(place: S3Place, repoId: string, uploadId: string): Upload {
  requireObject(repoId, '0'.repeat(64))
  const [, name, size, s3Id] = /^([0-9a-f]{24})-(\d{1,16})-(.+)$/.exec(uploadId) ?? []
  if (name === undefined || s3Id === undefined) throw unknownUpload()
  return { key: `${place.prefix}uploads/${repoId}/${name}`, size: Number(size), s3Id }
}

async function beginParts(place: S3Place, repoId: string, object: LfsObject): Promise<string> {
  requireObject(repoId, object.oid)
  const { client, CreateMultipartUploadCommand } = await place.sdk()
  const name = newId()
  const target = { Bucket: place.bucket, Key: `${place.prefix}uploads/${repoId}/${name}` }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target))
  return `${name}-${object.size}-${UploadId}`
}

async function putPart({ sdk, bucket }: S3Place, { key, size, s3Id }: Upload, part: PartBody): Promise<string> {
  requirePart(size, part)
  const { client, UploadPartCommand } = await sdk()
  const stop = new AbortController()
  const body = Readable.from(sized(part.size, part.body), { objectMode: false })
  let failure: Error | undefined
  // The client waits for the rest of a body that ended in an error
  body.once('error', (error) => {
    failure = error
    stop.abort()
  })
  const target = { Bucket: bucket, Key: key, UploadId: s3Id, PartNumber: part.number }
  const command = new UploadPartCommand({ ...target, Body: body, ContentLength: part.size })
  try {
    const { ETag } = await client.send(command, { abortSignal: stop.signal })
    return ETag ?? ''
  } catch (error) {
    throw failure ?? error
  } finally {
    body.destroy()
  }
}

interface Whole {
  object: LfsObject
  parts: readonly SentPart[]
  to: string
}

async function complete(place: S3Place, upload: Upload, { object, parts, to }: Whole): Promise<void> {
  const sorted = partsInOrder(object.size, parts)
  await join(place, upload, sorted)
  const body = await openKey(place, upload.key)
  if (body === undefined) return requireDone(place, to, object)
  try {
    for await (const _ of checked(object, body));
  } catch (error) {
    await removeKey(place, upload.key)
    throw error
  } finally {
    body.destroy()
  }
  // Two completions can run at once: then the other has done it
  await copyKey(place, { from: upload.key, to, size: object.size }).catch(unlessAbsent)
  await requireDone(place, to, object)
  await removeKey(place, upload.key)
}

// The answer to the first completion may have been lost: then the parts are joined already, or even copied.
async function join({ sdk, bucket }: S3Place, { key, s3Id }: Upload, parts: SentPart[]): Promise<void> {
  const { client, CompleteMultipartUploadCommand } = await sdk()
  const joined = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }))
  const target = { Bucket: bucket, Key: key, UploadId: s3Id, MultipartUpload: { Parts: joined } }
  await client.send(new CompleteMultipartUploadCommand(target)).catch((error) => {
    if (error.name === 'InvalidPart') throw unknownUpload()
    if (error.name !== 'NoSuchUpload') throw error
  })
}

async function requireDone(place: S3Place, key: string, object: LfsObject): Promise<void> {
  if ((await sizeOfKey(place, key)) !== object.size) throw unknownUpload()
}

interface Copy {
  from: string
  to: string
  size: number
}

async function copyKey(place: S3Place, { from, to, size }: Copy): Promise<void> {
  const { client, CopyObjectCommand, UploadPartCopyCommand } = await place.sdk()
  const { bucket } = place
  const source = `${bucket}/${from.split('/').map(encodeURIComponent).join('/')}`
  const length = pieceBytes(place.pieces.copyBytes, size)
  if (size <= length) {
    await client.send(new CopyObjectCommand({ Bucket: bucket, Key: to, CopySource: source }))
    return
  }
  await inUpload(place, to, async (uploadId) => {
    const parts: CompletedPart[] = []
    for (let start = 0; start < size; start += length) {
      const part = { Bucket: bucket, Key: to, UploadId: uploadId, PartNumber: parts.length + 1, CopySource: source }
      const range = `bytes=${start}-${Math.min(start + length, size) - 1}`
      const { CopyPartResult } = await client.send(new UploadPartCopyCommand({ ...part, CopySourceRange: range }))
      parts.push({ ETag: CopyPartResult?.ETag, PartNumber: part.PartNumber })
    }
    return parts
  })
}

async function giveUp(place: S3Place, upload: Upload): Promise<void> {
  await abortUpload(place, upload.key, upload.s3Id)
  await removeKey(place, upload.key)
}

async function abortUpload({ sdk, bucket }: S3Place, key: string, s3Id: string): Promise<void> {
  const { client, AbortMultipartUploadCommand } = await sdk()
  const target = { Bucket: bucket, Key: key, UploadId: s3Id }
  await client.send(new AbortMultipartUploadCommand(target)).catch(unlessAbsent)
}

interface Unfinished {
  begunAt: Date
  abort: () => Promise<void>
}

/** Uploads under a prefix that were begun and neither completed nor given up. */
export async function listUnfinished(place: S3Place, prefix: string): Promise<Unfinished[]> {
  const { client, ListMultipartUploadsCommand } = await place.sdk()
  const found: Unfinished[] = []
  let after: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {}
  for (;;) {
    const asked = { Bucket: place.bucket, Prefix: prefix, ...after }
    const page = await client.send(new ListMultipartUploadsCommand(asked))
    for (const { Key = '', UploadId = '', Initiated = new Date(0) } of page.Uploads ?? []) {
      found.push({ begunAt: Initiated, abort: () => abortUpload(place, Key, UploadId) })
    }
    if (!page.IsTruncated) return found
    after = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
  }
}
