import { storedEventTypes } from '../../api/index.ts'
import { HubError } from '../kernel/errors.ts'
import { maskAddress } from './record.ts'

/** What a search asks for; each list is any of its values, the words are all of them. */
export interface EventFilter {
  authors: string[]
  ips: string[]
  types: string[]
  /** IDs or last four characters of access tokens. */
  tokens: string[]
  after: Date | undefined
  before: Date | undefined
  words: string[]
}

const maxTerms = 20
const keys = ['author', 'ip', 'type', 'token', 'after', 'before'] as const
type Key = (typeof keys)[number]

/** Reads a search text: `author:ada type:org.change_role after:2026-01-31 "two words"`; throws `400` that says what is wrong. */
export function parseFilter(q: string | undefined): EventFilter {
  const filter: EventFilter = {
    authors: [],
    ips: [],
    types: [],
    tokens: [],
    after: undefined,
    before: undefined,
    words: [],
  }
  const terms = termsOf(q ?? '')
  if (terms.length > maxTerms) throw badSearch(`must have at most ${maxTerms} words and filters`)
  for (const { key, value } of terms) addTerm(filter, key, value)
  return filter
}

interface Term {
  key: string | undefined
  value: string
}

// A term is a word, "several words", key:value or key:"a value".
function termsOf(q: string): Term[] {
  const terms: Term[] = []
  const pattern = /\s*(?:([A-Za-z_]+):)?(?:"([^"]*)"|([^\s"]*))(?=\s|$)/y
  while (q.slice(pattern.lastIndex).trim() !== '') {
    const at = pattern.lastIndex
    const found = pattern.exec(q)
    if (found === null || pattern.lastIndex === at)
      throw badSearch('has an unclosed quotation mark, or one inside a word')
    terms.push({ key: found[1]?.toLowerCase(), value: found[2] ?? found[3] ?? '' })
  }
  return terms
}

function addTerm(filter: EventFilter, key: string | undefined, value: string): void {
  if (value === '')
    throw badSearch(key === undefined ? 'has nothing between the quotation marks' : `has no value after ${key}:`)
  if (value.includes('\0')) throw badSearch('must not contain NUL')
  if (key === undefined) return void filter.words.push(value)
  if (!isKey(key))
    throw badSearch(
      `has the unknown filter ${key}:. Filters are ${keys.join(':, ')}:. Put words that contain a colon in quotation marks`,
    )
  addFilter(filter, key, value)
}

function isKey(key: string): key is Key {
  return (keys as readonly string[]).includes(key)
}

function addFilter(filter: EventFilter, key: Key, value: string): void {
  switch (key) {
    case 'author':
      return void filter.authors.push(value.toLowerCase())
    case 'type':
      return void filter.types.push(...storedEventTypes(value))
    case 'token':
      return void filter.tokens.push(value)
    case 'ip':
      return void filter.ips.push(addressOf(value))
    case 'after':
    case 'before':
      filter[key] = timeOf(key, value)
  }
}

function addressOf(value: string): string {
  const masked = maskAddress(value)
  if (masked === '') throw badSearch('must have an IP address after ip:, such as 127.0.0.0')
  return masked
}

function timeOf(key: string, value: string): Date {
  const time = new Date(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(value) ? value : '',
  )
  if (Number.isNaN(time.getTime()) || isNoDay(value))
    throw badSearch(`must have a day such as 2026-01-31 or a time such as 2026-01-31T12:00Z after ${key}:`)
  return time
}

// JavaScript takes the 30th of February for a day in March.
function isNoDay(value: string): boolean {
  const day = value.slice(0, 10)
  return new Date(day).toISOString().slice(0, 10) !== day
}

function badSearch(problem: string): HubError {
  return new HubError('BadRequest', `q: ${problem}`, { body: { fields: [{ field: 'q', message: problem }] } })
}
