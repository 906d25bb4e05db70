import type * as api from '../../../api/index.ts'
import type { InputOf, RawReply, RawRequest } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import type { GitHost } from '../../git/host.ts'
import { openBlob, type Pointer, parsePointer } from '../../git/objects/objects.ts'
import { type FoundFile, findFile } from '../../git/objects/revisions.ts'
import { HubError } from '../../kernel/errors.ts'
import { lfsBody } from '../../lfs/bytes/body.ts'
import type { LfsStore } from '../../lfs/bytes/bytes.ts'
import type { Db } from '../../store/database.ts'
import type { Downloads } from '../gates/downloads.ts'
import { dispositionOf, mediaTypeOf } from '../registry/media.ts'
import type { RepoStores } from '../registry/places.ts'
import { type ByteRange, namesTag, rangeOf } from '../registry/ranges.ts'
import { noSuchEntry, noSuchRevision } from '../registry/revision.ts'

type Files = typeof api.files
type Reading = Permit<'repo.read'>

interface Asked {
  namespace: string
  repo: string
  rev: string
  path: string
  download?: boolean | undefined
  raw: RawRequest
}

/** A file as it is to be sent: where its bytes are, and what is said of it. */
interface Sendable {
  size: number
  etag: string
  commit: string
  path: string
  /** Headers beside the usual ones. */
  linked: Record<string, string>
  bytes: (range: ByteRange | undefined) => Promise<RawReply['body']>
  /** Its first bytes, where they are at hand. */
  start?: Buffer | undefined
}

const linkSeconds = 600
// Asked for again each time: who may read it can change, and then the answer is one line.
const caching = { 'Cache-Control': 'private, no-cache', Vary: 'Authorization, Cookie' }

/** Sends a file of a revision, or a range of it; of a file in LFS its content, or where to get it. */
export async function resolveFile(
  _db: Db,
  permit: Reading,
  input: InputOf<Files['resolveFile']>,
  { downloads, ...stores }: RepoStores & { downloads: Downloads },
): Promise<RawReply> {
  const moved = movedTo(permit, input)
  if (moved !== undefined) return moved
  const { commit, blob } = await getFile(stores.git, permit, input)
  if (input.raw.method !== 'HEAD') downloads.note(permit, { via: 'file', path: input.path, revision: commit })
  const pointer = blob.content && parsePointer(blob.content)
  if (pointer === undefined)
    return sendFile(input, plainFile({ git: stores.git, repoId: permit.repo.id }, input.path, { commit, blob }))
  const etag = `"${pointer.oid}"`
  const headers = { ...linkedHeaders(pointer), ETag: etag, 'X-Repo-Commit': commit, ...caching }
  if (namesTag(input.raw.headers['if-none-match'], etag)) return { status: 304, headers }
  const address = await stores.lfs.downloadUrl(permit.repo.id, pointer.oid, linkSeconds, saveAs(input))
  if (address === undefined)
    return sendFile(input, lfsFile({ lfs: stores.lfs, repoId: permit.repo.id }, input.path, { commit, pointer }))
  // The clients read what they need to know from the redirect itself.
  return { status: 302, headers: { ...headers, Location: address } }
}

/** Sends a file as it stands in git: of a file in LFS the pointer. */
export async function rawFile(
  _db: Db,
  permit: Reading,
  input: InputOf<Files['rawFile']>,
  { git, downloads }: { git: GitHost; downloads: Downloads },
): Promise<RawReply> {
  const moved = movedTo(permit, input)
  if (moved !== undefined) return moved
  const found = await getFile(git, permit, input)
  if (input.raw.method !== 'HEAD') downloads.note(permit, { via: 'file', path: input.path, revision: found.commit })
  return sendFile(input, plainFile({ git, repoId: permit.repo.id }, input.path, found))
}

type Found = FoundFile & { blob: NonNullable<FoundFile['blob']> }

async function getFile(git: GitHost, permit: Reading, { rev, path }: Asked): Promise<Found> {
  const found = await findFile(git, permit.repo.id, rev, path)
  if (found === undefined) throw noSuchRevision(rev)
  if (found.blob === undefined) throw noSuchEntry(found.commit)
  return { commit: found.commit, blob: found.blob }
}

