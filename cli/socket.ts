import { type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import { type Client, createClient } from '../api/index.ts'
import { Failure } from './failure.ts'

/** The hub went away before it heard the request: nothing happened, and asking again is safe. */
export class NobodyThere extends Error {}

const withoutBody = new Set([204, 205, 304])

/** A client that speaks through the socket of a hub on this machine: as its operator, or as the owner of a token. */
export function socketClient(socketPath: string, token?: string): Client {
  return createClient({
    baseUrl: 'http://localhost',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    fetch: (url, init) => socketFetch(socketPath, url, init),
  })
}

function socketFetch(socketPath: string, url: string, init: RequestInit): Promise<Response> {
  const { pathname, search } = new URL(url)
  const { method = 'GET', body } = init
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(new Headers(init.headers))
    const sent = request({ socketPath, method, path: pathname + search, headers, agent: false })
    sent.once('response', (message) => resolve(responseOf(message)))
    sent.once('error', (error) => reject(problemOf(error)))
    sent.end(typeof body === 'string' ? body : undefined)
  })
}

function responseOf(message: IncomingMessage): Response {
  const status = message.statusCode ?? 500
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) {
    for (const each of [value ?? []].flat()) headers.append(name, each)
  }
  if (withoutBody.has(status)) {
    message.resume()
    return new Response(null, { status, headers })
  }
  return new Response(Readable.toWeb(message) as ReadableStream<Uint8Array>, { status, headers })
}

function problemOf(error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') return new NobodyThere(error.message)
  return new Failure(
    `Guildhall stopped before it answered (${error.code ?? error.message}). Check whether the change was made.`,
    undefined,
    'Unreachable',
  )
}
