import type { CompletedPart } from '@aws-sdk/client-s3'
import type { S3Place } from './s3-keys.ts'

/** The pieces in which bytes go to the store; each may be sent again, so a few are in memory at once. */
export interface Pieces {
  uploadBytes: number
  copyBytes: number
}

const mebibyte = 1024 * 1024
export const defaultPieces: Pieces = { uploadBytes: 8 * mebibyte, copyBytes: 512 * mebibyte }
const mostPieces = 10_000
const sentAtOnce = 2

/** The size of the pieces that so many bytes are cut into: the usual one, or more where that gave too many. */
export function pieceBytes(usual: number, size: number): number {
  return Math.max(usual, Math.ceil(size / mostPieces))
}

/**
 * Sends a stream to a key. Nothing is seen there before the stream has come to its end; when it throws, what was sent
 * is given up and the key is as it was.
 */
export async function sendPieces(
  place: S3Place,
  { key, size }: { key: string; size: number },
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const length = pieceBytes(place.pieces.uploadBytes, size)
  if (size <= length) return sendWhole(place, key, body)
  await inUpload(place, key, (uploadId) => sendEach(place, { key, uploadId }, inPieces(body, length)))
}

async function sendWhole({ sdk, bucket }: S3Place, key: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  const { client, PutObjectCommand } = await sdk()
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.concat(chunks) }))
}

/** Runs the sending of parts inside an upload, which is completed with them, or given up when that throws. */
export async function inUpload(
  { sdk, bucket }: S3Place,
  key: string,
  send: (uploadId: string) => Promise<CompletedPart[]>,
): Promise<void> {
  const { client, CreateMultipartUploadCommand, CompleteMultipartUploadCommand, AbortMultipartUploadCommand } =
    await sdk()
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }))
  const upload = { Bucket: bucket, Key: key, UploadId }
  try {
    const parts = await send(UploadId ?? '')
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }))
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined)
    throw error
  }
}

async function sendEach(
  { sdk, bucket }: S3Place,
  { key, uploadId }: { key: string; uploadId: string },
  pieces: AsyncIterable<Buffer>,
): Promise<CompletedPart[]> {
  const { client, UploadPartCommand } = await sdk()
  const sent: Promise<CompletedPart>[] = []
  try {
    for await (const piece of pieces) {
      await sent.at(-sentAtOnce)
      const part = { Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: sent.length + 1, Body: piece }
      const answer = client
        .send(new UploadPartCommand(part))
        .then(({ ETag }) => ({ ETag, PartNumber: part.PartNumber }))
      answer.catch(() => undefined)
      sent.push(answer as Promise<CompletedPart>)
    }
    return await Promise.all(sent)
  } finally {
    await Promise.allSettled(sent)
  }
}

async function* inPieces(body: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Buffer> {
  let piece = Buffer.allocUnsafe(length)
  let filled = 0
  for await (let chunk of body) {
    while (chunk.byteLength > 0) {
      const taken = Math.min(chunk.byteLength, length - filled)
      piece.set(chunk.subarray(0, taken), filled)
      filled += taken
      chunk = chunk.subarray(taken)
      if (filled < length) continue
      yield piece
      piece = Buffer.allocUnsafe(length)
      filled = 0
    }
  }
  if (filled > 0) yield piece.subarray(0, filled)
}
