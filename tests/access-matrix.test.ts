import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { before, test } from 'node:test'
import type { Operation } from '../api/index.ts'
import { type Action, type PolicyRow, policy } from '../server/access/policy.ts'
import { hashPassword } from '../server/users/guessing/passwords.ts'
import { makeTemplate, type Template } from './content.ts'
import { startDns } from './dns.ts'
import { recipeRecords } from './domains-recipes.ts'
import { startTestHub, type TestHub, testPassword } from './hub.ts'
import { type Make, recipes, variants } from './recipes.ts'
import { completedElsewhere, recordedElsewhere } from './recipes-elsewhere.ts'
import { type CallerKind, callerKinds, kindMeaning, makeWorlds, type World } from './world.ts'

// `npm run snapshots` writes the two files; read their diff as if it were the whole change.
const writing = process.env.GUILDHALL_WRITE_SNAPSHOTS === '1'
// `npm run snapshots -- members` asks only the operations whose method and path contain it, and keeps the other rows.
const only = process.env.GUILDHALL_SNAPSHOTS_OF ?? ''
const snapshots = new URL('./snapshots/', import.meta.url)

interface Outcome {
  status: number
  code: string
  events: number
}

let hub: TestHub
let passwordHash: string
let template: Template
const outcomes = new Map<string, Map<CallerKind, Outcome>>()

// Thousands of requests, one after the other: on a busy machine they take longer than a single test may
const timeout = 3_000_000

before(askAll, { timeout })

async function askAll(): Promise<void> {
  const { address } = await startDns(recipeRecords)
  hub = await startTestHub({ dnsServers: [address] })
  requireRecipes()
  passwordHash = await hashPassword(testPassword)
  template = await makeTemplate(hub.running.server.hub, hub.db)
  await hub.person('opal', { operator: true })
  const asked = hub.running.server.operations.filter((operation) => keyOf(operation).includes(only))
  assert.ok(asked.length > 0, `no operation’s method and path contain “${only}”`)
  for (const operation of asked) {
    const key = keyOf(operation)
    outcomes.set(key, await tryAll(operation, recipes[key]))
    for (const [what, make] of Object.entries(variants[key] ?? {}))
      outcomes.set(`${key} (${what})`, await tryAll(operation, make))
  }
}

// Before anything is asked, since asking takes minutes
function requireRecipes(): void {
  const served = new Set(hub.running.server.operations.map(keyOf))
  const missing = [...served].filter((key) => recipes[key] === undefined)
  assert.deepEqual(
    missing,
    [],
    'operations without a recipe: add a valid request to tests/recipes.ts or a file it uses',
  )
  const unknown = Object.keys(recipes).filter((key) => !served.has(key))
  assert.deepEqual(unknown, [], 'recipes of no operation: remove them, or correct their method and path')
}

function onlyReads(operation: Operation): boolean {
  return (operation.method === 'get' && operation.changes !== true) || operation.reads === true
}

function keyOf(operation: Operation): string {
  return `${operation.method} ${operation.path}`
}

function keysOf(operation: Operation): string[] {
  const key = keyOf(operation)
  return [key, ...Object.keys(variants[key] ?? {}).map((what) => `${key} (${what})`)]
}

async function tryAll(operation: Operation, recipe: Make | undefined): Promise<Map<CallerKind, Outcome>> {
  const found = new Map<CallerKind, Outcome>()
  if (recipe === undefined) return found
  const worlds = await makeWorlds(hub.db, callerKinds, { passwordHash, template })
  for (const [index, kind] of callerKinds.entries())
    found.set(kind, await tryOne(operation, recipe, worlds[index] as World))
  return found
}

async function tryOne(operation: Operation, recipe: Make, world: World): Promise<Outcome> {
  const made = await recipe(world, hub.db)
  const sent = { ...made.headers, ...world.headers }
  const body = made.isPlanned ? await withPlan(made.path, made.body, sent) : made.body
  const before = await countEvents()
  const reply = await hub.request(undefined, operation.method.toUpperCase(), made.path, body, sent)
  return { status: reply.status, code: reply.headers.get('x-error-code') ?? '', events: (await countEvents()) - before }
}

async function withPlan(path: string, body: unknown, headers: Record<string, string>): Promise<unknown> {
  const wishes = body as Record<string, unknown>
  const plan = await hub.request(undefined, 'POST', path, { ...wishes, mode: 'plan' }, headers)
  return { ...wishes, mode: 'apply', planHash: plan.body?.planHash ?? 'none' }
}

// Those of the callers: what the clock does meanwhile is recorded in the name of the system.
async function countEvents(): Promise<number> {
  const { total } = await hub.db
    .selectFrom('audit_events')
    .where('author_name', '<>', 'system')
    .select((eb) => eb.fn.countAll<string>().as('total'))
    .executeTakeFirstOrThrow()
  return Number(total)
}

test('every action of the policy is asked for by an operation', () => {
  const asked = new Set<string>(hub.running.server.operations.map((operation) => operation.action))
  const never = Object.keys(policy).filter((action) => !asked.has(action))
  assert.deepEqual(never, [], 'actions of server/access/policy.ts that no operation names')
})

