import { Readable } from 'node:stream'
import type { RawRequest } from '../../../api/index.ts'
import type { Exchange } from './dialect.ts'

/** A request whose rule reads the body itself, as it comes. */
export function rawRequest({ request, reply }: Exchange): RawRequest {
  const { method, url, headers, body } = request
  const gone = new AbortController()
  // The connection can end before the answer does
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  // What no one wanted of the body stands before the next request on the connection
  reply.raw.once('finish', () => {
    request.raw.unpipe()
    request.raw.resume()
  })
  return { method, url, headers, body: bodyStream(body), signal: gone.signal }
}

function bodyStream(body: unknown): Readable {
  if (body instanceof Readable) return body
  return Readable.from(Buffer.isBuffer(body) && body.length > 0 ? [body] : [])
}
