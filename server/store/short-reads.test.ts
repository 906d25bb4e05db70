import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { makeDatabase, startTestPostgres } from '../../tests/postgres.ts'
import { until } from '../../tests/until.ts'
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

interface Told {
  at: string
  n: number
}
const named = (name: string, text: string, ...values: unknown[]) => reads.read<Told>({ name, text, values })

// Once a statement was asked, its values have types that are known.
async function prepare(name: string, text: string, ...values: unknown[]): Promise<void> {
  await named(name, text, ...values)
  await Promise.all([ask('select 1 number'), ask('select 2 number')])
}

// All rows of one statement have one time.
const timesOf = (answers: readonly (readonly Told[])[]) => new Set(answers.flat().map(({ at }) => at)).size

test('what differs only in its values is sent as one statement, and each gets its own rows in their order', async () => {
  await writer.query('create table told (id text not null, n int not null)')
  await writer.query(`insert into told select 'id-' || i % 7, i from generate_series(1, 70) i`)
  const text = `select n, id, '$1''$1' "$1", statement_timestamp()::text at from told where id = $1 order by n desc limit 5`
  await prepare('told', text, 'id-0')
  const ids = ['id-3', 'none', 'id-1', "'", '{}', 'null', '"\\', '', 'id-6']
  const answers = await Promise.all(ids.map((id) => named('told', text, id)))
  assert.equal(timesOf(answers), 1)
  for (const [index, id] of ids.entries()) {
    const { rows } = await writer.query(text, [id])
    assert.deepEqual(
      answers[index],
      rows.map((row) => ({ ...row, at: answers[index]?.[0]?.at })),
      id,
    )
  }
  assert.deepEqual(
    answers.map((rows) => rows.length),
    [5, 0, 5, 0, 0, 0, 0, 0, 5],
  )
})

test('each kind of value arrives as it does alone', async () => {
  const text = `select $1 || '' as words, $2::int + 0 as whole, $3 || '\\x'::bytea as bytes, not $4 as no, $5::timestamptz as moment,
    $6::text is null as missing, statement_timestamp()::text at`
  const values = [
    ['a', 1, Buffer.from([0, 255, 92, 34]), true, new Date(1_234_567_890_123), null],
    ['NULL', null, null, null, null, 'NULL'],
    ['a, "b" \\ {c} é 😀', -5, Buffer.alloc(0), false, new Date(0), ''],
  ]
  await prepare('kinds', text, ...(values[0] ?? []))
  const answers = await Promise.all(values.map((row) => named('kinds', text, ...row)))
  assert.equal(timesOf(answers), 1)
  for (const [index, row] of values.entries()) {
    const { rows } = await writer.query(text, row)
    assert.deepEqual(answers[index], [{ ...rows[0], at: answers[index]?.[0]?.at }])
  }
})

test('a value that PostgreSQL refuses fails for who asked with it, and for no one else', async () => {
  const text = 'select $1::text::int as n, statement_timestamp()::text at'
  await prepare('numbers', text, '1')
  const answers = await Promise.allSettled(
    ['1', 'one', '2', 'nul\0', '3'].map((value) => named('numbers', text, value)),
  )
  assert.deepEqual(
    answers.map((answer) => (answer.status === 'fulfilled' ? answer.value[0]?.n : answer.reason.code)),
    [1, '22P02', 2, '22021', 3],
  )
  for (let times = 0; times < 4; times++)
    assert.equal(timesOf(await Promise.all(['1', '2'].map((value) => named('numbers', text, value)))), 1)
})

test('more than fit into one statement are all answered', async () => {
  const text = 'select $1::int as n, statement_timestamp()::text at'
  await prepare('many', text, 0)
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => named('many', text, n)))
  assert.deepEqual(
    answers.map(([row]) => row?.n),
    Array.from({ length: 100 }, (_, n) => n),
  )
  assert.equal(timesOf(answers), 7)
})

test('lists as values, and statements without a name, are asked one by one', async () => {
  const lists = 'select cardinality($1::text[]) as n, statement_timestamp()::text at'
  await prepare('lists', lists, ['a'])
  assert.deepEqual(
    (await Promise.all([['a'], ['b', 'c'], []].map((list) => named('lists', lists, list)))).map(([row]) => row?.n),
    [1, 2, 0],
  )
  await prepare('lists', lists, '{a}')
  assert.equal(timesOf(await Promise.all(['{a}', '{b,c}'].map((list) => named('lists', lists, list)))), 2)
  const plain = (n: number) =>
    reads.read<Told>({ text: 'select $1::int as n, statement_timestamp()::text at', values: [n] })
  assert.equal(timesOf(await Promise.all([plain(1), plain(2)])), 2)
})

test('a statement that PostgreSQL takes only alone is asked alone from then on', async () => {
  await writer.query('create table locked (id text primary key)')
  await writer.query(`insert into locked values ('a'), ('b')`)
  const text = 'delete from locked where id = $1 returning id, statement_timestamp()::text at'
  await prepare('deleting', text, 'none')
  const ask = () => Promise.all(['a', 'b'].map((id) => named('deleting', text, id)))
  assert.equal(timesOf(await ask()), 2)
  assert.deepEqual(await ask(), [[], []])
})

test('what takes too long together is refused, and not tried again one by one', async () => {
  const text = 'select 1 n, pg_sleep($1)::text, statement_timestamp()::text at'
  await prepare('slow', text, 0)
  const answers = await Promise.allSettled([3, 3.1].map((seconds) => named('slow', text, seconds)))
  assert.deepEqual(
    answers.map((answer) => answer.status === 'rejected' && answer.reason.code),
    ['57014', '57014'],
  )
})

test('values of a type whose lists would be cut are asked one by one', async () => {
  const text = `select length($1::bpchar || '') n, statement_timestamp()::text at`
  await prepare('padded', text, 'abc')
  const answers = await Promise.all(['abc', 'axyz'].map((value) => named('padded', text, value)))
  assert.deepEqual(
    answers.map(([row]) => row?.n),
    [3, 4],
  )
})

test('a connection that breaks is replaced by one, which is closed in the end', async () => {
  const options = { connectionString: database.url, application_name: 'breaking' }
  const asked: Promise<unknown>[] = []
  let broken = 0
  // Asked as soon as it is known, before the old connection has ended
  const own: ReturnType<typeof openShortReads> = openShortReads(options, {}, () => {
    broken++
    asked.push(Promise.allSettled([1, 2].map((n) => own.read({ text: 'select $1::int', values: [n] }))))
  })
  const open = async () =>
    (await writer.query(`select pid from pg_stat_activity where application_name = 'breaking'`)).rowCount
  for (let time = 0; time < 3; time++) {
    await Promise.all([1, 2].map((n) => own.read({ text: 'select $1::int', values: [n] })))
    assert.equal(await open(), 2)
    await writer.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'breaking'`,
    )
    await until(() => broken >= 2 * (time + 1))
    await Promise.all(asked)
  }
  await own.close()
  await until(async () => (await open()) === 0)
})
