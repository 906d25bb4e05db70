import { CompiledQuery } from 'kysely'
import { batchText } from '../server/store/batches.ts'
import type { Db } from '../server/store/database.ts'
import { smallTables } from './grown.ts'
import type { Statement } from './statements.ts'

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Filter?: string
  'Join Filter'?: string
  Plans?: PlanNode[]
}

const indexScans = ['Index Scan', 'Index Only Scan', 'Bitmap Index Scan']

/** The tables that a statement reads from beginning to end, as it is planned now for what it was sent with, and for anything. */
export async function wholeTables(db: Db, { text, values, isShort }: Statement): Promise<string[]> {
  const { partial, keys } = await indexesOf(db)
  const roots = [
    await plan(db, `explain (format json) ${text}`, values),
    await genericPlan(db, text, values.length),
    isShort && values.length > 0 ? await batchPlan(db, text, values.length) : undefined,
  ]
  const visited = roots.flatMap((root) => nodesOf(root))
  const compared = visited.flatMap(({ node }) => comparedRowByRow(node, keys))
  const read = visited
    .filter(({ node, isLimited }) => {
      if (node['Node Type'] === 'Seq Scan') return true
      // An index that holds few rows of a large table may be read as a whole, and any in its order until a page is full.
      const ofMost = indexScans.includes(node['Node Type']) && !partial.has(node['Index Name'] ?? '')
      return ofMost && node['Index Cond'] === undefined && !(isLimited && node.Filter === undefined)
    })
    .map(({ node }) => node['Relation Name'] ?? node['Index Name'] ?? '')
  return [...new Set([...read, ...compared])].filter((table) => !smallTables.includes(table)).sort()
}

// A table of which a join finds many rows by a part of its condition, and compares them one by one as if they were few.
function comparedRowByRow(node: PlanNode, keys: Indexes['keys']): string[] {
  const inner = node.Plans?.[1]
  const isCompared = node['Node Type'] === 'Nested Loop' && / = /.test(node['Join Filter'] ?? '')
  if (!isCompared || inner === undefined || !indexScans.includes(inner['Node Type'])) return []
  const columns = keys.get(inner['Index Name'] ?? '') ?? Number.POSITIVE_INFINITY
  const isByWhole = (inner['Index Cond']?.match(/ = /g) ?? []).length >= columns
  return isByWhole ? [] : [inner['Relation Name'] ?? '']
}

async function plan(db: Db, text: string, values: unknown[]): Promise<PlanNode | undefined> {
  const { rows } = await db.executeQuery<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(CompiledQuery.raw(text, values))
  return rows[0]?.['QUERY PLAN'][0].Plan
}

// As version 16 and newer say by `generic_plan`; the oldest supported one is asked in this way.
async function genericPlan(db: Db, text: string, count: number): Promise<PlanNode | undefined> {
  const given = count === 0 ? '' : `(${Array(count).fill('null').join(', ')})`
  return db.connection().execute(async (one) => {
    const run = (words: string) => one.executeQuery(CompiledQuery.raw(words))
    await run('set plan_cache_mode = force_generic_plan')
    await run(`prepare planned as ${text}`)
    try {
      return await plan(one, `explain (format json) execute planned${given}`, [])
    } finally {
      await run('deallocate planned')
      await run('reset plan_cache_mode')
    }
  })
}

// For many questions that differ in their values.
async function batchPlan(db: Db, text: string, count: number): Promise<PlanNode | undefined> {
  const types = await typesOfValues(db, text)
  return types.some((type) => type.endsWith('[]')) ? undefined : genericPlan(db, batchText(text, types), count)
}

/** PostgreSQL's names for the types of the values of a statement. */
export async function typesOfValues(db: Db, text: string): Promise<string[]> {
  return db.connection().execute(async (one) => {
    await one.executeQuery(CompiledQuery.raw(`prepare typed as ${text}`))
    const { rows } = await one.executeQuery<{ types: string[] }>(
      CompiledQuery.raw(`select parameter_types::text[] types from pg_prepared_statements where name = 'typed'`),
    )
    await one.executeQuery(CompiledQuery.raw('deallocate typed'))
    return rows[0]?.types ?? []
  })
}

interface Visited {
  node: PlanNode
  isLimited: boolean
}

function nodesOf(node: PlanNode | undefined, isLimited = false): Visited[] {
  if (node === undefined) return []
  const limited = isLimited || node['Node Type'] === 'Limit'
  return [{ node, isLimited }, ...(node.Plans ?? []).flatMap((plan) => nodesOf(plan, limited))]
}

interface Indexes {
  partial: ReadonlySet<string>
  /** How many columns each is on. */
  keys: ReadonlyMap<string, number>
}

let known: Promise<Indexes> | undefined

function indexesOf(db: Db): Promise<Indexes> {
  known ??= readIndexes(db)
  return known
}

async function readIndexes(db: Db): Promise<Indexes> {
  const text = `select indexrelid::regclass::text as name, indpred is not null as partial, indnkeyatts as columns
    from pg_index`
  const { rows } = await db.executeQuery<{ name: string; partial: boolean; columns: number }>(CompiledQuery.raw(text))
  return {
    partial: new Set(rows.filter(({ partial }) => partial).map(({ name }) => name)),
    keys: new Map(rows.map(({ name, columns }) => [name, columns])),
  }
}
