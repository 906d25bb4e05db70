import { gitAddress } from './addresses.ts'
import { bearerIn, credentialOf, passwordIn } from './caller.ts'
import type { Dialect } from './dialect.ts'
import { inputOf, looseBody } from './input.ts'
import { json } from './json.ts'

/** Git over HTTP. It sends a token as its password, and only after it was asked for one; of a refusal it shows plain text. */
export const git: Dialect = {
  ...json,
  identify: (request, { publicUrl }) => ({
    credential: credentialOf(request, publicUrl, (header) => bearerIn(header) ?? passwordIn(header)),
  }),
  parse: (exchange) => inputOf(exchange, looseBody),
  mediaType: 'text/plain; charset=utf-8',
  errorBody: ({ message }) => `${message}\n`,
  challenge: {
    'WWW-Authenticate': 'Basic realm="Guildhall", charset="UTF-8"',
    'LFS-Authenticate': 'Basic realm="Guildhall"',
  },
  isTransport: true,
  addresses: gitAddress,
}
