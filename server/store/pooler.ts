import pg from 'pg'
import type { Connection } from './database.ts'
import { StartRefused } from './processes.ts'

const rounds = 3
const waitMs = 10_000

/**
 * Refuses a pooler that lends its connections for a transaction or a statement alone: prepared statements, settings and
 * listening would be those of another client. With a connection for each session, as of PostgreSQL itself, it returns.
 */
export async function requireSessions(connection: Connection): Promise<void> {
  const [one, two] = [open(connection), open(connection)]
  try {
    await one.connect()
    await two.connect()
    for (let round = 0; round < rounds; round++) if (await shareOne(one, two)) throw noSessions()
  } catch (error) {
    throw refusalOf(error)
  } finally {
    await Promise.allSettled([one.end(), two.end()])
  }
}

function open(connection: Connection): pg.Client {
  const where = typeof connection === 'string' ? { connectionString: connection } : connection
  const client = new pg.Client({ ...where, connectionTimeoutMillis: 3000, query_timeout: waitMs })
  client.on('error', () => undefined)
  return client
}

// The second client takes the server process that the first has just used, and keeps it: where they share one, the
// first is answered by another now.
async function shareOne(one: pg.Client, two: pg.Client): Promise<boolean> {
  const before = await serverOf(one)
  await two.query('begin')
  const shared = (await serverOf(two)) === before || (await serverOf(one)) !== before
  await two.query('rollback')
  return shared
}

async function serverOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid
}

function noSessions(): StartRefused {
  return new StartRefused(
    'DATABASE_URL points to a pooler in transaction or statement mode. Use session mode (pool_mode = session in PgBouncer), or connect to PostgreSQL directly.',
  )
}

function refusalOf(error: unknown): unknown {
  const { message } = error as Error
  if (/statement pooling mode/.test(message)) return noSessions()
  if (/Query read timeout/.test(message))
    return new StartRefused(
      'DATABASE_URL points to a pooler with too few connections. Guildhall needs 22 for each process.',
    )
  return error
}
