import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { before, test } from 'node:test'
import { hubLanes } from '../server/http/tasks.ts'
import { isPrepared, sentAlong } from '../server/store/database.ts'
import { decisionStatements } from './decision-statements.ts'
import { startDns } from './dns.ts'
import { recipeRecords } from './domains-recipes.ts'
import { wrongGroupSizes } from './group-sizes.ts'
import { analyzedTables, growDatabase, learnNothing, learnOfFirst, ungrownTables } from './grown.ts'
import { startTestHub, type TestHub } from './hub.ts'
import { type Joined, joinedAsAlone, ofNothing } from './joined.ts'
import { wholeTables } from './plans.ts'
import { openShapes } from './shapes.ts'
import { followCourse, listTexts, recordStatements, type Site, type Statement } from './statements.ts'
import { tourOperations } from './tour.ts'

// Set GUILDHALL_WRITE_SNAPSHOTS=1 to write the file again; then read its diff as if it were the whole change.
const writing = process.env.GUILDHALL_WRITE_SNAPSHOTS === '1'
const snapshot = new URL('./snapshots/statements.sql', import.meta.url)

/** Who reads a whole table in a request and may: what it is for needs all of it. */
const mayReadAll: Record<string, string> = {
  raiseGenerations: 'makes every client start over, for the command line of the server',
  findVitals: 'counts everything, for site admins',
  listStorageOwners: 'sums up everything, for site admins',
}

/** Send several statements at once, some of which others declare: they are compared where they are sent alone. */
const sendSeveral = ['afterLocking', 'holdAndFindKept']

/** Asked one by one, since PostgreSQL takes them only so. */
const aloneOnly: string[] = []

// Counted, and never reached.
const rates = { account: { api: 1_000_000 }, plans: { team: { api: 2_000_000 } }, network: {} }

let hub: TestHub
let ofRequests: Statement[]
let ofTasks: Statement[]
/** What decisions ask for callers of every kind: the operations of the tour are asked for by sessions. */
let ofDecisions: Statement[]

before(async () => {
  const { address } = await startDns(recipeRecords)
  hub = await startTestHub({ dnsServers: [address], rates })
  await learnNothing(hub.db)
  followCourse(hub.running.server.app.server)
  const recorder = recordStatements()
  await tourOperations(hub)
  ofRequests = recorder.statements.splice(0)
  // First whatever there is to do is done: what is left is what each task asks, whether or not the clock was there before.
  for (const during of [undefined, 'a task'])
    for (const { tasks, periodic } of hubLanes(hub.db, hub.running.server.hub, undefined))
      for (const { name } of periodic) {
        const work = async () => tasks[name]?.({}, { attempt: 1, lastAttempt: true })
        await (during === undefined ? work() : recorder.during(during, work))
      }
  recorder.stop()
  ofTasks = recorder.statements
  ofDecisions = decisionStatements()
})

test('statements.sql lists the statements of every operation and every periodic task', async () => {
  const text = listTexts([...ofRequests, ...ofTasks])
  if (writing) await writeFile(snapshot, text)
  const kept = await readFile(snapshot, 'utf8').catch(() => '')
  assert.equal(
    text,
    kept,
    'statements.sql differs from what the server sends; GUILDHALL_WRITE_SNAPSHOTS=1 writes it again',
  )
})

test('what PostgreSQL answers has the columns and types that the code declares', () => {
  const differences = openShapes()
  const found = new Set<string>()
  let compared = 0
  for (const statement of [...ofRequests, ...ofTasks]) {
    const { site, text } = statement
    if (sendSeveral.includes(site.name) || text.startsWith(sentAlong)) continue
    const differs = differences(statement)
    if (differs !== undefined) compared++
    for (const what of differs ?? []) found.add(`${site.file} ${site.name}: ${what}`)
  }
  assert.deepEqual([...found].sort(), [])
  assert.ok(compared > 800, `only ${compared} answers were compared`)
})

test('every statement of a request is prepared: planning a long one takes longer than asking it', () => {
  const texts = new Set(
    [...ofRequests, ...ofDecisions]
      .filter(({ text }) => !isPrepared(text))
      .map(({ site }) => `${site.file} ${site.name}`),
  )
  assert.deepEqual([...texts], [])
})

test('what is asked shortly answers the same together with others as alone', async () => {
  const short = [...ofRequests, ...ofDecisions].filter(({ isShort }) => isShort)
  const answers = new Map<Joined, Set<string>>()
  for (const [text, asked] of Map.groupBy(short, (statement) => statement.text)) {
    const values = asked.slice(0, 3).flatMap((each) => [each.values, ofNothing(each.values)])
    const joined = await joinedAsAlone(hub.db, text, values)
    answers.set(joined, (answers.get(joined) ?? new Set()).add(`${asked[0]?.site.file} ${asked[0]?.site.name}`))
  }
  assert.deepEqual([...(answers.get('different') ?? [])], [])
  assert.deepEqual([...(answers.get('alone only') ?? [])].sort(), aloneOnly)
  assert.ok((answers.get('same')?.size ?? 0) > 3, 'only few of them were compared')
})

test('after every operation the kept size of each group is the number of its people', async () => {
  assert.deepEqual(await wrongGroupSizes(hub.db), [])
})

test('no statement of a request reads a whole table that grows, on a database that was never analyzed', async () => {
  // What misleads the planner in the middle it may guess right again at the end.
  for (const [from, to] of [
    [0, 0.2],
    [0.2, 1],
  ] as const) {
    await growDatabase(hub.db, from, to)
    assert.deepEqual(await analyzedTables(hub.db), [])
    assert.deepEqual(await ungrownTables(hub.db), [], 'tables that tests/grown.ts does not fill')
    assert.deepEqual(await findWholeReads(), [], `at ${to} of its size`)
  }
})

test('no decision does, where statistics say that only the first people have tokens and sessions', async () => {
  await learnOfFirst(hub.db)
  assert.deepEqual(await findWholeReads(({ file }) => file.startsWith('server/access/')), [])
})

async function findWholeReads(isMeant = (_: Site) => true): Promise<string[]> {
  const found: string[] = []
  for (const statement of new Map([...ofRequests, ...ofDecisions].map((sent) => [sent.text, sent])).values()) {
    const { site, during } = statement
    if (!isMeant(site)) continue
    if (mayReadAll[site.name] !== undefined) continue
    const tables = await wholeTables(hub.db, statement)
    if (tables.length > 0) found.push(`${site.file} ${site.name} reads all of ${tables.join(', ')} (${during})`)
  }
  return found
}
