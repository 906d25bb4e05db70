import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { makeDatabase, startTestPostgres } from '../../tests/postgres.ts'
import { moveClock } from '../kernel/clock.ts'
import { type Db, openDatabase, transaction } from './database.ts'
import { sql } from './sql.ts'

const postgres = await startTestPostgres()
const database = await makeDatabase(postgres.url)
const { db, close } = openDatabase(database.url, () => undefined)
const writer = new pg.Client({ connectionString: database.url })
await writer.connect()
after(async () => {
  moveClock(0)
  await close()
  await writer.end()
  await database.drop()
  await postgres.stop()
})

const find = (on: Db) => sql`select from grown where id = ${'id-7'}`.execute(on)
const rounds: Record<string, () => Promise<unknown>> = {
  'in transactions': () => transaction(db, find),
  'outside of transactions': () => find(db),
}

for (const [where, round] of Object.entries(rounds))
  test(`a table that has grown since a plan was made is not read from beginning to end for long ${where}`, async () => {
    // PostgreSQL never looks at it, as it would in its own time
    await writer.query('create table grown (id text primary key) with (autovacuum_enabled = off)')
    await writer.query('vacuum analyze grown')
    const wholeReads = async () => {
      const before = await countWholeReads()
      // It keeps what it plans for any value from the sixth time on
      for (let times = 0; times < 8; times++) await round()
      return (await countWholeReads()) - before
    }
    assert.equal(await wholeReads(), 8, 'of an empty table nothing else is quicker')
    await writer.query(`insert into grown select 'id-' || i from generate_series(1, 20000) i`)
    assert.equal(await wholeReads(), 8, 'the plans are kept')
    moveClock(11_000)
    assert.equal(await wholeReads(), 0)
    await writer.query('drop table grown')
    moveClock(0)
  })

// As PostgreSQL counts them, once the connection has told it.
async function countWholeReads(): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db)
  await sql`select 1`.execute(db)
  const { rows } = await writer.query(`select seq_scan::int from pg_stat_user_tables where relname = 'grown'`)
  return rows[0]?.seq_scan
}
