import assert from 'node:assert/strict'
import { type CallInput, people, type ReplyOf } from '../../api/index.ts'
import type { AnyOperation } from '../../web/hub.ts'

/** What was asked of the hub. */
interface Request {
  method: string
  path: string
  query: Record<string, string>
  body: unknown
}

type Answer = (request: Request) => Response | Promise<Response>
type Reply<O> = ReplyOf<O> | ((request: Request) => ReplyOf<O> | Promise<ReplyOf<O>>)

interface Door {
  operation: AnyOperation
  path: RegExp
  answer: Answer
}

let doors: Door[] = []
let requests: Request[] = []
let unanswered: string[] = []

/** Has the hub answer an operation; the last answer that was given counts. It must be one that the contract allows. */
export function answer<O extends AnyOperation>(operation: O, reply: Reply<O>, headers?: Record<string, string>): void {
  given(operation, answerWith(operation, reply, headers))
}

/** The same where a test says nothing else, before or after. */
export function answerUsually<O extends AnyOperation>(operation: O, reply: Reply<O>): void {
  doors.push({ operation, path: patternOf(operation.path), answer: answerWith(operation, reply) })
}

interface Refusal {
  status: number
  code: string
  error: string
  fields?: { field: string; message: string }[]
  [more: string]: unknown
}

/** Has the hub refuse an operation. */
export function refuse(operation: AnyOperation, { status, code, ...body }: Refusal): void {
  given(operation, () => Response.json(body, { status, headers: { 'x-error-code': code, 'x-request-id': 'req-1' } }))
}

/** Has an operation answered by hand: for answers that come late, or that are no JSON. */
export function given(operation: AnyOperation, how: Answer): void {
  doors.unshift({ operation, path: patternOf(operation.path), answer: how })
}

/** What was sent with each call of an operation so far. */
export function sent<O extends AnyOperation>(operation: O): { body: CallInput<O>['body']; query: Request['query'] }[] {
  const path = patternOf(operation.path)
  return requests.filter((request) => isCall(request, operation, path)) as never
}

/** Forgets what was asked and answered, and asserts that nothing was asked that the test has no answer for. */
export function closeHub(): void {
  const missing = unanswered
  doors = []
  requests = []
  unanswered = []
  assert.deepEqual(missing, [], 'asked of the hub without an answer')
}

globalThis.fetch = async (input, init = {}) => {
  const url = new URL(String(input), location.href)
  const text = typeof init.body === 'string' ? init.body : undefined
  const request: Request = {
    method: (init.method ?? 'GET').toLowerCase(),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: text === undefined ? undefined : JSON.parse(text),
  }
  requests.push(request)
  const door = doors.find(({ operation, path }) => isCall(request, operation, path))
  if (door) return door.answer(request)
  // Whatever has a picture asks for it a moment later, when the test may be over.
  if (request.path === people.listPictures.path) return Response.json([])
  unanswered.push(`${request.method} ${request.path}`)
  return Response.json({ error: 'The test has no answer.' }, { status: 501 })
}

function answerWith<O extends AnyOperation>(operation: O, reply: Reply<O>, headers = {}): Answer {
  return async (request) => {
    const data = typeof reply === 'function' ? await (reply as (request: Request) => unknown)(request) : reply
    const { error } = operation.reply.safeParse(data)
    if (error) unanswered.push(`${operation.path}, which does not answer that: ${error.message}`)
    return Response.json(data, { headers })
  }
}

function isCall(request: Request, operation: AnyOperation, path: RegExp): boolean {
  return request.method === operation.method && path.test(request.path)
}

function patternOf(path: string): RegExp {
  const parts = path.replaceAll(/[.+]/g, String.raw`\$&`).replace(/\*$/, '.*')
  return new RegExp(`^${parts.replaceAll(/:[A-Za-z]+/g, '[^/]+')}$`)
}
