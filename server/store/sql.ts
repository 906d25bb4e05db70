export { sql } from 'kysely'

import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely'

const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** The text of a piece of SQL that holds no values, for statements that are put together once and kept. */
export function textOf(piece: RawBuilder<unknown>): string {
  const { sql: text, parameters } = piece.compile(compiler)
  if (parameters.length > 0) throw new Error(`this SQL holds values: ${text}`)
  return text
}

/** A `like` pattern that finds the text anywhere in one that has lower case letters only, with its wildcards taken literally. */
export function containing(text: string): string {
  return `%${text
    .trim()
    .toLowerCase()
    .replace(/[\\%_]/g, (char) => `\\${char}`)}%`
}

/** A `like` pattern that finds a name anywhere in what the database has folded: without case and accents. */
export function foldedPattern(text: string): RawBuilder<string> {
  return sql<string>`fold_pattern(${text}::text)`
}

/** The condition that a folded text begins with a name, see {@link beginning}. */
export function foldedBeginning(column: string, text: string): RawBuilder<boolean> {
  const folded = sql`fold(${text}::text)`
  const end = '\u{10ffff}'
  return sql<boolean>`${sql.raw(column)} collate "C" >= ${folded} and ${sql.raw(column)} collate "C" < ${folded} || ${end}::text`
}

/**
 * The condition that a text in lower case begins with these words, as an index on it with collation C answers it whatever
 * they are: for a pattern that is not known when the statement is planned, `like` reads the whole index.
 */
export function beginning(column: string, text: string): RawBuilder<boolean> {
  const words = text.trim().toLowerCase()
  const end = `${words}\u{10ffff}`
  return sql<boolean>`${sql.raw(column)} collate "C" >= ${words} and ${sql.raw(column)} collate "C" < ${end}`
}

/**
 * The row that a column points to, for `join … on true`. The limit has PostgreSQL read it by its key, once for each row before
 * it: left to guess, as it must before statistics arrive, it reads the whole table where it takes few rows for many.
 */
export function rowOf(table: string, column: string): RawBuilder<unknown> {
  return sql`lateral (select * from ${sql.table(table)} where id = ${sql.ref(column)} limit 1)`
}

/** The membership of a person in an organization, both given as columns or values, for `join … on true`: by its key, likewise. */
export function membershipOf(org: RawBuilder<unknown>, user: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`lateral (select * from memberships where org_id = ${org} and user_id = ${user} limit 1)`
}

/** A list of values as one array parameter, so that the statement has one text however many there are. */
export function arrayOf(values: readonly string[]): RawBuilder<string[]> {
  return sql<string[]>`${values as string[]}::text[]`
}

const fewest = 2

/**
 * The same where there are mostly one or two: these are parameters of their own. An array that is not known yet counts as ten
 * values for PostgreSQL, which plans the statement again each time, because a plan for fewer costs less.
 */
export function fewOf(values: readonly string[]): RawBuilder<string[]> {
  if (values.length === 0 || values.length > fewest) return arrayOf(values)
  return sql<string[]>`array[${sql.join(values)}]::text[]`
}

/** A list of bytes, such as hashes, as one array parameter. */
export function bytesOf(values: readonly Buffer[]): RawBuilder<Buffer[]> {
  return sql<Buffer[]>`${values as Buffer[]}::bytea[]`
}

/** The condition that a column has a value; holds everywhere when there is no value. */
export function matching(column: string, value: string | undefined): RawBuilder<boolean> {
  return value === undefined ? sql<boolean>`true` : sql<boolean>`${sql.ref(column)} = ${value}`
}
