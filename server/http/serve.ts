import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { InputOf, Operation, ReplyKind, ResultOf, Target } from '../../api/index.ts'
import { type AnyPermit, authorize, badToken, type Caller, type Hub, type Permit } from '../access/authorize.ts'
import type { Credential } from '../access/facts.ts'
import { loadFacts } from '../access/facts.ts'
import { type Action, policy } from '../access/policy.ts'
import { HubError } from '../kernel/errors.ts'
import type { Db } from '../store/database.ts'
import { touchToken } from '../tokens/rules.ts'
import { refreshSession } from '../users/sessions.ts'
import { credentialOf, refuseCrossSite, requestInfo, sessionCookie } from './authenticate.ts'
import { idempotencyKeyOf, type KeptReply, once } from './idempotency.ts'
import { fieldErrors } from './reply.ts'

// biome-ignore lint/suspicious/noExplicitAny: operations of every shape are served
type AnyOperation = Operation<Action, any, any, any, any, ReplyKind>
type Rule<O extends AnyOperation> = (db: Db, permit: Permit<O['action']>, input: InputOf<O>) => Promise<ResultOf<O>>
type Fields = Record<string, unknown>

/** What serving needs: where to register, the database, the installation. */
export interface Server {
  app: FastifyInstance
  db: Db
  hub: Hub
  /** Every operation served, for the checks and the OpenAPI document. */
  operations: AnyOperation[]
}

const none = z.object({})

/** Serves an operation by a rule: the only path from a request to a rule. */
export function serve<O extends AnyOperation>(server: Server, operation: O, rule: Rule<O>): void {
  server.operations.push(operation)
  const anyRule = rule as unknown as (db: Db, permit: AnyPermit, input: Fields) => Promise<unknown>
  server.app.route({
    method: operation.method.toUpperCase() as 'GET',
    url: operation.path.replace(':repoType', ':repoType(^models|datasets|spaces$)'),
    handler: async (request, reply) => {
      const { permit, input } = await admit(server, operation, request)
      if (permit.idempotencyKey === undefined || !mutates(operation)) {
        return send(server, operation, { request, reply }, permit, await anyRule(server.db, permit, input))
      }
      const text = `${operation.method} ${request.url}\n${bodyText(request)}`
      const kept = await once(server.db, permit, { key: permit.idempotencyKey, text }, async () =>
        keepable(operation, await anyRule(server.db, permit, input)),
      )
      return reply.code(kept.status).type('application/json; charset=utf-8').send(kept.body)
    },
  })
}

function mutates(operation: AnyOperation): boolean {
  return operation.method !== 'get'
}

async function admit(server: Server, operation: AnyOperation, request: FastifyRequest): Promise<{ permit: AnyPermit; input: Fields }> {
  const credential = credentialOf(request)
  if (credential.kind === 'session' && mutates(operation)) refuseCrossSite(request, server.hub.publicUrl)
  const caller: Caller = { credential, request: requestInfo(request), hub: server.hub, idempotencyKey: idempotencyKeyOf(request.headers['idempotency-key']) }
  refuseNul(request.url)
  if (operation.locate === undefined) {
    const permit = await authorize(server.db, caller, operation.action, targetOf(request.params as Fields))
    return { permit, input: inputOf(operation, request) }
  }
  const input = await parseForKnown(server, operation, request, credential)
  return { permit: await authorize(server.db, caller, operation.action, operation.locate(input)), input }
}

// What these act on stands in the body, so it is read first; who is unknown still hears that before anything else.
async function parseForKnown(server: Server, operation: AnyOperation, request: FastifyRequest, credential: Credential): Promise<Fields> {
  if (credential.kind === 'none') throw new HubError('NotSignedIn', 'Sign in, or send an access token.')
  try {
    return inputOf(operation, request)
  } catch (error) {
    const { actor } = await loadFacts(server.db, credential, {})
    throw actor === undefined ? badToken() : error
  }
}

function targetOf(params: Fields): Target {
  const target: Target = {}
  if (typeof params.org === 'string') target.org = params.org
  if (typeof params.group === 'string') target.group = params.group
  if (typeof params.username === 'string') target.subject = params.username
  if (typeof params.repo === 'string') {
    const type = String(params.repoType).slice(0, -1) as NonNullable<Target['repo']>['type']
    target.repo = { type, namespace: String(params.namespace), name: params.repo }
  } else if (typeof params.namespace === 'string') {
    target.namespace = params.namespace
  }
  return target
}

// PostgreSQL cannot store NUL, and no name holds one.
function refuseNul(url: string): void {
  if (url.includes('%00')) throw new HubError('BadRequest', 'The address must not hold %00.')
}

function inputOf(operation: AnyOperation, request: FastifyRequest): Fields {
  const parsed = [
    parsePart(operation.params ?? none, request.params),
    parsePart(operation.query ?? none, queryOf(operation, request)),
    operation.body ? parsePart(operation.body, bodyOf(operation, request)) : {},
  ]
  return Object.assign({}, ...parsed)
}

