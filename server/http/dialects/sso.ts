import { HubError } from '../../kernel/errors.ts'
import type { Dialect } from './dialect.ts'
import { formBody, inputOf, isForm } from './input.ts'

/** What an identity provider has a browser send: a form or nothing, by no one known. Refusals are a page for the person. */
export const sso: Dialect = {
  identify: () => ({ credential: { kind: 'none' } }),
  parse: (exchange) => inputOf(exchange, () => bodyOf(exchange.request)),
  mediaType: 'text/html; charset=utf-8',
  bodyType: 'application/x-www-form-urlencoded',
  errorBody: ({ message }) => page(message),
  challenge: {},
  isTransport: false,
}

function bodyOf(request: Parameters<typeof isForm>[0]): unknown {
  if (request.method !== 'POST') return {}
  if (!isForm(request)) throw new HubError('UnsupportedMediaType', 'Send the response as a form.')
  return formBody(request)
}

// Without style or script: nothing may run in what other sites have posted.
function page(message: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Sign-in failed · Guildhall</title>
<h1>Sign-in failed</h1>
<p>${escaped(message)}</p>
<p><a href="/">Back to Guildhall</a></p>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
