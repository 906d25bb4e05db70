import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { plainAddress } from '../access/address-rules.ts'
import type { RequestInfo } from '../access/author.ts'
import type { Countries } from '../countries/countries.ts'
import { HubError } from '../kernel/errors.ts'
import { cookieName, isConsole } from './dialects/caller.ts'

/** What the request says about itself, for the record. */
export function requestInfo(
  request: FastifyRequest,
  { publicUrl, countries }: { publicUrl: string; countries?: Countries | undefined },
): RequestInfo {
  if (isConsole(request)) return { id: request.id, ip: '', userAgent: 'guildhall command line' }
  const address = plainAddress(clientAddress(request)) ?? ''
  return {
    id: request.id,
    ip: clientAddress(request),
    address,
    country: countries?.of(address),
    userAgent: request.headers['user-agent'],
    device: request.cookies[cookieName('device', publicUrl)],
    publicUrl,
  }
}

/** Who sent the request: the last address on its way that is not a trusted proxy. What is no address does not count. */
export function clientAddress(request: FastifyRequest): string {
  return request.ips?.findLast((address) => isIP(address) !== 0) ?? request.ip
}

/**
 * Refuses a change that another site's page makes, with the visitor's cookie or to sign them in. Browsers name the origin
 * of such requests; programs that send neither header act for themselves.
 */
export function refuseCrossSite(request: FastifyRequest, publicUrl: string): void {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  const sameOrigin = origin === undefined || isOwn(origin, request, publicUrl)
  if (sameOrigin && (site === undefined || site === 'same-origin' || site === 'none')) return
  throw new HubError(
    'CrossSite',
    'This request comes from another site. Make changes on the pages of this instance, or send an access token.',
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
    'Start this download from a page of this instance, or send an access token. Downloads like this are recorded in the audit log.',
  )
}

// By its public URL, or by the address that this request came to
function isOwn(address: string, { headers, protocol }: FastifyRequest, publicUrl: string): boolean {
  const here = `${protocol}://${headers.host}`
  const own = [publicUrl, here].flatMap((url) => (URL.canParse(url) ? new URL(url).origin : []))
  return URL.canParse(address) && own.includes(new URL(address).origin)
}
