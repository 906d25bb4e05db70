import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { z } from 'zod'
import {
  addressesOf,
  type InputOf,
  type Operation,
  type RawReply,
  type RawRequest,
  type ResultOf,
  type Target,
} from '../../api/index.ts'
import type { KeyedRequest } from '../access/author.ts'
import { authorize, badToken, deadLink } from '../access/authorize.ts'
import type { Credential } from '../access/facts.ts'
import { loadFacts } from '../access/facts.ts'
import type { AnyPermit, Caller, Permit } from '../access/permit.ts'
import { type Action, policy } from '../access/policy.ts'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { digest } from '../kernel/secret.ts'
import { readLink } from '../lfs/bytes/links.ts'
import type { Presence } from '../members/activity/presence.ts'
import type { Db } from '../store/database.ts'
import { touchToken } from '../tokens/rules.ts'
import { refreshSession } from '../users/sessions.ts'
import { clientAddress, credentialOf, refuseCrossSite, requestInfo, sessionCookie } from './authenticate.ts'
import { sendFile } from './file-body.ts'
import { idempotencyKeyOf, type KeptReply, once, type Workplace } from './idempotency.ts'
import { type AnyOperation, bodyText, type Fields, inputOf } from './input.ts'
import type { Services } from './services.ts'

/** What answers an operation. `services` is what it uses of the installation: given where the routes are listed. */
type Rule<O extends AnyOperation, S = undefined> = (
  db: Db,
  permit: Permit<O['action']>,
  input: InputOf<O>,
  services: S,
) => Promise<ResultOf<O>>
type AnyRule = (db: Db, permit: AnyPermit, input: Fields, services: unknown) => Promise<unknown>

/** What serving needs: where to register, the database, the installation. */
export interface Server {
  app: FastifyInstance
  db: Db
  hub: Services
  process: Workplace
  /** Notes which members are at work. */
  presence: Pick<Presence, 'note' | 'flush'>
  /** Every operation served, for the checks and the OpenAPI document. */
  operations: AnyOperation[]
}

/** Serves an operation by a rule: the only path from a request to a rule. */
export function serve<O extends AnyOperation>(server: Server, operation: O, rule: Rule<O>): void
export function serve<O extends AnyOperation, S>(server: Server, operation: O, rule: Rule<O, S>, services: S): void
export function serve(server: Server, operation: AnyOperation, rule: unknown, services?: unknown): void {
  server.operations.push(operation)
  const anyRule = rule as AnyRule
  const isRaw = operation.kind === 'bytes'
  for (const { path, repoType } of addressesOf(operation.path)) {
    server.app.route({
      method: methodsOf(operation),
      url: path.replace(':repoType', ':repoType(^models|datasets|spaces$)'),
      exposeHeadRoute: !isRaw,
      ...(operation.maxBodyBytes !== undefined && { bodyLimit: operation.maxBodyBytes }),
      config: { mediaType: operation.mediaType, scheme: operation.scheme },
      handler: async (request, reply) => {
        const { permit, input } = await admit(server, operation, request, repoType)
        server.presence.note(permit.facts, operation.scheme !== undefined)
        if (isRaw) input.raw = rawRequest(request, reply)
        const work = () => anyRule(server.db, permit, input, services).catch((error) => asGone(server, permit, error))
        if (permit.idempotencyKey === undefined)
          return send(server, operation, { request, reply }, { permit, result: await work() })
        return sendOnce(server, operation, { request, reply }, { permit, key: permit.idempotencyKey, work })
      },
    })
  }
}

// What fails because its repository was just deleted is told as that.
async function asGone(server: Server, permit: AnyPermit, error: unknown): Promise<never> {
  const { repo } = permit.facts
  if (repo !== undefined && !(error instanceof HubError))
    await authorize(server.db, permit, permit.action, { repoId: repo.id })
  throw error
}

function methodsOf(operation: AnyOperation): HTTPMethods[] {
  const method = operation.method.toUpperCase() as HTTPMethods
  return method === 'GET' && operation.kind === 'bytes' ? ['GET', 'HEAD'] : [method]
}

function mutates(operation: AnyOperation): boolean {
  return operation.method !== 'get' && !operation.reads
}

interface Keyed {
  permit: AnyPermit
  key: KeyedRequest
  work: () => Promise<unknown>
}

// The first reply goes out as any other, with its cookie; what is repeated afterwards is the reply alone.
async function sendOnce(
  server: Server,
  operation: AnyOperation,
  exchange: Exchange,
  { permit, key, work }: Keyed,
): Promise<FastifyReply> {
  const text = `${operation.method} ${exchange.request.url}\n${bodyText(exchange.request)}`
  let first: { result: unknown } | undefined
  const kept = await once(
    server.db,
    { author: permit, at: server.process, seal: server.hub.key },
    { ...key, text },
    async () => {
      first = { result: await work() }
      return keepable(operation, first.result)
    },
  )
  if (first !== undefined) return send(server, operation, exchange, { permit, result: first.result })
  return exchange.reply
    .header('Cache-Control', 'no-store')
    .code(kept.status)
    .type('application/json; charset=utf-8')
    .send(kept.body)
}

