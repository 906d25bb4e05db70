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

/** The condition that a column has a value; holds everywhere when there is no value. */
export function matching(column: string, value: string | undefined): RawBuilder<boolean> {
  return value === undefined ? sql<boolean>`true` : sql<boolean>`${sql.ref(column)} = ${value}`
}