test('no caller gets a 5xx, but where the hub says what it does not offer', () => {
  assert.deepEqual(
    pick(({ status }) => status >= 500 && status !== 501),
    [],
  )
})

// An answer of an identity provider that is refused is in a log.
const refusalsRecorded = new Set([
  'post /api/organizations/:org/sso/complete',
  'post /api/organizations/:org/sso/managed/complete',
])

test('every change that succeeds is recorded, and nothing else is', () => {
  const reading = new Set(hub.running.server.operations.filter(onlyReads).flatMap(keysOf))
  const unrecorded = pick(
    ({ status, events }, key) => isDone(status) && !reading.has(key) && !recordedElsewhere[key] && events === 0,
  )
  assert.deepEqual(unrecorded, [], 'changes without an event')
  const recorded = pick(
    ({ status, events }, key) => events > 0 && !refusalsRecorded.has(key) && (!isDone(status) || reading.has(key)),
  )
  assert.deepEqual(recorded, [], 'events without a change')
})

test('every change succeeds for someone', () => {
  const never = [...outcomes].filter(
    ([key, row]) => !completedElsewhere[key] && ![...row.values()].some(({ status }) => status < 300),
  )
  assert.deepEqual(
    never.map(([key]) => key),
    [],
  )
})

test('access.txt lists every operation and every kind of caller', async () => {
  await compare('access.txt', accessText)
})

test('policy.txt lists every action and every role', async () => {
  await compare('policy.txt', policyText)
})

// A form is answered with the way back to its page.
function isDone(status: number): boolean {
  return status < 300 || status === 303
}

function pick(test: (outcome: Outcome, key: string) => boolean): string[] {
  return [...outcomes].flatMap(([key, row]) =>
    [...row]
      .filter(([, outcome]) => test(outcome, key))
      .map(([kind, { status, events }]) => `${key} as ${kind}: ${status}, ${events} events`),
  )
}

async function compare(name: string, textOf: (kept: string) => string): Promise<void> {
  const file = new URL(name, snapshots)
  const kept = await readFile(file, 'utf8').catch(() => '')
  const text = textOf(kept)
  if (writing) {
    await mkdir(snapshots, { recursive: true })
    await writeFile(file, text)
  } else assert.equal(text, kept, `${name} differs from what the server answers; if that is meant: npm run snapshots`)
}

function accessText(kept: string): string {
  const head = callerKinds.map((kind) => `# ${kind.padEnd(12)} ${kindMeaning[kind]}`)
  const rows = new Map(only === '' ? [] : keptRows(kept))
  for (const [key, row] of outcomes) rows.set(key, rowOf(row))
  const text = [...rows].sort(([a], [b]) => a.localeCompare(b)).map(([key, row]) => `\n${key}\n${row}`)
  return `# Every operation, tried on a running hub by every kind of caller: status and code.\n${[...head, ...text].join('\n')}\n`
}

function rowOf(row: Map<CallerKind, Outcome>): string {
  return [...row]
    .map(([kind, { status, code }]) => `  ${kind.padEnd(12)} ${status}${code ? ` ${code}` : ''}`)
    .join('\n')
}

function keptRows(kept: string): [key: string, row: string][] {
  const blocks = kept.trimEnd().split('\n\n').slice(1)
  return blocks.map((block) => [block.slice(0, block.indexOf('\n')), block.slice(block.indexOf('\n') + 1)])
}

function policyLine(kept: string, action: string): string | undefined {
  return kept.split('\n').find((line) => line.startsWith(`${action} `))
}

const roles = [
  'anonymous',
  'stranger',
  'no_access',
  'read',
  'contributor',
  'write',
  'admin',
  'group_read',
  'group_admin',
  'operator',
] as const

function policyText(kept: string): string {
  const rows = (Object.keys(policy) as Action[]).sort().map((action) => {
    const operation = hub.running.server.operations.find((candidate) => candidate.action === action)
    const row = operation && outcomes.get(keyOf(operation))
    const line = only !== '' && row === undefined ? policyLine(kept, action) : undefined
    if (line !== undefined) return line
    const { permission, recent }: PolicyRow = policy[action]
    return `${action.padEnd(32)}${(permission ?? '-').padEnd(20)}${(recent ? 'recent' : '-').padEnd(12)}${roles.map((role) => allowed(row?.get(role)).padEnd(12)).join('')}`.trimEnd()
  })
  const head =
    `${'# action'.padEnd(32)}${'permission'.padEnd(20)}${'sign-in'.padEnd(12)}${roles.map((role) => role.padEnd(12)).join('')}`.trimEnd()
  return `# Who may do what, as a running hub answered: yes, or no; the permission that a fine-grained token needs, and whether it takes a recent sign-in.\n${head}\n${rows.join('\n')}\n`
}

// 400 and 409 come after the decision: the caller had the right.
function allowed(outcome: Outcome | undefined): string {
  if (outcome === undefined) return '?'
  return outcome.status < 300 || outcome.status === 400 || outcome.status === 409 ? 'yes' : 'no'
}
