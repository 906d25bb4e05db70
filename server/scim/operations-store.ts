import { type Db, sendWithNext, type Tx } from '../store/database.ts'
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

const inserted = ({ id, orgId, at, method, resource, subject, status, error }: NewOperation) => sql`
  insert into scim_operations (id, org_id, at, method, resource, subject, status, error)
  values (${id}, ${orgId}, ${at}, ${method}, ${resource}, ${subject}, ${status}, ${error})`

/** Keeps what an identity provider asked for, and that it was refused. */
export async function insertRefusal(db: Db, operation: NewOperation): Promise<void> {
  await inserted(operation).execute(db)
}

/** Keeps what an identity provider asked for in the transaction that does it: sent with the commit. */
export async function insertOperation(tx: Tx, operation: NewOperation): Promise<void> {
  await sendWithNext(tx, inserted(operation).compile(tx))
}

/** Forgets what was asked before a moment. */
export async function deleteOperations(db: Db, before: Date): Promise<void> {
  await sql`delete from scim_operations where at < ${before}`.execute(db)
}
