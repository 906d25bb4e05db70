import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openDatabase, transaction } from '../server/store/database.ts'
import { sql } from '../server/store/sql.ts'
import { makeDatabase, startTestPostgres } from './postgres.ts'

const server = await startTestPostgres()
const place = await makeDatabase(server.url)
const { db, close } = openDatabase(place.url, () => undefined)

before(() => sql`create table numbers (n int unique)`.execute(db))
after(async () => {
  await close()
  await place.drop()
  await server.stop()
})

const numbers = async () =>
  (await sql<{ n: number }>`select n from numbers order by n`.execute(db)).rows.map(({ n }) => n)
const add = (n: number) => sql`insert into numbers values (${n})`

test('a failed transaction leaves nothing, even where its first statement fails', async () => {
  await transaction(db, (tx) => add(1).execute(tx))
  await assert.rejects(
    transaction(db, async (tx) => {
      await add(2).execute(tx)
      await add(1).execute(tx)
    }),
    /duplicate key/,
  )
  await assert.rejects(
    transaction(db, (tx) => add(1).execute(tx)),
    /duplicate key/,
  )
  assert.deepEqual(await numbers(), [1])
})

test('what comes after a transaction that asked nothing is not in one', async () => {
  await transaction(db, async () => undefined)
  await assert.rejects(
    transaction(db, () => Promise.reject(new Error('on purpose'))),
    /on purpose/,
  )
  // On every connection of the pool
  await Promise.all(Array.from({ length: 32 }, () => sql`select 1`.execute(db)))
  const open = sql`select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`
  assert.equal((await open.execute(db)).rows.length, 0)
})

test('each statement of a transaction sees those before it, and a dry run keeps none', async () => {
  const seen = await transaction(
    db,
    async (tx) => {
      await add(3).execute(tx)
      return (await sql<{ n: number }>`select n from numbers order by n`.execute(tx)).rows.map(({ n }) => n)
    },
    { dryRun: true },
  )
  assert.deepEqual([seen, await numbers()], [[1, 3], [1]])
})
