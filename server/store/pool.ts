import type { PostgresPool } from 'kysely'
import pg from 'pg'
import { openSlots } from '../shares/slots.ts'
import { NoFreeConnection } from './conflict.ts'
import { notWhileHeld } from './held.ts'

// Others give their connections back in milliseconds: a request that waits this long for one should come back later.
const longestWaitMs = 10_000
const mostWaiting = 4000
const shareOfOne = 5 / 8

/**
 * A pool that throws `NoFreeConnection` while all its connections are in use, so that "busy" is not told as "down". One
 * caller with many requests leaves some connections to the others, who wait for theirs in turn.
 */
export function openPool(options: pg.PoolConfig & { max: number }, onError: (error: Error) => void): PostgresPool {
  const pool = new pg.Pool({ ...options, connectionTimeoutMillis: longestWaitMs })
  const share = { held: Math.max(1, Math.floor(options.max * shareOfOne)) }
  const places = openSlots({ places: options.max, share, mostWaiting, longestWaitMs })
  const leaves = new WeakMap<pg.PoolClient, () => void>()
  pool.on('release', (_error, client) => leaves.get(client)?.())
  pool.on('error', onError)
  // A connection that is lent out and breaks has no one else who listens: without this the process would end.
  pool.on('connect', (client) => client.on('error', onError))
  const connect = async () => {
    notWhileHeld('a wait for a second connection')
    const leave = await places.enter().catch((error) => {
      throw new NoFreeConnection({ cause: error })
    })
    try {
      const client = await pool.connect()
      leaves.set(client, leave)
      return client
    } catch (error) {
      leave()
      throw error
    }
  }
  return { options: pool.options, connect, end: () => pool.end() }
}
