import { Client, DatabaseError } from 'pg'
import { type Cluster, clusterPort, clusterUser } from './embedded-cluster.ts'
import { errorCode } from './embedded-processes.ts'

/** `ready` answers queries, `starting` is there but not yet (or no longer) open, `absent` does not answer. */
export type ServerState = { state: 'ready'; build: string } | { state: 'starting' } | { state: 'absent' }

/** Asks the server on the cluster's socket how it is; makes the hub's database when it is missing. */
export async function probe(cluster: Cluster): Promise<ServerState> {
  try {
    const build = await ask(cluster, 'guildhall', `select current_setting('guildhall.build', true) as answer`)
    return { state: 'ready', build }
  } catch (error) {
    const code = errorCode(error)
    if (code === '3D000') return createDatabase(cluster)
    if (code === '57P03') return { state: 'starting' }
    if (error instanceof DatabaseError) throw error
    return { state: 'absent' }
  }
}

async function createDatabase(cluster: Cluster): Promise<ServerState> {
  try {
    await ask(cluster, 'postgres', 'create database guildhall')
  } catch (error) {
    // Another client was first: 42P04 duplicate_database
    if (errorCode(error) !== '42P04') throw error
  }
  return probe(cluster)
}

async function ask(cluster: Cluster, database: string, query: string): Promise<string> {
  const client = new Client({
    host: cluster.host,
    port: clusterPort,
    user: clusterUser,
    database,
    connectionTimeoutMillis: 1500,
    query_timeout: 30_000,
  })
  // A connection that breaks later, say while it ends, must not throw past us
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ answer?: string | null }>(query)
    return rows[0]?.answer ?? ''
  } finally {
    await client.end().catch(() => undefined)
  }
}
