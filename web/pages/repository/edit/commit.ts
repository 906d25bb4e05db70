import { ApiError, commits, type ReplyOf } from '../../../../api/index.ts'
import type { RepoParams } from '../../../repository.ts'

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

/** How far a commit is: files read into it, then bytes sent. */
export interface Progress {
  step: 'reading' | 'sending'
  files: number
  bytes: number
  totalBytes: number
}

interface Sending {
  onProgress?: (progress: Progress) => void
  signal?: AbortSignal
}

/** Commits changes to a branch. Large files are never held in memory whole: the browser keeps the body of the request. */
export async function commitChanges(
  target: { params: RepoParams; branch: string },
  words: CommitWords,
  changes: Change[],
  sending: Sending = {},
): Promise<ReplyOf<typeof commits.createCommit>> {
  const body = await bodyOf(words, changes, sending)
  const { repoType, namespace, repo } = target.params
  const path = [repoType, namespace, repo, 'commit', target.branch].map(encodeURIComponent).join('/')
  return send(`/api/${path}`, body, sending)
}

async function bodyOf(words: CommitWords, changes: Change[], sending: Sending): Promise<Blob> {
  const { summary, description, parentCommit } = words
  const header = { summary, ...(description !== '' && { description }), ...(parentCommit && { parentCommit }) }
  const parts: BlobPart[] = [`${JSON.stringify({ key: 'header', value: header })}\n`]
  const totalBytes = changes.reduce((sum, change) => sum + (change.kind === 'file' ? change.content.size : 0), 0)
  let bytes = 0
  for (const [files, change] of changes.entries()) {
    if (change.kind !== 'file') {
      parts.push(lineWithoutContent(change))
      continue
    }
    // A line of JSON around base64, of which nothing has to be escaped.
    parts.push(`{"key":"file","value":{"path":${JSON.stringify(change.path)},"encoding":"base64","content":"`)
    for await (const piece of base64Of(change.content)) {
      sending.signal?.throwIfAborted()
      parts.push(piece.text)
      bytes += piece.bytes
      sending.onProgress?.({ step: 'reading', files, bytes, totalBytes })
    }
    parts.push('"}}\n')
  }
  return new Blob(parts, { type: 'application/x-ndjson' })
}

function lineWithoutContent({ kind: key, ...value }: Exclude<Change, { kind: 'file' }>): string {
  return `${JSON.stringify({ key, value: key === 'lfsFile' ? { ...value, algo: 'sha256' } : value })}\n`
}

// Divisible by three, so that the pieces follow one another without padding between them.
const pieceBytes = 3 * 1024 * 1024

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

// Of the two ways to send, only this one tells how much has gone out.
function send(address: string, body: Blob, sending: Sending): Promise<ReplyOf<typeof commits.createCommit>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', address)
    request.setRequestHeader('Content-Type', 'application/x-ndjson')
    request.setRequestHeader('Accept', 'application/json')
    request.upload.onprogress = ({ loaded, total }) =>
      sending.onProgress?.({ step: 'sending', files: 0, bytes: loaded, totalBytes: total })
    request.onload = () => {
      const reply = parsed(request.responseText)
      const said = (name: string) => request.getResponseHeader(name) ?? undefined
      if (request.status < 300) resolve(commits.CommitReply.parse(reply))
      else reject(new ApiError(request.status, said('x-error-code'), reply, said('x-request-id')))
    }
    request.onerror = () => reject(new TypeError('the connection ended'))
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'))
    sending.signal?.addEventListener('abort', () => request.abort())
    request.send(body)
  })
}

function parsed(text: string): Record<string, unknown> {
  try {
    const reply: unknown = JSON.parse(text)
    return typeof reply === 'object' && reply !== null ? (reply as Record<string, unknown>) : {}
  } catch {
    return { error: text.slice(0, 500) }
  }
}
