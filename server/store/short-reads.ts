import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import pg from 'pg'
import { batchText, batchValues, rowsOfEach } from './batches.ts'
import { dropOldPlans } from './plans.ts'
import { type Question, valuesNow } from './questions.ts'
import { settingsText } from './session-settings.ts'
import { type Asked, openTurn } from './turn.ts'

/** Connections that many requests ask at once, for single short reads outside of any transaction. */
export interface ShortReads {
  /** Asks together with the others of this turn of the event loop. Who asks the same in one turn gets the same rows. */
  read<Row extends object>(question: Question): Promise<readonly Row[]>
  close(): Promise<void>
}

/** The channel on which each question is told of where it is asked, before it meets those of others. */
export const shortReadAsked = 'guildhall.short-read'
const asks = channel(shortReadAsked)

interface Slot {
  client: pg.Client
  socket: Socket
}

const connections = 2
// A read that takes longer holds up those behind it.
const longestReadMs = 5000
// PostgreSQL ends a read by itself. Where nothing comes back for longer, the connection is as good as broken.
const longestSilenceMs = 15_000
// Of more, the first would wait long for the last.
const largestBatch = 16

/**
 * Opens connections on which questions are sent without waiting for the answers to those before (pipeline mode), and
 * those of one turn of the event loop in one write: waking PostgreSQL for each is what a short question costs most. What
 * several ask in one turn is asked once, and what differs only in its values in one statement. All of it is sent when that
 * turn is over, so each of them hears what is true by then. A connection that breaks is opened again by the next question;
 * those under way on it fail.
 */
export function openShortReads(
  options: pg.ClientConfig,
  settings: Record<string, string | number>,
  onError: (error: Error) => void,
): ShortReads {
  const slots: (Promise<Slot> | undefined)[] = Array.from({ length: connections }, () => undefined)
  const types: ValueTypes = new Map()
  const turn = openTurn(sendAll)
  let next = 0
  let closed = false

  async function connect(forget: () => void): Promise<Slot> {
    const own = { pipeline: true, query_timeout: longestSilenceMs, keepAlive: true }
    const client = new pg.Client({ ...options, ...own } as pg.ClientConfig)
    client.on('error', (error) => {
      forget()
      onError(error)
    })
    client.on('end', forget)
    await client.connect()
    await setUp(client, settings)
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
    return { client, socket: stream }
  }

  async function slotOf(number: number): Promise<Slot> {
    if (closed) throw new Error('driver has already been destroyed')
    const known = slots[number]
    if (known !== undefined) return known
    // A connection that ended may hear of it when another one stands in its place already.
    const forget = () => {
      if (slots[number] === opened) slots[number] = undefined
    }
    const opened = connect(forget)
    slots[number] = opened
    opened.catch(forget)
    return opened
  }

  function sendAll(asked: readonly Asked[]): void {
    const shares: Asked[][][] = Array.from({ length: connections }, () => [])
    for (const batch of batchesOf(asked, types)) {
      next = (next + 1) % connections
      shares[next]?.push(batch)
    }
    for (const [number, share] of shares.entries()) if (share.length > 0) void sendShare(number, share)
  }

  async function sendShare(number: number, batches: readonly Asked[][]): Promise<void> {
    try {
      const { client, socket } = await slotOf(number)
      socket.cork()
      try {
        dropOldPlans(client, (text) => client.query(text))
        for (const batch of batches) void answer(client, batch, types)
      } finally {
        socket.uncork()
      }
    } catch (error) {
      for (const { reject } of batches.flat()) reject(error)
    }
  }

  return {
    async read<Row extends object>(question: Question) {
      if (asks.hasSubscribers) asks.publish(question)
      try {
        return (await turn.ask(question)) as readonly Row[]
      } catch (error) {
        // Raised where the reply was read; what helps is who asked.
        Error.captureStackTrace(error as Error)
        throw error
      }
    },
    async close() {
      closed = true
      const open = await Promise.allSettled(slots.filter((slot) => slot !== undefined))
      await Promise.all(open.map((slot) => (slot.status === 'fulfilled' ? slot.value.client.end() : undefined)))
    },
  }
}

// Such questions have one good plan; left to itself, the planner makes a new one for each of some.
async function setUp(client: pg.Client, settings: Record<string, string | number>): Promise<void> {
  const own = { ...settings, plan_cache_mode: 'force_generic_plan', statement_timeout: longestReadMs }
  try {
    await client.query(settingsText(own))
  } catch (error) {
    client.end().catch(() => undefined)
    throw error
  }
}

