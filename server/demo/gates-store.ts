import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** Makes people ask for access to a repository of an organization; answers its ID. */
export async function gateRepository(tx: Tx, orgId: string, name: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`update repositories set gate = 'manual'
    where org_id = ${orgId} and name = ${name} returning id`.execute(tx)
  const [repo] = rows
  if (repo === undefined) throw new Error(`${name} is not in the demo`)
  return repo.id
}

interface NewRequest {
  id: string
  repoId: string
  userId: string
  state: 'pending' | 'accepted' | 'rejected'
  at: Date
  asked: boolean
  answers: readonly { name: string; type: string; answer: string }[]
  handledById: string | null
  handledAt: Date | null
  reason: string | null
  expiresAt: Date | null
}

/** Inserts a request for access, or access that was given without one. Its authors were told of it. */
export async function insertGateRequest(tx: Tx, row: NewRequest): Promise<void> {
  await sql`insert into gate_requests (id, repo_id, user_id, state, created_at, asked, answers, handled_by_id, handled_at,
      reason, expires_at, notified_at)
    values (${row.id}, ${row.repoId}, ${row.userId}, ${row.state}, ${row.at}, ${row.asked},
      ${JSON.stringify(row.answers)}::jsonb, ${row.handledById}, ${row.handledAt}, ${row.reason}, ${row.expiresAt},
      ${row.at})`.execute(tx)
}