// Signing in once more does no harm, and its reply is worth nothing without the cookie, which is not kept. A key of
// nobody's counts for one address, so that strangers do not get into one another's way.
function keyFor(operation: AnyOperation, request: FastifyRequest, credential: Credential): KeyedRequest | undefined {
  const key = idempotencyKeyOf(request.headers['idempotency-key'])
  const isOnceAnyway = operation.action === 'session.create' || operation.kind === 'bytes'
  if (key === undefined || !mutates(operation) || isOnceAnyway) return undefined
  const own = credential.kind === 'none' ? digest(`${clientAddress(request)} ${key}`).toString('base64url') : key
  return { key: own, claim: newId() }
}

async function admit(
  server: Server,
  operation: AnyOperation,
  request: FastifyRequest,
  repoType: string | undefined,
): Promise<{ permit: AnyPermit; input: Fields }> {
  nameParams(request.params as Fields, repoType)
  const link = operation.scheme === 'link' ? linkOf(server, request) : undefined
  const credential = link?.credential ?? credentialOf(request, operation.scheme)
  if (credential.kind === 'session' && mutates(operation)) refuseCrossSite(request, server.hub.publicUrl)
  const caller: Caller = {
    credential,
    request: requestInfo(request),
    idempotencyKey: keyFor(operation, request, credential),
  }
  refuseNul(request.url)
  if (operation.locate === undefined) {
    const target = link?.target ?? targetOf(request.params as Fields)
    const permit = await authorize(server.db, caller, operation.action, target)
    return { permit, input: inputOf(operation, request) }
  }
  const input = await parseForKnown(server, operation, request, credential)
  return { permit: await authorize(server.db, caller, operation.action, operation.locate(input)), input }
}

// What these act on stands in the body, so it is read first; who is unknown still hears that before anything else.
async function parseForKnown(
  server: Server,
  operation: AnyOperation,
  request: FastifyRequest,
  credential: Credential,
): Promise<Fields> {
  if (credential.kind === 'none') throw new HubError('NotSignedIn', 'Sign in, or send an access token.')
  try {
    return inputOf(operation, request)
  } catch (error) {
    const { actor } = await loadFacts(server.db, credential, {})
    throw actor === undefined ? badToken() : error
  }
}

// What the path means beyond its letters: the type by the prefix, `.git` after the name, everything behind a `*`.
function nameParams(params: Fields, repoType: string | undefined): void {
  if (repoType !== undefined) {
    params.repoType = repoType
    params.repo = String(params.repo).replace(/\.git$/i, '')
  }
  if ('*' in params) {
    params.path = params['*']
    delete params['*']
  }
}

// A signed link says by itself for whom it was made and what it is about; the decision is asked all the same.
function linkOf(server: Server, request: FastifyRequest): { credential: Credential; target: Target } {
  const claims = readLink(server.hub.key, String((request.params as Fields).link))
  if (claims === undefined) throw deadLink()
  const { repoId, userId, tokenId, sessionId } = claims
  const credential: Credential = userId === null ? { kind: 'none' } : { kind: 'link', userId, tokenId, sessionId }
  return { credential, target: { repoId } }
}

function rawRequest(request: FastifyRequest, reply: FastifyReply): RawRequest {
  const { method, url, headers, body } = request
  const gone = new AbortController()
  // The connection can end before the answer does
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  // What no one wanted of the body stands before the next request on the connection
  reply.raw.once('finish', () => {
    request.raw.unpipe()
    request.raw.resume()
  })
  return { method, url, headers, body: bodyStream(body), signal: gone.signal }
}

