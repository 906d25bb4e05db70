import type { Permit } from '../access/permit.ts'
import { daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { HeldBack, keepHeld } from './breaker.ts'
import { deleteOperations, insertOperation, insertRefusal } from './operations-store.ts'

const keptDays = 30
const longestSubject = 200

/** What a request does, for the list of the last operations. */
export interface Asked {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  resource: 'User' | 'Group'
  /** The name of the user or the group, or an ID where no more is known. */
  subject: string
  status?: number
}

/** Carries out a change by SCIM in one transaction, and keeps for admins what was asked and what became of it. */
export async function carryOut<T>(
  db: Db,
  permit: Permit<'scim.write'>,
  asked: Asked,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  try {
    return await transaction(db, async (tx) => {
      const result = await work(tx)
      await insertOperation(tx, rowOf(permit, asked, { status: asked.status ?? 200, error: null }))
      return result
    })
  } catch (error) {
    const refusal = error instanceof HeldBack ? await keepHeld(db, permit, error) : error
    if (refusal instanceof HubError)
      await insertRefusal(db, rowOf(permit, asked, { status: refusal.status, error: refusal.message }))
    throw refusal
  }
}

function rowOf(
  { org }: Permit<'scim.write'>,
  { method, resource, subject }: Asked,
  outcome: { status: number; error: string | null },
) {
  const about = { method, resource, subject: subject.slice(0, longestSubject) }
  return { id: newId(), orgId: org.id, at: now(), ...about, ...outcome }
}

/** Forgets operations after 30 days. */
export async function forgetOperations(db: Db): Promise<void> {
  await deleteOperations(db, secondsFromNow(-keptDays * daySeconds))
}
