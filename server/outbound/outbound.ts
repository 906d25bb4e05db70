import { type IncomingHttpHeaders, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { notWhileHeld } from '../store/held.ts'
import { checkedLookup, mayCall } from './addresses.ts'

/** Fetches documents at addresses that organizations set. */
export interface Outbound {
  /**
   * Sends one request and follows no redirect. Throws {@link OutboundError} for an address that may not be called, for a
   * body over 1 MB, and when the answer takes longer than 10 seconds.
   */
  fetch(url: string, init?: OutboundInit): Promise<Response>
}

/** What a request may say; the same words as those of `fetch`. */
export interface OutboundInit {
  method?: string
  headers?: Record<string, string>
  body?: string | undefined
}

/** Why a document could not be fetched, in one sentence that an admin can read. */
export class OutboundError extends Error {}

/** How long an answer may take, and how large it may be. */
export interface OutboundLimits {
  patienceMs: number
  maxBytes: number
}

const usual: OutboundLimits = { patienceMs: 10_000, maxBytes: 1024 * 1024 }

/**
 * What fetches documents of others. Only public addresses are called, over HTTPS; those in the networks given, which the
 * operator allows, over HTTP too.
 */
export function openOutbound(allowed: readonly string[], limits: OutboundLimits = usual): Outbound {
  return {
    async fetch(text, init = {}) {
      notWhileHeld('an outbound request')
      const url = checkedUrl(text, allowed)
      return call(url, init, { allowed, limits })
    },
  }
}

function checkedUrl(text: string, allowed: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new OutboundError(`“${shown(text)}” is not a URL that starts with https://.`)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !mayCall(host, url.protocol, allowed)) throw notAllowed(host, url.protocol)
  return url
}

function shown(text: string): string {
  return text.slice(0, 200)
}

/** The refusal of an address that may not be called. */
function notAllowed(host: string, protocol: string): OutboundError {
  const ask = 'A site admin can allow it with GUILDHALL_PRIVATE_NETWORKS.'
  if (protocol === 'http:') return new OutboundError(`${host} can only be reached over https://. ${ask}`)
  return new OutboundError(`${host} is on a private network. ${ask}`)
}

interface Calling {
  allowed: readonly string[]
  limits: OutboundLimits
}

// The connection is made to the very address that was checked: nothing looks the name up again.
function call(url: URL, { method = 'GET', headers = {}, body }: OutboundInit, { allowed, limits }: Calling) {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const { host, protocol } = url
  return new Promise<Response>((resolve, reject) => {
    const signal = AbortSignal.timeout(limits.patienceMs)
    const fail = (error: Error) => reject(signal.aborted ? tooSlow(host) : asOutboundError(error, host))
    const lookup = checkedLookup((address) => mayCall(address, protocol, allowed), notAllowed(host, protocol))
    const sent = request(url, {
      method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      lookup,
      signal,
      agent: false,
    })
    sent.on('error', fail)
    sent.on('response', (reply) => {
      const chunks: Buffer[] = []
      let size = 0
      reply.on('error', fail)
      reply.on('data', (chunk: Buffer) => {
        size += chunk.length
        chunks.push(chunk)
        if (size <= limits.maxBytes) return
        fail(new OutboundError(`The answer of ${host} is too large.`))
        sent.destroy()
      })
      reply.on('end', () => resolve(responseOf(reply.statusCode ?? 502, reply.headers, Buffer.concat(chunks))))
    })
    sent.end(body)
  })
}

function responseOf(status: number, headers: IncomingHttpHeaders, body: Buffer): Response {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  const hasBody = status >= 200 && ![204, 205, 304].includes(status)
  return new Response(hasBody ? new Uint8Array(body) : null, { status, headers: kept })
}

function tooSlow(host: string): OutboundError {
  return new OutboundError(`${host} did not answer in time.`)
}

function asOutboundError(error: Error, host: string): OutboundError {
  if (error instanceof OutboundError) return error
  const code = (error as NodeJS.ErrnoException).code ?? 'no connection'
  return new OutboundError(`${host} could not be reached (${code}).`)
}
