// One caller does its worst, from a process and a network of its own, while others sign in, fetch and commit. The longest
// time that each had to wait is printed. `npm run soak` attacks for longer, and six at once for ten minutes.
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pushLarge } from '../attacks/large.ts'
import { attacks, type Victim } from '../attacks/one-caller.ts'
import { processesIn } from '../durability/processes.ts'
import { testPassword } from '../hub.ts'
import type { Longest } from '../prober.ts'
import { makeDataDir, type Program, startProgram } from '../program.ts'
import { until } from '../until.ts'

const attackSeconds = Number(process.env.GUILDHALL_ATTACK_SECONDS ?? 2)
const siegeSeconds = Number(process.env.GUILDHALL_SIEGE_SECONDS ?? 4)
const healthGoalMs = 100
/** The longest /healthz while no one attacks; judged in the long form only, on a machine that does nothing else. */
let healthAloneMs: number | undefined
const run = promisify(execFile)
const attacker = fileURLToPath(new URL('../attacker.ts', import.meta.url))
const prober = fileURLToPath(new URL('../prober.ts', import.meta.url))

let folder: ReturnType<typeof makeDataDir>
let hub: Program
let probe: ChildProcess
let victim: Victim
let token: string

before(async () => {
  folder = makeDataDir()
  hub = await startProgram(folder.path, { GUILDHALL_LOG_LEVEL: 'warn', DATABASE_URL: '' })
  const tokens = await Promise.all(['ada', 'eve'].map(makePerson))
  token = tokens[0] ?? ''
  await makeRepository(token, 'quiet')
  await makeRepository(tokens[1] ?? '', 'loud')
  await openDesk()
  const head = await pushLarge(`${hub.url}/eve/loud.git`, tokens[1] ?? '')
  victim = { url: hub.url, token: tokens[1] ?? '', repo: 'eve/loud', head }
  probe = fork(prober, [hub.url], { stdio: 'inherit' })
})
after(async () => {
  probe?.kill('SIGKILL')
  hub?.child.kill('SIGTERM')
  await hub?.ended
  folder?.remove()
})

async function makePerson(username: string): Promise<string> {
  const person = { username, email: `${username}@example.org`, password: testPassword }
  assert.equal((await hub.console('POST', '/api/operator/people', person)).status, 201)
  const made = await hub.console('POST', `/api/operator/people/${username}/tokens`, { name: 'test', role: 'write' })
  return String(made.body.token)
}

async function makeRepository(of: string, name: string): Promise<void> {
  const { status } = await ask('POST', '/api/repos/create', { name }, of)
  assert.equal(status, 200)
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  of?: string,
): Promise<{ status: number; text: string }> {
  const isText = typeof body === 'string'
  const reply = await fetch(hub.url + path, {
    method,
    headers: {
      'content-type': isText ? 'application/x-ndjson' : 'application/json',
      ...(of && { authorization: `Bearer ${of}` }),
    },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
  })
  return { status: reply.status, text: await reply.text() }
}

async function requireOk(reply: ReturnType<typeof ask>): Promise<void> {
  const { status, text } = await reply
  // What the server says of it is in its log
  assert.equal(status, 200, `${text}\n${hub.output().slice(-2000)}`)
}

let commits = 0
const file = () => JSON.stringify({ key: 'file', value: { path: `${commits}.txt`, content: `${commits++}` } })
const header = JSON.stringify({ key: 'header', value: { summary: 'a change' } })

const git = (...words: string[]) => run('git', words, { env: { PATH: process.env.PATH, HOME: folder.path } })

async function clone(): Promise<void> {
  const copy = join(folder.path, 'clone')
  await git('clone', '--quiet', `${hub.url}/ada/desk.git`, copy)
  await rm(copy, { recursive: true })
}

const desk = () => join(folder.path, 'desk')
const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']