// The old name of a repository leads to its new one; clients follow a path, and no more than that.
function movedTo({ repo }: Reading, { namespace, repo: asked, raw }: Asked): RawReply | undefined {
  if (same(namespace, repo.namespace) && same(asked, repo.name)) return undefined
  const [path = '', ...query] = raw.url.split('?')
  const segments = path.split('/')
  const isAt = (index: number, name: string) =>
    same(decodeURIComponent(segments[index] ?? '').replace(/\.git$/i, ''), name)
  const at = segments.findIndex((_, index) => isAt(index, namespace) && isAt(index + 1, asked))
  segments.splice(at, 2, repo.namespace, repo.name)
  return { status: 307, headers: { Location: [segments.join('/'), ...query].join('?'), ...caching } }
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function plainFile({ git, repoId }: { git: GitHost; repoId: string }, path: string, { commit, blob }: Found): Sendable {
  const { content, oid, size } = blob
  return {
    ...{ size, commit, path, linked: {}, start: content },
    etag: `"${oid}"`,
    bytes: async (range) =>
      content ? content.subarray(range?.start, range && range.end + 1) : openBlob(git, repoId, oid, range),
  }
}

function lfsFile(
  { lfs, repoId }: { lfs: LfsStore; repoId: string },
  path: string,
  { commit, pointer }: { commit: string; pointer: Pointer },
): Sendable {
  return {
    ...{ size: pointer.size, commit, path, linked: linkedHeaders(pointer) },
    etag: `"${pointer.oid}"`,
    async bytes(range) {
      if (pointer.size === 0) return Buffer.alloc(0)
      // Whatever is there: no more may follow than was announced
      const whole = { start: 0, end: pointer.size - 1 }
      const stream = await lfsBody(lfs, repoId, pointer.oid, range ?? whole)
      if (stream === undefined) throw noSuchEntry(commit)
      return stream
    },
  }
}

function linkedHeaders({ oid, size }: Pointer): Record<string, string> {
  return { 'X-Linked-Etag': `"${oid}"`, 'X-Linked-Size': String(size) }
}

function saveAs({ path }: Asked): { fileName: string; contentType: string } {
  return { fileName: fileNameOf(path), contentType: mediaTypeOf(path) }
}

function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

async function sendFile({ raw, download }: Asked, file: Sendable): Promise<RawReply> {
  const told = { ETag: file.etag, 'X-Repo-Commit': file.commit, ...file.linked, ...caching }
  if (namesTag(raw.headers['if-none-match'], file.etag)) return { status: 304, headers: told }
  const headers = {
    ...told,
    'Accept-Ranges': 'bytes',
    'Content-Type': mediaTypeOf(file.path, file.start),
    'Content-Disposition': dispositionOf(download ? 'attachment' : 'inline', fileNameOf(file.path)),
  }
  const range = wantedRange(raw, file)
  const length = range ? range.end + 1 - range.start : file.size
  const body = raw.method === 'HEAD' ? undefined : await file.bytes(range)
  const partly = range && { 'Content-Range': `bytes ${range.start}-${range.end}/${file.size}` }
  // Of nothing there is no range, and a refusal would stop the clients that always ask for one.
  const empty = file.size === 0 && raw.headers.range !== undefined && { 'Content-Range': 'bytes */0' }
  return {
    status: range ? 206 : 200,
    headers: { ...headers, ...partly, ...empty, 'Content-Length': String(length) },
    body,
  }
}

function wantedRange({ method, headers }: RawRequest, file: Sendable): ByteRange | undefined {
  const condition = headers['if-range']
  // A range of what has changed meanwhile would be of no use; RFC 9110 §13.1.5 sends all of it instead.
  if (method === 'HEAD' || file.size === 0 || (condition !== undefined && condition !== file.etag)) return undefined
  const range = rangeOf(headers.range, file.size)
  if (range !== 'unsatisfiable') return range
  throw new HubError('RangeNotSatisfiable', `Range: The file has only ${file.size} bytes.`, {
    headers: { 'Content-Range': `bytes */${file.size}`, 'X-Repo-Commit': file.commit, ETag: file.etag },
  })
}
