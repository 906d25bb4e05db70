import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemAuthor } from '../../server/access/author.ts'
import { type NewEvent, record, recordMany } from '../../server/audit/record.ts'
import { verifyChain } from '../../server/audit/verify.ts'
import { newId } from '../../server/kernel/ids.ts'
import { instanceKey } from '../../server/keys/instance-key.ts'
import { type Db, openDatabase, transaction } from '../../server/store/database.ts'
import { testSecret } from '../hub.ts'
import { makeDatabase, startTestPostgres } from '../postgres.ts'

const awkward = 'Zoë 🦜 "quoted" \\ back\u2028slash \ud800 half \u0000 nul'
const permit = systemAuthor

const key = instanceKey(testSecret)
let db: Db
const cleanUp: (() => Promise<void>)[] = []

before(async () => {
  const postgres = await startTestPostgres()
  const database = await makeDatabase(postgres.url)
  const opened = openDatabase(database.url, () => undefined, '', key)
  db = opened.db
  cleanUp.push(opened.close, database.drop, postgres.stop)
})
after(async () => {
  for (const step of cleanUp) await step()
})

test('many events at once stand in their order in the same chain, beside those of others', async () => {
  const scope = newId()
  const alone = () =>
    transaction(db, (tx) => record(tx, permit, { scope, type: 'org.create', message: `alone ${awkward}` }))
  await writeMany([])
  await writeMany(batch(scope, 'first', 3))
  await Promise.all([writeMany(batch(scope, 'a', 2300)), alone(), writeMany(batch(scope, 'b', 500)), alone()])
  const { intact, events, firstBreak } = await verifyChain(db, { scope })
  assert.deepEqual({ intact, events, firstBreak }, { intact: true, events: 2805, firstBreak: null })
  const rows = await db.selectFrom('audit_events').select('event').where('scope', '=', scope).orderBy('seq').execute()
  for (const [name, count] of Object.entries({ a: 2300, b: 500 })) {
    const numbers = rows.flatMap(({ event }) => event.match(new RegExp(` ${name} (\\d+) Zoë`))?.[1] ?? [])
    assert.deepEqual(numbers, [...Array(count).keys()].map(String))
  }
})

test('events of different chains are not written together; what is rolled back leaves no gap', async () => {
  const scope = newId()
  await assert.rejects(writeMany([...batch(scope, 'c', 1), ...batch(newId(), 'c', 1)]))
  await assert.rejects(
    transaction(db, async (tx) => {
      await recordMany(tx, permit, batch(scope, 'undone', 5))
      throw new Error('no')
    }),
  )
  await writeMany(batch(scope, 'done', 2))
  assert.deepEqual(await verifyChain(db, { scope }).then(({ intact, events }) => [intact, events]), [true, 2])
})

function batch(scope: string, name: string, count: number): NewEvent[] {
  return Array.from({ length: count }, (_, n) => ({
    scope,
    type: 'org.invite.email',
    message: `${name} ${n} ${awkward}`,
    data: { n, [awkward]: awkward },
  }))
}

function writeMany(events: NewEvent[]): Promise<void> {
  return transaction(db, (tx) => recordMany(tx, permit, events))
}
