import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { badToken } from '../../access/authorize.ts'
import type { Credential } from '../../access/facts.ts'
import { digest, looksLikeToken, tokenKinds } from '../../kernel/secret.ts'

const consoleRequests = new WeakSet<IncomingMessage>()

/** Marks a request as come through the socket that only the server's own user can reach. */
export function markConsole(request: IncomingMessage): void {
  consoleRequests.add(request)
}

/** Whether a request came through that socket. */
export function isConsole(request: FastifyRequest): boolean {
  return consoleRequests.has(request.raw)
}

/** Name of the cookie of a session, or of a browser that signed in before. Over TLS no other host can plant one. */
export function cookieName(kind: 'session' | 'device', publicUrl: string): string {
  return `${publicUrl.startsWith('https:') ? '__Host-' : ''}guildhall_${kind}`
}

/** What the caller shows: an `Authorization` header wins over a cookie, and a malformed one is refused everywhere. */
export function credentialOf(request: FastifyRequest, publicUrl: string, tokenIn = bearerIn): Credential {
  const header = request.headers.authorization
  // The command line may also come in the name of a token's owner
  if (header === undefined && isConsole(request)) return { kind: 'console' }
  if (header !== undefined) return tokenCredential(wellFormed(tokenIn(header)))
  const secret = request.cookies[cookieName('session', publicUrl)]
  if (secret === undefined || secret === '') return { kind: 'none' }
  return { kind: 'session', hash: digest(secret) }
}

const scopedKinds: readonly string[] = [
  tokenKinds.fineGrained,
  tokenKinds.service,
  tokenKinds.organization,
  tokenKinds.scim,
]

/** A token as a credential. Its letter says whether it has a scope; it is part of the hash, so it cannot be changed. */
export function tokenCredential(token: string): Credential {
  return { kind: 'token', hash: digest(token), isScoped: scopedKinds.includes(token.charAt('hf_'.length)) }
}

function wellFormed(token: string | undefined): string {
  if (token !== undefined && looksLikeToken(token)) return token
  throw badToken()
}

/** The token of a `Bearer` header. */
export function bearerIn(header: string): string | undefined {
  return header.match(/^Bearer +(\S+)$/i)?.[1]
}

/** The token of a `Basic` header (RFC 7617): git sends it as the password, whatever the username is. */
export function passwordIn(header: string): string | undefined {
  const encoded = header.match(/^Basic +([A-Za-z0-9+/=_-]+)$/i)?.[1]
  if (encoded === undefined) return undefined
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return password.join(':') || user
}
