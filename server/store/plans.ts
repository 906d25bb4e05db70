import type pg from 'pg'
import { now } from '../kernel/clock.ts'

// A plan is of the tables as they were when it was made.
const oldestMs = 10_000
const droppedAt = new WeakMap<pg.Client, number>()

/**
 * Drops the plans of a connection when the last time is ten seconds ago: called before each statement. PostgreSQL itself makes
 * them again once it has looked at a table that grew, which can be a minute later: until then it may read thousands of rows
 * from beginning to end that were none when it planned.
 */
export function dropOldPlans(client: pg.Client, send: (text: string) => Promise<unknown>): void {
  const at = now().getTime()
  const last = droppedAt.get(client)
  if (last !== undefined && Math.abs(at - last) < oldestMs) return
  droppedAt.set(client, at)
  // Where the connection is gone, the statement behind it says so
  if (last !== undefined) send('discard plans').catch(() => undefined)
}
