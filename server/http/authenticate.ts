import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { RequestInfo } from '../access/author.ts'
import { HubError } from '../kernel/errors.ts'
import { isConsole } from './dialects/caller.ts'

/** What the request says about itself, for the record. */
export function requestInfo(request: FastifyRequest): RequestInfo {
  if (isConsole(request)) return { id: request.id, ip: '', userAgent: 'guildhall command line' }
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
