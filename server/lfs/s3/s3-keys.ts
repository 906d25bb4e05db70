import type { Readable } from 'node:stream'
import { now } from '../../kernel/clock.ts'
import type { ByteRange, StoredObject } from '../bytes/bytes.ts'
import { askStore, type Sdk, unlessAbsent } from './s3-client.ts'
import type { Pieces } from './s3-pieces.ts'

/** A store and its keys: `<prefix><repository>/<first two of the hash>/<hash>`, and `<prefix>uploads/…` until whole. */
export interface S3Place {
  sdk: () => Promise<Sdk>
  bucket: string
  prefix: string
  pieces: Pieces
  object(repoId: string, oid: string): string
}

/** The size of what is under a key, or undefined. */
export async function sizeOfKey({ sdk, bucket }: S3Place, key: string): Promise<number | undefined> {
  const { client, HeadObjectCommand } = await sdk()
  const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).catch(unlessAbsent)
  return found && (found.ContentLength ?? 0)
}

/** Removes what is under a key, which may be nothing; unless it was put there at or after `since`. */
export async function removeKey({ sdk, bucket }: S3Place, key: string, since?: Date): Promise<void> {
  const { client, DeleteObjectCommand, HeadObjectCommand } = await sdk()
  const target = { Bucket: bucket, Key: key }
  if (since !== undefined) {
    const found = await client.send(new HeadObjectCommand(target)).catch(unlessAbsent)
    if (found?.LastModified === undefined || found.LastModified >= since) return
  }
  await client.send(new DeleteObjectCommand(target)).catch(unlessAbsent)
}

/** Opens what is under a key, or a range of it. */
export async function openKey(place: S3Place, key: string, range?: ByteRange): Promise<Readable | undefined> {
  const { client, GetObjectCommand } = await place.sdk()
  const asked = { Bucket: place.bucket, Key: key, ...(range && { Range: `bytes=${range.start}-${range.end}` }) }
  const found = await askStore(() => client.send(new GetObjectCommand(asked)).catch(unlessAbsent))
  return found?.Body as Readable | undefined
}

/** Everything under a prefix. */
export async function* listKeys(
  { sdk, bucket }: S3Place,
  prefix: string,
): AsyncGenerator<{ key: string } & Omit<StoredObject, 'oid'>> {
  const { client, paginateListObjectsV2 } = await sdk()
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key: key, Size: size = 0, LastModified: modifiedAt = now() } of page.Contents ?? []) {
      if (key !== undefined) yield { key, size, modifiedAt }
    }
  }
}
