import { HubError } from '../../kernel/errors.ts'

const magic = 0x184d2204
const flags = { blockChecksum: 0x10, contentSize: 0x08, contentChecksum: 0x04, dictionary: 0x01 }
const storedBlock = 0x80000000
const leastMatch = 4

/**
 * Decodes one LZ4 frame that has to stand for exactly so many bytes and end where the input does; throws `400` otherwise.
 * Memory and time follow from the length that is wanted, never from what the frame claims.
 */
export function decodeFrame(frame: Buffer, length: number): Buffer {
  const output = Buffer.allocUnsafe(length)
  let at = headerLength(frame)
  let written = 0
  const checksum = (frame[4] as number) & flags.blockChecksum ? 4 : 0
  for (;;) {
    const size = wordAt(frame, at)
    at += 4
    if (size === 0) break
    const bytes = size & ~storedBlock
    const block = frame.subarray(at, at + bytes)
    if (block.length < bytes) throw damaged()
    written = size >= storedBlock ? copy(block, output, written) : decode(block, output, written)
    at += bytes + checksum
  }
  if ((frame[4] as number) & flags.contentChecksum) at += 4
  if (at !== frame.length || written !== length) throw damaged()
  return output
}

function damaged(): HubError {
  return new HubError('BadRequest', 'A chunk of this xorb cannot be decompressed.')
}

function wordAt(frame: Buffer, at: number): number {
  if (at + 4 > frame.length) throw damaged()
  return frame.readUInt32LE(at)
}

// Checksums are not compared: the hash of the chunk is.
function headerLength(frame: Buffer): number {
  if (wordAt(frame, 0) !== magic || frame.length < 7) throw damaged()
  const flag = frame[4] as number
  if (flag >> 6 !== 1 || flag & flags.dictionary) throw damaged()
  return 7 + (flag & flags.contentSize ? 8 : 0)
}

function copy(block: Buffer, output: Buffer, written: number): number {
  if (written + block.length > output.length) throw damaged()
  block.copy(output, written)
  return written + block.length
}

// A sequence writes at least four bytes or is the last one, so that this ends with the output.
function decode(block: Buffer, output: Buffer, from: number): number {
  let written = from
  let at = 0
  const extended = (start: number): number => {
    let total = start
    if (start !== 15) return total
    for (;;) {
      const more = block[at++]
      if (more === undefined) throw damaged()
      total += more
      if (more !== 255) return total
    }
  }
  while (at < block.length) {
    const token = block[at++] as number
    const literals = extended(token >> 4)
    if (at + literals > block.length) throw damaged()
    written = copy(block.subarray(at, at + literals), output, written)
    at += literals
    if (at === block.length) return written
    if (at + 2 > block.length) throw damaged()
    const offset = block.readUInt16LE(at)
    at += 2
    written = repeat(output, written, { offset, length: extended(token & 15) + leastMatch })
  }
  return written
}

function repeat(output: Buffer, written: number, { offset, length }: { offset: number; length: number }): number {
  if (offset === 0 || offset > written || written + length > output.length) throw damaged()
  if (offset >= length) output.copyWithin(written, written - offset, written - offset + length)
  else if (offset === 1) output.fill(output[written - 1] as number, written, written + length)
  else for (let at = written; at < written + length; at++) output[at] = output[at - offset] as number
  return written + length
}
