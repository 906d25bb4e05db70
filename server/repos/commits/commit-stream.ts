import { isUtf8 } from 'node:buffer'
import { type Line, longLine, notJson, parsed } from '../content/long-line.ts'
import type { Spool } from '../registry/spool.ts'

export type { Line } from '../content/long-line.ts'

/** Lines up to here are parsed as they are; of longer ones only the short parts are held in memory. */
const shortLineBytes = 1024 * 1024
const newline = 10

/** Reads a body of JSON lines as it comes; neither the body nor a line need fit into memory. Throws `400`. */
export async function* readLines(body: AsyncIterable<Uint8Array>, spool: Spool): AsyncGenerator<Line> {
  let kept: Buffer[] = []
  let bytes = 0
  let long: ReturnType<typeof longLine> | undefined
  let number = 1

  async function take(piece: Buffer): Promise<void> {
    if (long === undefined && bytes + piece.length > shortLineBytes) {
      long = longLine(spool, number)
      for (const earlier of kept) await long.take(earlier)
      kept = []
    }
    bytes += piece.length
    if (long) await long.take(piece)
    else kept.push(piece)
  }

  async function end(): Promise<Line | undefined> {
    const line = long ? await long.end() : parseLine(Buffer.concat(kept), number)
    kept = []
    bytes = 0
    long = undefined
    number++
    return line
  }

  for await (const chunk of body) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    for (let at = rest.indexOf(newline); at >= 0; at = rest.indexOf(newline)) {
      await take(rest.subarray(0, at))
      const line = await end()
      if (line) yield line
      rest = rest.subarray(at + 1)
    }
    if (rest.length > 0) await take(rest)
  }
  const last = await end()
  if (last) yield last
}

function parseLine(text: Buffer, number: number): Line | undefined {
  if (!isUtf8(text)) throw notJson(number)
  const line = text.toString().trim()
  return line === '' ? undefined : { value: parsed(line, number), texts: new Map() }
}
