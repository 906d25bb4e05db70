import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, createClient } from '../api/index.ts'
import { Failure, UsageError } from './failure.ts'

const longestWaitSeconds = 60
const triesAtMost = 5
const repeatable = new Set(['GET', 'PUT', 'DELETE'])

/** A client that speaks HTTP to any server with this API, as the one whom the headers name. */
export function endpointClient(endpoint: string, credential: Record<string, string>): Client {
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new UsageError(`HF_ENDPOINT is “${endpoint}”. It must be a URL such as http://127.0.0.1:8080.`)
  }
  return createClient({
    baseUrl: endpoint,
    headers: { ...credential, 'user-agent': 'guildhall' },
    fetch: (url, init) => patientFetch(onEndpoint(url, endpoint), init, endpoint),
  })
}

// Links to next pages carry the server's public address; the token goes nowhere but to the endpoint that was set.
function onEndpoint(url: string, endpoint: string): string {
  if (url.startsWith(`${endpoint}/`)) return url
  const { pathname, search } = new URL(url, endpoint)
  return new URL(pathname + search, endpoint).href
}

async function patientFetch(url: string, init: RequestInit, endpoint: string): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await reach(url, init, endpoint)
    const seconds = pauseAfter(response)
    const mayRepeat = repeatable.has(init.method ?? 'GET') && tries < triesAtMost
    if (seconds === undefined || !mayRepeat) return response
    await response.body?.cancel()
    await sleep(seconds * 1000)
  }
}

async function reach(url: string, init: RequestInit, endpoint: string): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause
    const why = cause?.code ?? cause?.message ?? String(error)
    throw new Failure(
      `Can’t reach ${endpoint} (${why}). Start the server, or set HF_ENDPOINT.`,
      undefined,
      'Unreachable',
    )
  }
}

function pauseAfter(response: Response): number | undefined {
  if (response.status !== 429 && response.status !== 503) return undefined
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return seconds >= 0 && seconds <= longestWaitSeconds ? seconds : undefined
}
