import { parseDocument } from 'yaml'
import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/authorize.ts'
import { HubError } from '../kernel/errors.ts'
import type { Db } from '../store/database.ts'

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
const mostTags = 200
const longestTag = 100
const fence = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:\r?\n)?---[ \t]*(?:\r?\n|$)/

/** Reads the metadata at the head of a README: YAML between two lines of three dashes. */
export function readCard(text: string): Card {
  const head = fence.exec(text.slice(0, mostHeadBytes))?.[1]
  if (head === undefined) return { data: {}, problems: [], found: false }
  const document = parseDocument(head, { schema: 'core', uniqueKeys: true, logLevel: 'silent' })
  const problems = document.errors.map((error) => firstLine(error.message))
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

/** The tags of a card, as the clients filter by them: its own, its library, task and languages, its license. */
export function tagsOf({ data }: Card): string[] {
  const several = (name: string) => texts(data[name])
  const named = (name: string) => several(name).map((value) => `${name}:${value}`)
  const found = [
    ...several('library_name'),
    ...several('pipeline_tag'),
    ...several('tags'),
    ...several('language'),
    ...named('license'),
    ...several('datasets').map((value) => `dataset:${value}`),
    ...several('base_model').map((value) => `base_model:${value}`),
    ...several('task_categories').map((value) => `task_categories:${value}`),
    ...several('size_categories').map((value) => `size_categories:${value}`),
  ]
  return [...new Set(found)].slice(0, mostTags)
}

/** The texts of a field that may be one or a list. */
export function texts(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((one): one is string => typeof one === 'string' && one !== '' && one.length <= longestTag)
}

/** Checks the metadata of a card before it is committed. */
export async function validateCard(
  _db: Db,
  _permit: Permit<'card.validate'>,
  { content }: InputOf<typeof api.commits.validateCard>,
): Promise<ResultOf<typeof api.commits.validateCard>> {
  const card = readCard(content)
  if (card.problems.length > 0) {
    const errors = card.problems.map((message) => ({ message }))
    throw new HubError('BadRequest', card.problems.join('; '), { body: { errors, warnings: [] } })
  }
  const warnings = card.found ? [] : [{ message: 'There is no metadata: the file does not begin with a line `---`.' }]
  return { errors: [], warnings }
}
