import pg from 'pg'
import { log } from '../kernel/log.ts'
import type { Connection } from '../store/database.ts'

/** Connections of the queue's own: one of them listens, and work in the queue never waits for requests. */
export function openQueuePool(connection: Connection, max: number): pg.Pool {
  const where = typeof connection === 'string' ? { connectionString: connection } : connection
  const pool = new pg.Pool({
    ...where,
    max,
    connectionTimeoutMillis: 3000,
    application_name: 'guildhall jobs',
    onConnect: async (client) => void (await client.query("set timezone = 'UTC'")),
  })
  const note = (error: Error) => log.debug({ error: error.message }, 'lost a connection of the job queue')
  pool.on('error', note)
  // A connection that is lent out and broken has no one else who listens.
  pool.on('connect', (client) => client.on('error', note))
  return pool
}
