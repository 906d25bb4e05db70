import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import cookie from '@fastify/cookie'
import fastifyStatic from '@fastify/static'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { log } from '../kernel/log.ts'
import { digest } from '../kernel/secret.ts'
import type { Links } from '../mail/links.ts'
import { callerOf } from '../shares/caller.ts'
import { openSlots } from '../shares/slots.ts'
import { clientAddress } from './authenticate.ts'
import { sendError } from './reply.ts'
import { endLateBodies } from './wire/body-deadline.ts'
import { watchConnections } from './wire/connections.ts'
import { type KnownRoutes, openKnownRoutes } from './wire/known-routes.ts'
import { protect, protectiveHeaders, type Reach } from './wire/protect.ts'

const bodyLimitBytes = 1024 * 1024
const keptTypes = [
  'application/json',
  'application/scim+json',
  'application/vnd.git-lfs+json',
  'application/x-www-form-urlencoded',
]
const longestParameter = 4096
const headersWithinMs = 30_000
const shortBodyBytes = 64 * 1024
const longBodies = 128
const webFolder = fileURLToPath(new URL('../../web/dist/', import.meta.url))

function contentSecurity(imageOrigins: readonly string[]): string {
  return [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    ["img-src 'self' data:", ...imageOrigins].join(' '),
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

type SendPage = (reply: FastifyReply) => FastifyReply

/** How to send a page, and what changes with the pages. */
interface Pages {
  page: SendPage
  build: string
}

/** Builds the HTTP application without its operations: request ids, body parsing, errors, headers; how to send a page; and which routes it has got. */
export async function createApp(options: {
  /** Whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[]
  links: Links
  reach: Reach
  /** From where pictures may come, besides the hub itself: the store of large files. */
  imageOrigins: readonly string[]
}): Promise<Pages & { app: FastifyInstance; known: KnownRoutes }> {
  const known = openKnownRoutes(longestParameter)
  const refuse = (error: NodeJS.ErrnoException, socket: Socket) =>
    refuseBytes(error, socket, protectiveHeaders(options.links))
  const app = Fastify({
    loggerInstance: log as unknown as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustedProxies.length > 0 && [...options.trustedProxies],
    bodyLimit: bodyLimitBytes,
    routerOptions: { maxParamLength: longestParameter },
    rewriteUrl: ({ method = '', url = '' }) => known.plainUrl(method, url),
    frameworkErrors: (error, request, reply) =>
      refuseAddress(error, request, reply.headers(protectiveHeaders(options.links))),
    clientErrorHandler: refuse,
    genReqId: (request) => requestId(request.headers['x-request-id'], request.headers['x-amzn-trace-id']),
    forceCloseConnections: 'idle',
    http: { headersTimeout: headersWithinMs },
  })
  const tooSlow: NodeJS.ErrnoException = { name: '', message: '', code: 'ERR_HTTP_REQUEST_TIMEOUT' }
  watchConnections(app.server, options.trustedProxies, (socket) => refuse(tooSlow, socket))
  app.removeAllContentTypeParsers()
  // Kept as bytes: a rule's caller is decided on before the body is looked at.
  app.addContentTypeParser(keptTypes, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  endLateBodies(
    app,
    ({ headers }) => isKept(headers),
    (socket) => refuse(tooSlow, socket),
  )
  holdLongBodies(app)
  // Everything else goes on as the stream it is, to the few operations that read one.
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  app.setErrorHandler(sendError)
  app.addHook('onRoute', known.note)
  protect(app, options.links, options.reach)
  app.addHook('onResponse', (request, reply, done) => {
    if (log.isLevelEnabled('debug')) log.debug(wordsOf(request, reply), 'request')
    done()
  })
  await app.register(cookie)
  return { app, ...(await servePages(app, options.imageOrigins)), known }
}

function wordsOf({ method, url, id }: FastifyRequest, reply: FastifyReply): Record<string, unknown> {
  const ms = Math.round(reply.elapsedTime)
  return { requestId: id, method, path: withoutSecrets(url), status: reply.statusCode, ms }
}

// A body that is parsed is in memory before anyone is known to have sent it.
function holdLongBodies(app: FastifyInstance): void {
  const places = openSlots({ places: longBodies, share: { held: longBodies / 4 } })
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (!isLongBody(request.headers)) return done(null, payload)
    const entered = places.enter(callerOf(undefined, clientAddress(request))).then((leave) => {
      request.raw.once('end', leave)
      reply.raw.once('close', leave)
    })
    entered.then(() => done(null, payload), done)
  })
}

function isLongBody(headers: FastifyRequest['headers']): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers
  const isLong = encoding !== undefined || Number(length) > shortBodyBytes
  return isLong && isKept(headers)
}

