import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { RequestInfo } from '../access/author.ts'
import { badToken } from '../access/authorize.ts'
import type { Credential } from '../access/facts.ts'
import { HubError } from '../kernel/errors.ts'
import { digest, looksLikeToken } from '../kernel/secret.ts'

const consoleRequests = new WeakSet<IncomingMessage>()

/** Marks a request as come through the socket that only the server's own user can reach. */
export function markConsole(request: IncomingMessage): void {
  consoleRequests.add(request)
}

/** Name of the session cookie. */
export const sessionCookie = 'guildhall_session'

/** What the caller shows: an `Authorization` header wins over a cookie, and a malformed one is refused everywhere. */
export function credentialOf(request: FastifyRequest, scheme?: 'basic' | 'link'): Credential {
  if (consoleRequests.has(request.raw)) return { kind: 'console' }
  const header = request.headers.authorization
  if (header !== undefined) return { kind: 'token', hash: digest(tokenIn(header, scheme === 'basic')) }
  const secret = request.cookies[sessionCookie]
  if (secret === undefined || secret === '') return { kind: 'none' }
  return { kind: 'session', hash: digest(secret) }
}

function tokenIn(header: string, takesBasic: boolean): string {
  const token = header.match(/^Bearer +(\S+)$/i)?.[1] ?? (takesBasic ? passwordIn(header) : undefined)
  if (token !== undefined && looksLikeToken(token)) return token
  throw badToken()
}

// RFC 7617: git sends the token as the password, whatever the user name is.
function passwordIn(header: string): string | undefined {
  const encoded = header.match(/^Basic +([A-Za-z0-9+/=_-]+)$/i)?.[1]
  if (encoded === undefined) return undefined
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return password.join(':') || user
}

/** What the request says about itself, for the record. */
export function requestInfo(request: FastifyRequest): RequestInfo {
  if (consoleRequests.has(request.raw)) return { id: request.id, ip: '', userAgent: 'guildhall command line' }
  return { id: request.id, ip: clientAddress(request), userAgent: request.headers['user-agent'] }
}

/** Who sent the request: the last address on its way that is not a trusted proxy. What is no address does not count. */
export function clientAddress(request: FastifyRequest): string {
  return request.ips?.findLast((address) => isIP(address) !== 0) ?? request.ip
}

/**
 * Refuses a change that another site's page makes with the visitor's cookie. Browsers name the origin of such requests;
 * programs that send neither header hold the cookie themselves.
 */
export function refuseCrossSite(request: FastifyRequest, publicUrl: string): void {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  const sameOrigin =
    origin === undefined
      ? true
      : origin === new URL(publicUrl).origin || (host !== undefined && hostOf(origin) === host)
  if (sameOrigin && (site === undefined || site === 'same-origin' || site === 'none')) return
  throw new HubError(
    'CrossSite',
    'This request comes from a page of another site; changes are taken from this hub’s own pages only.',
  )
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
