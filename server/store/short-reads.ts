import type { Socket } from 'node:net'
import pg from 'pg'
import { now } from '../kernel/clock.ts'
import { identityOf, type Question, valuesNow } from './questions.ts'
import { settingsText } from './session-settings.ts'

/** Connections that many requests ask at once, for single short reads outside of any transaction. */
export interface ShortReads {
  /** Asks together with the others of this turn of the event loop. Who asks the same in one turn gets the same rows. */
  read<Row extends object>(question: Question): Promise<readonly Row[]>
  close(): Promise<void>
}

interface Slot {
  client: pg.Client
  socket: Socket
  /** When its plans were dropped last. */
  plannedAt: number
}

const connections = 2
// A read that takes longer holds up those behind it.
const longestReadMs = 5000
// A plan is of the tables as they were when it was made.
const oldestPlanMs = 10_000

/**
 * Opens connections on which questions are sent without waiting for the answers to those before (pipeline mode), and
 * those of one turn of the event loop in one write: waking PostgreSQL for each is what a short question costs most. What
 * several ask in one turn is asked once. It is sent when that turn is over, so each of them hears what is true by then.
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
  const turn = openTurn()
  let next = 0
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
    return { client, socket: stream, plannedAt: now().getTime() }
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

  async function send(question: Question): Promise<readonly object[]> {
    next = (next + 1) % connections
    const slot = await slotOf(next)
    turn.hold(slot.socket)
    dropOldPlans(slot)
    return ask(slot.client, question)
  }

  return {
    async read<Row extends object>(question: Question) {
      return (await turn.once(identityOf(question), () => send(question))) as readonly Row[]
    },
    async close() {
      closed = true
      const open = await Promise.allSettled(slots.filter((slot) => slot !== undefined))
      await Promise.all(open.map((slot) => (slot.status === 'fulfilled' ? slot.value.client.end() : undefined)))
    },
  }
}

// PostgreSQL itself makes plans again once it has looked at a table that grew, which can be a minute later: until then it may
// read thousands of rows from beginning to end that were none when it planned.
function dropOldPlans(slot: Slot): void {
  const at = now().getTime()
  if (Math.abs(at - slot.plannedAt) < oldestPlanMs) return
  slot.plannedAt = at
  // Where the connection is gone, the question behind it says so
  slot.client.query('discard plans').catch(() => undefined)
}

// Handed over as a query of pg's own: one given as an object is copied property by property.
async function ask(client: pg.Client, { text, values, name }: Question): Promise<readonly object[]> {
  const { promise, resolve, reject } = Promise.withResolvers<object[]>()
  const query = new pg.Query(text, valuesNow(values)) as PlainQuery
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
type PlainQuery = pg.Query & {
  name: string | undefined
  callback: (error: Error | null, reply: { rows: object[] }) => void
}

interface Turn {
  /** Collects what is written to this socket until the turn ends. */
  hold(socket: Socket): void
  /** The answer to a question that was asked in this turn already, or to this one. */
  once(identity: string | undefined, send: () => Promise<readonly object[]>): Promise<readonly object[]>
}

// A turn of the event loop. What was asked in it is forgotten before it is sent: who asks later may know of a change since.
function openTurn(): Turn {
  const held = new Set<Socket>()
  const asked = new Map<string, Promise<readonly object[]>>()
  let isUnderWay = false

  function begin(): void {
    if (isUnderWay) return
    isUnderWay = true
    setImmediate(end)
  }

  function end(): void {
    isUnderWay = false
    asked.clear()
    for (const socket of held) socket.uncork()
    held.clear()
  }

  return {
    hold(socket) {
      begin()
      if (held.has(socket)) return
      held.add(socket)
      socket.cork()
    },
    once(identity, send) {
      if (identity === undefined) return send()
      begin()
      const answer = asked.get(identity) ?? send()
      asked.set(identity, answer)
      return answer
    },
  }
}
