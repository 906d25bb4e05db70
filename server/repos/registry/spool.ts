import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { asFull, removeFile, unlessMissing } from '../../lfs/disk/durable.ts'
import type { DiskReserve } from '../../shares/disk.ts'

/** Bytes that arrived and are not kept yet. */
export interface Spooled {
  size: number
  /** What git calls them. */
  gitOid: string
  /** What LFS calls them. */
  sha256: string
  /** Themselves while they are few, else where they stand, alone in their file or with others. */
  content: Buffer | { file: string; offset: number; isAlone: boolean }
}

/** Text of a request that is too long for memory, as UTF-8 in a file of its own. */
export interface SpooledText {
  file: string
  bytes: number
}

export type Encoding = 'base64' | 'utf-8'

/** Takes what one request brings, in files once it is more than a little; all of it goes with `clear`. */
export interface Spool {
  keep(content: Buffer): Promise<Spooled>
  /** Takes over a long text as the bytes that it stands for; throws `400` when it is not in the encoding. */
  decode(text: SpooledText, encoding: Encoding): Promise<Spooled>
  openText(): Promise<{ write(chunk: Buffer): Promise<void>; close(): Promise<SpooledText> }>
  clear(): Promise<void>
}

const inMemoryBytes = 1024 * 1024
/** Up to here a content is always in memory: it may be a pointer, which is looked at. */
const smallBytes = 1024
const readBytes = 256 * 1024

/** Opens a spool in a folder; nothing is made there before it is needed. Throws `507` where it would touch the reserve. */
export function openSpool(folder: string, reserve: DiskReserve): Spool {
  const name = newId()
  const files: string[] = []
  const handles = new Set<FileHandle>()
  let inMemory = 0
  let shared: { handle: FileHandle; file: string; offset: number } | undefined

  const newFile = async () => {
    const file = join(folder, `${name}.${files.length}`)
    files.push(file)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const handle = await open(file, 'wx', 0o600)
    handles.add(handle)
    return { file, handle }
  }

  const write = async (handle: FileHandle, content: Buffer) => {
    await reserve.ask(folder, content.length)
    await handle.writeFile(content).catch((error) => {
      throw asFull(error)
    })
  }

  const close = async (handle: FileHandle) => {
    handles.delete(handle)
    await handle.close()
  }

  async function append(content: Buffer): Promise<Exclude<Spooled['content'], Buffer>> {
    shared ??= { ...(await newFile()), offset: 0 }
    const { file, offset } = shared
    shared.offset += content.length
    await write(shared.handle, content)
    return { file, offset, isAlone: false }
  }

  return {
    async keep(content) {
      const facts = { size: content.length, gitOid: gitOidOf(content), sha256: sha256Of(content) }
      const isFew = content.length <= smallBytes || inMemory + content.length <= inMemoryBytes
      if (isFew) inMemory += content.length
      return { ...facts, content: isFew ? content : await append(content) }
    },
    async openText() {
      const { file, handle } = await newFile()
      let bytes = 0
      return {
        async write(chunk) {
          bytes += chunk.length
          await write(handle, chunk)
        },
        async close() {
          await close(handle)
          return { file, bytes }
        },
      }
    },
    async decode(text, encoding) {
      const { file, handle } = await newFile()
      try {
        const hashes = startHashes(encoding === 'base64' ? await base64Size(text) : text.bytes)
        for await (const bytes of encoding === 'base64' ? base64Bytes(text) : bytesOf(text)) {
          hashes.update(bytes)
          await write(handle, bytes)
        }
        return { ...hashes.end(), content: { file, offset: 0, isAlone: true } }
      } finally {
        await close(handle)
        await removeFile(text.file)
      }
    },
    async clear() {
      await Promise.all([...handles].map(close))
      await Promise.all(files.map((file) => rm(file, { force: true })))
    },
  }
}

/** The bytes of what was spooled, whole or as a stream. */
export function openSpooled({ size, content }: Spooled): Buffer | { size: number; stream: Readable } {
  if (Buffer.isBuffer(content)) return content
  if (size === 0) return Buffer.alloc(0)
  const { file, offset } = content
  return { size, stream: createReadStream(file, { start: offset, end: offset + size - 1, highWaterMark: readBytes }) }
}

/** Removes what requests left that never came to an end; answers how many files. */
export async function sweepSpool(folder: string, olderThan: Date): Promise<number> {
  let removed = 0
  for (const name of (await readdir(folder).catch(unlessMissing)) ?? []) {
    const file = join(folder, name)
    const facts = /^[0-9a-f]{24}\.\d+$/.test(name) ? await stat(file).catch(unlessMissing) : undefined
    if (facts === undefined || facts.mtime >= olderThan) continue
    await removeFile(file)
    removed++
  }
  return removed
}

function bytesOf({ file }: SpooledText): AsyncIterable<Buffer> {
  return createReadStream(file, { highWaterMark: readBytes })
}

// The last bytes tell how much the padding takes away.
async function base64Size({ file, bytes }: SpooledText): Promise<number> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, Math.max(0, bytes - 2))
    const padding = /=*$/.exec(buffer.toString('latin1', 0, bytesRead))?.[0].length ?? 0
    return Math.floor(((bytes - padding) * 3) / 4)
  } finally {
    await handle.close()
  }
}

async function* base64Bytes(text: SpooledText): AsyncIterable<Buffer> {
  let rest = ''
  let ended = false
  for await (const chunk of bytesOf(text)) {
    if (ended) throw notBase64()
    const characters = rest + chunk.toString('latin1')
    const whole = characters.length - (characters.length % 4)
    rest = characters.slice(whole)
    const piece = characters.slice(0, whole)
    ended = piece.endsWith('=')
    yield decodeBase64(piece)
  }
  if (rest !== '') yield decodeBase64(rest)
}

/** The bytes that a base64 text stands for, padded or not; throws `400` when it is none. */
export function decodeBase64(text: string): Buffer {
  // Quicker than a look at each character: what is not base64 is left out by the decoder and misses afterwards
  const bytes = Buffer.from(text, 'base64')
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const characters = text.length - padding
  const isWhole = padding === 0 ? characters % 4 !== 1 : text.length % 4 === 0
  if (!isWhole || bytes.length !== Math.floor((characters * 3) / 4) || /[-_]/.test(text)) throw notBase64()
  return bytes
}

function notBase64(): HubError {
  return new HubError('BadRequest', 'content: Not valid base64.')
}

function gitOidOf(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
}

function sha256Of(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

function startHashes(announced: number): { update(bytes: Buffer): void; end(): Omit<Spooled, 'content'> } {
  const git: Hash = createHash('sha1').update(`blob ${announced}\0`)
  const lfs: Hash = createHash('sha256')
  let size = 0
  return {
    update(bytes) {
      size += bytes.length
      git.update(bytes)
      lfs.update(bytes)
    },
    end() {
      if (size !== announced) throw notBase64()
      return { size, gitOid: git.digest('hex'), sha256: lfs.digest('hex') }
    },
  }
}
