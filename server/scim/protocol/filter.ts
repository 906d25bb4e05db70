import { badRequest } from './errors.ts'

// The grammar of RFC 7644 §3.4.2.2. Values without quotes are taken too, as published examples write them.

const longestFilter = 2000
const deepestFilter = 10
const mostComparisons = 50

const comparisons = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const
type ComparisonOp = (typeof comparisons)[number]
export type FilterValue = string | number | boolean | null

/** A filter as a tree. Paths are in lower case and without the URN of the schema; `emails[type eq "work"]` compares `emails.type`. */
export type Filter =
  | { op: ComparisonOp; path: string; value: FilterValue }
  | { op: 'pr'; path: string }
  | { op: 'and' | 'or'; filters: [Filter, Filter] }
  | { op: 'not'; filter: Filter }

/** Where a PATCH operation acts: `emails[type eq "work"].value` is `emails`, a filter, and `value`. */
export interface AttributePath {
  attribute: string
  filter?: Filter
  sub?: string
}

interface Token {
  kind: 'text' | 'word' | 'mark'
  text: string
}

/** Reads a filter; throws `invalidFilter` for what is none, or is too long or too deep. */
export function parseFilter(text: string): Filter {
  const cursor = cursorOn(text, (problem) => badRequest('invalidFilter', `filter: ${problem}`))
  const filter = either(cursor, '', 0)
  end(cursor)
  return filter
}

/** Reads the path of a PATCH operation; throws `invalidPath` for what is none. */
export function parsePath(text: string): AttributePath {
  const cursor = cursorOn(text, (problem) => badRequest('invalidPath', `path: ${problem}`))
  const attribute = plainPath(wordOf(cursor))
  if (!takes(cursor, '[')) {
    end(cursor)
    const [name = '', sub] = attribute.split('.')
    return { attribute: name, ...(sub !== undefined && { sub }) }
  }
  const filter = either(cursor, `${attribute}.`, 0)
  expect(cursor, ']')
  const rest = peek(cursor)?.text
  if (rest === undefined) return { attribute, filter }
  cursor.at++
  end(cursor)
  if (!/^\.\w+$/.test(rest)) throw cursor.refuse(`unexpected “${rest.slice(0, 50)}”`)
  return { attribute, filter, sub: rest.slice(1).toLowerCase() }
}

/** An attribute in lower case, without the URN of its schema. */
export function plainPath(name: string): string {
  return name.toLowerCase().replace(/^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group):/, '')
}

type Refuse = (problem: string) => Error

/** Where a reader is in its text. */
interface Cursor {
  tokens: readonly Token[]
  at: number
  /** How many comparisons were read. */
  compared: number
  refuse: Refuse
}

function cursorOn(text: string, refuse: Refuse): Cursor {
  if (text.length > longestFilter) throw refuse(`can have at most ${longestFilter} characters`)
  return { tokens: tokensOf(text, refuse), at: 0, compared: 0, refuse }
}

function peek({ tokens, at }: Cursor): Token | undefined {
  return tokens[at]
}

function unexpected(cursor: Cursor): Error {
  const token = peek(cursor)
  return cursor.refuse(token === undefined ? 'ends too early' : `unexpected “${token.text.slice(0, 50)}”`)
}

function end(cursor: Cursor): void {
  if (peek(cursor) !== undefined) throw unexpected(cursor)
}

function takes(cursor: Cursor, mark: string): boolean {
  const token = peek(cursor)
  const found = token?.kind === 'mark' && token.text === mark
  if (found) cursor.at++
  return found
}

function takesWord(cursor: Cursor, word: string): boolean {
  const token = peek(cursor)
  const found = token?.kind === 'word' && token.text.toLowerCase() === word
  if (found) cursor.at++
  return found
}

function expect(cursor: Cursor, mark: string): void {
  if (!takes(cursor, mark)) throw unexpected(cursor)
}

function wordOf(cursor: Cursor): string {
  const token = peek(cursor)
  if (token?.kind !== 'word') throw unexpected(cursor)
  cursor.at++
  return token.text
}

function either(cursor: Cursor, prefix: string, depth: number): Filter {
  if (depth > deepestFilter) throw cursor.refuse(`is nested more than ${deepestFilter} levels deep`)
  let filter = both(cursor, prefix, depth)
  while (takesWord(cursor, 'or')) filter = { op: 'or', filters: [filter, both(cursor, prefix, depth)] }
  return filter
}

function both(cursor: Cursor, prefix: string, depth: number): Filter {
  let filter = one(cursor, prefix, depth)
  while (takesWord(cursor, 'and')) filter = { op: 'and', filters: [filter, one(cursor, prefix, depth)] }
  return filter
}

function one(cursor: Cursor, prefix: string, depth: number): Filter {
  if (takesWord(cursor, 'not')) {
    expect(cursor, '(')
    return { op: 'not', filter: upTo(cursor, ')', prefix, depth) }
  }
  if (takes(cursor, '(')) return upTo(cursor, ')', prefix, depth)
  const path = prefix + plainPath(wordOf(cursor))
  const isValuePath = prefix === '' && takes(cursor, '[')
  return isValuePath ? upTo(cursor, ']', `${path}.`, depth) : comparison(cursor, path)
}

function upTo(cursor: Cursor, mark: string, prefix: string, depth: number): Filter {
  const filter = either(cursor, prefix, depth + 1)
  expect(cursor, mark)
  return filter
}

function comparison(cursor: Cursor, path: string): Filter {
  if (++cursor.compared > mostComparisons) throw cursor.refuse(`can have at most ${mostComparisons} comparisons`)
  const op = wordOf(cursor).toLowerCase()
  if (op === 'pr') return { op, path }
  const known = comparisons.find((each) => each === op)
  if (known === undefined) throw cursor.refuse(`unknown comparison “${op.slice(0, 50)}”`)
  const token = peek(cursor)
  if (token === undefined || token.kind === 'mark') throw unexpected(cursor)
  cursor.at++
  return { op: known, path, value: token.kind === 'text' ? token.text : bareValue(token.text) }
}

function bareValue(word: string): FilterValue {
  const lower = word.toLowerCase()
  if (lower === 'true' || lower === 'false') return lower === 'true'
  if (lower === 'null') return null
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(word) ? Number(word) : word
}

function tokensOf(text: string, refuse: Refuse): Token[] {
  const pattern = /\s*(?:("(?:[^"\\]|\\.)*")|([()[\]])|([^\s()[\]"]+))\s*/y
  const tokens: Token[] = []
  while (pattern.lastIndex < text.length) {
    const from = pattern.lastIndex
    const [, quoted, mark, word] = pattern.exec(text) ?? []
    if (quoted !== undefined) tokens.push({ kind: 'text', text: unquoted(quoted, refuse) })
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else throw refuse(`unexpected “${text.slice(from, from + 50)}”`)
  }
  return tokens
}

// The strings of filters are those of JSON (RFC 7644 §3.4.2.2).
function unquoted(quoted: string, refuse: Refuse): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw refuse(`${quoted.slice(0, 50)} is not a JSON string`)
  }
}
