import { generate, PostgresDialect } from 'kysely-codegen'
import { type Db, openDatabase } from '../server/store/database.ts'
import { makeDatabase, startTestPostgres } from '../tests/postgres.ts'
import type { Generated } from './files.ts'
import { schemaPage } from './schema.ts'

/** The files that follow from a freshly migrated database: the types of its tables, and their page of the reference. */
export async function databaseFiles(): Promise<Generated[]> {
  const postgres = await startTestPostgres()
  const fresh = await makeDatabase(postgres.url)
  const { db, close } = openDatabase(fresh.url, () => undefined)
  try {
    return [
      { file: 'server/store/tables.ts', content: await tableTypes(db) },
      { file: 'docs/reference/schema.md', content: await schemaPage(db) },
    ]
  } finally {
    await close()
    await fresh.drop()
    await postgres.stop()
  }
}

function tableTypes(db: Db): Promise<string> {
  return generate({
    db,
    dialect: new PostgresDialect({}),
    includePattern: 'public.*',
    outFile: null,
    typeOnlyImports: true,
  })
}
