import { createHash } from 'node:crypto'
import { HubError } from '../../kernel/errors.ts'
import { type LfsObject, type PartBody, partBytes, partCount, type SentPart } from './bytes.ts'

/** Passes a stream on; throws `400` at the byte too many or when bytes are missing at the end. */
export async function* sized(size: number, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let seen = 0
  for await (const chunk of body) {
    seen += chunk.byteLength
    if (seen > size) requireSize(size, seen)
    yield chunk
  }
  requireSize(size, seen)
}

/** Passes a stream on; at its end throws `400` if the size and `422` if the SHA-256 is not the announced one. */
export async function* checked(object: LfsObject, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for await (const chunk of sized(object.size, body)) {
    hash.update(chunk)
    yield chunk
  }
  requireDigest(object, hash.digest('hex'))
}

/** Throws `422` unless this is the SHA-256 of the object. */
export function requireDigest({ oid }: LfsObject, found: string): void {
  if (found === oid) return
  throw new HubError('Unprocessable', `The upload has the SHA-256 ${found} instead of ${oid}. Send the object again.`)
}

/** Throws `400` unless so many bytes are all of them. */
export function requireSize(size: number, seen: number): void {
  if (seen > size)
    throw new HubError('BadRequest', `The upload is longer than the announced ${size} bytes. Send exactly that many.`)
  if (seen < size)
    throw new HubError('BadRequest', `The upload ended after ${seen} of ${size} bytes. Send the object again.`)
}

/** Throws `400` unless the part is one of an object of this size, and as long as that part has to be. */
export function requirePart(objectSize: number, part: Pick<PartBody, 'number' | 'size'>): void {
  const count = partCount(objectSize)
  if (!Number.isInteger(part.number) || part.number < 1 || part.number > count) {
    throw new HubError('BadRequest', `The part number must be from 1 to ${count}.`)
  }
  const whole = partBytes(objectSize)
  const expected = part.number < count ? whole : objectSize - whole * (count - 1)
  if (part.size !== expected) {
    throw new HubError('BadRequest', `Part ${part.number} must have ${expected} bytes, not ${part.size}.`)
  }
}

/** The parts in their order, each once; throws `400` when one is missing, doubled or beyond the end. */
export function partsInOrder(objectSize: number, parts: readonly SentPart[]): SentPart[] {
  const count = partCount(objectSize)
  const sorted = parts.toSorted((a, b) => a.partNumber - b.partNumber)
  if (sorted.length !== count || sorted.some((part, index) => part.partNumber !== index + 1)) {
    throw new HubError('BadRequest', `parts: must list each of the ${count} parts of the upload once.`)
  }
  return sorted
}

/** The refusal of an upload that was ended or never begun. */
export function unknownUpload(): HubError {
  return new HubError('NotFound', 'This upload doesn’t exist or has ended. Start it again.')
}