function queryOf(operation: AnyOperation, request: FastifyRequest): unknown {
  const query = request.query as Record<string, string | string[]>
  const repeated = Object.keys(query).find((name) => Array.isArray(query[name]))
  if (repeated !== undefined) throw new HubError('BadRequest', `${repeated}: is given twice.`)
  if (!operation.contract) {
    const known = operation.query instanceof z.ZodObject ? operation.query.shape : {}
    const unknown = Object.keys(query).find((name) => !(name in known))
    if (unknown !== undefined) throw new HubError('BadRequest', `${unknown}: is not a parameter of this request.`)
  }
  return query
}

function parsePart(schema: z.ZodType, value: unknown): Fields {
  const result = schema.safeParse(value)
  if (!result.success) throw fieldErrors(result.error)
  return result.data as Fields
}

function bodyText(request: FastifyRequest): string {
  return Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''
}

function bodyOf(operation: AnyOperation, request: FastifyRequest): unknown {
  const text = bodyText(request)
  if (text === '' && operation.bodyOptional) return {}
  try {
    const body: unknown = JSON.parse(text)
    if (!holdsNul(body)) return body
  } catch {
    throw new HubError('BadRequest', 'The body is not JSON.')
  }
  throw new HubError('BadRequest', 'The body must not hold NUL characters.')
}

function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0')
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, part]) => key.includes('\0') || holdsNul(part))
}

interface Exchange {
  request: FastifyRequest
  reply: FastifyReply
}

async function send(server: Server, operation: AnyOperation, exchange: Exchange, permit: AnyPermit, result: unknown): Promise<FastifyReply> {
  const { reply } = exchange
  await keepAlive(server, operation, exchange, permit)
  reply.header('Cache-Control', 'no-store')
  switch (operation.kind) {
    case 'page':
      return sendPage(server, operation, exchange, result as { items: unknown[]; next: string | undefined })
    case 'session':
      setSession(reply, server.hub, (result as { session: NewSession | null }).session)
      return sendJson(operation, reply, (result as { reply: unknown }).reply)
    case 'stream':
      return sendDownload(reply, result as ResultOf<AnyOperation & Operation<Action, never, never, never, never, 'stream'>>)
    case 'content':
      return sendContent(operation, reply, result as ContentResult)
    default:
      return sendJson(operation, reply, result)
  }
}

function keepable(operation: AnyOperation, result: unknown): KeptReply {
  const reply = operation.kind === 'session' ? (result as { reply: unknown }).reply : result
  return { status: operation.status ?? 200, body: JSON.stringify(operation.reply.parse(reply)) }
}

function sendJson(operation: AnyOperation, reply: FastifyReply, result: unknown): FastifyReply {
  const body = JSON.stringify(operation.reply.parse(result))
  return reply.code(operation.status ?? 200).type('application/json; charset=utf-8').send(body)
}

function sendPage(server: Server, operation: AnyOperation, { request, reply }: Exchange, page: { items: unknown[]; next: string | undefined }): FastifyReply {
  if (page.next !== undefined) {
    const next = new URL(request.url, server.hub.publicUrl)
    next.searchParams.set('cursor', page.next)
    reply.header('Link', `<${next.href}>; rel="next"`)
  }
  return sendJson(operation, reply, page.items)
}

function sendDownload(reply: FastifyReply, { fileName, contentType, chunks }: { fileName: string; contentType: string; chunks: AsyncIterable<string> }): FastifyReply {
  return reply
    .header('Content-Disposition', `attachment; filename="${fileName.replace(/[^\w.-]/g, '_')}"`)
    .type(contentType)
    .send(Readable.from(chunks))
}

type ContentResult = { contentType: string; body: string } | { location: string } | { json: unknown }

function sendContent(operation: AnyOperation, reply: FastifyReply, result: ContentResult): FastifyReply {
  if ('json' in result) return sendJson(operation, reply, result.json)
  if ('location' in result) return reply.redirect(result.location, 302)
  return reply.header('Cache-Control', 'public, max-age=3600').type(result.contentType).send(result.body)
}

interface NewSession {
  secret: string
  expiresAt: Date
}

// What a request keeps alive: the session (whose secret it may have to change) or the token's “last used”.
async function keepAlive(server: Server, operation: AnyOperation, { reply }: Exchange, permit: AnyPermit): Promise<void> {
  const { actor } = permit
  if (actor?.token) await touchToken(server.db, actor.token.id, actor.token.lastUsedAt)
  if (actor?.session === undefined || operation.kind === 'session') return
  const renewed = await refreshSession(server.db, actor.session, permit.request)
  if (renewed) setSession(reply, server.hub, renewed)
}

function setSession(reply: FastifyReply, hub: Hub, session: NewSession | null): void {
  const secure = hub.publicUrl.startsWith('https:')
  const cookie = { httpOnly: true, sameSite: 'lax', path: '/', secure } as const
  if (session === null) reply.clearCookie(sessionCookie, cookie)
  else reply.setCookie(sessionCookie, session.secret, { ...cookie, expires: session.expiresAt })
}

/** Refuses to start when an operation could not work as it is written: an unknown action, or fields that collide. */
export function checkOperations(operations: readonly AnyOperation[]): void {
  for (const operation of operations) {
    if (!(operation.action in policy)) throw new Error(`${operation.path}: the action ${operation.action} is not in the policy`)
    const names = [operation.params, operation.query, operation.body].flatMap((part) => (part instanceof z.ZodObject ? Object.keys(part.shape) : []))
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) throw new Error(`${operation.method} ${operation.path}: the field ${twice} stands in two parts`)
  }
}
