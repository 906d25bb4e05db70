import type { Socket } from 'node:net'
import { CompiledQuery, Kysely, PostgresDialect, type RawBuilder, type Transaction } from 'kysely'
import pg from 'pg'
import type { InstanceKey } from '../kernel/secret.ts'
import { notWhileHeld, whileHeld } from './held.ts'
import { dropOldPlans } from './plans.ts'
import { openPool } from './pool.ts'
import { type Moment, valuesNow, whenSent } from './questions.ts'
import { settingsText } from './session-settings.ts'
import { openShortReads, type ShortReads } from './short-reads.ts'
import type { DB } from './tables.ts'

export type { CompiledQuery, Moment }
export { whenSent }

/** The database, or an open transaction on it: rules take either. */
export type Db = Kysely<DB>
export type Tx = Transaction<DB>

/** Where PostgreSQL is: a connection string, or the parts of a socket. */
export type Connection = string | { host: string; port: number; user: string; database: string }

const maxConnections = 16
// As long as the pool waits: on a busy machine a server that is well can take seconds to answer a new connection.
const longestConnectMs = 10_000
const settings = {
  jit: 'off',
  // Tables live on solid state or in memory: without this small joins read whole tables.
  random_page_cost: 1.1,
  timezone: 'UTC',
  idle_in_transaction_session_timeout: 30_000,
}
const lentSettings = settingsText({ ...settings, statement_timeout: 30_000 })
const maxRetries = 3
const maxNamedStatements = 1000
const maxNamedLength = 24_000

// Statements are named, so that PostgreSQL parses and plans each only once per connection.
const statementNames = new Map<string, string>()

function statementName(text: string): string | undefined {
  const known = statementNames.get(text)
  if (known !== undefined) return known
  if (statementNames.size >= maxNamedStatements || !isPrepared(text)) return undefined
  const name = `s${statementNames.size}`
  statementNames.set(text, name)
  return name
}

/** What a statement begins with whose text callers shape: names for all its forms would leave none for other statements. */
export const plannedEachTime = '/* planned each time */ '

/** Whether PostgreSQL keeps the plan of a statement: of one, and of no more than a person would write. */
export function isPrepared(text: string): boolean {
  // Several statements in one text, as migrations have them, cannot be prepared.
  return text.length <= maxNamedLength && !text.includes(';') && !text.startsWith(plannedEachTime)
}

// Stands for several statements: what is handed over as its values.
const oneTrip = 'several statements'

type Reply = Pick<pg.QueryResult, 'command' | 'rowCount' | 'rows'>
const empty: Promise<Reply> = Promise.resolve({ command: '', rowCount: 0, rows: [] })

/** What a statement begins with that was sent with the next one: in the log of PostgreSQL it seems to come from there. */
export const sentAlong = '/* sent along */ '

// Stands for a statement that waits for the next one: it is handed over as its value.
const withNext = 'a statement to send with the next'

class NamingClient extends pg.Client {
  // Statements that are sent with the next one: alone each would be a round trip of its own.
  #waiting: unknown[][] = []

  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen overloads; Kysely calls one of them
  override query(...args: any[]): any {
    const [text, values] = args
    if (text === 'begin') return this.#sendLater(['begin'])
    if (text === withNext) return this.#sendLater(values)
    dropOldPlans(this, (discard) => this.#plain([discard]))
    if (this.#waiting.length === 0) return this.#ask(args)
    const waiting = this.#waiting.splice(0)
    const hasBegun = waiting[0]?.[0] !== 'begin'
    // What is rolled back need not be sent; and where nothing was, there is nothing to end.
    if (text === 'rollback') return hasBegun ? this.#ask(args) : empty
    if (text === 'commit' && !hasBegun && waiting.length === 1) return empty
    return lastOf(this.#atOnce(() => [...waiting, args].map((one) => this.#ask(one))))
  }

  #sendLater(args: unknown[]): typeof empty {
    this.#waiting.push(args)
    return empty
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  #ask(args: any[]): any {
    const [text, values] = args
    if (text === oneTrip) return this.#inOneTrip(values)
    if (typeof text !== 'string' || !Array.isArray(values) || args.length > 2) return this.#plain(args)
    const name = statementName(text)
    return this.#plain([name === undefined ? { text, values } : { text, values, name }])
  }

  // PostgreSQL begins each when the one before is done, and sees what that waited for.
  async #inOneTrip(queries: readonly CompiledQuery[]): Promise<Reply> {
    const ask = ({ sql, parameters }: CompiledQuery) => this.#ask([sql, [...parameters]]) as Promise<pg.QueryResult>
    const replies = await Promise.all(this.#atOnce(() => queries.map(ask)))
    return { command: 'SELECT', rowCount: replies.length, rows: replies.map(({ rows }) => ({ rows })) }
  }

  // What is sent in it is written in one piece.
  #atOnce<T>(send: () => T): T {
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection
    stream.cork()
    try {
      return send()
    } finally {
      stream.uncork()
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  #plain(args: any[]): any {
    return Reflect.apply(super.query, this, args)
  }
}

// The reply to the last of several statements; throws what the first was refused for: those behind it only say that it was.
async function lastOf(replies: Promise<Reply>[]): Promise<Reply | undefined> {
  const settled = await Promise.allSettled(replies)
  const refused = settled.find((one) => one.status === 'rejected')
  if (refused !== undefined) throw refused.reason
  return replies.at(-1)
}

/** The name that the connections of one process carry in PostgreSQL's own list. */
export function connectionName(processId: string): string {
  return `guildhall ${processId}`
}

/** Opens a pool of connections; nothing is asked of the server before the first query. Recording events takes the key. */
export function openDatabase(
  connection: Connection,
  onError: (error: Error) => void,
  processId = '',
  key?: InstanceKey,
): { db: Db; close(): Promise<void> } {
  const where = typeof connection === 'string' ? { connectionString: connection } : connection
  const every = { ...where, application_name: connectionName(processId) }
  const onConnect = async (client: pg.ClientBase) => void (await client.query(lentSettings))
  const lent = { Client: NamingClient, pipeline: true, max: maxConnections, idleTimeoutMillis: 60_000, onConnect }
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool: openPool({ ...every, ...lent }, onError) }) })
  const reader = openShortReads({ ...every, connectionTimeoutMillis: longestConnectMs }, settings, onError)
  readers.set(db, reader)
  if (key) keys.set(db, key)
  return { db, close: async () => void (await Promise.all([db.destroy(), reader.close()])) }
}

