import type { Readable } from 'node:stream'

/** A large file by its content: SHA-256 in lower-case hex, and its size in bytes. */
export interface LfsObject {
  oid: string
  size: number
}

/** A part that the client says it sent. */
export interface SentPart {
  partNumber: number
  etag: string
}

/** The first and the last byte that are wanted. */
export interface ByteRange {
  start: number
  end: number
}

/** How a browser is to take a download. */
export interface SaveAs {
  fileName: string
  contentType: string
}

/** An object that is there, and since when. */
export interface StoredObject extends LfsObject {
  modifiedAt: Date
}

/**
 * Where the bytes of large files are, repository by repository: the same bytes in two repositories are there twice.
 * Whatever resolves is durable. Refusals are `422` (other bytes than announced), `400` (too few, too many),
 * `404` (unknown upload) and `507` (no space); a refused object leaves nothing behind.
 */
export interface LfsStore {
  kind: 'disk' | 's3'
  /** Stores a stream, checking hash and size while it passes; the same object twice at once is harmless. */
  put(repoId: string, object: LfsObject, body: AsyncIterable<Uint8Array>): Promise<void>
  /** Takes over a file whose hash was checked already; after a failure the file is still the caller's. */
  adopt(repoId: string, object: LfsObject, file: string): Promise<void>
  sizeOf(repoId: string, oid: string): Promise<number | undefined>
  /** Opens an object, or a part of it; the caller reads the stream to its end or destroys it. */
  open(repoId: string, oid: string, range?: ByteRange): Promise<Readable | undefined>
  /** The file of an object, where there is one that the hub can send as it is. */
  fileOf(repoId: string, oid: string): Promise<string | undefined>
  /** An address that gives the bytes to anyone for so many seconds; undefined where the hub sends them itself. */
  downloadUrl(repoId: string, oid: string, seconds: number, as: SaveAs): Promise<string | undefined>
  /** Begins an upload in parts of `partBytes(object.size)`, which may come in any order, at once, and again. */
  beginParts(repoId: string, object: LfsObject): Promise<string>
  /** Stores one part, from 1, and answers its tag. */
  putPart(repoId: string, uploadId: string, part: PartBody): Promise<string>
  /** Makes an object of the parts after checking hash and size of the whole; doing it again is harmless. */
  completeParts(repoId: string, uploadId: string, object: LfsObject, parts: readonly SentPart[]): Promise<void>
  abortParts(repoId: string, uploadId: string): Promise<void>
  /** Removes an object that may be gone; one that was stored at or after `since` is left. */
  remove(repoId: string, oid: string, since?: Date): Promise<void>
  /** Removes every object and every unfinished upload of a repository. */
  removeRepository(repoId: string): Promise<void>
  list(repoId: string): AsyncIterable<StoredObject>
  /** Ids of the repositories that have bytes here. */
  repositories(): AsyncIterable<string>
  /** Removes what unfinished uploads left and no one touched since; answers how many there were. */
  sweepUploads(olderThan: Date): Promise<number>
}

/** One part of an upload as it arrives. */
export interface PartBody {
  number: number
  size: number
  body: AsyncIterable<Uint8Array>
}

const mebibyte = 1024 * 1024
const leastPartBytes = 32 * mebibyte
/** As many parts as an S3 upload may have. */
const mostParts = 10_000

/** The size of every part but the last of an object of this size: at least 32 MiB, whole MiB, at most 10,000 parts. */
export function partBytes(size: number): number {
  return Math.max(leastPartBytes, Math.ceil(size / mostParts / mebibyte) * mebibyte)
}

/** How many parts an object of this size has; an empty one has one. */
export function partCount(size: number): number {
  return Math.max(1, Math.ceil(size / partBytes(size)))
}

/** Refuses what could be no object: a bug of the caller, since names from outside are checked before. */
export function requireObject(repoId: string, oid: string): void {
  if (!/^[0-9a-f]{24}$/.test(repoId)) throw new Error('bytes are found by the id of their repository')
  if (!/^[0-9a-f]{64}$/.test(oid)) throw new Error('bytes are found by their SHA-256')
}
