import { Readable } from 'node:stream'
import type { GitHost } from '../host.ts'
import { spilled } from '../process/spill.ts'
import { streamGit } from '../process/stream.ts'
import { type GitObject, mostContentBytes, type ObjectInfo } from './readers.ts'

export type { GitObject, ObjectInfo } from './readers.ts'

/** An object is larger than what may be held in memory; stream it instead. */
export class ObjectTooLarge extends Error {
  readonly info: ObjectInfo

  constructor(info: ObjectInfo) {
    super(`object ${info.oid} has ${info.size} bytes, more than the limit of ${mostContentBytes}`)
    this.name = 'ObjectTooLarge'
    this.info = info
  }
}

/** Bytes of a blob, both ends included. */
export interface ByteRange {
  start: number
  end: number
}

/** What an LFS pointer file stands for. */
export interface Pointer {
  /** sha256 of the content. */
  oid: string
  size: number
}

/** Blobs up to this size are answered whole by a reader; above it a process streams them. */
export const smallBlobBytes = 1024 * 1024

const longestStreamSeconds = 3600
const contentsAtOnce = 256

/** What an object is, by its id or by `<commit>:<path>` of a plain path; undefined when there is none. */
export async function objectInfo(host: GitHost, repoId: string, name: string): Promise<ObjectInfo | undefined> {
  const [info] = await host.readers.infos(repoId, [name])
  return info
}

/** What these objects are, in their order. */
export function objectInfos(
  host: GitHost,
  repoId: string,
  names: readonly string[],
): Promise<(ObjectInfo | undefined)[]> {
  return host.readers.infos(repoId, names)
}

/** An object with its content; throws {@link ObjectTooLarge} above 8 MiB. */
export async function readObject(host: GitHost, repoId: string, name: string): Promise<GitObject | undefined> {
  const [object] = await readObjects(host, repoId, [name])
  return object
}

/** Objects with their content, in their order; throws {@link ObjectTooLarge} when one is above 8 MiB. */
export async function readObjects(
  host: GitHost,
  repoId: string,
  names: readonly string[],
): Promise<(GitObject | undefined)[]> {
  const objects: (GitObject | undefined)[] = []
  // In portions, so that a long list does not hold up everybody else who asks this repository.
  for (let from = 0; from < names.length; from += contentsAtOnce) {
    objects.push(...(await readPortion(host, repoId, names.slice(from, from + contentsAtOnce))))
  }
  return objects
}

async function readPortion(
  host: GitHost,
  repoId: string,
  names: readonly string[],
): Promise<(GitObject | undefined)[]> {
  const kept = names.map((name) => host.readers.kept(repoId, name))
  const infos = await host.readers.infos(
    repoId,
    names.filter((_, index) => !kept[index]),
  )
  const present = infos.flatMap((info) => info ?? [])
  const large = present.find((info) => info.size > mostContentBytes)
  if (large) throw new ObjectTooLarge(large)
  const contents = (await host.readers.contents(repoId, present)).values()
  const missing = infos.map((info) => info && contents.next().value).values()
  return kept.map((object) => object ?? missing.next().value)
}

/** The bytes of a blob as a stream, or a range of them; its process ends with the stream. */
export function openBlob(host: GitHost, repoId: string, oid: string, range?: ByteRange): Readable {
  if (!/^[0-9a-f]{40}$/.test(oid)) throw new Error('a blob is opened by its id')
  return Readable.from(blobChunks(host, repoId, oid, range), { objectMode: false })
}

async function* blobChunks(
  host: GitHost,
  repoId: string,
  oid: string,
  range: ByteRange = { start: 0, end: Number.MAX_SAFE_INTEGER },
): AsyncGenerator<Buffer> {
  const info = host.readers.kept(repoId, oid) ?? (await objectInfo(host, repoId, oid))
  if (info?.type !== 'blob') throw new Error(`there is no blob ${oid}`)
  if (info.size > smallBlobBytes) {
    const run = { timeLimitSeconds: longestStreamSeconds, places: host.downloads }
    yield* spilled(cut(streamGit(host, repoId, ['cat-file', 'blob', oid], run), range), host.answers)
    return
  }
  const object = await readObject(host, repoId, oid)
  if (!object) throw new Error(`there is no blob ${oid}`)
  yield object.content.subarray(range.start, range.end + 1)
}

async function* cut(chunks: AsyncGenerator<Buffer>, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  let offset = 0
  for await (const chunk of chunks) {
    const piece = chunk.subarray(Math.max(0, start - offset), Math.max(0, end + 1 - offset))
    offset += chunk.length
    if (piece.length > 0) yield piece
    if (offset > end) return
  }
}

const pointerVersion = 'version https://git-lfs.github.com/spec/v1'

/** The text that stands in git for a file in LFS. */
export function pointerText({ oid, size }: { oid: string; size: number }): string {
  return `${pointerVersion}\noid sha256:${oid}\nsize ${size}\n`
}

/** Reads an LFS pointer file; undefined for anything that is not exactly one. */
export function parsePointer(content: Buffer): Pointer | undefined {
  if (content.length > 1024 || !content.toString('latin1', 0, 8).startsWith('version ')) return undefined
  const lines = content.toString('utf8').split('\n')
  if (lines.pop() !== '' || lines.shift() !== pointerVersion) return undefined
  const pairs = lines.map((line) => /^([a-z0-9.-]+) ([^\r]+)$/.exec(line))
  const keys = pairs.map((pair) => pair?.[1])
  // Sorted, each once; what stands beside `oid` and `size` belongs to extensions, `ext-…`.
  if (keys.some((key, index) => index > 0 && !(key && key > (keys[index - 1] ?? '')))) return undefined
  if (keys.some((key) => !/^(oid|size|ext-\d-.+)$/.test(key ?? ''))) return undefined
  const value = (key: string) => pairs.find((pair) => pair?.[1] === key)?.[2] ?? ''
  const [, oid] = /^sha256:([0-9a-f]{64})$/.exec(value('oid')) ?? []
  const [, size] = /^(0|[1-9]\d{0,15})$/.exec(value('size')) ?? []
  if (!oid || !size || !Number.isSafeInteger(Number(size))) return undefined
  return { oid, size: Number(size) }
}
