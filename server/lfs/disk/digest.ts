import { Worker } from 'node:worker_threads'

const orderBytes = 4 * 1024 * 1024
// Threads of a busy machine have their turn late
const mostOrders = 8
const idleMs = 30_000

/** The SHA-256 of files while they are written, by a thread that reads behind their writers. */
export interface Digests {
  /** Of a file that is open for reading too. */
  follow(fd: number): FileDigest
}

export interface FileDigest {
  /** The file is written up to here, from its beginning. Waits while the thread is far behind. */
  reaches(position: number): Promise<void>
  /** Of all that was written, in hex; throws when it could not be read. */
  hex(): Promise<string>
  /** Waits until the thread has left the file, which must not be closed before. */
  leave(): Promise<void>
}

/** A piece of an open file to hash; after the last one the thread forgets the file. */
export interface DigestOrder {
  file: number
  fd: number
  from: number
  to: number
  isLast: boolean
}

export interface DigestAnswer {
  hex?: string
  problem?: string
}

/** The thread is started when it is needed. One is enough: it hashes faster than one process receives. */
export function openDigests(): Digests {
  let thread: DigestThread | undefined
  let files = 0

  function current(): DigestThread {
    if (thread === undefined || thread.hasEnded()) thread = startThread()
    return thread
  }

  return { follow: (fd) => follow({ file: files++, fd }, current) }
}

function follow(named: Pick<DigestOrder, 'file' | 'fd'>, current: () => DigestThread): FileDigest {
  let thread: DigestThread | undefined
  let written = 0
  let ordered = 0
  const orders: Promise<unknown>[] = []
  let last: Promise<string> | undefined

  async function order(isLast: boolean): Promise<string> {
    // From the first to the last order the thread keeps what it has hashed, and does not end
    thread ??= current()
    const asked = thread.ask({ ...named, from: ordered, to: written, isLast })
    ordered = written
    const { hex = '', problem } = await asked
    if (problem !== undefined) throw new Error(problem)
    return hex
  }

  return {
    async reaches(position) {
      written = position
      if (written - ordered < orderBytes) return
      const latest = order(false)
      latest.catch(ignore)
      orders.push(latest)
      if (orders.length > mostOrders) await orders.shift()
    },
    async hex() {
      await Promise.all(orders)
      last ??= order(true)
      return last
    },
    async leave() {
      if (thread !== undefined) last ??= order(true)
      await last?.then(ignore, ignore)
    },
  }
}

function ignore(): void {}

interface DigestThread {
  ask(order: DigestOrder): Promise<DigestAnswer>
  hasEnded(): boolean
}

function startThread(): DigestThread {
  const worker = new Worker(new URL('./digest-worker.ts', import.meta.url))
  const waiting: PromiseWithResolvers<DigestAnswer>[] = []
  const open = new Set<number>()
  let ending: NodeJS.Timeout | undefined
  let hasEnded = false

  function end(cause?: unknown): void {
    hasEnded = true
    void worker.terminate()
    for (const { reject } of waiting.splice(0)) reject(lost(cause))
  }

  function take(answer: DigestAnswer): void {
    waiting.shift()?.resolve(answer)
    if (waiting.length === 0) worker.unref()
    if (open.size === 0) ending = setTimeout(() => end(), idleMs).unref()
  }

  worker.unref()
  worker.on('message', take)
  worker.on('error', end)
  worker.on('exit', end)
  return {
    hasEnded: () => hasEnded,
    async ask(order) {
      if (hasEnded) throw lost()
      clearTimeout(ending)
      if (order.isLast) open.delete(order.file)
      else open.add(order.file)
      const answer = Promise.withResolvers<DigestAnswer>()
      waiting.push(answer)
      worker.ref()
      worker.postMessage(order)
      return answer.promise
    },
  }
}

function lost(cause?: unknown): Error {
  return new Error('the thread that hashes files has ended', { cause })
}
