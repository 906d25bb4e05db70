import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Content, Download, Headed, PageResult, RawReply, ReplyKind, SessionResult } from '../../api/operation.ts'
import type { Permit } from '../access/permit.ts'
import { daySeconds, secondsFromNow } from '../kernel/clock.ts'
import { namesTag } from '../repos/registry/ranges.ts'
import { inCallersShare } from '../shares/caller.ts'
import { touchToken } from '../tokens/rules.ts'
import { refreshSession } from '../users/sessions/sessions.ts'
import type { Made } from './answering.ts'
import { cookieName } from './dialects/caller.ts'
import type { AnyOperation, Exchange } from './dialects/dialect.ts'
import { bodyText } from './dialects/input.ts'
import { type KeptReply, once } from './idempotency.ts'
import type { Server, Services } from './services.ts'
import { compressedFor, sendStream } from './wire/compress.ts'
import { sendFile } from './wire/file-body.ts'

const deviceDays = 365

/** An exchange whose answer is being sent. */
interface Sending extends Exchange {
  made: Made
}

// In the kind of reply that the operation declares.
async function send(server: Server, exchange: Sending, permit: Permit, result: unknown): Promise<FastifyReply> {
  await keepAlive(server, exchange, permit, result)
  exchange.reply.header('Cache-Control', 'no-store')
  const { kind = 'json' } = exchange.operation
  return (senders[kind] as Sender<unknown>)(exchange, result, server.hub)
}

/**
 * Answers a request with what its rule returns; with an `Idempotency-Key` once. The first reply goes out as any other,
 * with its cookie; what is repeated afterwards is the reply alone.
 */
export async function sendOnce(
  server: Server,
  exchange: Sending,
  permit: Permit,
  work: () => Promise<unknown>,
): Promise<FastifyReply> {
  const { operation, request, reply } = exchange
  if (permit.idempotencyKey === undefined) return send(server, exchange, permit, await work())
  const asked = { ...permit.idempotencyKey, text: `${operation.method} ${request.url}\n${bodyText(request)}` }
  let first: { result: unknown } | undefined
  const place = { author: permit, at: server.process, key: server.hub.key }
  const kept = await once(server.db, place, asked, async () => {
    first = { result: await work() }
    return keepable(operation, first.result)
  })
  if (first !== undefined) return send(server, exchange, permit, first.result)
  return reply.header('Cache-Control', 'no-store').code(kept.status).type(exchange.dialect.mediaType).send(kept.body)
}

function keepable(operation: AnyOperation, result: unknown): KeptReply {
  const isWrapped = operation.kind === 'session' || operation.kind === 'headed'
  const reply = isWrapped ? (result as { reply: unknown }).reply : result
  return { status: operation.status ?? 200, body: JSON.stringify(operation.reply.parse(reply)) }
}

type Sender<Result> = (exchange: Sending, result: Result, hub: Services) => FastifyReply | Promise<FastifyReply>

// One of each kind of reply that an operation can declare.
const senders = {
  json: sendJson,
  page: sendPage,
  headed(exchange, { headers, reply, isEmpty }: Headed<unknown>) {
    exchange.reply.headers(headers)
    return isEmpty ? exchange.reply.code(204).send() : sendJson(exchange, reply)
  },
  session(exchange, { session, device, reply }: SessionResult<unknown>, hub) {
    if (session !== undefined) setSession(exchange.reply, hub, session)
    if (device !== undefined) setDevice(exchange.reply, hub, device)
    return sendJson(exchange, reply)
  },
  stream: sendDownload,
  content: sendContent,
  bytes: sendRaw,
} satisfies Record<ReplyKind, Sender<never>>

