import { ApiError, lfs } from '../../../../api/index.ts'
import { repoAddress } from '../../../addresses.ts'
import type { RepoName } from '../../../places.ts'
import { bodyOf, send, type Watched } from './sending.ts'
import { sha256 } from './sha256.ts'

const type = 'application/vnd.git-lfs+json'
const pieceBytes = 4 * 1024 * 1024

/** How far a large file is: read for its hash, then sent. */
export interface LargeProgress {
  step: 'reading' | 'sending'
  bytes: number
}

interface Watching {
  onProgress: (progress: LargeProgress) => void
  signal: AbortSignal | undefined
}

/** Brings a large file to the LFS store of a repository, straight from the disk; answers what a commit calls it by. */
export async function uploadLarge(
  repo: RepoName,
  file: Blob,
  { onProgress, signal }: Watching,
): Promise<{ oid: string; size: number }> {
  const oid = await hashOf(file, { signal, onBytes: (bytes) => onProgress({ step: 'reading', bytes }) })
  const object = { oid, size: file.size }
  const actions = await askWhereTo(repo, object, signal)
  if (actions?.upload === undefined) return object
  const watched = { signal, onBytes: (bytes: number) => onProgress({ step: 'sending', bytes }) }
  const { href, header = {} } = actions.upload
  if (header.chunk_size === undefined) {
    await send({ method: 'PUT', address: here(href), type: 'application/octet-stream', body: file }, watched)
  } else {
    const parts = await sendParts(file, header, watched)
    const body = JSON.stringify({ oid, parts })
    await send({ method: 'POST', address: here(href), type, body }, { signal })
  }
  return object
}

const hashes = new WeakMap<Blob, string>()

// A file that was hashed once need not be again when its commit is sent once more.
async function hashOf(file: Blob, { onBytes, signal }: Watched): Promise<string> {
  const known = hashes.get(file)
  if (known !== undefined) return known
  const hash = sha256()
  for (let from = 0; from < file.size; from += pieceBytes) {
    signal?.throwIfAborted()
    const piece = await file.slice(from, from + pieceBytes).arrayBuffer()
    hash.add(new Uint8Array(piece))
    onBytes?.(from + piece.byteLength)
  }
  const hex = hash.hex()
  hashes.set(file, hex)
  return hex
}

async function askWhereTo(repo: RepoName, object: { oid: string; size: number }, signal: AbortSignal | undefined) {
  const address = `${repoAddress(repo)}.git/info/lfs/objects/batch`
  const question = { operation: 'upload', transfers: ['basic', 'multipart'], objects: [object], hash_algo: 'sha256' }
  const reply = await send({ method: 'POST', address, type, body: JSON.stringify(question) }, { signal })
  const [answer] = lfs.lfsBatch.reply.parse(bodyOf(reply)).objects
  if (answer?.error) throw new ApiError(answer.error.code, undefined, { error: answer.error.message }, undefined)
  return answer?.actions
}

interface Part {
  partNumber: number
  etag: string
}

// Every key but the size is the number of a part, and leads to where it goes.
async function sendParts(file: Blob, header: Record<string, string>, { onBytes, signal }: Watched): Promise<Part[]> {
  const { chunk_size: size, ...addresses } = header
  const partBytes = Number(size)
  const sent: Part[] = []
  for (const [index, key] of Object.keys(addresses).sort().entries()) {
    const from = index * partBytes
    const body = file.slice(from, from + partBytes)
    const address = here(addresses[key] ?? '')
    const watched = { signal, onBytes: (bytes: number) => onBytes?.(from + bytes) }
    const reply = await send({ method: 'PUT', address, type: 'application/octet-stream', body }, watched)
    sent.push({ partNumber: Number(key), etag: reply.getResponseHeader('etag') ?? '' })
  }
  return sent
}

// Links carry the public address of the hub; these pages may be looked at through another one.
function here(link: string): string {
  const { pathname, search } = new URL(link)
  return pathname + search
}
