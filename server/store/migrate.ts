import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { type Db, type Tx, transaction } from './database.ts'

const folder = new URL('./migrations/', import.meta.url)
const lockNumber = 4_711_001

/** Applies the migrations that this database has not seen, each once, in order; answers the names applied. */
export async function migrate(db: Db): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return transaction(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(${lockNumber})`.execute(tx)
    const done = await appliedMigrations(tx)
    const missing = files.filter((name) => !done.has(name))
    for (const name of missing) await runMigration(tx, name)
    return missing
  })
}

async function appliedMigrations(tx: Tx): Promise<Set<string>> {
  await sql`create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())`.execute(
    tx,
  )
  await sql`comment on table migrations is 'Migrations that this database has seen.'`.execute(tx)
  const { rows } = await sql<{ name: string }>`select name from migrations`.execute(tx)
  return new Set(rows.map((row) => row.name))
}

async function runMigration(tx: Tx, name: string): Promise<void> {
  await sql.raw(await readFile(new URL(name, folder), 'utf8')).execute(tx)
  await sql`insert into migrations (name) values (${name})`.execute(tx)
}
