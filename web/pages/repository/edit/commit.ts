import { commits, type ReplyOf } from '../../../../api/index.ts'
import type { RepoParams, Repository } from '../../../repository.ts'
import { uploadLarge } from './largeFiles.ts'
import { bodyOf, send } from './sending.ts'

/** One line of a commit: a file with its content, a large file that the repository holds already, or one that goes. */
export type Change =
  | { kind: 'file'; path: string; content: Blob }
  | { kind: 'lfsFile'; path: string; oid: string; size: number }
  | { kind: 'deletedFile'; path: string }

/** What a commit says of itself, and the commit it is made after; without that it goes on top of whatever is there. */
export interface CommitWords {
  summary: string
  description: string
  parentCommit: string | undefined
}

/** How far a commit is. `path` is the large file that is under way; without one it is everything else, together. */
export interface Progress {
  step: 'reading' | 'sending'
  path?: string
  bytes: number
  totalBytes: number
}

interface Sending {
  onProgress: (progress: Progress) => void
  signal: AbortSignal
}

/** Commits changes to a branch. Large files go to LFS first, straight from the disk. */
export async function commitChanges(
  target: { repo: Pick<Repository, 'type' | 'id' | 'params'>; branch: string },
  words: CommitWords,
  changes: Change[],
  sending: Sending,
): Promise<ReplyOf<typeof commits.createCommit>> {
  const { repo, branch } = target
  const lines: Change[] = []
  const isLarge = largeAmong(changes)
  for (const change of changes) lines.push(isLarge(change) ? await asLarge(repo, change, sending) : change)
  const body = await bodyFor(words, lines, sending)
  const watched = {
    signal: sending.signal,
    onBytes: (bytes: number) => sending.onProgress({ step: 'sending', bytes, totalBytes: body.size }),
  }
  const address = commitAddress(repo.params, branch)
  const reply = await send({ method: 'POST', address, type: 'application/x-ndjson', body }, watched)
  return commits.CommitReply.parse(bodyOf(reply))
}

function commitAddress({ repoType, namespace, repo }: RepoParams, branch: string): string {
  return `/api/${[repoType, namespace, repo, 'commit', branch].map(encodeURIComponent).join('/')}`
}

const mebibyte = 1024 * 1024
/** A file beyond this goes to LFS in any case: the hub would move it there itself. */
const largeBytes = 10 * mebibyte
/** What the lines of a commit may hold in all; beyond that, smaller files go to LFS as well. */
const bodyBytes = 256 * mebibyte

type FileChange = Extract<Change, { kind: 'file' }>

function largeAmong(changes: Change[]): (change: Change) => change is FileChange {
  const small = changes.flatMap((change) =>
    change.kind === 'file' && change.content.size <= largeBytes ? change.content.size : [],
  )
  const isMuch = small.reduce((sum, size) => sum + size, 0) > bodyBytes
  const limit = isMuch ? mebibyte : largeBytes
  return (change): change is FileChange => change.kind === 'file' && change.content.size > limit
}

async function asLarge(
  repo: Pick<Repository, 'type' | 'id'>,
  { path, content }: FileChange,
  { onProgress, signal }: Sending,
): Promise<Change> {
  const totalBytes = content.size
  const object = await uploadLarge(repo, content, {
    signal,
    onProgress: ({ step, bytes }) => onProgress({ step, path, bytes, totalBytes }),
  })
  return { kind: 'lfsFile', path, ...object }
}

async function bodyFor(words: CommitWords, changes: Change[], { onProgress, signal }: Sending): Promise<Blob> {
  const { summary, description, parentCommit } = words
  const header = { summary, ...(description !== '' && { description }), ...(parentCommit && { parentCommit }) }
  const parts: BlobPart[] = [`${JSON.stringify({ key: 'header', value: header })}\n`]
  const totalBytes = changes.reduce((sum, change) => sum + (change.kind === 'file' ? change.content.size : 0), 0)
  let bytes = 0
  for (const change of changes) {
    if (change.kind !== 'file') {
      parts.push(lineWithoutContent(change))
      continue
    }
    // A line of JSON around base64, of which nothing has to be escaped.
    parts.push(`{"key":"file","value":{"path":${JSON.stringify(change.path)},"encoding":"base64","content":"`)
    for await (const piece of base64Of(change.content)) {
      signal.throwIfAborted()
      parts.push(piece.text)
      bytes += piece.bytes
      onProgress({ step: 'reading', bytes, totalBytes })
    }
    parts.push('"}}\n')
  }
  return new Blob(parts, { type: 'application/x-ndjson' })
}

function lineWithoutContent({ kind: key, ...value }: Exclude<Change, { kind: 'file' }>): string {
  return `${JSON.stringify({ key, value: key === 'lfsFile' ? { ...value, algo: 'sha256' } : value })}\n`
}

// Divisible by three, so that the pieces follow one another without padding between them.
const pieceBytes = 3 * mebibyte

async function* base64Of(content: Blob): AsyncIterable<{ text: Blob; bytes: number }> {
  for (let from = 0; from < content.size; from += pieceBytes) {
    const piece = content.slice(from, from + pieceBytes)
    const address = await dataAddress(piece)
    // As a blob of its own the browser may put it on disk.
    yield { text: new Blob([address.slice(address.indexOf(',') + 1)]), bytes: piece.size }
  }
}

function dataAddress(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(piece)
  })
}
