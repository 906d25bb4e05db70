import { CompiledQuery } from 'kysely'
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
export async function wholeTables(db: Db, { text, values }: Statement): Promise<string[]> {
  const partial = await partialIndexes(db)
  const roots = [
    await plan(db, `explain (format json) ${text}`, values),
    // The semicolon keeps it from being prepared, where the parameters would have to be given.
    await plan(db, `explain (generic_plan, format json) ${text};`, []),
  ]
  const read = roots
    .flatMap((root) => nodesOf(root))
    .filter(({ node, isLimited }) => {
      if (node['Node Type'] === 'Seq Scan') return true
      // An index that holds few rows of a large table may be read as a whole, and any in its order until a page is full.
      const ofMost = indexScans.includes(node['Node Type']) && !partial.has(node['Index Name'] ?? '')
      return ofMost && node['Index Cond'] === undefined && !(isLimited && node.Filter === undefined)
    })
    .map(({ node }) => node['Relation Name'] ?? node['Index Name'] ?? '')
  return [...new Set(read)].filter((table) => !smallTables.includes(table)).sort()
}

async function plan(db: Db, text: string, values: unknown[]): Promise<PlanNode | undefined> {
  const { rows } = await db.executeQuery<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(CompiledQuery.raw(text, values))
  return rows[0]?.['QUERY PLAN'][0].Plan
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

let known: Promise<Set<string>> | undefined

function partialIndexes(db: Db): Promise<Set<string>> {
  known ??= readPartialIndexes(db)
  return known
}

async function readPartialIndexes(db: Db): Promise<Set<string>> {
  const text = 'select indexrelid::regclass::text as name from pg_index where indpred is not null'
  const { rows } = await db.executeQuery<{ name: string }>(CompiledQuery.raw(text))
  return new Set(rows.map(({ name }) => name))
}
