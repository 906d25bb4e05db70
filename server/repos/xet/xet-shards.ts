import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Mutex } from 'async-mutex'
import type * as api from '../../../api/index.ts'
import type { InputOf, RawReply, RawRequest } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { HubError } from '../../kernel/errors.ts'
import { log } from '../../kernel/log.ts'
import { largestShard } from '../../lfs/xet/shard.ts'
import { paced } from '../../shares/pace.ts'
import { openSlots } from '../../shares/slots.ts'
import type { Db } from '../../store/database.ts'
import { type RegisterServices, registerShard } from './xet-register.ts'
import { asCas, casReply } from './xet-replies.ts'

type Xet = typeof api.xet
type Writing = Permit<'repo.write'>
interface Progress {
  verified: number
  total: number
}

// Each holds its shard in memory. Clients wait as long as it takes.
const places = openSlots({ places: 12, share: { held: 2, waiting: 100 }, mostWaiting: 500, longestWaitMs: 3_600_000 })
const progressMs = 5000
// A shard of 64 MiB may take five minutes to arrive
const pace = { graceMs: 60_000, bytesPerSecond: 256 * 1024 }

/** Registers the files of a shard, and answers when all of them are there. */
export async function registerFiles(
  db: Db,
  permit: Writing,
  { cas, raw }: InputOf<Xet['registerFiles']>,
  services: RegisterServices,
): Promise<RawReply> {
  try {
    const isNew = await register(db, permit, { cas, raw, tell: () => undefined }, services)
    return casReply({ result: isNew ? 1 : 0 })
  } catch (error) {
    throw asCas(error)
  }
}

/** The same, and tells how far it is, line by line. The last line is the result, or why there is none. */
export async function streamRegistration(
  db: Db,
  permit: Writing,
  { cas, raw }: InputOf<Xet['streamRegistration']>,
  services: RegisterServices,
): Promise<RawReply> {
  const progress: Progress = { verified: 0, total: 0 }
  const tell = (verified: number, total: number) => void Object.assign(progress, { verified, total })
  // Begun here: it takes the share of the caller, and ends however its answer is read
  const result = register(db, permit, { cas, raw, tell }, services).then(() => ({ type: 'result', result: 1 }), refusal)
  return { status: 200, headers: { 'Content-Type': 'application/x-ndjson' }, body: linesOf(result, progress) }
}

async function* linesOf(result: Promise<object>, progress: Progress): AsyncGenerator<Buffer> {
  const ended = new AbortController()
  const tick = () => sleep(progressMs, undefined, { signal: ended.signal }).catch(() => undefined)
  try {
    for (;;) {
      const last = await Promise.race([result, tick()])
      yield Buffer.from(`${JSON.stringify(last ?? { type: 'validating', ...progress })}\n`)
      if (last) return
    }
  } finally {
    ended.abort()
  }
}

// The only words of ours that people see. A client tries again only where that may help.
function refusal(error: unknown): object {
  if (!(error instanceof HubError)) log.error({ err: error }, 'could not register files')
  const message = error instanceof HubError ? error.message : 'Something went wrong on the server.'
  return { type: 'error', message, retryable: error instanceof HubError && error.code === 'Unavailable' }
}

// One at a time for each repository: of two that send the same files, the second finds them.
const queues = new Map<string, { mutex: Mutex; users: number }>()

async function inLine<T>(repoId: string, work: () => Promise<T>): Promise<T> {
  const queue = queues.get(repoId) ?? { mutex: new Mutex(), users: 0 }
  queues.set(repoId, queue)
  queue.users++
  try {
    return await queue.mutex.runExclusive(work)
  } finally {
    if (--queue.users === 0) queues.delete(repoId)
  }
}

async function register(
  db: Db,
  permit: Writing,
  { cas, raw, tell }: { cas: string; raw: RawRequest; tell: (verified: number, total: number) => void },
  services: RegisterServices,
): Promise<boolean> {
  const leave = await places.enter()
  try {
    const shard = await bodyOf(raw)
    const generation = Number(cas.split('.')[1])
    const registration = { shard, generation, signal: raw.signal, tell }
    return await inLine(permit.repo.id, () => registerShard(db, permit, registration, services))
  } catch (error) {
    // Who is gone hears no answer; for the log it is no fault of ours
    if (error instanceof HubError || !raw.signal.aborted) throw error
    throw new HubError('BadRequest', 'The upload was interrupted.')
  } finally {
    leave()
  }
}

async function bodyOf({ body, headers }: RawRequest): Promise<Buffer> {
  if (Number(headers['content-length'] ?? 0) > largestShard) throw tooLarge()
  const pieces: Uint8Array[] = []
  let bytes = 0
  const arriving = body instanceof Readable ? body.iterator({ destroyOnReturn: false }) : body
  for await (const piece of paced(arriving, pace)) {
    bytes += piece.byteLength
    if (bytes > largestShard) throw tooLarge()
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function tooLarge(): HubError {
  return new HubError('PayloadTooLarge', `This shard is larger than ${largestShard} bytes.`)
}