async function openDesk(): Promise<void> {
  await makeRepository(token, 'desk')
  await git('clone', '--quiet', `${hub.url.replace('://', `://ada:${token}@`)}/ada/desk.git`, desk())
}

async function push(): Promise<void> {
  await git('-C', desk(), ...author, 'commit', '--quiet', '--allow-empty', '--message', 'a change')
  await git('-C', desk(), 'push', '--quiet', 'origin', 'HEAD:main')
}

/** What others do meanwhile. */
const errands: Record<string, () => Promise<unknown>> = {
  'sign-in': () => requireOk(ask('POST', '/api/login', { username: 'ada', password: testPassword })),
  fetch: () => run('git', ['ls-remote', `${hub.url}/ada/quiet.git`], { env: { PATH: process.env.PATH } }),
  commit: () => requireOk(ask('POST', '/api/models/ada/quiet/commit/main', `${header}\n${file()}\n`, token)),
}

const moreErrands = { ...errands, clone, push }

/** Does each errand again and again for so long, at least twice; answers the longest time each took, in ms. */
async function worstOf(seconds: number, all = errands): Promise<Map<string, number>> {
  const worst = new Map<string, number>()
  await longestHealth()
  const deadline = performance.now() + seconds * 1000
  const runs = Object.entries(all).map(async ([name, errand]) => {
    for (let times = 0; times < 2 || performance.now() < deadline; times++) {
      const began = performance.now()
      await errand()
      worst.set(name, Math.max(worst.get(name) ?? 0, performance.now() - began))
    }
  })
  await Promise.all(runs)
  const { hubMs, bareMs } = await longestHealth()
  worst.set('health', hubMs)
  worst.set('a bare server beside it', bareMs)
  return worst
}

/** The longest that /healthz took since this was asked last. */
async function longestHealth(): Promise<Longest> {
  assert.equal(probe.exitCode, null, '/healthz was not answered')
  probe.send('longest')
  const [longest] = await once(probe, 'message')
  return longest
}

async function underAttack(t: TestContext, names: string[], seconds: number, all = errands): Promise<void> {
  const children = names.map(
    (name): ChildProcess => fork(attacker, [name, JSON.stringify(victim)], { stdio: 'inherit' }),
  )
  try {
    const worst = await worstOf(seconds, all)
    tellWorst(t, worst)
    for (const child of children) assert.equal(child.exitCode, null, 'the attacker has given up')
    // What is promised is that no single caller holds it up
    if (names.length === 1) requireHealth(worst.get('health') ?? 0)
  } finally {
    for (const child of children) child.kill('SIGKILL')
  }
}

function tellWorst(t: TestContext, worst: Map<string, number>): void {
  t.diagnostic([...worst].map(([errand, ms]) => `${errand} ${Math.round(ms)} ms`).join(', '))
}

/** Where the errands alone hold it up for longer than the goal, an attack may double that, and no more. */
function requireHealth(ms: number): void {
  if (healthAloneMs === undefined) return
  const most = Math.max(healthGoalMs, 2 * healthAloneMs)
  assert.ok(ms < most, `/healthz took ${Math.round(ms)} ms, and at most ${Math.round(most)} ms are allowed here`)
}

/** Nothing of git is left at work but what waits for questions. */
async function requireQuiet(): Promise<void> {
  const atWork = () =>
    processesIn(join(folder.path, 'repositories'))
      .map(commandOf)
      .filter((line) => !line.includes('cat-file'))
  await until(() => atWork().length === 0)
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
  } catch {
    return 'cat-file'
  }
}

describe('one caller', { skip: process.platform !== 'linux' && 'comes from many addresses of its own' }, () => {
  // What the errands cost each other on this machine, once they are warm
  it('is not there, for comparison', async (t) => {
    await worstOf(0)
    const worst = await worstOf(attackSeconds)
    tellWorst(t, worst)
    if (process.env.GUILDHALL_ATTACK_SECONDS !== undefined) healthAloneMs = worst.get('health')
  })

  for (const name of Object.keys(attacks)) {
    it(`stops no one else with ${name}`, async (t) => {
      await underAttack(t, [name], attackSeconds)
      await requireQuiet()
    })
  }

  it('stops no one else with six of these at once', async (t) => {
    const names = Object.keys(attacks)
    const shifts = Math.max(1, Math.floor(siegeSeconds / 60))
    for (let shift = 0; shift < shifts; shift++) {
      const six = Array.from({ length: 6 }, (_, index) => names[(shift * 6 + index * 2 + 1) % names.length] ?? '')
      await underAttack(t, [...new Set(six)], siegeSeconds / shifts, moreErrands)
    }
  })
})
