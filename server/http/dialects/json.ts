import { credentialOf } from './caller.ts'
import type { Dialect } from './dialect.ts'
import { inputOf, jsonBody } from './input.ts'

/** The hub's own API. An unknown field is refused: what it asks for (a `dryRun` in the body, say) would not be done. */
export const json: Dialect = {
  identify: (request, { publicUrl }) => ({ credential: credentialOf(request, publicUrl) }),
  parse: (exchange) => inputOf(exchange, jsonBody, { strict: true }),
  mediaType: 'application/json; charset=utf-8',
  errorBody: ({ message, extra }) => JSON.stringify({ error: message, ...extra.body }),
  challenge: { 'WWW-Authenticate': 'Bearer realm="Guildhall"' },
  isTransport: false,
}
