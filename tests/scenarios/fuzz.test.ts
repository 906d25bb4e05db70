import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import type { Operation } from '../../api/index.ts'
import { hashPassword } from '../../server/users/guessing/passwords.ts'
import { makeTemplate, type Template } from '../content.ts'
import { startDns } from '../dns.ts'
import { recipeRecords } from '../domains-recipes.ts'
import { type Reply, startTestHub, type TestHub, testPassword } from '../hub.ts'
import { recipes } from '../recipes.ts'
import { stateOf } from '../state.ts'
import { sendWire, type Wire } from '../wire.ts'
import { type CallerKind, makeWorld } from '../world.ts'

// GUILDHALL_FUZZ_ROUNDS=500 tries each operation five hundred times, with another seed each time unless GUILDHALL_SEED gives one.
const rounds = Number(process.env.GUILDHALL_FUZZ_ROUNDS ?? 2)
const seed = Number(
  process.env.GUILDHALL_SEED ?? (process.env.GUILDHALL_FUZZ_ROUNDS === undefined ? 1 : Date.now() % 2 ** 31),
)

let hub: TestHub
let passwordHash: string
let template: Template

before(async () => {
  const { address } = await startDns(recipeRecords)
  hub = await startTestHub({ dnsServers: [address] })
  passwordHash = await hashPassword(testPassword)
  template = await makeTemplate(hub.running.server.hub, hub.db)
  await hub.person('opal', { operator: true })
})

const oddTexts = [
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    'a\udfffb',
    '%00',
    '%',
    '\\',
    "'; drop table users --",
    '\r\nX-Evil: 1',
    '\u202eevil',
  ],
  ...[
    '\u212aelvin',
    '\u0430dmin',
    '\uff41dmin',
    'adm\u0131n',
    '\u0130',
    '\u00df',
    '\ufeff',
    '\u2028',
    '\u{1f600}',
    'e\u0301',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    'NaN',
    'true',
    '-1',
    '0',
    '1e309',
    '99999999999999999999',
    '1.5',
  ],
  ...[
    '2026-02-30T00:00:00Z',
    '0000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
    '+275760-09-13T00:00:00.001Z',
    'x'.repeat(300),
    'x'.repeat(9000),
  ],
  ...[
    '000000000000000000000000',
    'FFFFFFFFFFFFFFFFFFFFFFFF',
    'WyIiXQ',
    'W10',
    'WyJcdWQ4MDAiXQ',
    'WzFd',
    'e30',
    'bnVsbA',
    '.',
    '..',
    '../..',
    'a/b',
    'a/b/c',
    '*',
    '?',
    '#',
  ],
]
const oddText = fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: oddText },
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 31), [], {}, [[]], [null], [{}], {
    id: {},
  }),
  fc.jsonValue({ maxDepth: 3 }),
)

type Mutation =
  | { kind: 'field'; pick: number; value: unknown }
  | { kind: 'without'; pick: number }
  | { kind: 'extra'; name: string; value: unknown }
  | { kind: 'body'; value: unknown }
  | { kind: 'raw'; text: string }
  | { kind: 'segment'; pick: number; text: string; encode: boolean }
  | { kind: 'query'; pick: number; text: string; twice: boolean }
  | { kind: 'header'; name: string; text: string }

const pick = fc.nat(1000)
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('field' as const), pick, value: oddValue }) },
  fc.record({ kind: fc.constant('without' as const), pick }),
  fc.record({ kind: fc.constant('extra' as const), name: oddText, value: oddValue }),
  fc.record({ kind: fc.constant('body' as const), value: oddValue }),
  fc.record({
    kind: fc.constant('raw' as const),
    text: fc.oneof(oddText, fc.constantFrom('{', '[1,', '"', '{"a":1,}', '[['.repeat(50_000))),
  }),
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('segment' as const), pick, text: oddText, encode: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('query' as const), pick, text: oddText, twice: fc.boolean() }),
  },
  fc.record({
    kind: fc.constant('header' as const),
    name: fc.constantFrom(
      'content-type',
      'idempotency-key',
      'x-request-id',
      'x-amzn-trace-id',
      'authorization',
      'cookie',
      'origin',
      'user-agent',
      'accept',
    ),
    text: oddText,
  }),
)

interface Draft {
  path: string
  body: unknown
  raw: string | undefined
  headers: Record<string, string>
}

function mutate(draft: Draft, change: Mutation, operation: Operation): Draft {
  switch (change.kind) {
    case 'field':
    case 'without':
      return { ...draft, body: changeField(draft.body, change) }
    case 'extra':
      return { ...draft, body: { ...asObject(draft.body), [change.name]: change.value } }
    case 'body':
      return { ...draft, body: change.value }
    case 'raw':
      return { ...draft, raw: change.text }
    case 'segment':
      return { ...draft, path: changeSegment(draft.path, change, operation) }
    case 'query':
      return { ...draft, path: addQuery(draft.path, change, operation) }
    case 'header':
      return { ...draft, headers: { ...draft.headers, [change.name]: headerText(change.text) } }
  }
}

