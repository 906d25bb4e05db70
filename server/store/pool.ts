import type { PostgresPool } from 'kysely'
import pg from 'pg'
import { NoFreeConnection } from './conflict.ts'

// Others give their connections back in milliseconds: a request that waits this long for one should come back later.
const longestWaitMs = 10_000

/** A pool that throws `NoFreeConnection` while all its connections are in use, so that "busy" is not told as "down". */
export function openPool(options: pg.PoolConfig & { max: number }, onError: (error: Error) => void): PostgresPool {
  const pool = new pg.Pool({ ...options, connectionTimeoutMillis: longestWaitMs })
  let inUse = 0
  pool.on('acquire', () => inUse++)
  pool.on('release', () => inUse--)
  pool.on('error', onError)
  // A connection that is lent out and breaks has no one else who listens: without this the process would end.
  pool.on('connect', (client) => client.on('error', onError))
  const connect = async () => {
    try {
      return await pool.connect()
    } catch (error) {
      // The pool has the same words for both
      throw inUse < options.max ? error : new NoFreeConnection({ cause: error })
    }
  }
  return { options: pool.options, connect, end: () => pool.end() }
}
