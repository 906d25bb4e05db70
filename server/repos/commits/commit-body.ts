import { Readable } from 'node:stream'
import { z } from 'zod'
import { problemOf, type RawRequest } from '../../../api/index.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { decodeBase64, type Encoding, type Spool, type Spooled } from '../registry/spool.ts'
import { commitLimits } from './commit-limits.ts'
import { type Line, readLines } from './commit-stream.ts'

/** What a commit is to say. */
export interface CommitHeader {
  message: string
  /** The commit that the branch must still be at. */
  parent: string | undefined
}

/** One step of a commit as it was asked for. Without content it takes over what stood at `oldPath`. */
export type Operation =
  | { kind: 'file'; path: string; oldPath?: string | undefined; content?: Spooled | undefined }
  | { kind: 'lfs'; path: string; oldPath?: string | undefined; oid?: string | undefined; size?: number | undefined }
  | { kind: 'delete'; path: string }

export interface CommitBody {
  header: CommitHeader
  operations: Operation[]
}

const path = z.string()
const Header = z.object({
  summary: z.string().trim().min(1, 'must not be empty').max(commitLimits.descriptionLength),
  description: z.string().max(commitLimits.descriptionLength).nullish(),
  parentCommit: z
    .string()
    .regex(/^[0-9a-fA-F]{40}$/, 'must be a commit ID (40 hexadecimal digits)')
    .nullish(),
})
const File = z.object({
  path,
  oldPath: path.nullish(),
  content: z.string().nullish(),
  encoding: z.enum(['base64', 'utf-8', 'utf8']).nullish(),
})
const LfsFile = z.object({
  path,
  oldPath: path.nullish(),
  algo: z.literal('sha256', 'must be sha256').nullish(),
  oid: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
    .nullish(),
  size: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullish(),
})
const Deleted = z.object({ path })
const Keyed = z.object({ key: z.string(), value: z.unknown() })

/** Reads the body of a commit to its end; contents go to the spool. Throws `400` and `413`. */
export async function readCommit(raw: RawRequest, spool: Spool, mostBytes: number): Promise<CommitBody> {
  let header: CommitHeader | undefined
  const operations: Operation[] = []
  for await (const line of linesOf(raw, spool, mostBytes)) {
    const { key, value } = checked(Keyed, line.value, 'line')
    if (key === 'header') {
      if (header) throw new HubError('BadRequest', 'header: Must appear only once.')
      if (line.texts.size > 0) throw new HubError('PayloadTooLarge', 'header: Too long.')
      header = headerOf(value)
      continue
    }
    if (operations.length >= commitLimits.operations) {
      const most = commitLimits.operations.toLocaleString('en')
      throw new HubError(
        'PayloadTooLarge',
        `A commit can change at most ${most} files. Nothing was saved. Split it into several commits.`,
      )
    }
    operations.push(await operationOf(key, value, line, spool))
  }
  if (header === undefined) throw new HubError('BadRequest', 'header: Missing. It must be the first line of the body.')
  return { header, operations }
}

// Who sends a body must be able to hear the answer: where it is refused in the middle, the rest is read and dropped.
async function* linesOf({ headers, body }: RawRequest, spool: Spool, mostBytes: number): AsyncGenerator<Line> {
  if (!(body instanceof Readable)) throw new Error('a body comes as a stream')
  const chunks = atMost(mostBytes, body.iterator({ destroyOnReturn: false }))
  try {
    if (Number(headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes)
    if (/^application\/json\b/i.test(headers['content-type'] as string)) yield* linesOfObject(chunks, spool)
    else yield* readLines(chunks, spool)
  } finally {
    body.resume()
  }
}

async function* atMost(mostBytes: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > mostBytes) throw tooLarge(mostBytes)
    yield chunk
  }
}

function tooLarge(mostBytes: number): HubError {
  return new HubError(
    'PayloadTooLarge',
    `The commit is larger than the limit of ${mostBytes.toLocaleString('en')} bytes. Nothing was saved. Split it into several commits, or upload large files with LFS.`,
  )
}

const lists = { files: 'file', lfsFiles: 'lfsFile', deletedEntries: 'deletedEntry', deletedFiles: 'deletedFile' }

