import type { FileHandle } from 'node:fs/promises'
import { mkdir, rename, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { failedWith, syncFolder } from '../../git/process/durable.ts'
import { type DiskReserve, outOfSpace } from '../../shares/disk.ts'

const batchBytes = 1024 * 1024
const batchChunks = 256
const settleBytes = 64 * 1024 * 1024

/** Asks whether so many more bytes fit; throws `507` when they do not. */
export type Ask = (bytes: number) => ReturnType<DiskReserve['ask']>

interface Writing {
  ask: Ask
  from?: number
  /** Will soon be removed, and is left to the system to write to the disk. */
  isPassing?: boolean
  /** Is told how far the file is written, and waited for. */
  reaches?: (position: number) => Promise<void>
}

/** Writes a stream into an open file from a position on, at most two MiB ahead of the file; throws `507` when full. */
export async function writeStream(
  handle: FileHandle,
  body: AsyncIterable<Uint8Array>,
  writing: Writing,
): Promise<void> {
  const writer = batchWriter(handle, writing)
  try {
    for await (const chunk of body) await writer.add(chunk)
    await writer.flush()
  } catch (error) {
    throw asFull(error)
  } finally {
    await writer.settle()
  }
}

// One batch is written while the next is collected, and what was written goes to the platter meanwhile: otherwise all
// of it would wait for the sync at the end.
function batchWriter(handle: FileHandle, { ask, from = 0, isPassing = false, reaches }: Writing) {
  let batch: Uint8Array[] = []
  let bytes = 0
  let position = from
  let unsettled = 0
  let writing: Promise<void> = Promise.resolve()
  let settling: Promise<void> | undefined

  const written = async () => {
    await writing
    await reaches?.(position)
  }
  const flush = async () => {
    await written()
    await ask(bytes)
    const full = batch
    writing = writeAll(handle, full, position)
    writing.catch(() => undefined)
    position += bytes
    unsettled += bytes
    batch = []
    bytes = 0
    if (unsettled < settleBytes || settling || isPassing) return
    unsettled = 0
    settling = handle.datasync().finally(() => {
      settling = undefined
    })
    settling.catch(() => undefined)
  }
  return {
    async add(chunk: Uint8Array): Promise<void> {
      batch.push(chunk)
      bytes += chunk.byteLength
      if (bytes >= batchBytes || batch.length >= batchChunks) await flush()
    },
    async flush(): Promise<void> {
      await flush()
      await written()
    },
    async settle(): Promise<void> {
      await Promise.allSettled([writing, settling])
    },
  }
}

async function writeAll(handle: FileHandle, batch: Uint8Array[], position: number): Promise<void> {
  const total = batch.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  if (total === 0) return
  let { bytesWritten: done } = await handle.writev(batch, position)
  if (done === total) return
  const whole = Buffer.concat(batch)
  while (done < total) done += (await handle.write(whole, done, total - done, position + done)).bytesWritten
}

/** Makes a folder that is still there after a power cut. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

/** Moves a file whose bytes are on the disk to its place, whatever was there, so that a power cut leaves it there. */
export async function moveDurably(file: string, place: string): Promise<void> {
  await makeFolder(dirname(place))
  await rename(file, place)
  await syncFolder(dirname(place))
}

/** Removes a file that may be gone. */
export async function removeFile(file: string): Promise<void> {
  await unlink(file).catch(unlessMissing)
}

/** The size and time of a file, or undefined when there is none. */
export async function fileFacts(file: string): Promise<{ size: number; modifiedAt: Date } | undefined> {
  const facts = await stat(file).catch(unlessMissing)
  return facts?.isFile() ? { size: facts.size, modifiedAt: facts.mtime } : undefined
}

/** For `catch`: a file that is not there is no error. */
export function unlessMissing(error: unknown): undefined {
  if (!failedWith(error, 'ENOENT', 'ENOTDIR')) throw error
}

/** A full disk as the refusal it is to the caller; anything else as it came. */
export function asFull(error: unknown): unknown {
  return failedWith(error, 'ENOSPC', 'EDQUOT') ? outOfSpace() : error
}