/** The types of the values of each named statement that can be asked for many at once; not known while they are asked. */
type ValueTypes = Map<string, readonly string[] | undefined>

// Those that differ only in their values, together.
function batchesOf(asked: readonly Asked[], types: ValueTypes): Asked[][] {
  const batches: Asked[][] = []
  const open = new Map<string, Asked[]>()
  for (const one of asked) {
    const name = one.isComparable ? one.question.name : undefined
    const batch = name === undefined ? undefined : open.get(name)
    if (batch !== undefined && batch.length < largestBatch) {
      batch.push(one)
      continue
    }
    const begun = [one]
    batches.push(begun)
    if (name !== undefined && types.get(name) !== undefined) open.set(name, begun)
  }
  return batches
}

async function answer(client: pg.Client, batch: readonly Asked[], types: ValueTypes): Promise<void> {
  const [first] = batch
  if (first === undefined) return
  if (batch.length === 1) {
    void answerAlone(client, first)
    if (first.isComparable) void learnTypes(client, first.question, types)
    return
  }
  try {
    const rows = await askAtOnce(
      client,
      batch.map(({ question }) => question),
      types,
    )
    for (const [index, { resolve }] of batch.entries()) resolve(rows[index] ?? [])
  } catch (error) {
    if (isRefused(error, refusedTexts)) types.set(first.question.name ?? '', undefined)
    answerEach(client, batch, error)
  }
}

// One value that PostgreSQL refuses fails all of them: each is told for itself what becomes of it. What failed for the time
// that it took, or with its connection, would only take longer one by one.
function answerEach(client: pg.Client, batch: readonly Asked[], error: unknown): void {
  const isOfOne = isRefused(error, refusedTexts) || isRefused(error, refusedValues)
  for (const one of batch) {
    if (isOfOne) void answerAlone(client, one)
    else one.reject(error)
  }
}

// Class 42 syntax error or access rule, 0A feature not supported: a statement that can be asked alone only. Class 22 data,
// 23 constraint, 26 statement name, as of one that the connection lost with a refusal before it (PostgreSQL, appendix A).
const refusedTexts = /^(42|0A)/
const refusedValues = /^(22|23|26)/

function isRefused(error: unknown, states: RegExp): boolean {
  return error instanceof pg.DatabaseError && states.test(error.code ?? '')
}

async function answerAlone(client: pg.Client, { question, resolve, reject }: Asked): Promise<void> {
  try {
    resolve(await ask(client, question))
  } catch (error) {
    reject(error)
  }
}

async function askAtOnce(client: pg.Client, questions: readonly Question[], types: ValueTypes): Promise<object[][]> {
  const { name = '', text } = questions[0] ?? { text: '' }
  const several = batchText(text, types.get(name) ?? [])
  const together: pg.QueryArrayConfig<unknown[][]> = {
    name: `${name} together`,
    text: several,
    values: batchValues(questions),
    rowMode: 'array',
  }
  const query = new pg.Query(together)
  const { fields, rows } = await answerOf(client, query as PlainQuery)
  return rowsOfEach(
    fields.map((field) => field.name),
    rows as unknown[][],
    questions.length,
  )
}

// Asked behind a question that had the statement prepared on this connection.
async function learnTypes(client: pg.Client, { name, values }: Question, types: ValueTypes): Promise<void> {
  if (name === undefined || values.length === 0 || types.has(name)) return
  types.set(name, undefined)
  try {
    const text = 'select parameter_types::text[] types from pg_prepared_statements where name = $1'
    const [found] = (await ask(client, { text, values: [name] })) as { types: string[] }[]
    if (found === undefined) types.delete(name)
    else if (found.types.every(hasLists)) types.set(name, found.types)
  } catch {
    types.delete(name)
  }
}

// Arrays of arrays are no lists of arrays, and these two without a length are one character or bit long.
function hasLists(type: string): boolean {
  return !type.endsWith('[]') && type !== 'character' && type !== 'bit'
}

// Handed over as a query of pg's own: one given as an object is copied property by property.
async function ask(client: pg.Client, { text, values, name }: Question): Promise<readonly object[]> {
  const query = new pg.Query(text, valuesNow(values)) as PlainQuery
  query.name = name
  return (await answerOf(client, query)).rows
}

function answerOf(client: pg.Client, query: PlainQuery): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  query.callback = (error, reply) => (error ? reject(error) : resolve(reply))
  client.query(query)
  return promise
}

interface Reply {
  fields: { name: string }[]
  rows: object[]
}

// What pg's types leave out.
type PlainQuery = pg.Query & {
  name: string | undefined
  callback: (error: Error | null, reply: Reply) => void
}
