import { createReadStream } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { now } from '../../kernel/clock.ts'
import { type LfsObject, type LfsStore, requireObject, type SaveAs, type StoredObject } from '../bytes/bytes.ts'
import { checked } from '../bytes/checks.ts'
import { longestLinkSeconds } from '../bytes/links.ts'
import { askStore, lazySdk, type S3Options } from './s3-client.ts'
import { listKeys, openKey, removeKey, type S3Place, sizeOfKey } from './s3-keys.ts'
import { listUnfinished, s3Parts } from './s3-parts.ts'
import { defaultPieces, type Pieces, sendPieces } from './s3-pieces.ts'

export type { S3Options } from './s3-client.ts'

/** The store of bytes in a bucket; uploads pass through the hub, which checks them, downloads go there directly. */
export function openLfsS3(options: S3Options, pieces: Pieces = defaultPieces): LfsStore {
  const place: S3Place = {
    sdk: lazySdk(options),
    bucket: options.bucket,
    prefix: options.prefix,
    pieces,
    object(repoId, oid) {
      requireObject(repoId, oid)
      return `${options.prefix}${repoId}/${oid.slice(0, 2)}/${oid}`
    },
  }
  return {
    kind: 's3',
    put: (repoId, object, body) => put(place, repoId, object, body),
    async adopt(repoId, object, file) {
      await put(place, repoId, object, createReadStream(file, { highWaterMark: 1024 * 1024 }))
      await unlink(file)
    },
    sizeOf: async (repoId, oid) => askStore(() => sizeOfKey(place, place.object(repoId, oid))),
    open: async (repoId, oid, range) => openKey(place, place.object(repoId, oid), range),
    fileOf: async () => undefined,
    downloadUrl: async (repoId, oid, seconds, as) => presign(place, place.object(repoId, oid), seconds, as),
    ...s3Parts(place),
    remove: async (repoId, oid, since) => askStore(() => removeKey(place, place.object(repoId, oid), since)),
    removeRepository: (repoId) => askStore(() => removeRepository(place, repoId)),
    list: (repoId) => listObjects(place, repoId),
    repositories: () => listRepositories(place),
    sweepUploads: (olderThan) => askStore(() => sweepUploads(place, olderThan)),
  }
}

async function put(place: S3Place, repoId: string, object: LfsObject, body: AsyncIterable<Uint8Array>): Promise<void> {
  const key = place.object(repoId, object.oid)
  await askStore(() => sendPieces(place, { key, size: object.size }, checked(object, body)))
}

async function presign(place: S3Place, key: string, seconds: number, as: SaveAs): Promise<string> {
  const [{ client, GetObjectCommand }, { getSignedUrl }] = await Promise.all([
    place.sdk(),
    import('@aws-sdk/s3-request-presigner'),
  ])
  const command = new GetObjectCommand({
    Bucket: place.bucket,
    Key: key,
    ResponseContentType: as.contentType,
    ResponseContentDisposition: attachment(as.fileName),
  })
  return getSignedUrl(client, command, { expiresIn: Math.min(seconds, longestLinkSeconds), signingDate: now() })
}

// RFC 6266 §4.3: the plain name for old readers, the exact one for the others.
function attachment(fileName: string): string {
  const plain = fileName.replace(/[^\w.() -]/g, '_')
  const exact = encodeURIComponent(fileName).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`
}

async function* listObjects(place: S3Place, repoId: string): AsyncGenerator<StoredObject> {
  for await (const { key, size, modifiedAt } of listKeys(place, `${place.prefix}${repoId}/`)) {
    const oid = key.slice(key.lastIndexOf('/') + 1)
    if (/^[0-9a-f]{64}$/.test(oid)) yield { oid, size, modifiedAt }
  }
}

async function* listRepositories({ sdk, bucket, prefix }: S3Place): AsyncGenerator<string> {
  const { client, paginateListObjectsV2 } = await sdk()
  const folders = { Bucket: bucket, Prefix: prefix, Delimiter: '/' }
  for await (const page of paginateListObjectsV2({ client }, folders)) {
    for (const { Prefix: folder = '' } of page.CommonPrefixes ?? []) {
      const name = folder.slice(prefix.length, -1)
      if (/^[0-9a-f]{24}$/.test(name)) yield name
    }
  }
}

async function removeRepository(place: S3Place, repoId: string): Promise<void> {
  requireObject(repoId, '0'.repeat(64))
  for (const folder of [`${place.prefix}${repoId}/`, `${place.prefix}uploads/${repoId}/`]) {
    for (const { abort } of await listUnfinished(place, folder)) await abort()
    for await (const { key } of listKeys(place, folder)) await removeKey(place, key)
  }
}

async function sweepUploads(place: S3Place, olderThan: Date): Promise<number> {
  let removed = 0
  for (const { begunAt, abort } of await listUnfinished(place, place.prefix)) {
    if (begunAt >= olderThan) continue
    await abort()
    removed += 1
  }
  for await (const { key, modifiedAt } of listKeys(place, `${place.prefix}uploads/`)) {
    if (modifiedAt >= olderThan) continue
    await removeKey(place, key)
    removed += 1
  }
  return removed
}