// The older form: one object instead of lines. A body of lines may also come under this name.
async function* linesOfObject(chunks: AsyncIterableIterator<Buffer>, spool: Spool): AsyncGenerator<Line> {
  const { start, isWhole } = await startOf(chunks, commitLimits.objectBytes)
  const texts = new Map()
  const whole = isWhole ? parsedOrNothing(start.toString()) : undefined
  if (whole === undefined || 'key' in whole) {
    yield* readLines(after(start, chunks), spool)
    return
  }
  yield { value: { key: 'header', value: whole }, texts }
  for (const [list, key] of Object.entries(lists)) {
    const values = whole[list] ?? []
    if (!Array.isArray(values)) throw badField(list, 'must be a list')
    for (const value of values) yield { value: { key, value }, texts }
  }
}

// The iterator goes on afterwards: it is not left as a loop would leave it.
async function startOf(chunks: AsyncIterator<Buffer>, mostBytes: number): Promise<{ start: Buffer; isWhole: boolean }> {
  const parts: Buffer[] = []
  let bytes = 0
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    parts.push(next.value)
    bytes += next.value.length
    if (bytes > mostBytes) return { start: Buffer.concat(parts), isWhole: false }
  }
  return { start: Buffer.concat(parts), isWhole: true }
}

async function* after(start: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield start
  yield* rest
}

function parsedOrNothing(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function headerOf(value: unknown): CommitHeader {
  const { summary, description, parentCommit } = checked(Header, value, 'header')
  const [title, rest] = titleOf(summary)
  const message = [title, rest, description].filter(Boolean).join('\n\n')
  refuseOddText('summary', message)
  return { message, parent: parentCommit?.toLowerCase() }
}

// Clients put whole paths into titles of their own making.
function titleOf(summary: string): [title: string, rest?: string] {
  const most = commitLimits.summaryLength
  if (summary.length <= most) return [summary]
  const isHalf = (at: number) => /[\ud800-\udbff]/.test(summary[at] ?? '')
  const end = isHalf(most - 2) ? most - 2 : most - 1
  return [`${summary.slice(0, end)}…`, `…${summary.slice(end)}`]
}

async function operationOf(key: string, value: unknown, line: Line, spool: Spool): Promise<Operation> {
  switch (key) {
    case 'file':
      return fileOf(checked(File, value, key), line, spool)
    case 'lfsFile': {
      refuseLong(line, 0)
      const { oldPath, oid, size, ...rest } = checked(LfsFile, value, key)
      if (!oid && !oldPath) throw badField('lfsFile.oid', 'is required unless oldPath is set')
      return {
        kind: 'lfs',
        path: rest.path,
        oldPath: oldPath ?? undefined,
        oid: oid ?? undefined,
        size: size ?? undefined,
      }
    }
    case 'deletedFile':
    case 'deletedFolder':
    case 'deletedEntry':
      refuseLong(line, 0)
      // Clients write a folder with a slash at its end
      return { kind: 'delete', path: checked(Deleted, value, key).path.replace(/(?<=.)\/$/, '') }
    default:
      throw new HubError('BadRequest', `${JSON.stringify(key.slice(0, 50))}: Unknown key. See the API reference.`)
  }
}

async function fileOf(file: z.output<typeof File>, line: Line, spool: Spool): Promise<Operation> {
  const encoding: Encoding = file.encoding === 'base64' ? 'base64' : 'utf-8'
  const oldPath = file.oldPath ?? undefined
  if (typeof file.content !== 'string') {
    refuseLong(line, 0)
    if (oldPath === undefined) throw badField('file.content', 'is required unless oldPath is set')
    return { kind: 'file', path: file.path, oldPath }
  }
  const text = line.texts.get(file.content)
  refuseLong(line, text ? 1 : 0)
  const content = text ? await spool.decode(text, encoding) : await spool.keep(bytesOf(file.content, encoding))
  return { kind: 'file', path: file.path, oldPath, content }
}

function bytesOf(content: string, encoding: Encoding): Buffer {
  if (encoding === 'base64') return decodeBase64(content)
  if (!content.isWellFormed()) throw badField('file.content', 'must not contain unpaired surrogates')
  return Buffer.from(content)
}

// A long text stands for itself by a name of ours, which must not be taken for a path.
function refuseLong(line: Line, expected: number): void {
  if (line.texts.size !== expected)
    throw new HubError('BadRequest', 'A line is too long. Only file contents can be this long.')
}

function refuseOddText(field: string, text: string): void {
  if (text.includes('\0')) throw badField(field, 'must not contain NUL')
  if (!text.isWellFormed()) throw badField(field, 'must not contain unpaired surrogates')
}

function checked<T>(schema: z.ZodType<T>, value: unknown, name: string): T {
  const { data, error } = schema.safeParse(value, { error: problemOf })
  const [issue] = error?.issues ?? []
  if (issue) throw badField([name, ...issue.path].join('.'), issue.message)
  return data as T
}
