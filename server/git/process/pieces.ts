import type { Readable } from 'node:stream'

/** What a process or socket sends, taken by lines and by counts of bytes. */
export interface Pieces {
  /** The next line, without its end. */
  line(): Promise<string>
  bytes(count: number): Promise<Buffer>
}

const lineEnd = 10

/** Reads a stream in order; `ended` makes the error for what is missing when it ends too early. */
export function piecesOf(stream: Readable, ended: () => Promise<Error> | Error): Pieces {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let rest: Buffer = Buffer.alloc(0)

  async function piece(): Promise<Buffer> {
    const { value, done } = await pieces.next()
    if (done) throw await ended()
    return value
  }

  return {
    async line() {
      let end = rest.indexOf(lineEnd)
      while (end < 0) {
        rest = Buffer.concat([rest, await piece()])
        end = rest.indexOf(lineEnd)
      }
      const line = rest.toString('latin1', 0, end)
      rest = rest.subarray(end + 1)
      return line
    },
    async bytes(count) {
      const parts = [rest]
      let have = rest.length
      while (have < count) {
        const next = await piece()
        parts.push(next)
        have += next.length
      }
      const all = parts.length === 1 ? rest : Buffer.concat(parts)
      rest = all.subarray(count)
      return all.subarray(0, count)
    },
  }
}
