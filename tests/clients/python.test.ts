import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { until } from '../until.ts'
import { succeeded } from './expect.ts'
import { type Machine, makeMachine, noDatasets, noOldPython, noPython, type PythonClient } from './machine.ts'

const hubs: Partial<Record<PythonClient, { hub: TestHub; ada: Person; stranger: Person }>> = {}

/** A hub that this client has for itself, since it counts what is there. */
async function hubFor(client: PythonClient) {
  const hub = await startTestHub()
  const ada = (await hub.organization('lab', { ada: 'admin' })).people.ada as Person
  hubs[client] = { hub, ada, stranger: await hub.person('stranger') }
}

/** Runs a script as the organization's admin. */
async function runs(client: PythonClient, topic: string, env: Record<string, string> = {}) {
  const { hub, ada, stranger } = hubs[client] ?? assert.fail('no hub')
  const machine: Machine = makeMachine(hub.url, ada, client)
  return machine.python(`${topic}.py`, { ORG: 'lab', USER_NAME: 'ada', OTHER_TOKEN: stranger.token, ...env })
}

/** Runs a script; it ends with a line that says it got to its end. */
async function holds(client: PythonClient, topic: string, env: Record<string, string> = {}): Promise<void> {
  const outcome = await runs(client, topic, env)
  assert.equal(succeeded(outcome).stdout.trim().split('\n').at(-1), `all of ${topic} holds`, outcome.text)
}

const topics = {
  repositories: 'create, look up, list, settings, move, copy, delete',
  files: 'upload, commit, download, trees, the whole snapshot',
  history: 'branches, tags, commits, squash, LFS files',
  filesystem: 'read, write, list, copy, remove',
  gated: 'gates, requests, grants, and what a gate keeps from whom',
}
const clients = { newest: noPython, oldest: noOldPython }

for (const client of ['newest', 'oldest'] as const) {
  describe(`the ${client} Python client`, { skip: clients[client] }, () => {
    before(() => hubFor(client))
    for (const [topic, what] of Object.entries(topics)) test(`${topic}: ${what}`, () => holds(client, topic))
  })
}

test('datasets 4 and transformers 4 with the oldest client', { skip: noOldPython }, () => holds('oldest', 'libraries'))

test('datasets 5, transformers 5, and pandas with the newest client', { skip: noDatasets || noPython }, () =>
  holds('newest', 'libraries'),
)

const windowMs = 300_000

test('the newest Python client waits as a rate limit says, and finishes', { skip: noPython }, async () => {
  const hub = await startTestHub({ rates: { account: { api: 20 }, plans: {}, network: {} } })
  const ada = await hub.person('ada')
  const end = (Math.floor(Date.now() / windowMs) + 2) * windowMs
  const before = (ms: number) => hub.moveClock(end - ms - Date.now())
  before(windowMs)
  assert.equal((await hub.request(ada, 'POST', '/api/repos/create', { name: 'patient', type: 'model' })).status, 200)
  const machine = makeMachine(hub.url, ada, 'newest')
  const [reached, nearlyOver] = [join(machine.home, 'reached'), join(machine.home, 'nearly-over')]
  const env = { REPOSITORY: 'ada/patient', REACHED: reached, NEARLY_OVER: nearlyOver }
  const outcome = machine.python('waits.py', env)
  await until(() => existsSync(reached))
  before(1500)
  machine.file('nearly-over', '')
  assert.equal(succeeded(await outcome).stdout.trim(), 'all of waits holds')
})
