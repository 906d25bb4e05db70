import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Links } from '../../mail/links.ts'
import { fileAddress } from '../dialects/addresses.ts'
import { isConsole } from '../dialects/caller.ts'
import { refusalOfHost } from './hosts.ts'

/** To whom a hub answers. */
export interface Reach {
  /** Names that it answers to beside that of its public URL. */
  readonly allowedHosts: readonly string[]
  /** Whether pages of other sites may read what everyone may. */
  readonly isShared: boolean
}

// What is opened by its own address is a document: nothing may run in it.
const nothingRuns = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
const oneYearSeconds = 365 * 24 * 3600
const readMethods = 'GET, HEAD'
const oneDaySeconds = 86_400

/** Headers of every reply, whatever it is: pages alone replace the policy on content by their own. */
export function protectiveHeaders({ publicUrl }: Links): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': nothingRuns,
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(publicUrl.startsWith('https:') && { 'Strict-Transport-Security': `max-age=${oneYearSeconds}` }),
  }
}

/** Sets the headers of every reply before anything else happens, and refuses requests that name another host. */
export function protect(app: FastifyInstance, links: Links, reach: Reach): void {
  const protective = protectiveHeaders(links)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id).headers(protective)
    if (isConsole(request)) return done()
    const refusal = refusalOfHost(request, links, reach.allowedHosts)
    if (refusal !== undefined) return done(refusal)
    if (reach.isShared && isForEveryone(request)) return share(request, reply, done)
    done()
  })
}

// A page of another site reads what anyone may read, and never with the visitor's cookie or a token.
function isForEveryone({ method, url, headers }: FastifyRequest): boolean {
  const asked = method === 'OPTIONS' ? headers['access-control-request-method'] : method
  const isAnonymous = headers.cookie === undefined && headers.authorization === undefined
  return isAnonymous && (asked === 'GET' || asked === 'HEAD') && (url.startsWith('/api/') || fileAddress.test(url))
}

function share(request: FastifyRequest, reply: FastifyReply, goOn: () => void): void {
  reply.headers({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': '*',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  })
  if (request.method !== 'OPTIONS') return void goOn()
  reply
    .code(204)
    .headers({
      'Access-Control-Allow-Methods': readMethods,
      'Access-Control-Allow-Headers': 'Accept, If-None-Match, Range',
      'Access-Control-Max-Age': oneDaySeconds,
    })
    .send()
}
