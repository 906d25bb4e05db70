import { Lexer, Parser, parseDocument } from 'yaml'

/** Metadata at the head of a card, as far as it could be read. */
export interface Card {
  data: Record<string, unknown>
  /** What is wrong with it, one sentence each. */
  problems: string[]
  /** Whether there is a head at all. */
  found: boolean
}

const mostHeadBytes = 200_000
const mostDataBytes = 512 * 1024
const mostAliases = 100
const mostDepth = 100
const mostProblems = 20
// As the Python client reads it, which skips blank lines before
const fence = /^\uFEFF?\s*---[ \t]*(?:\r\n|\r|\n)(?:([\s\S]*?)(?:\r\n|\r|\n))?---[ \t]*(?:\r\n|\r|\n|$)/

/** The YAML between two lines of three dashes at the head of a README; undefined where there is none. */
export function headOfCard(text: string): string | undefined {
  const found = fence.exec(text.slice(0, mostHeadBytes))
  return found ? (found[1] ?? '') : undefined
}

/** What the YAML at the head of a card says. Someone can write it so that it takes minutes: for a thread only. */
export function parseHead(head: string): Card {
  if (isTooDeep(head)) return wrong('The metadata is nested too deeply.')
  // Keys that are maps themselves become texts that double with each level; the clients know texts only
  const options = { schema: 'core', uniqueKeys: true, stringKeys: true, logLevel: 'silent' } as const
  const document = parseDocument(head, options)
  const problems = document.errors.slice(0, mostProblems).map((error) => firstLine(error.message))
  if (problems.length > 0) return { data: {}, problems, found: true }
  return plainCard(() => document.toJS({ maxAliasCount: mostAliases }))
}

/** A card that says nothing but what is wrong with it. */
export function wrong(problem: string): Card {
  return { data: {}, problems: [problem], found: true }
}

// Asked of the first of two steps, which keeps a stack of its own; the second would use up that of the thread.
function isTooDeep(head: string): boolean {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(head)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > mostDepth) return true
  }
  return false
}

// Aliases can make a small text an endless one; the parser refuses most of them when it is turned into plain data.
function plainCard(make: () => unknown): Card {
  try {
    const text = JSON.stringify(make() ?? {})
    if (text.length > mostDataBytes) return wrong('The metadata is too long. Shorten it.')
    const data: unknown = JSON.parse(text)
    if (typeof data === 'object' && data !== null && !Array.isArray(data))
      return { data: wellFormed(data as Record<string, unknown>), problems: [], found: true }
    return wrong('The metadata must be a list of `name: value` lines.')
  } catch (error) {
    return wrong(firstLine((error as Error).message))
  }
}

// PostgreSQL stores neither NUL nor half of a surrogate pair.
function wellFormed(data: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(data).replaceAll('\\u0000', '\\ufffd')
  return JSON.parse(text, (_key, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))
}

function firstLine(message: string): string {
  return `${(message.split('\n')[0] ?? '').slice(0, 300).replace(/[:.]+$/, '')}.`
}
