import assert from 'node:assert/strict'
import type { Person, Reply, TestHub } from './hub.ts'
import { stateOf } from './state.ts'
import { sendWire, type Wire } from './wire.ts'

/** A request that must be refused. */
export interface Attempt {
  who?: Person | string | undefined
  method: string
  path: string
  body?: unknown
  headers?: Record<string, string>
}

/** Tries something, and makes sure that it is refused with the status (or one of them) and that nothing came of it. */
export async function fails(hub: TestHub, status: number | number[], attempt: Attempt): Promise<Reply> {
  const { who, method, path, body, headers } = attempt
  const before = await stateOf(hub.db)
  const reply = await hub.request(who, method, path, body, headers)
  const said = `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`
  assert.ok([status].flat().includes(reply.status), said)
  assert.deepEqual(await stateOf(hub.db), before, `${method} ${path} changed something`)
  return reply
}

const differing = new Set(['x-request-id', 'date', 'keep-alive', 'connection'])

/** Everything that an answer tells, but for what differs between any two. */
export function told({ status, body, headers }: Reply): unknown {
  return { status, body, headers: [...headers].filter(([name]) => !differing.has(name)) }
}

/** The names of the fields that a refusal names, sorted. */
export function fieldsOf({ body }: Reply): string[] {
  return (body.fields ?? []).map(({ field }: { field: string }) => field).sort()
}

/** Sends what must be refused over the wire as it is, JSON unless it says otherwise; nothing may come of it. */
export async function refusedWire(hub: TestHub, status: number | readonly number[], wire: Wire): Promise<Reply> {
  const type = wire.body === undefined ? {} : { 'content-type': 'application/json' }
  const before = await stateOf(hub.db)
  const reply = await sendWire(hub, { ...wire, headers: { ...type, ...wire.headers } })
  const asked = `${wire.method} ${wire.path.slice(0, 80)}`
  const said = `${asked}: ${reply.status} ${JSON.stringify(reply.body).slice(0, 300)}`
  assert.ok([status].flat().includes(reply.status), said)
  checkError(reply)
  assert.deepEqual(await stateOf(hub.db), before, `${asked} changed something`)
  return reply
}

/** Makes sure that a refusal has the form that the clients read. */
export function checkError({ status, body, headers }: Reply): void {
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8', JSON.stringify(body))
  assert.equal(typeof body?.error, 'string')
  assert.ok(headers.get('x-error-message'), `${status} without X-Error-Message`)
  assert.ok(headers.get('x-request-id'), `${status} without X-Request-Id`)
}
