import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { PostgresPoolClient } from 'kysely'
import { makeDatabase, startTestPostgres } from '../../tests/postgres.ts'
import { asCaller } from '../shares/caller.ts'
import { openPool } from './pool.ts'

const postgres = await startTestPostgres()
const database = await makeDatabase(postgres.url)
const pool = openPool({ connectionString: database.url, max: 8 }, () => undefined)
after(async () => {
  await pool.end()
  await database.drop()
  await postgres.stop()
})

const take = (id: string) => asCaller({ id, isAnonymous: false }, () => pool.connect())

test('one caller takes five eighths of the connections, and leaves the others to everyone else', async () => {
  const held = await Promise.all(Array.from({ length: 5 }, () => take('eve')))
  let waited: PostgresPoolClient | undefined
  const sixth = take('eve').then((client) => {
    waited = client
    return client
  })
  const others = await Promise.all(['ada', 'ben', 'cleo'].map(take))
  assert.equal(waited, undefined, 'there were free ones until now')
  others[0]?.release()
  const next = await take('dora')
  assert.equal(waited, undefined, 'what is given back goes to others first')
  held[0]?.release()
  const clients = [...held.slice(1), ...others.slice(1), next, await sixth]
  for (const client of clients) client.release()
})