function bodyStream(body: unknown): Readable {
  if (body instanceof Readable) return body
  return Readable.from(Buffer.isBuffer(body) && body.length > 0 ? [body] : [])
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

interface Exchange {
  request: FastifyRequest
  reply: FastifyReply
}

async function send(
  server: Server,
  operation: AnyOperation,
  exchange: Exchange,
  done: { permit: AnyPermit; result: unknown },
): Promise<FastifyReply> {
  const { permit, result } = done
  const { reply } = exchange
  await keepAlive(server, operation, exchange, permit)
  reply.header('Cache-Control', 'no-store')
  switch (operation.kind) {
    case 'page':
      return sendPage(server, operation, exchange, result as Parameters<typeof sendPage>[3])
    case 'headed':
      reply.headers((result as { headers: Record<string, string> }).headers)
      return sendJson(operation, reply, (result as { reply: unknown }).reply)
    case 'session':
      setSession(reply, server.hub, (result as { session: NewSession | null }).session)
      return sendJson(operation, reply, (result as { reply: unknown }).reply)
    case 'stream':
      return sendDownload(
        reply,
        result as ResultOf<AnyOperation & Operation<Action, never, never, never, never, 'stream'>>,
      )
    case 'content':
      return sendContent(operation, reply, result as ContentResult)
    case 'bytes':
      return sendRaw(reply, result as RawReply)
    default:
      return sendJson(operation, reply, result)
  }
}

function keepable(operation: AnyOperation, result: unknown): KeptReply {
  const isWrapped = operation.kind === 'session' || operation.kind === 'headed'
  const reply = isWrapped ? (result as { reply: unknown }).reply : result
  return { status: operation.status ?? 200, body: JSON.stringify(operation.reply.parse(reply)) }
}

function sendJson(operation: AnyOperation, reply: FastifyReply, result: unknown): FastifyReply {
  const body = JSON.stringify(operation.reply.parse(result))
  return reply
    .code(operation.status ?? 200)
    .type(operation.mediaType ?? 'application/json; charset=utf-8')
    .send(body)
}

async function sendRaw(reply: FastifyReply, { status, headers, body }: RawReply): Promise<FastifyReply> {
  reply.code(status).headers(headers)
  if (body === undefined || typeof body === 'string' || body instanceof Readable) return reply.send(body)
  if (body instanceof Uint8Array) return reply.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
  return 'file' in body ? sendFile(reply, body) : reply.send(Readable.from(body))
}

function sendPage(
  server: Server,
  operation: AnyOperation,
  { request, reply }: Exchange,
  page: { items: unknown[]; next: string | undefined; headers?: Record<string, string> },
): FastifyReply {
  reply.headers(page.headers ?? {})
  if (page.next !== undefined) {
    const next = new URL(request.url, server.hub.publicUrl)
    next.searchParams.set('cursor', page.next)
    reply.header('Link', `<${next.href}>; rel="next"`)
  }
  return sendJson(operation, reply, page.items)
}

function sendDownload(
  reply: FastifyReply,
  { fileName, contentType, chunks }: { fileName: string; contentType: string; chunks: AsyncIterable<string> },
): FastifyReply {
  return reply
    .header('Content-Disposition', `attachment; filename="${fileName.replace(/[^\w.-]/g, '_')}"`)
    .type(contentType)
    .send(Readable.from(chunks))
}

type ContentResult = { contentType: string; body: string } | { location: string } | { json: unknown }

function sendContent(operation: AnyOperation, reply: FastifyReply, result: ContentResult): FastifyReply {
  if ('json' in result) return sendJson(operation, reply, result.json)
  if ('location' in result) return reply.redirect(result.location, 302)
  // A picture that is opened by its own address is a document: nothing may run in it.
  const headers = { 'Cache-Control': 'public, max-age=3600', 'Content-Security-Policy': "default-src 'none'; sandbox" }
  return reply.headers(headers).type(result.contentType).send(result.body)
}

interface NewSession {
  secret: string
  expiresAt: Date
}

// What a request keeps alive: the session (whose secret it may have to change) or the token's “last used”.
async function keepAlive(
  server: Server,
  operation: AnyOperation,
  { reply }: Exchange,
  permit: AnyPermit,
): Promise<void> {
  const { actor } = permit
  if (actor?.token) await touchToken(server.db, actor.token.id, actor.token.lastUsedAt)
  if (actor?.session === undefined || operation.kind === 'session') return
  const renewed = await refreshSession(server.db, actor.session, permit.request)
  if (renewed) setSession(reply, server.hub, renewed)
}

function setSession(reply: FastifyReply, hub: Services, session: NewSession | null): void {
  const secure = hub.publicUrl.startsWith('https:')
  const cookie = { httpOnly: true, sameSite: 'lax', path: '/', secure } as const
  if (session === null) reply.clearCookie(sessionCookie, cookie)
  else reply.setCookie(sessionCookie, session.secret, { ...cookie, expires: session.expiresAt })
}

/** Refuses to start when an operation could not work as it is written: an unknown action, or fields that collide. */
export function checkOperations(operations: readonly AnyOperation[]): void {
  for (const operation of operations) {
    if (!(operation.action in policy))
      throw new Error(`${operation.path}: the action ${operation.action} is not in the policy`)
    const names = [operation.params, operation.query, operation.body].flatMap((part) =>
      part instanceof z.ZodObject ? Object.keys(part.shape) : [],
    )
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined)
      throw new Error(`${operation.method} ${operation.path}: the field ${twice} stands in two parts`)
  }
}
