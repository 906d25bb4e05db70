// Two hubs, as people run them, on one PostgreSQL and one repositories folder, behind one address. Each is killed under
// people at work; the other goes on. `npm run soak` does it fifty times.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { after, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkAcknowledged, checkSwept, checkWhole, type Kept, type Since } from './durability/checks.ts'
import { emptyLedger, type Ledger } from './durability/ledger.ts'
import {
  busyRepo,
  keepCommitting,
  keepCreating,
  keepUploading,
  makePusher,
  type Place,
  send,
} from './durability/work.ts'
import { makeDatabase, startTestPostgres } from './postgres.ts'
import { makeDataDir, type Program, startProgram } from './program.ts'
import { until } from './until.ts'

const rounds = Number(process.env.GUILDHALL_KILLS ?? 4)
const commitsAtOnce = Number(process.env.GUILDHALL_COMMITS ?? 100)
const undo: (() => unknown)[] = []
after(async () => {
  for (const step of undo.reverse()) await step()
})

interface Pair {
  hubs: [Program, Program]
  start(which: 0 | 1): Promise<void>
  at: Kept
}

// One address for both, as a load balancer gives: to one that runs.
async function openDoor(): Promise<{ url: string; ports: number[] }> {
  const ports: number[] = []
  const server = createServer((client) => {
    const port = ports[randomInt(ports.length)] ?? 0
    const hub = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [client, hub],
      [hub, client],
    ] as const)
      from.on('error', () => to.destroy()).pipe(to)
  }).listen(0, '127.0.0.1')
  undo.push(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, ports }
}

async function startPair(): Promise<Pair> {
  const postgres = await startTestPostgres()
  const database = await makeDatabase(postgres.url)
  undo.push(() => postgres.stop(), database.drop)
  const [shared, ...own] = [makeDataDir(), makeDataDir(), makeDataDir()] as const
  undo.push(shared.remove, ...own.map(({ remove }) => remove))
  const door = await openDoor()
  const environment = {
    DATABASE_URL: database.url,
    GUILDHALL_REPOSITORIES_DIR: shared.path,
    GUILDHALL_SECRET_KEY: 'a key that both of them have, long enough',
    GUILDHALL_PUBLIC_URL: door.url,
    GUILDHALL_LOG_LEVEL: 'warn',
  }
  const startOne = async (which: 0 | 1) => {
    const hub = await startProgram(own[which].path, environment)
    undo.push(() => hub.child.kill('SIGKILL'))
    door.ports[which] = Number(new URL(hub.url).port)
    return hub
  }
  const hubs: [Program, Program] = [await startOne(0), await startOne(1)]
  const start = async (which: 0 | 1) => {
    hubs[which] = await startOne(which)
  }
  return { hubs, start, at: { folder: shared.path, connection: database.url } }
}

suite('two processes on one database and one repositories folder', () => {
  let pair: Pair
  let token = ''
  const ledger = emptyLedger()

  test('a hundred commits at once to one branch, half by each, are all made', async () => {
    pair = await startPair()
    token = await prepare(pair.hubs[0])
    const replies = await Promise.all(
      Array.from({ length: commitsAtOnce }, (_, n) =>
        commitOne({ url: pair.hubs[n % 2]?.url ?? '', token }, String(n)),
      ),
    )
    assert.deepEqual(
      replies.filter((reply) => reply?.status !== 200).map((reply) => reply?.text),
      [],
    )
    for (const reply of replies) noteCommit(ledger, reply?.text ?? '')
    const since: Since = { large: 0, checked: new Set() }
    await checkAcknowledged({ url: pair.hubs[0].url, token, at: pair.at }, ledger, since)
  })

  test('either is killed under people at work: nothing acknowledged is lost, and the other goes on', async (t) => {
    const pushers = await Promise.all(['one', 'two'].map(makePusher))
    undo.push(...pushers.map((pusher) => pusher.remove))
    const since: Since = { large: 0, checked: new Set() }
    for (let round = 0; round < rounds; round++) {
      const state = { killed: false }
      const places = pair.hubs.map(({ url }) => ({ url, token, isKilled: () => state.killed }))
      const work = places.flatMap((place, which) => [
        keepPushing(place, pushers[which], ledger),
        keepCommitting(place, ledger, `${round}-${which}`),
        keepUploading(place, ledger),
        keepCreating(place, ledger, `made-${round}-${which}`),
      ])
      await afterSome(ledger)
      state.killed = true
      const victim = (round % 2) as 0 | 1
      pair.hubs[victim].child.kill('SIGKILL')
      await Promise.all([pair.hubs[victim].ended, ...work])
      const other = { url: pair.hubs[1 - victim]?.url ?? '', token, at: pair.at }
      await goesOn(other, `after-${round}`)
      await pair.start(victim)
      await checkAcknowledged(other, ledger, since)
      await checkWhole(other, since)
      since.large = ledger.large.length
    }
    await checkSwept(pair.at)
    t.diagnostic(JSON.stringify(ledger.counts))
    for (const [what, count] of Object.entries(ledger.counts)) assert.ok(count > 0, `no ${what} was acknowledged`)
  })
})

async function keepPushing(place: Place, pusher: Awaited<ReturnType<typeof makePusher>> | undefined, ledger: Ledger) {
  while (!place.isKilled()) await pusher?.push(place, ledger)
}

// The dead one's lock, if it held one, is free once its row is gone.
async function goesOn(hub: Pick<Place, 'url' | 'token'>, name: string): Promise<void> {
  await until(async () => {
    const reply = await commitOne(hub, name)
    if (reply?.status !== 200) assert.equal(reply?.status, 503, reply?.text)
    return reply?.status === 200
  })
}

function commitOne(hub: Pick<Place, 'url' | 'token'>, name: string) {
  const lines = [
    { key: 'header', value: { summary: `work of ${name}` } },
    { key: 'file', value: { path: `${name}.txt`, content: name } },
  ]
  return send(hub, 'POST', `/api/models/${busyRepo}/commit/main`, {
    type: 'application/x-ndjson',
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  })
}

function noteCommit(ledger: Ledger, text: string): void {
  const commits = ledger.committed.get('refs/heads/main') ?? []
  ledger.committed.set('refs/heads/main', [...commits, String(JSON.parse(text).commitOid)])
  ledger.counts.commit++
}

// Something of each kind was answered in this round, and more is under way.
async function afterSome(ledger: Ledger): Promise<void> {
  const { delete: _, ...before } = ledger.counts
  const kinds = Object.keys(before) as (keyof typeof before)[]
  await until(() => kinds.every((kind) => ledger.counts[kind] > before[kind]))
  // At any moment of what is under way
  await sleep(randomInt(0, 300))
}

async function prepare(hub: Program): Promise<string> {
  await hub.console('POST', '/api/operator/people', { username: 'ada', email: 'ada@example.org' })
  await hub.console('POST', '/api/operator/organizations', { name: 'acme', admin: 'ada' })
  const { body } = await hub.console('POST', '/api/operator/people/ada/tokens', { name: 'test', role: 'write' })
  const made = await send({ url: hub.url, token: String(body.token) }, 'POST', '/api/repos/create', {
    type: 'application/json',
    body: JSON.stringify({ name: 'busy', organization: 'acme', type: 'model' }),
  })
  assert.equal(made?.status, 200, made?.text)
  return String(body.token)
}
