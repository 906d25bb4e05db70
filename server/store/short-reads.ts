import type { Socket } from 'node:net'
import pg from 'pg'
import { settingsText } from './session-settings.ts'

/** Connections that many requests ask at once, for single short reads outside of any transaction. */
export interface ShortReads {
  read<Row extends object>(query: { text: string; values: unknown[]; name?: string }): Promise<Row[]>
  close(): Promise<void>
}

interface Slot {
  client: pg.Client
  socket: Socket
  corked: boolean
}

const connections = 2
// A read that takes longer holds up those behind it.
const longestReadMs = 5000

/**
 * Opens connections on which questions are sent without waiting for the answers to those before (pipeline mode), and
 * those of one turn of the event loop in one write: waking PostgreSQL for each is what a short question costs most.
 * A connection that breaks is opened again by the next question; those under way on it fail.
 */
export function openShortReads(
  options: pg.ClientConfig,
  settings: Record<string, string | number>,
  onError: (error: Error) => void,
): ShortReads {
  // Such questions have one good plan; left to itself, the planner makes a new one for each of some.
  const own = { ...settings, plan_cache_mode: 'force_generic_plan', statement_timeout: longestReadMs }
  const slots: (Promise<Slot> | undefined)[] = Array.from({ length: connections }, () => undefined)
  let turn = 0
  let closed = false

  async function connect(number: number): Promise<Slot> {
    const client = new pg.Client({ ...options, pipeline: true } as pg.ClientConfig)
    const forget = () => {
      slots[number] = undefined
    }
    client.on('error', (error) => {
      forget()
      onError(error)
    })
    client.on('end', forget)
    await client.connect()
    await client.query(settingsText(own))
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
    return { client, socket: stream, corked: false }
  }

  function slotOf(number: number): Promise<Slot> {
    if (closed) throw new Error('driver has already been destroyed')
    const open = slots[number] ?? connect(number)
    slots[number] = open
    open.catch(() => {
      if (slots[number] === open) slots[number] = undefined
    })
    return open
  }

  return {
    async read<Row extends object>(query: { text: string; values: unknown[]; name?: string }) {
      turn = (turn + 1) % connections
      const slot = await slotOf(turn)
      holdWrites(slot)
      return ask<Row>(slot.client, query)
    },
    async close() {
      closed = true
      const open = await Promise.allSettled(slots.filter((slot) => slot !== undefined))
      await Promise.all(open.map((slot) => (slot.status === 'fulfilled' ? slot.value.client.end() : undefined)))
    },
  }
}

// Handed over as a query of pg's own: one given as an object is copied property by property.
async function ask<Row extends object>(
  client: pg.Client,
  { text, values, name }: { text: string; values: unknown[]; name?: string },
): Promise<Row[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Row[]>()
  const query = new pg.Query(text, values) as PlainQuery<Row>
  query.name = name
  query.callback = (error, reply) => (error ? reject(error) : resolve(reply.rows))
  client.query(query)
  try {
    return await promise
  } catch (error) {
    // Raised where the reply was read; what helps is who asked.
    Error.captureStackTrace(error as Error)
    throw error
  }
}

// What pg's types leave out.
type PlainQuery<Row> = pg.Query & {
  name: string | undefined
  callback: (error: Error | null, reply: { rows: Row[] }) => void
}

// Until this turn of the event loop ends, what is written is collected.
function holdWrites(slot: Slot): void {
  if (slot.corked) return
  slot.corked = true
  slot.socket.cork()
  setImmediate(() => {
    slot.corked = false
    slot.socket.uncork()
  })
}
