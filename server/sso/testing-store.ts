import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

interface TestRow {
  at: Date
  succeeded: boolean
  /** Sealed. */
  report: Buffer
}

/** Keeps a test sign-in in place of the one before. */
export async function putTest(tx: Tx, t: TestRow & { orgId: string; userId: string }): Promise<void> {
  await sql`insert into sso_tests (org_id, user_id, tested_at, succeeded, report)
    values (${t.orgId}, ${t.userId}, ${t.at}, ${t.succeeded}, ${t.report})
    on conflict (org_id, user_id) do update
      set (tested_at, succeeded, report) = (excluded.tested_at, excluded.succeeded, excluded.report)`.execute(tx)
}

/** The last test sign-in of an admin. */
export async function findTest(db: Db, orgId: string, userId: string): Promise<TestRow | undefined> {
  const { rows } = await sql<TestRow>`select tested_at at, succeeded, report from sso_tests
    where org_id = ${orgId} and user_id = ${userId}`.execute(db)
  return rows[0]
}
