// The hub is killed again and again while people push, commit, upload, create and delete. What it had acknowledged must
// be there after each start, nothing may be half there, and work goes on. `npm run soak` does it fifty times each.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  checkAcknowledged,
  checkSwept,
  checkWhole,
  keptIn,
  leaveLocks,
  type Since,
  strayFolders,
} from './durability/checks.ts'
import { emptyLedger, type Ledger } from './durability/ledger.ts'
import { killTree, processesIn } from './durability/processes.ts'
import { keepCommitting, keepCreating, keepUploading, makePusher, type Place, type Pusher } from './durability/work.ts'
import { makeDataDir, type Program, startProgram } from './program.ts'
import { until } from './until.ts'

const rounds = Number(process.env.GUILDHALL_KILLS ?? 4)
const undo: (() => unknown)[] = []
after(async () => {
  for (const step of undo.reverse()) await step()
})

const kinds: Record<string, (pid: number) => void> = {
  'the hub alone': (pid) => process.kill(pid, 'SIGKILL'),
  'the hub with everything it started': killTree,
}

suite('killed under people at work', { skip: process.platform !== 'linux' && 'looks into /proc' }, () => {
  for (const [kind, kill] of Object.entries(kinds)) {
    test(`${kind}: nothing acknowledged is lost, nothing is half there, and work goes on`, async (t) => {
      const folder = makeDataDir()
      undo.push(folder.remove)
      let hub = await start(folder.path)
      const token = await prepare(hub)
      const pushers = await Promise.all(['one', 'two'].map(makePusher))
      undo.push(...pushers.map((pusher) => pusher.remove))
      const ledger = emptyLedger()
      const since: Since = { large: 0, checked: new Set() }
      for (let round = 0; round < rounds; round++) {
        const state = { killed: false }
        const place = { url: hub.url, token, isKilled: () => state.killed }
        const work = startWork(place, ledger, { pushers, round })
        await afterSome(ledger)
        state.killed = true
        kill(hub.child.pid ?? 0)
        await Promise.all([hub.ended, work])
        await requireQuiet(folder.path)
        hub = await start(folder.path)
        const found = { url: hub.url, token, at: keptIn(folder.path) }
        await checkAcknowledged(found, ledger, since)
        await checkWhole(found, since)
        since.large = ledger.large.length
      }
      const strays = await strayFolders(keptIn(folder.path))
      await checkSwept(keptIn(folder.path))
      for (const pusher of pushers) await pusher.push({ url: hub.url, token, isKilled: () => false }, ledger)
      t.diagnostic(`${JSON.stringify(ledger.counts)}, folders for the sweep: ${strays.length}`)
      for (const [what, count] of Object.entries(ledger.counts)) assert.ok(count > 0, `no ${what} was acknowledged`)
      await stop(hub)
    })
  }

  test('locks that a killed hub left do not keep anybody from pushing or committing', async () => {
    const folder = makeDataDir()
    undo.push(folder.remove)
    const hub = await start(folder.path)
    const token = await prepare(hub)
    const pusher = await makePusher('one')
    undo.push(pusher.remove)
    const ledger = emptyLedger()
    await pusher.push({ url: hub.url, token, isKilled: () => false }, ledger)
    await leaveLocks(keptIn(folder.path), ['refs/heads/one', 'refs/heads/main'])
    hub.child.kill('SIGKILL')
    await hub.ended
    const next = await start(folder.path)
    const place = { url: next.url, token, isKilled: () => ledger.counts.commit > 0 }
    await pusher.push(place, ledger)
    assert.equal(ledger.counts.push, 2)
    await keepCommitting(place, ledger, 'one')
    assert.equal(ledger.counts.commit, 1)
    await stop(next)
  })
})

// Something of each kind was answered in this round, and more is under way.
async function afterSome(ledger: Ledger): Promise<void> {
  const { delete: _, ...before } = ledger.counts
  const kinds = Object.keys(before) as (keyof typeof before)[]
  await until(() => kinds.every((kind) => ledger.counts[kind] > before[kind]))
  // At any moment of what is under way
  await sleep(randomInt(0, 300))
}

async function start(dataDir: string): Promise<Program> {
  const hub = await startProgram(dataDir, { GUILDHALL_LOG_LEVEL: 'warn', DATABASE_URL: '' })
  undo.push(() => stop(hub))
  return hub
}

async function stop(hub: Program): Promise<void> {
  if (hub.child.exitCode !== null || hub.child.signalCode !== null) return
  hub.child.kill('SIGTERM')
  await hub.ended
}

async function prepare(hub: Program): Promise<string> {
  await hub.console('POST', '/api/operator/people', { username: 'ada', email: 'ada@example.org' })
  await hub.console('POST', '/api/operator/organizations', { name: 'acme', admin: 'ada' })
  const { body } = await hub.console('POST', '/api/operator/people/ada/tokens', { name: 'test', role: 'write' })
  const made = await fetch(`${hub.url}/api/repos/create`, {
    method: 'POST',
    headers: { authorization: `Bearer ${body.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'busy', organization: 'acme', type: 'model' }),
  })
  assert.equal(made.status, 200, await made.text())
  return String(body.token)
}

// Until all of them have seen the hub go.
async function startWork(
  place: Place,
  ledger: Ledger,
  { pushers, round }: { pushers: Pusher[]; round: number },
): Promise<void> {
  const pushing = pushers.map(async (pusher) => {
    while (!place.isKilled()) await pusher.push(place, ledger)
  })
  await Promise.all([
    ...pushing,
    keepCommitting(place, ledger, 'one'),
    keepCommitting(place, ledger, 'two'),
    keepUploading(place, ledger),
    keepCreating(place, ledger, `made-${round}`),
  ])
}

// What git was doing for the hub ends by itself.
async function requireQuiet(dataDir: string): Promise<void> {
  const repositories = join(dataDir, 'repositories')
  await until(() => processesIn(repositories).length === 0)
}
