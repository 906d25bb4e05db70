import type { BodyOf, Operation, ParamsOf, QueryOf, ReplyOf } from './operation.ts'

/** A refusal by the server: the sentence, the status, the code and whatever else the body says. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string | undefined
  readonly body: Record<string, unknown>
  readonly requestId: string | undefined

  constructor(status: number, code: string | undefined, body: Record<string, unknown>, requestId: string | undefined) {
    super(typeof body.error === 'string' ? body.error : `The server answered ${status}.`)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.body = body
    this.requestId = requestId
  }
}

export interface ClientOptions {
  /** Origin of the server, without a trailing slash; empty in a browser. */
  baseUrl: string
  headers?: Record<string, string>
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

type Part<T, Name extends string> = keyof T extends never ? { [K in Name]?: T } : { [K in Name]: T }
type Optional<T> = Record<never, never> extends T ? true : false
type Given<T, Name extends string> = Optional<T> extends true ? { [K in Name]?: T } : Part<T, Name>

/** What a call of an operation needs: path parameters, query and body, each only where the operation has them. */
export type CallInput<O> = Given<ParamsOf<O>, 'params'> & Given<QueryOf<O>, 'query'> & Given<BodyOf<O>, 'body'>

/** An answer with what the headers said: the address of the next page, the request id. */
export interface Answer<T> {
  status: number
  data: T
  next: string | undefined
  headers: Headers
}

/** Calls operations of the API on one server; refusals are thrown as {@link ApiError}. */
export interface Client {
  call<O extends AnyOperation>(operation: O, input?: CallInput<O>): Promise<ReplyOf<O>>
  answer<O extends AnyOperation>(operation: O, input?: CallInput<O>): Promise<Answer<ReplyOf<O>>>
  /** Follows `Link: rel="next"` from an address that an earlier answer gave. */
  follow<O extends AnyOperation>(operation: O, next: string): Promise<Answer<ReplyOf<O>>>
  raw(method: string, path: string, body?: unknown): Promise<Response>
}

// biome-ignore lint/suspicious/noExplicitAny: the only place where operations of every shape meet
type AnyOperation = Operation<string, any, any, any, any>

/** Makes a client for one server. */
export function createClient(options: ClientOptions): Client {
  const request = options.fetch ?? ((url, init) => fetch(url, init))

  async function raw(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const init: RequestInit = { method: method.toUpperCase(), headers }
    if (body !== undefined) init.body = JSON.stringify(body)
    const address = path.startsWith('/') ? `${options.baseUrl}${path}` : path
    return request(address, init)
  }

  async function read<T>(response: Response): Promise<Answer<T>> {
    const content = await response.text()
    const data = parseBody(content)
    if (!response.ok) throw refusal(response, data)
    const next = nextLink(response.headers.get('link'))
    return { status: response.status, data: data as T, next, headers: response.headers }
  }

  async function answer<O extends AnyOperation>(operation: O, input?: CallInput<O>): Promise<Answer<ReplyOf<O>>> {
    const { params, query, body } = (input ?? {}) as { params?: Fields; query?: Fields; body?: unknown }
    const path = pathOf(operation.path, params ?? {}) + queryOf(query ?? {})
    const sent = body ?? (operation.body && !operation.bodyOptional ? {} : undefined)
    return read(await raw(operation.method, path, sent))
  }

  return {
    raw,
    answer,
    call: async (operation, input) => (await answer(operation, input)).data,
    follow: async (operation, next) => read(await raw(operation.method, next)),
  }
}

type Fields = Record<string, unknown>

function pathOf(path: string, params: Fields): string {
  const named = path.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(String(params[name] ?? '')))
  return named.replace(/\*$/, () =>
    String(params.path ?? '')
      .split('/')
      .map(encodeURIComponent)
      .join('/'),
  )
}

function queryOf(query: Fields): string {
  const sent = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== '') sent.append(name, String(one))
    }
  }
  return sent.size === 0 ? '' : `?${sent}`
}

function parseBody(content: string): unknown {
  try {
    return content === '' ? {} : JSON.parse(content)
  } catch {
    return { error: content.slice(0, 500) }
  }
}

function refusal(response: Response, data: unknown): ApiError {
  const body = typeof data === 'object' && data !== null ? (data as Fields) : {}
  const code = response.headers.get('x-error-code') ?? undefined
  return new ApiError(response.status, code, body, response.headers.get('x-request-id') ?? undefined)
}

function nextLink(header: string | null): string | undefined {
  return header?.match(/<([^>]+)>;\s*rel="next"/)?.[1]
}
