export { sql } from 'kysely'

import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'

/** A `like` pattern that finds the text anywhere, with its wildcards taken literally. */
export function containing(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, (char) => `\\${char}`)}%`
}

/** A list of values as one array parameter, so that the statement has one text however many there are. */
export function arrayOf(values: readonly string[]): RawBuilder<string[]> {
  return sql<string[]>`${values as string[]}::text[]`
}
