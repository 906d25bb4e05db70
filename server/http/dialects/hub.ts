import type { Dialect, Exchange } from './dialect.ts'
import { formBody, inputOf, isForm, looseBody } from './input.ts'
import { json } from './json.ts'

/** What the published clients of hubs speak: JSON with fields of their own, and now and then a form. */
export const hub: Dialect = {
  ...json,
  parse: (exchange) => inputOf(exchange, bodyOf),
}

function bodyOf(exchange: Exchange): unknown {
  const { operation, request } = exchange
  return operation.form && isForm(request) ? formBody(request) : looseBody(exchange)
}
