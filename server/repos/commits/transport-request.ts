import type { Readable, Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { RawRequest } from '../../../api/index.ts'
import { HubError } from '../../kernel/errors.ts'
import { type Caller, currentCaller } from '../../shares/caller.ts'
import { busy, type Room } from '../../shares/slots.ts'
import { transportLimits } from './transport-limits.ts'

/** A request of git as far as it was read before git has a place. */
export interface Arrived {
  /** Its beginning, or all of it. */
  first: Buffer
  /** What is still to come after that. */
  rest: Readable | undefined
  /** Gives back the memory that was counted for it. */
  release(): void
}

/** Reads a whole request for a fetch; throws `413` when it is too large, `503` when too much is being read already. */
export async function fetchRequest(raw: RawRequest, room: Room): Promise<Arrived> {
  const taken = openTaken(room, currentCaller())
  try {
    for await (const chunk of chunksOf(plainBody(raw))) {
      if (taken.bytes() + chunk.length > transportLimits.fetchBytes) throw tooLarge()
      taken.add(chunk)
    }
    return { first: taken.whole(), rest: undefined, release: taken.release }
  } catch (error) {
    taken.release()
    throw asRefusal(error)
  }
}

/**
 * Reads a push up to the end of its commands, and a small one to its end. Git would keep every command in memory, however
 * many they are; throws `413` for more than the limits say.
 */
export async function pushRequest(raw: RawRequest, room: Room): Promise<Arrived> {
  const taken = openTaken(room, currentCaller())
  const body = plainBody(raw)
  try {
    const commands = openCommands()
    let isWhole = true
    for await (const chunk of chunksOf(body)) {
      taken.add(chunk)
      commands.take(chunk)
      isWhole = !commands.areOver() || taken.bytes() < transportLimits.pushBytes
      if (!isWhole) break
    }
    return { first: taken.whole(), rest: isWhole ? undefined : body, release: taken.release }
  } catch (error) {
    taken.release()
    throw asRefusal(error)
  }
}

function openTaken(room: Room, caller: Caller) {
  const chunks: Buffer[] = []
  let bytes = 0
  return {
    bytes: () => bytes,
    add(chunk: Buffer): void {
      if (!room.take(caller, chunk.length)) throw busy()
      chunks.push(chunk)
      bytes += chunk.length
    },
    whole: () => Buffer.concat(chunks.splice(0)),
    release(): void {
      room.giveBack(caller, bytes)
      bytes = 0
    },
  }
}

// gitprotocol-pack: a packet for each command, up to a flush; then those of the options, if the first announces any.
function openCommands() {
  let rest: Buffer = Buffer.alloc(0)
  let [lines, bytes] = [0, 0]
  let lists = 1
  let over = false

  function takeOne(length: number): void {
    if (lines === 0 && hasOptions(rest.toString('latin1', 0, length))) lists = 2
    lines++
    bytes += length
    if (lines > transportLimits.pushReferences) throw tooManyCommands()
    if (bytes > transportLimits.pushCommandBytes) throw tooLarge()
    rest = rest.subarray(length)
  }

  return {
    areOver: () => over,
    take(chunk: Buffer): void {
      if (over) return
      rest = Buffer.concat([rest, chunk])
      for (let length = lengthIn(rest); length !== undefined && rest.length >= length; length = lengthIn(rest)) {
        if (length > 0) {
          takeOne(length)
          continue
        }
        over = --lists === 0
        if (over) return
        rest = rest.subarray(4)
      }
    },
  }
}

function hasOptions(command: string): boolean {
  return /\0(?:.* )?push-options(?: |\n|$)/s.test(command)
}

function lengthIn(rest: Buffer): number | undefined {
  if (rest.length < 4) return undefined
  const digits = rest.toString('latin1', 0, 4)
  const length = Number.parseInt(digits, 16)
  if (/^[0-9a-f]{4}$/i.test(digits) && (length === 0 || length >= 4)) return length
  throw new HubError('BadRequest', 'Not a valid Git request.')
}

function plainBody(raw: RawRequest): Readable {
  const body = raw.body as Readable
  const encoding = raw.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return body
  if (encoding === 'gzip' || encoding === 'x-gzip') return joined(body, createGunzip())
  throw new HubError('UnsupportedMediaType', 'Content-Encoding: Only gzip is supported.')
}

function joined(from: Readable, to: Transform): Transform {
  from.on('error', (error) => to.destroy(error))
  from.on('aborted', () => to.destroy(new Error('the client disconnected')))
  return from.pipe(to)
}

// Who sends a body must be able to hear the answer: it is not ended in the middle.
function chunksOf(body: Readable): AsyncIterable<Buffer> {
  return body.iterator({ destroyOnReturn: false })
}

function asRefusal(error: unknown): unknown {
  const isZlib = /^Z_/.test(String((error as NodeJS.ErrnoException).code))
  return isZlib ? new HubError('BadRequest', 'The body is not valid gzip.') : error
}

function tooManyCommands(): HubError {
  const most = transportLimits.pushReferences.toLocaleString('en')
  return new HubError('PayloadTooLarge', `A push can update at most ${most} references. Push them in several steps.`)
}

function tooLarge(): HubError {
  return new HubError('PayloadTooLarge', 'The request is too large. Fetch or push in several steps.')
}