async function sendJson(exchange: Sending, result: unknown): Promise<FastifyReply> {
  const { operation, dialect, request, reply, made } = exchange
  if (operation.status === 204) return reply.code(204).send()
  const text = JSON.stringify(operation.reply.parse(result))
  reply.code(operation.status ?? 200).type(dialect.mediaType)
  const body = mayCompress(exchange) ? await compressedFor(request, reply, text) : text
  made(Buffer.byteLength(body))
  return reply.send(body)
}

// Replies to changes hold what was just made, such as the secret of a token. The length of a HEAD is that of the text.
function mayCompress({ operation, request }: Exchange): boolean {
  return request.method === 'GET' && operation.secret !== true
}

function sendPage(exchange: Sending, page: PageResult<unknown>, hub: Services): Promise<FastifyReply> {
  const { request, reply } = exchange
  reply.headers(page.headers ?? {})
  if (page.next !== undefined) {
    const [path, query] = request.url.split('?')
    const asked = new URLSearchParams(query)
    asked.set('cursor', page.next)
    reply.header('Link', `<${hub.publicUrl}${path}?${asked}>; rel="next"`)
  }
  return sendJson(exchange, page.items)
}

function sendDownload({ request, reply }: Exchange, { fileName, contentType, chunks }: Download): FastifyReply {
  reply.header('Content-Disposition', `attachment; filename="${fileName.replace(/[^\w.-]/g, '_')}"`).type(contentType)
  return sendStream(request, reply, Readable.from(inCallersShare(chunks)))
}

function sendContent(exchange: Sending, result: Content<unknown>): FastifyReply | Promise<FastifyReply> {
  const { request, reply } = exchange
  if ('json' in result) {
    if (result.image === undefined) return sendJson(exchange, result.json)
    reply.header('Vary', 'Sec-Fetch-Dest')
    // https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header
    const isImage = request.headers['sec-fetch-dest'] === 'image'
    return isImage ? reply.redirect(result.image, 302) : sendJson(exchange, result.json)
  }
  if ('location' in result) return reply.redirect(result.location, 302)
  const { contentType, body, etag } = result
  reply.headers({ 'Cache-Control': 'public, max-age=300', ETag: etag })
  if (namesTag(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return reply.type(contentType).send(typeof body === 'string' ? body : Buffer.from(body))
}

async function sendRaw({ reply }: Exchange, { status, headers, body }: RawReply): Promise<FastifyReply> {
  reply.code(status).headers(headers)
  if (body === undefined || typeof body === 'string' || body instanceof Readable) return reply.send(body)
  if (body instanceof Uint8Array) return reply.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
  return 'file' in body ? sendFile(reply, body) : reply.send(Readable.from(body))
}

// What a request keeps alive: the session (whose secret it may have to change) or the token's “last used”.
async function keepAlive(
  server: Server,
  { operation, reply }: Exchange,
  permit: Permit,
  result: unknown,
): Promise<void> {
  const { actor } = permit
  if (actor?.token) await touchToken(server.db, actor.token.id, actor.token.lastUsedAt)
  const isReplaced = operation.kind === 'session' && (result as SessionResult<unknown>).session !== undefined
  if (actor?.session === undefined || isReplaced) return
  const renewed = await refreshSession(server.db, actor.session, permit.request)
  if (renewed) setSession(reply, server.hub, renewed)
}

function setSession(
  reply: FastifyReply,
  hub: Services,
  session: NonNullable<SessionResult<unknown>['session']> | null,
): void {
  const cookie = cookieOptions(hub)
  const name = cookieName('session', hub.publicUrl)
  if (session === null) reply.clearCookie(name, cookie)
  else reply.setCookie(name, session.secret, { ...cookie, expires: session.expiresAt })
}

function setDevice(reply: FastifyReply, hub: Services, device: string): void {
  const expires = secondsFromNow(deviceDays * daySeconds)
  reply.setCookie(cookieName('device', hub.publicUrl), device, { ...cookieOptions(hub), expires })
}

function cookieOptions({ publicUrl }: Services) {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: publicUrl.startsWith('https:') } as const
}
