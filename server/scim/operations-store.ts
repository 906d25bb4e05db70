import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'

export interface NewOperation {
  id: string
  orgId: string
  at: Date
  method: string
  resource: string
  subject: string
  status: number
  error: string | null
}

/** Keeps what an identity provider asked for, and what became of it. */
export async function insertOperation(db: Db, operation: NewOperation): Promise<void> {
  const { id, orgId, at, method, resource, subject, status, error } = operation
  await sql`insert into scim_operations (id, org_id, at, method, resource, subject, status, error)
    values (${id}, ${orgId}, ${at}, ${method}, ${resource}, ${subject}, ${status}, ${error})`.execute(db)
}

/** Forgets what was asked before a moment. */
export async function deleteOperations(db: Db, before: Date): Promise<void> {
  await sql`delete from scim_operations where at < ${before}`.execute(db)
}