function isKept({ 'content-type': type = '' }: FastifyRequest['headers']): boolean {
  return keptTypes.some((kept) => type.toLowerCase().startsWith(kept))
}

// RFC 9110 leaves the form of request ids open; what a client sends comes back, and what it traces stands inside ours.
function requestId(sent: string | string[] | undefined, trace: string | string[] | undefined): string {
  if (typeof sent === 'string' && /^[\x21-\x7e]{1,200}$/.test(sent)) return sent
  if (typeof trace === 'string' && /^[\x21-\x7e]{1,200}$/.test(trace)) return `${newId()};${trace}`
  return newId()
}

// What the router refuses before any hook ran.
function refuseAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('X-Request-Id', request.id)
  const isTooLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH'
  const refusal = isTooLong
    ? new HubError('BadRequest', 'The URL is too long.', { status: 414 })
    : new HubError('BadRequest', 'The URL is malformed.')
  sendError(refusal, request, reply)
}

// What the parser of HTTP itself refuses: there is no request yet, only the connection.
function refuseBytes(error: NodeJS.ErrnoException, socket: Socket, protective: Record<string, string>): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, sentence] = byteRefusals[error.code ?? ''] ?? ['400 Bad Request', 'This is not a valid HTTP request.']
  const body = JSON.stringify({ error: sentence })
  const headers = [
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(protective).map(([name, value]) => `${name}: ${value}`),
    `X-Error-Message: ${sentence}`,
    `X-Request-Id: ${newId()}`,
  ]
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
}

const byteRefusals: Record<string, [status: string, sentence: string]> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The URL or the headers are too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request timed out before it was complete.'],
}

async function servePages(app: FastifyInstance, imageOrigins: readonly string[]): Promise<Pages> {
  const security = contentSecurity(imageOrigins)
  const index = await readFile(`${webFolder}index.html`, 'utf8').catch(() => undefined)
  if (index !== undefined) {
    await app.register(fastifyStatic, {
      root: webFolder,
      prefix: '/',
      index: false,
      wildcard: false,
      cacheControl: false,
      // Made beside each file when the pages are built.
      preCompressed: true,
      setHeaders: (reply, path) => {
        reply.headers({ 'Content-Security-Policy': security, 'Cache-Control': cachingOf(path) })
      },
    })
  }
  const page =
    index ??
    '<!doctype html><title>Guildhall</title><p>The pages are not built yet: run <code>npm start</code> or <code>npm run build</code>.</p>'
  return { page: (reply) => sendPage(reply, page, security), build: digest(page).toString('hex').slice(0, 12) }
}

/** Only the names in assets/ change with what is inside. */
function cachingOf(path: string): string {
  if (path.startsWith(`${webFolder}assets/`)) return 'public, max-age=31536000, immutable'
  return path.endsWith('.svg') ? 'public, max-age=3600' : 'no-cache'
}

function sendPage(reply: FastifyReply, page: string, security: string): FastifyReply {
  return reply
    .headers({ 'Content-Security-Policy': security, 'Cache-Control': 'no-cache' })
    .type('text/html; charset=utf-8')
    .send(page)
}

// A signed link lets its bearer in.
function withoutSecrets(url: string): string {
  return (url.split('?')[0] ?? '').replace(/^\/api\/lfs\/[^/]+/, '/api/lfs/…')
}
