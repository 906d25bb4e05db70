import { HubError } from '../../kernel/errors.ts'
import { randomText } from '../../kernel/secret.ts'
import type { Spool, SpooledText } from '../registry/spool.ts'

/** One line of the body: its value, in which texts too long for memory are named instead, and those texts. */
export interface Line {
  value: unknown
  texts: Map<string, SpooledText>
}

const longTextBytes = 64 * 1024
const mostShortBytes = 1024 * 1024
const quote = 34
const backslash = 92

/** Takes one line of JSON piece by piece: long texts go to the spool, what is left is small enough to be parsed. */
export function longLine(spool: Spool, number: number): { take(piece: Buffer): Promise<void>; end(): Promise<Line> } {
  const texts = new Map<string, SpooledText>()
  const mark = randomText(20)
  let skeleton: Buffer[] = []
  let skeletonBytes = 0
  let text: ReturnType<typeof longText> | undefined

  function keep(bytes: Buffer): void {
    // A copy: the piece is part of a large chunk, which would stay in memory with it
    skeleton.push(Buffer.from(bytes))
    skeletonBytes += bytes.length
    if (skeletonBytes > mostShortBytes)
      throw new HubError(
        'PayloadTooLarge',
        `Line ${number} of the body is too long. Only file contents can be this long.`,
      )
  }

  async function endText(done: ReturnType<typeof longText>): Promise<void> {
    const found = await done.end()
    text = undefined
    if (Buffer.isBuffer(found)) return keep(Buffer.from(JSON.stringify(found.toString())))
    const name = `${mark}${texts.size}`
    texts.set(name, found)
    keep(Buffer.from(`"${name}"`))
  }

  return {
    async take(piece) {
      let rest = piece
      while (rest.length > 0) {
        if (text) {
          const taken = await text.take(rest)
          rest = rest.subarray(taken.bytes)
          if (taken.isAtEnd) await endText(text)
          continue
        }
        const start = rest.indexOf(quote)
        keep(start < 0 ? rest : rest.subarray(0, start))
        if (start < 0) return
        text = longText(spool, number)
        rest = rest.subarray(start + 1)
      }
    },
    async end() {
      if (text) throw notJson(number)
      const line = Buffer.concat(skeleton).toString()
      skeleton = []
      return { value: parsed(line, number), texts }
    },
  }
}

const escaped: Record<string, number> = { '"': 34, '\\': 92, '/': 47, b: 8, f: 12, n: 10, r: 13, t: 9 }

/** A text of JSON behind its first quote: decoded while it comes, in memory while it is short. */
function longText(spool: Spool, number: number) {
  const decoder = textDecoder(number)
  let kept: Buffer[] = []
  let bytes = 0
  let file: Awaited<ReturnType<Spool['openText']>> | undefined

  async function put(decoded: Buffer): Promise<void> {
    bytes += decoded.length
    if (file === undefined && bytes <= longTextBytes) {
      kept.push(decoded)
      return
    }
    file ??= await spool.openText()
    await file.write(Buffer.concat([...kept, decoded]))
    kept = []
  }

  return {
    /** Takes what belongs to the text and answers how much that was. */
    async take(piece: Buffer): Promise<{ bytes: number; isAtEnd: boolean }> {
      const { decoded, ...taken } = decoder(piece)
      await put(decoded)
      return taken
    },
    async end(): Promise<Buffer | SpooledText> {
      return file === undefined ? Buffer.concat(kept) : file.close()
    },
  }
}

interface Decoded {
  decoded: Buffer
  /** Bytes taken, the quote at the end included. */
  bytes: number
  isAtEnd: boolean
}

/** Decodes the inside of a text of JSON piece by piece; a piece may end within an escape or a surrogate pair. */
function textDecoder(number: number): (piece: Buffer) => Decoded {
  const escapes = escapeDecoder(number)
  return (piece) => {
    // An escape is never shorter than what it stands for, but its letters may be in the piece before
    const out = Buffer.allocUnsafe(piece.length + 8)
    const find = finder(piece)
    let used = 0
    for (let at = 0; at < piece.length; ) {
      if (escapes.isOpen()) {
        used += out.write(escapes.take(piece.readUInt8(at++)), used)
        continue
      }
      const stop = find(at)
      const isAtEnd = piece[stop] === quote
      if (stop > at || isAtEnd) escapes.requireWhole()
      used += piece.copy(out, used, at, stop)
      if (isAtEnd) return { decoded: out.subarray(0, used), bytes: stop + 1, isAtEnd }
      if (stop < piece.length) escapes.begin()
      at = stop + 1
    }
    return { decoded: out.subarray(0, used), bytes: piece.length, isAtEnd: false }
  }
}

/** Escapes of JSON, letter by letter; the two halves of a surrogate pair are two escapes. */
function escapeDecoder(number: number) {
  let letters: string | undefined
  let highHalf: number | undefined

  // The UTF-16 unit that the letters stand for, once all of them are there.
  function unitOf(all: string): number | undefined {
    if (all[0] !== 'u') {
      const unit = escaped[all]
      if (unit === undefined) throw notJson(number)
      return unit
    }
    if (!/^u[0-9a-fA-F]*$/.test(all)) throw notJson(number)
    return all.length === 5 ? Number.parseInt(all.slice(1), 16) : undefined
  }

  function textOf(unit: number): string {
    const isLow = unit >= 0xdc00 && unit <= 0xdfff
    if (isLow !== (highHalf !== undefined)) throw halfPair(number)
    const isHigh = unit >= 0xd800 && unit <= 0xdbff
    const text = isHigh ? '' : String.fromCharCode(...(highHalf === undefined ? [] : [highHalf]), unit)
    highHalf = isHigh ? unit : undefined
    return text
  }

  return {
    isOpen: () => letters !== undefined,
    begin() {
      letters = ''
    },
    /** The next letter; answers the text once it is whole. */
    take(byte: number): string {
      const all = (letters ?? '') + String.fromCharCode(byte)
      const unit = unitOf(all)
      letters = unit === undefined ? all : undefined
      return unit === undefined ? '' : textOf(unit)
    },
    /** Refuses anything else between the halves of a pair. */
    requireWhole() {
      if (highHalf !== undefined) throw halfPair(number)
    },
  }
}

// Where the next quote or backslash is. Each is looked for once and remembered: a text of nothing but escapes would be
// searched to its end for every one of them.
function finder(piece: Buffer): (from: number) => number {
  const next = (byte: number) => {
    let found = -1
    return (from: number) => {
      if (found < from) found = piece.indexOf(byte, from)
      if (found < 0) found = piece.length
      return found
    }
  }
  const [nextQuote, nextBackslash] = [next(quote), next(backslash)]
  return (from) => Math.min(nextQuote(from), nextBackslash(from))
}

function halfPair(number: number): HubError {
  return new HubError('BadRequest', `Line ${number} of the body contains unpaired surrogates.`)
}

/** Parses a line of JSON; throws `400` with the number of the line. */
export function parsed(line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw notJson(number)
  }
}

/** The refusal of a line that is no JSON. */
export function notJson(number: number): HubError {
  return new HubError('BadRequest', `Line ${number} of the body is not valid JSON. Send one JSON object per line.`)
}
