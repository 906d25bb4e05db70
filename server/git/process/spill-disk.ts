import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '../../kernel/ids.ts'
import type { Caller } from '../../shares/caller.ts'
import type { DiskReserve } from '../../shares/disk.ts'
import type { Room } from '../../shares/slots.ts'

/** Where what git has said waits for callers who take it slowly. */
export interface SpillPlace {
  folder: string
  /** Counted in segments. */
  room: Room
  reserve: DiskReserve
}

/** Bytes on the disk, first in, first out. One adds, one takes, each at their own pace. */
export interface DiskQueue {
  isEmpty(): boolean
  /** False when there is no room; nothing was added then. */
  add(chunk: Buffer): Promise<boolean>
  /** The next piece; only while the queue is not empty. */
  take(): Promise<Buffer>
  /** Gives all of its room back. */
  drop(): Promise<void>
}

interface Segment {
  handle: FileHandle
  written: number
  read: number
}

const segmentBytes = 16 * 1024 * 1024
const readBytes = 256 * 1024
const mostSegments = 32

/** Opens a queue; a file is made when it is needed, and given back once it is read. */
export function openDiskQueue({ folder, room, reserve }: SpillPlace, caller: Caller): DiskQueue {
  const segments: Segment[] = []

  async function grown(): Promise<Segment | undefined> {
    if (segments.length >= mostSegments || !(await reserve.has(folder, segmentBytes)) || !room.take(caller, 1))
      return undefined
    try {
      const segment = { handle: await openUnnamed(folder), written: 0, read: 0 }
      segments.push(segment)
      return segment
    } catch (error) {
      room.giveBack(caller, 1)
      throw error
    }
  }

  function segmentFor(bytes: number): Segment | undefined {
    const last = segments.at(-1)
    if (last !== undefined && isRead(last)) Object.assign(last, { written: 0, read: 0 })
    return last !== undefined && last.written + bytes <= segmentBytes ? last : undefined
  }

  async function dropFirst(): Promise<void> {
    const segment = segments.shift()
    if (segment === undefined) return
    room.giveBack(caller, 1)
    await segment.handle.close()
  }

  return {
    isEmpty: () => segments.every(isRead),
    async add(chunk) {
      const segment = segmentFor(chunk.length) ?? (await grown())
      if (segment === undefined) return false
      await writeAll(segment.handle, chunk, segment.written)
      segment.written += chunk.length
      return true
    },
    async take() {
      // The last one may still be added to
      while (segments.length > 1 && segments[0] && isRead(segments[0])) await dropFirst()
      const [segment] = segments
      if (segment === undefined) throw new Error('there is nothing to take')
      const length = Math.min(readBytes, segment.written - segment.read)
      const { buffer, bytesRead } = await segment.handle.read(Buffer.allocUnsafe(length), 0, length, segment.read)
      if (bytesRead === 0) throw new Error('what was kept on the disk is gone')
      segment.read += bytesRead
      return buffer.subarray(0, bytesRead)
    },
    async drop() {
      while (segments.length > 0) await dropFirst()
    },
  }
}

function isRead({ read, written }: Segment): boolean {
  return read === written
}

// Without a name nothing of it stays when the process dies.
async function openUnnamed(folder: string): Promise<FileHandle> {
  const file = join(folder, `${newId()}.0`)
  const handle = await open(file, 'wx+', 0o600)
  await unlink(file)
  return handle
}

async function writeAll(handle: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; )
    done += (await handle.write(chunk, done, chunk.length - done, position + done)).bytesWritten
}