function asObject(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
}

// Any place in the body, however deep.
function changeField(body: unknown, change: { kind: 'field' | 'without'; pick: number; value?: unknown }): unknown {
  const copy = structuredClone(asObject(body))
  const places = placesIn(copy)
  const place = places[change.pick % Math.max(places.length, 1)]
  if (place === undefined) return copy
  if (change.kind === 'field') place.holder[place.name] = change.value
  else delete place.holder[place.name]
  return copy
}

function placesIn(holder: Record<string, unknown>): { holder: Record<string, unknown>; name: string }[] {
  return Object.entries(holder).flatMap(([name, value]) => [{ holder, name }, ...placesIn(asObject(value))])
}

// The segments that are parameters; the others are another address.
function changeSegment(
  path: string,
  { pick: which, text, encode }: { pick: number; text: string; encode: boolean },
  { path: pattern }: Operation,
): string {
  const [address = '', query] = path.split('?')
  const segments = address.split('/')
  const variable = pattern.split('/').flatMap((part, index) => (part.startsWith(':') ? [index] : []))
  const at = variable[which % Math.max(variable.length, 1)]
  if (at !== undefined) segments[at] = encode ? encoded(text) : plain(text)
  return segments.join('/') + (query === undefined ? '' : `?${query}`)
}

function addQuery(
  path: string,
  { pick: which, text, twice }: { pick: number; text: string; twice: boolean },
  operation: Operation,
): string {
  const known = operation.query instanceof z.ZodObject ? Object.keys(operation.query.shape) : []
  const names = [...known, ...known, 'cursor', '__proto__', 'constructor', encoded(text)]
  const term = `${names[which % names.length]}=${encoded(text)}`
  return `${path}${path.includes('?') ? '&' : '?'}${term}${twice ? `&${term}` : ''}`
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function plain(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '_')
}

function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e\x80-\xff]/g, '~').slice(0, 5000)
}

function callerFor({ path }: Operation): CallerKind {
  return path.startsWith('/api/operator') ? 'operator' : 'admin'
}

async function tryOne(operation: Operation, changes: Mutation[]): Promise<void> {
  const make = recipes[`${operation.method} ${operation.path}`]
  if (make === undefined) throw new Error(`no recipe for ${operation.method} ${operation.path}`)
  const world = await makeWorld(hub.db, callerFor(operation), { passwordHash, template })
  const recipe = await make(world, hub.db)
  const isBytes = Buffer.isBuffer(recipe.body)
  const start: Draft = {
    path: recipe.path,
    body: isBytes ? undefined : recipe.body,
    raw: isBytes ? String(recipe.body) : undefined,
    headers: { ...recipe.headers, ...world.headers },
  }
  const draft = changes.reduce((sofar, change) => mutate(sofar, change, operation), start)
  const beforehand = await stateOf(hub.db)
  const reply = await sendWire(hub, wireOf(operation, draft))
  checkReply(reply, operation)
  if (reply.status >= 400) assert.deepEqual(await stateOf(hub.db), beforehand, 'a refusal changes nothing')
}

function wireOf(operation: Operation, { path, body, raw, headers }: Draft): Wire {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const type = text === undefined ? {} : { 'content-type': 'application/json' }
  return { method: operation.method.toUpperCase(), path, headers: { ...type, ...headers }, body: text }
}

function checkReply({ status, body, headers }: Reply, { dialect }: Operation): void {
  assert.ok(status < 500, `${status} ${JSON.stringify(body)}`)
  assert.ok(headers.get('x-request-id'), 'X-Request-Id')
  if (status < 400) return
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  const type = headers.get('content-type') ?? ''
  // Git shows people what it is sent, and an identity provider sends browsers
  if (type.startsWith('text/plain') || (dialect === 'sso' && type.startsWith('text/html'))) return
  const isScim = type.startsWith('application/scim+json')
  assert.match(type, isScim ? /^application\/scim\+json/ : /^application\/(vnd\.git-lfs\+)?json/)
  const words = isScim ? body.detail : body.error
  assert.equal(typeof words, 'string')
  assert.notEqual(words, '')
  if (!isScim) assert.ok(headers.get('x-error-message'), 'X-Error-Message')
  assert.doesNotMatch(words, /select |insert |\bat .*\.ts:|relation|constraint|syntax error/i, 'no inner workings')
}

test('no request, however odd, gets a 5xx or leaves something half-written', async () => {
  for (const operation of hub.running.server.operations) {
    const tryIt = fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), (changes) =>
      tryOne(operation, changes),
    )
    await fc.assert(tryIt, { numRuns: rounds, seed, endOnFailure: rounds > 50 }).catch((error: Error) => {
      throw new Error(`${operation.method} ${operation.path}, GUILDHALL_SEED=${seed}: ${error.message}`, {
        cause: error,
      })
    })
  }
})
