import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { PostgresPoolClient } from 'kysely'
import { makeDatabase, startTestPostgres } from '../../tests/postgres.ts'
import { asCaller } from '../shares/caller.ts'
import { openPool } from './pool.ts'

const postgres = await startTestPostgres()
const database = await makeDatabase(postgres.url)
const pool = openPool({ connectionString: database.url, max: 8 }, () => undefined)
const lent = new Set<PostgresPoolClient>()
after(async () => {
  while (lent.size > 0) {
    for (const client of lent) give(client)
    await setImmediate()
  }
  await pool.end()
  await database.drop()
  await postgres.stop()
})

async function take(id: string): Promise<PostgresPoolClient> {
  const client = await asCaller({ id, isAnonymous: false }, () => pool.connect())
  lent.add(client)
  return client
}

function give(client: PostgresPoolClient | undefined): void {
  if (client !== undefined && lent.delete(client)) client.release()
}

test('one caller takes five eighths of the connections, and leaves the others to everyone else', async () => {
  const held = await Promise.all(Array.from({ length: 5 }, () => take('eve')))
  let isSixth = false
  const sixth = take('eve').then(() => {
    isSixth = true
  })
  const others = await Promise.all(['ada', 'ben', 'cleo'].map(take))
  assert.equal(isSixth, false, 'there were free ones until now')
  give(others[0])
  await take('dora')
  assert.equal(isSixth, false, 'what is given back goes to others first')
  give(held[0])
  await sixth
})
