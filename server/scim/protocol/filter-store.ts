import type { RawBuilder } from 'kysely'
import { plannedEachTime } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import { badRequest } from './errors.ts'
import { type Filter, type FilterValue, parseFilter } from './filter.ts'

/** What a filter compares: SQL of the row `s`, and how. `one` compares what has a statement of its own, by equality only. */
export type FilterColumn =
  | { text: RawBuilder<unknown>; isExact?: boolean }
  | { boolean: RawBuilder<unknown> }
  | { one: (value: string) => RawBuilder<boolean> }

export type FilterColumns = Readonly<Record<string, FilterColumn>>

/** What a list is narrowed by. */
export interface Narrowed {
  /** What its statements begin with: how those with more than one comparison read is up to who writes the filter. */
  begin: RawBuilder<unknown>
  condition: RawBuilder<boolean>
}

/** What the filter of a list narrows it by, everything without one. Throws `invalidFilter` for what is none. */
export function narrowedBy(text: string | undefined, columns: FilterColumns): Narrowed {
  if (!text) return { begin: sql``, condition: sql<boolean>`true` }
  const filter = parseFilter(text)
  const begin = filter.op === 'eq' ? sql`` : sql.raw(plannedEachTime)
  return { begin, condition: conditionOf(filter, columns) }
}

/** The condition that a filter stands for; throws `invalidFilter` for attributes that can’t be compared so. */
function conditionOf(filter: Filter, columns: FilterColumns): RawBuilder<boolean> {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const [one, other] = filter.filters.map((each) => conditionOf(each, columns))
      return sql<boolean>`(${one} ${sql.raw(filter.op)} ${other})`
    }
    case 'not':
      return sql<boolean>`(not coalesce(${conditionOf(filter.filter, columns)}, false))`
    default:
      return compared(filter, columnOf(filter.path, columns))
  }
}

type Comparison = Extract<Filter, { path: string }>

function columnOf(path: string, columns: FilterColumns): FilterColumn {
  const column = Object.hasOwn(columns, path) ? columns[path] : undefined
  if (column !== undefined) return column
  const known = Object.keys(columns).join(', ')
  throw badRequest('invalidFilter', `filter: can’t compare “${path.slice(0, 50)}”. Known attributes: ${known}`)
}

function compared(filter: Comparison, column: FilterColumn): RawBuilder<boolean> {
  if ('boolean' in column) return comparedBoolean(filter, column.boolean)
  if ('one' in column) {
    if (filter.op !== 'eq' || typeof filter.value !== 'string') throw unfit(filter)
    return column.one(filter.value)
  }
  return comparedText(filter, column)
}

function unfit({ op, path }: Comparison): Error {
  return badRequest('invalidFilter', `filter: can’t compare ${path} with ${op} and this value.`)
}

// Identity providers write booleans as strings, too.
function comparedBoolean(filter: Comparison, column: RawBuilder<unknown>): RawBuilder<boolean> {
  if (filter.op === 'pr') return sql<boolean>`true`
  const wanted = booleanOf(filter.value)
  if (wanted === undefined || (filter.op !== 'eq' && filter.op !== 'ne')) throw unfit(filter)
  return sql<boolean>`(${column} = ${wanted === (filter.op === 'eq')}::boolean)`
}

function booleanOf(value: FilterValue): boolean | undefined {
  const word = String(value).toLowerCase()
  return word === 'true' || word === 'false' ? word === 'true' : undefined
}

function comparedText(
  filter: Comparison,
  { text, isExact = false }: Extract<FilterColumn, { text: unknown }>,
): RawBuilder<boolean> {
  if (filter.op === 'pr') return sql<boolean>`(coalesce(${text}, '') <> '')`
  if (filter.value === null) return comparedNull(filter, text)
  if (String(filter.value).includes('\0')) throw unfit(filter)
  const column = isExact ? text : sql`lower(${text})`
  const value = isExact ? sql`${String(filter.value)}::text` : sql`lower(${String(filter.value)}::text)`
  switch (filter.op) {
    case 'eq':
      return sql<boolean>`(${column} = ${value})`
    case 'ne':
      return sql<boolean>`(${column} is distinct from ${value})`
    case 'co':
      return sql<boolean>`(position(${value} in ${column}) > 0)`
    case 'sw':
      return sql<boolean>`starts_with(${column}, ${value})`
    case 'ew':
      return sql<boolean>`(right(${column}, length(${value})) = ${value})`
    default:
      return sql<boolean>`(${column} ${sql.raw(orders[filter.op])} ${value})`
  }
}

const orders = { gt: '>', ge: '>=', lt: '<', le: '<=' } as const

function comparedNull(filter: Comparison, column: RawBuilder<unknown>): RawBuilder<boolean> {
  if (filter.op === 'eq') return sql<boolean>`(${column} is null)`
  if (filter.op === 'ne') return sql<boolean>`(${column} is not null)`
  throw unfit(filter)
}
