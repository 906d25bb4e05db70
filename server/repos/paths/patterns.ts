/**
 * Patterns of `.gitignore` and `.gitattributes`, matched in time that grows with their length only: the author of a
 * repository writes these, and a regular expression made of stars could hold up the hub for hours.
 */
export interface Pattern {
  /** Whether the path, or for a folder's pattern the folder, is meant. */
  matches(path: string): boolean
  /** A path that is exactly this, where the pattern has nothing to fill in. */
  readonly literal: string | undefined
}

/** How many comparisons are left for all patterns of a file together. */
export interface Effort {
  left: number
}

/** The patterns of one file take too long for all paths of one request. */
export class TooMuchEffort extends Error {}

const mostPatternLength = 2048
// What it costs to begin.
const leastComparisons = 10

function spend(effort: Effort, comparisons: number): void {
  effort.left -= comparisons
  if (effort.left < 0) throw new TooMuchEffort()
}

/**
 * Compiles one pattern as git writes it, without `!` and a slash at the end; undefined when it can match nothing.
 * Comparing throws {@link TooMuchEffort} once it is used up.
 */
export function compilePattern(text: string, effort: Effort): Pattern | undefined {
  if (text === '' || text.length > mostPatternLength || /(?<!\\)(?:\\\\)*\\$/.test(text)) return undefined
  if (!text.includes('/')) return compileName(text, effort)
  // As git does it: byte by byte, so that `?` is no letter beyond ASCII.
  // A slash is one behind a backslash too, but not one that says where the pattern begins.
  const plain = bytesOf(text.replace(/^\//, '').replace(/\\(.)/gs, (word, sign) => (sign === '/' ? sign : word)))
  if (plain === '') return undefined
  // What is before the first sign of a pattern is compared as it stands, and the rest as if it began there: `a**/b` is
  // `**/b` behind an `a`.
  const prefix = /^[^*?[\\]*/.exec(plain)?.[0] ?? ''
  const segments = compileSegments(plain.slice(prefix.length))
  if (segments === undefined) return undefined
  const literal = literalOf(segments)
  return {
    literal: literal === undefined ? undefined : Buffer.from(prefix + literal, 'latin1').toString(),
    matches(path) {
      spend(effort, path.length)
      const bytes = bytesOf(path)
      return bytes.startsWith(prefix) && matchSegments(segments, bytes.slice(prefix.length).split('/'), effort)
    },
  }
}

function compileName(text: string, effort: Effort): Pattern | undefined {
  const segments = compileSegments(bytesOf(text))
  if (segments === undefined) return undefined
  return { literal: undefined, matches: (path) => matchSegments(segments, [bytesOf(lastOf(path))], effort) }
}

function compileSegments(plain: string): Segment[] | undefined {
  const segments: Segment[] = []
  for (const part of plain.split('/')) {
    const segment = compileSegment(part)
    // What opens a class and does not close it matches nothing.
    if (segment === undefined) return undefined
    segments.push(segment)
  }
  return segments
}

function literalOf(segments: readonly Segment[]): string | undefined {
  const parts: string[] = []
  for (const segment of segments) {
    if (segment === anything || !segment.every(isCharacter)) return undefined
    parts.push(segment.map(characterOf).join(''))
  }
  return parts.join('/')
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

type Piece =
  | { kind: 'character'; character: string }
  | { kind: 'one' }
  | { kind: 'many' }
  | { kind: 'class'; has: (character: string) => boolean }

// Two stars or more as a whole segment: any number of folders.
const anything = 'anything'
type Segment = Piece[] | typeof anything

function isCharacter(piece: Piece): boolean {
  return piece.kind === 'character'
}

function characterOf(piece: Piece): string {
  return piece.kind === 'character' ? piece.character : ''
}

function compileSegment(text: string): Segment | undefined {
  if (/^\*\*+$/.test(text)) return anything
  const characters = text.split('')
  const pieces: Piece[] = []
  for (let at = 0; at < characters.length; ) {
    const found = pieceAt(characters, at)
    if (found === undefined) return undefined
    pieces.push(found.piece)
    at = found.next
  }
  return pieces
}

function pieceAt(characters: string[], at: number): { piece: Piece; next: number } | undefined {
  const character = characters[at] ?? ''
  if (character === '[') {
    const set = compileClass(characters, at)
    return set && { piece: { kind: 'class', has: set.has }, next: set.end + 1 }
  }
  if (character === '\\') return { piece: { kind: 'character', character: characters[at + 1] ?? '' }, next: at + 2 }
  if (character === '*') return { piece: { kind: 'many' }, next: at + 1 }
  if (character === '?') return { piece: { kind: 'one' }, next: at + 1 }
  return { piece: { kind: 'character', character }, next: at + 1 }
}

const classes: Record<string, RegExp> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  digit: /[0-9]/,
  lower: /[a-z]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /\s/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
}

interface CharacterClass {
  has: (character: string) => boolean
  /** Where its bracket closes. */
  end: number
}

function compileClass(characters: string[], start: number): CharacterClass | undefined {
  let at = start + 1
  const isNegated = characters[at] === '!' || characters[at] === '^'
  if (isNegated) at++
  const tests: ((character: string) => boolean)[] = []
  while (at < characters.length) {
    // A bracket that comes first is one of the characters
    if (characters[at] === ']' && tests.length > 0)
      return { has: (one) => tests.some((test) => test(one)) !== isNegated, end: at }
    const { test, next } = namedClass(characters, at) ?? characterRange(characters, at)
    tests.push(test)
    at = next
  }
  return undefined
}

type Range = { test: (character: string) => boolean; next: number }

function namedClass(characters: string[], at: number): Range | undefined {
  const [whole, name] = /^\[:([a-z]+):\]/.exec(characters.slice(at, at + 12).join('')) ?? []
  if (whole === undefined || name === undefined) return undefined
  return { test: (one) => classes[name]?.test(one) ?? false, next: at + whole.length }
}

function characterRange(characters: string[], start: number): Range {
  const escapedAt = (at: number) => (characters[at] === '\\' ? at + 1 : at)
  const first = escapedAt(start)
  const from = characters[first] ?? ''
  const [dash, after] = characters.slice(first + 1, first + 3)
  if (dash !== '-' || after === ']' || after === undefined) return { test: (one) => one === from, next: first + 1 }
  const last = escapedAt(first + 2)
  const to = characters[last] ?? ''
  return { test: (one) => one >= from && one <= to, next: last + 1 }
}

// One star back at most, there and in the folders: what was matched before the last star need not be looked at again.
function matchSegments(pattern: readonly Segment[], path: readonly string[], effort: Effort): boolean {
  let at = 0
  let star = -1
  let mark = 0
  spend(effort, leastComparisons + path.length)
  for (let index = 0; index < path.length; ) {
    const segment = pattern[at]
    if (segment === anything) {
      // At the end `**` means what is inside: at least one name.
      if (at === pattern.length - 1) return true
      star = at++
      mark = index
    } else if (segment !== undefined && matchSegment(segment, path[index] ?? '', effort)) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++mark
    } else return false
  }
  return at === pattern.length
}

function matchSegment(pattern: readonly Piece[], text: string, effort: Effort): boolean {
  let at = 0
  let star = -1
  let mark = 0
  for (let index = 0; index < text.length; ) {
    spend(effort, 1)
    const piece = pattern[at]
    if (piece?.kind === 'many') {
      star = at++
      mark = index
    } else if (piece !== undefined && fits(piece, text[index] ?? '')) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++mark
    } else return false
  }
  while (pattern[at]?.kind === 'many') at++
  return at === pattern.length
}

function fits(piece: Piece, character: string): boolean {
  if (piece.kind === 'character') return piece.character === character
  return piece.kind === 'one' || (piece.kind === 'class' && piece.has(character))
}
