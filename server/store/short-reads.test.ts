import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { makeDatabase, startTestPostgres } from '../../tests/postgres.ts'
import { moveClock } from '../kernel/clock.ts'
import { identityOf, type Question, whenSent } from './questions.ts'
import { openShortReads } from './short-reads.ts'

const postgres = await startTestPostgres()
const database = await makeDatabase(postgres.url)
const reads = openShortReads({ connectionString: database.url }, {}, () => undefined)
const writer = new pg.Client({ connectionString: database.url })
await writer.connect()
await writer.query('create table counted (id text primary key, number int not null)')
await writer.query(`insert into counted values ('a', 0)`)
await writer.query('create sequence asked')
after(async () => {
  await reads.close()
  await writer.end()
  await database.drop()
  await postgres.stop()
})

// Each time that this is sent, its answer is another.
const times = `select nextval('asked')::int number, $1::text who`
const ask = async (text: string, ...values: unknown[]) => {
  const [row] = await reads.read<{ number: number }>({ text, values })
  return row?.number
}

test('what is asked several times in one turn is sent once, and every one of them is answered', async () => {
  const [first, second, third] = await Promise.all([ask(times, 'ada'), ask(times, 'ada'), ask(times, 'ada')])
  assert.equal(typeof first, 'number')
  assert.deepEqual([second, third], [first, first])
  assert.notEqual(await ask(times, 'ada'), first, 'one that comes later is sent')
})

test('another text, value, or type of value is another question', async () => {
  const answers = await Promise.all([
    ask(times, 'ada'),
    ask(times, 'ben'),
    ask(`${times} where true`, 'ada'),
    ask(times, null),
    ask(times, 1),
    ask(times, '1'),
  ])
  assert.equal(new Set(answers).size, answers.length)
})

test('no two questions are taken for one', () => {
  const text = 'select'
  const different: Question[] = [
    { text, values: [] },
    { text: 'select 1', values: [] },
    { text, values: ['a', 'b'] },
    { text, values: ['ab'] },
    { text, values: ['a', '', 'b'] },
    { text, values: ["a\n1'b"] },
    { text, values: ['1'] },
    { text, values: [1] },
    { text, values: [true] },
    { text, values: ['true'] },
    { text, values: [null] },
    { text, values: ['null'] },
    { text, values: [whenSent] },
    { text, values: [new Date(1)] },
    { text, values: [new Date(2)] },
    { text, values: [Buffer.from('a')] },
    { text, values: ['a'] },
    { text, values: [Buffer.from([0xe9])] },
    { text, values: [Buffer.from('é')] },
    { text, values: [], name: 'one' },
    { text, values: [], name: 'another' },
  ]
  const identities = different.map(identityOf)
  assert.equal(new Set(identities).size, different.length)
  assert.ok(identities.every((identity) => identity !== undefined))
  assert.equal(identityOf({ text, values: [Buffer.from('é')] }), identityOf({ text, values: [Buffer.from('é')] }))
  assert.equal(identityOf({ text, values: [['a']] }), undefined, 'what cannot be compared is like nothing else')
})

test('who asks after a change was made sees it, whatever others ask at the same time', async () => {
  const read = `select number from counted where id = $1`
  let known = 0
  let isOver = false
  let compared = 0
  async function watch(): Promise<void> {
    while (!isOver) {
      const least = known
      const found = (await ask(read, 'a')) ?? -1
      assert.ok(found >= least, `${found} was read when ${least} had been written`)
      compared++
    }
  }
  const watching = Promise.all(Array.from({ length: 32 }, watch))
  for (let number = 1; number <= 300; number++) {
    await writer.query('update counted set number = $1', [number])
    known = number
    assert.equal(await ask(read, 'a'), number)
  }
  isOver = true
  await watching
  assert.ok(compared > 300, `${compared}`)
})

test('a table that has grown since a plan was made is not read from beginning to end for long', async () => {
  await writer.query('create table grown (id text primary key)')
  await writer.query('vacuum analyze grown')
  const wholeReads = async () => {
    const before = await countWholeReads()
    for (let times = 0; times < 4; times++)
      await reads.read({ text: 'select from grown where id = $1', values: ['id-7'], name: 'grown' })
    return (await countWholeReads()) - before
  }
  assert.equal(await wholeReads(), 4, 'of an empty table nothing else is quicker')
  await writer.query(`insert into grown select 'id-' || i from generate_series(1, 20000) i`)
  assert.equal(await wholeReads(), 4, 'the plans are kept')
  moveClock(11_000)
  try {
    assert.equal(await wholeReads(), 0)
  } finally {
    moveClock(0)
  }
})

// As PostgreSQL counts them, once both connections have told it.
async function countWholeReads(): Promise<number> {
  for (let connection = 0; connection < 2; connection++)
    await reads.read({ text: 'select pg_stat_force_next_flush()', values: [] })
  await Promise.all([ask('select 1 number'), ask('select 2 number')])
  const { rows } = await writer.query(`select seq_scan::int from pg_stat_user_tables where relname = 'grown'`)
  return rows[0]?.seq_scan
}

test('a time is that of the sending', async () => {
  const text = 'select extract(epoch from $1::timestamptz)::int number'
  const real = (await ask(text, whenSent)) ?? 0
  assert.ok(Math.abs(real - Date.now() / 1000) < 60)
  moveClock(3_600_000)
  try {
    assert.ok(((await ask(text, whenSent)) ?? 0) - real >= 3600)
  } finally {
    moveClock(0)
  }
})

test('a statement that fails fails for all who asked it, and for no one else', async () => {
  const failed = await Promise.allSettled([ask('select 1/0'), ask('select 1/0'), ask(times, 'ada')])
  assert.deepEqual(
    failed.map(({ status }) => status),
    ['rejected', 'rejected', 'fulfilled'],
  )
})
