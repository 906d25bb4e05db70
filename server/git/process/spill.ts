import { currentCaller } from '../../shares/caller.ts'
import type { DiskReserve } from '../../shares/disk.ts'
import { openRoom } from '../../shares/slots.ts'
import { type DiskQueue, openDiskQueue, type SpillPlace } from './spill-disk.ts'

export type { SpillPlace } from './spill-disk.ts'

const memoryBytes = 512 * 1024
const mostSegments = 256

/** The place for 4 GiB in all, for half a GiB of each answer. */
export function openSpillPlace(folder: string, reserve: DiskReserve): SpillPlace {
  return { folder, room: openRoom(mostSegments), reserve }
}

/**
 * The same bytes, taken from the source as fast as it gives them: what the caller does not take yet waits in memory, then on
 * the disk. So the source ends long before a slow caller does. Where no room is left it waits for the caller.
 */
export function spilled(source: AsyncIterable<Buffer>, place: SpillPlace): AsyncGenerator<Buffer> {
  return chunksThrough(openSpill(openDiskQueue(place, currentCaller())), source)
}

async function* chunksThrough(queue: Spill, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const filling = fill(queue, source)
  try {
    for (let chunk = await queue.take(); chunk !== undefined; chunk = await queue.take()) yield chunk
    await filling
  } finally {
    await queue.close()
  }
}

async function fill(queue: Spill, source: AsyncIterable<Buffer>): Promise<void> {
  try {
    for await (const chunk of source) if (!(await queue.put(chunk))) return
    queue.end()
  } catch (error) {
    queue.end(error)
  }
}

interface Spill {
  /** Waits for room; false once no one takes any more. */
  put(chunk: Buffer): Promise<boolean>
  end(error?: unknown): void
  /** Waits for the next piece; undefined at the end. Throws what the source threw. */
  take(): Promise<Buffer | undefined>
  close(): Promise<void>
}

// What is in memory came before everything that is on the disk.
function openSpill(disk: DiskQueue): Spill {
  const memory: Buffer[] = []
  let inMemory = 0
  let closed = false
  let ended: { error: unknown } | undefined
  const { changed, wake } = openNews()

  async function add(chunk: Buffer): Promise<boolean> {
    const fits = inMemory === 0 || inMemory + chunk.length <= memoryBytes
    if (!fits || !disk.isEmpty()) return disk.add(chunk)
    memory.push(chunk)
    inMemory += chunk.length
    return true
  }

  async function next(): Promise<Buffer | undefined> {
    const chunk = memory.shift()
    inMemory -= chunk?.length ?? 0
    return chunk ?? (disk.isEmpty() ? undefined : disk.take())
  }

  return {
    async put(chunk) {
      for (let news = changed(); !closed && !(await add(chunk)); news = changed()) await news
      wake()
      // A file may have been opened meanwhile
      if (closed) await disk.drop()
      return !closed
    },
    end(error) {
      ended = { error }
      wake()
    },
    async take() {
      for (;;) {
        const news = changed()
        // Asked before: a piece and the end may both come while this looks for one
        const atEnd = ended
        const chunk = await next()
        if (chunk !== undefined) {
          wake()
          return chunk
        }
        if (atEnd?.error !== undefined) throw atEnd.error
        if (atEnd) return undefined
        await news
      }
    },
    async close() {
      closed = true
      wake()
      await disk.drop()
    },
  }
}

function openNews() {
  let news = Promise.withResolvers<void>()
  return {
    /** Ends with the next change. */
    changed: () => news.promise,
    wake(): void {
      news.resolve()
      news = Promise.withResolvers<void>()
    },
  }
}
