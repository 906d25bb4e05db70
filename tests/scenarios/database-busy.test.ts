// A hub that is busy and a database that is away are two sentences: who reads the wrong one looks in the wrong place.
import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { asCaller } from '../../server/shares/caller.ts'
import { openDatabase } from '../../server/store/database.ts'
import { sql } from '../../server/store/sql.ts'
import { startGate } from '../gate.ts'
import { holding } from '../holding.ts'
import { type Reply, startTestHub } from '../hub.ts'
import { until } from '../until.ts'

const connections = 16

let gate: Awaited<ReturnType<typeof startGate>> | undefined
const hub = await startTestHub({
  through: async (databaseUrl) => {
    gate = await startGate(databaseUrl)
    return gate.url
  },
})
const { people } = await hub.organization('acme', { ada: 'admin', ben: 'read' })
const setRole = (role: string) => hub.request(people.ada, 'PUT', '/api/organizations/acme/members/ben/role', { role })
const look = () => hub.request(people.ada, 'GET', '/api/whoami-v2')
const ready = () => hub.request(undefined, 'GET', '/readyz')
const beside = openDatabase(gate?.url ?? '', () => undefined)
after(async () => {
  await beside.close()
  await hub.stop()
  await gate?.shut()
})
afterEach(() => gate?.open())

/** When the hub said last that it is at work, as another process sees it. */
async function lastSeen(): Promise<Date> {
  const { rows } = await sql<{ seen_at: Date }>`select seen_at from processes`.execute(beside.db)
  return rows[0]?.seen_at ?? new Date(0)
}

function requireUnavailable({ status, body, headers }: Reply, sentence: RegExp): void {
  assert.deepEqual([status, headers.get('x-error-code')], [503, 'Unavailable'], JSON.stringify(body))
  assert.match(headers.get('retry-after') ?? '', /^\d+$/)
  assert.match(String(body.error ?? body.message), sentence)
}

test('while all connections are in use, what needs one hears that the hub is busy, and no one takes the hub for dead', async () => {
  const held = await Promise.all(
    // One caller does not get all of them
    Array.from({ length: connections }, (_, index) =>
      asCaller({ id: `caller ${index % 2}`, isAnonymous: false }, () =>
        holding(hub.db, (tx) => sql`select 1`.execute(tx)),
      ),
    ),
  )
  const waiting = Promise.all([setRole('write'), look()])
  assert.equal((await ready()).status, 200)
  const begun = await lastSeen()
  // Shorter than the database lets a transaction stand idle
  await until(async () => (await lastSeen()) > begun, 20_000)
  for (const reply of await waiting) requireUnavailable(reply, /^The server is busy/)
  for (const { release } of held) await release()
  assert.equal((await setRole('write')).status, 200)
})

test('a database that takes no connections is told as one that cannot be reached', async () => {
  await gate?.shut()
  for (const reply of [await setRole('read'), await look(), await ready()])
    requireUnavailable(reply, /^The database is currently unavailable/)
})

test('so is one that takes connections and does not answer', async () => {
  await gate?.mute()
  for (const reply of await Promise.all([setRole('read'), look(), ready()]))
    requireUnavailable(reply, /^The database is currently unavailable/)
  await gate?.open()
  assert.equal((await setRole('read')).status, 200)
})
