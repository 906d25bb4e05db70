import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { RequestInfo } from '../access/author.ts'
import { HubError } from '../kernel/errors.ts'
import { deviceCookie, isConsole } from './dialects/caller.ts'

/** What the request says about itself, for the record. */
export function requestInfo(request: FastifyRequest): RequestInfo {
  if (isConsole(request)) return { id: request.id, ip: '', userAgent: 'guildhall command line' }
  return {
    id: request.id,
    ip: clientAddress(request),
    userAgent: request.headers['user-agent'],
    device: request.cookies[deviceCookie],
  }
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
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  const sameOrigin = origin === undefined || isOwn(origin, request, publicUrl)
  if (sameOrigin && (site === undefined || site === 'same-origin' || site === 'none')) return
  throw new HubError(
    'CrossSite',
    'This request comes from a page of another site; changes are taken from this hub’s own pages only.',
  )
}

/**
 * Refuses a `GET` that records an event unless a page of the hub, or the address bar, asks for it as a file: a picture
 * in a document, or a link on another site, would do it in the visitor's name. Browsers send no `Sec-Fetch-*` to plain
 * `http` addresses; there the page that asks must be named.
 */
export function refuseUnasked(request: FastifyRequest, publicUrl: string): void {
  const { referer, accept = '' } = request.headers
  const site = request.headers['sec-fetch-site']
  const destination = request.headers['sec-fetch-dest']
  const isFile = destination === undefined || destination === 'document' || destination === 'empty'
  const isAsked =
    site === undefined
      ? referer !== undefined && isOwn(referer, request, publicUrl) && !accept.startsWith('image/')
      : site === 'same-origin' || site === 'none'
  if (isAsked && isFile) return
  throw new HubError(
    'CrossSite',
    'This download is recorded in the audit log. Start it from a page of this hub, or send an access token.',
  )
}

function isOwn(address: string, request: FastifyRequest, publicUrl: string): boolean {
  const { host } = request.headers
  if (!URL.canParse(address)) return false
  return new URL(address).origin === new URL(publicUrl).origin || (host !== undefined && hostOf(address) === host)
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
