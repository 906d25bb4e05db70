import { parseDocument } from 'yaml'

/** Metadata at the head of a card, as far as it could be read. */
export interface Card {
  data: Record<string, unknown>
  /** What is wrong with it, one sentence each. */
  problems: string[]
  /** Whether there is a head at all. */
  found: boolean
}

const mostHeadBytes = 200_000
const mostAliases = 100
const mostProblems = 20
const fence = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:\r?\n)?---[ \t]*(?:\r?\n|$)/

/** The YAML between two lines of three dashes at the head of a README; undefined where there is none. */
export function headOfCard(text: string): string | undefined {
  return fence.exec(text.slice(0, mostHeadBytes))?.[1]
}

/** What the YAML at the head of a card says. Somebody can write it so that it takes minutes. */
export function parseHead(head: string): Card {
  const document = parseDocument(head, { schema: 'core', uniqueKeys: true, logLevel: 'silent' })
  const problems = document.errors.slice(0, mostProblems).map((error) => firstLine(error.message))
  if (problems.length > 0) return { data: {}, problems, found: true }
  return { ...plainCard(() => document.toJS({ maxAliasCount: mostAliases })), found: true }
}

// Aliases can make a small text an endless one; the parser refuses them when it is turned into plain data.
function plainCard(make: () => unknown): Omit<Card, 'found'> {
  try {
    const data: unknown = JSON.parse(JSON.stringify(make() ?? {}))
    if (typeof data === 'object' && data !== null && !Array.isArray(data))
      return { data: wellFormed(data as Record<string, unknown>), problems: [] }
    return { data: {}, problems: ['The metadata must be a list of `name: value`.'] }
  } catch (error) {
    return { data: {}, problems: [firstLine((error as Error).message)] }
  }
}

// PostgreSQL stores neither NUL nor half of a surrogate pair.
function wellFormed(data: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(data).replaceAll('\\u0000', '\\ufffd')
  return JSON.parse(text, (_key, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/:$/, '').slice(0, 300)
}