const readers = new WeakMap<Db, ShortReads>()
const keys = new WeakMap<Db, InstanceKey>()

/** Gives what was made from a database, such as a transaction, the key of the instance that it was opened with. */
export function passKey(from: Db, to: Db): void {
  const key = keys.get(from)
  if (key) keys.set(to, key)
}

/** The key of the instance that a database, or a transaction on it, was opened with. */
export function keyOf(db: Db): InstanceKey {
  const key = keys.get(db)
  if (key === undefined) throw new Error('this database was opened without the key of the instance')
  return key
}

/**
 * Asks one short question: inside a transaction on its connection, otherwise together with those of other requests. Who
 * asks the same in the same moment gets the same rows, so they are not to be changed.
 */
export async function readShortly<Row extends object>(
  db: Db,
  query: RawBuilder<Row> | CompiledQuery<Row>,
): Promise<readonly Readonly<Row>[]> {
  const compiled = 'compile' in query ? query.compile(db) : query
  const { sql: text, parameters: values } = compiled
  const reader = readers.get(db)
  if (reader === undefined) return (await db.executeQuery<Row>(CompiledQuery.raw(text, valuesNow(values)))).rows
  notWhileHeld('a short read beside the transaction')
  const name = statementName(text)
  // Awaited here, so that an error says who asked.
  return await reader.read<Row>(name === undefined ? { text, values } : { text, values, name })
}

/**
 * Sends several statements of a transaction in one round trip, and answers the rows of each. They are done one after the
 * other: each sees what was committed while the one before waited for a lock.
 */
export async function inOneTrip(tx: Tx, queries: readonly CompiledQuery[]): Promise<unknown[][]> {
  const { rows } = await tx.executeQuery<{ rows: unknown[] }>(CompiledQuery.raw(oneTrip, [...queries]))
  return rows.map(({ rows: found }) => found)
}

/**
 * Sends a write of a transaction together with its next statement, or with the commit: for those whose reply tells nothing.
 * What it is refused for is thrown by that one.
 */
export async function sendWithNext(tx: Tx, { sql, parameters }: CompiledQuery): Promise<void> {
  await tx.executeQuery(CompiledQuery.raw(withNext, [`${sentAlong}${sql}`, [...parameters]]))
}

class RolledBack extends Error {
  readonly result: unknown
  constructor(result: unknown) {
    super('rolled back on purpose')
    this.result = result
  }
}

/**
 * Runs the work in one transaction, or inside the one that is open. Serialization failures and deadlocks are tried
 * again, three times. Slow calls (storage, DNS, git) go before or after it, never inside. With `dryRun` the work is done, its result kept, and everything rolled back.
 */
export async function transaction<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  options: { dryRun?: boolean | undefined } = {},
): Promise<T> {
  if (db.isTransaction) return work(db as Tx)
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(async (tx) => {
        passKey(db, tx)
        const result = await whileHeld(() => work(tx))
        if (options.dryRun) {
          // A refusal of what was sent last is one of a dry run, too.
          await inOneTrip(tx, [])
          throw new RolledBack(result)
        }
        return result
      })
    } catch (error) {
      if (error instanceof RolledBack) return error.result as T
      if (attempt >= maxRetries || !isTransient(error)) throw error
    }
  }
}

function isTransient(error: unknown): boolean {
  const code = (error as { code?: unknown })?.code
  return code === '40001' || code === '40P01'
}
