import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CompiledQuery } from 'kysely'
import type { Db } from '../server/store/database.ts'
import { startTestHub } from './hub.ts'
import { recordStatements, type Statement } from './statements.ts'

// About as many as mislead the planner most where it knows nothing of a table: later it guesses better.
const population = 21_000

const hub = await startTestHub()

test('no request reads a whole table on a database that was never analyzed', async () => {
  const org = await hub.organization('Lab', { ada: 'admin', bob: 'read' })
  await keepStatisticsAway(hub.db)
  await addPeople(hub.db, population)
  const recorded = recordStatements()
  try {
    for (const path of [
      '/api/whoami-v2',
      '/api/organizations/Lab/members/bob',
      '/api/organizations/Lab/members?limit=50',
    ])
      assert.equal((await hub.request(org.people.ada, 'GET', path)).status, 200, path)
  } finally {
    recorded.stop()
  }
  const facts = recorded.statements.filter(({ text }) => text.includes('organization_creation'))
  assert.equal(facts.length, 3)
  for (const statement of facts) assert.deepEqual(await wholeTables(hub.db, statement), [], statement.text)
})

// Statistics come when they come; until then the planner guesses from the size of the file.
async function keepStatisticsAway(db: Db): Promise<void> {
  const { rows } = await db.executeQuery<{ name: string }>(
    CompiledQuery.raw(
      `select c.oid::regclass::text as name from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`,
    ),
  )
  for (const { name } of rows)
    await db.executeQuery(CompiledQuery.raw(`alter table ${name} set (autovacuum_enabled = off)`))
}

async function addPeople(db: Db, count: number): Promise<void> {
  const id = `'aaaaaaaaaaaaaaaa' || lpad(to_hex(i), 8, '0')`
  for (const text of [
    `insert into users (id, name, fullname, created_at) select ${id}, 'person-' || i, 'Person ' || i, now() from generate_series(1, ${count}) i`,
    `insert into names (lower_name, name, user_id, current) select 'person-' || i, 'person-' || i, ${id}, true from generate_series(1, ${count}) i`,
    `insert into emails (id, user_id, address, verified_at, is_primary, created_at)
     select ${id}, ${id}, 'person-' || i || '@example.org', now(), true, now() from generate_series(1, ${count}) i`,
  ])
    await db.executeQuery(CompiledQuery.raw(text))
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  Plans?: PlanNode[]
}

// Tables of one row, or of as many as there are organizations at most.
const small = new Set(['instance'])

/** The tables that a statement reads from beginning to end, as it is planned now. */
async function wholeTables(db: Db, { text, values }: Statement): Promise<string[]> {
  const roots = [
    await plan(db, `explain (format json) ${text}`, values),
    // The semicolon keeps it from being prepared, where the parameters would have to be given.
    await plan(db, `explain (generic_plan, format json) ${text};`, []),
  ]
  const found = roots
    .flatMap(nodesOf)
    .filter((node) => node['Node Type'] === 'Seq Scan')
    .map((node) => node['Relation Name'] ?? '')
  return [...new Set(found)].filter((table) => !small.has(table)).sort()
}

async function plan(db: Db, text: string, values: unknown[]): Promise<PlanNode | undefined> {
  const { rows } = await db.executeQuery<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(CompiledQuery.raw(text, values))
  return rows[0]?.['QUERY PLAN'][0].Plan
}

function nodesOf(node: PlanNode | undefined): PlanNode[] {
  return node === undefined ? [] : [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}
