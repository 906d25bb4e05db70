import type { Insertable } from 'kysely'
import type { Db } from '../server/store/database.ts'
import type { DB } from '../server/store/tables.ts'

// In the order in which they can be stored: each after what it refers to.
const tables = [
  'organizations',
  'users',
  'service_accounts',
  'names',
  'emails',
  'memberships',
  'resource_groups',
  'group_roles',
  'repositories',
  'repository_names',
  'repo_collaborators',
  'gate_requests',
  'sessions',
  'access_tokens',
  'token_scopes',
  'token_states',
] as const
type Table = (typeof tables)[number]

/** Rows that wait to be stored. */
export type Rows = { [T in Table]: Insertable<DB[T]>[] }

export function newRows(): Rows {
  return Object.fromEntries(tables.map((table) => [table, []])) as unknown as Rows
}

/** Stores them, with one statement a table. */
export async function insertAll(db: Db, rows: Rows): Promise<void> {
  for (const table of tables) {
    const values = rows[table] as Insertable<DB[Table]>[]
    if (values.length > 0)
      await db
        .insertInto(table as Table)
        .values(values as never)
        .execute()
  }
}
