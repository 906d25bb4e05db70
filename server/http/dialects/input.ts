import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { problemOf } from '../../../api/index.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import type { AnyOperation, Exchange, Fields } from './dialect.ts'
import { fieldErrors } from './field-errors.ts'
import { holdsMoreValues } from './json-values.ts'
import { rawRequest } from './raw.ts'

const none = z.object({})
const inWords = { error: problemOf }
const shortBytes = 1024 * 1024
const mostValues = 400_000

/** Reads the body of a request that its dialect has a form for. */
type ReadBody = (exchange: Exchange) => unknown

/**
 * Everything an operation was called with, as one object; throws a `4xx` that names what is wrong. The body of a `bytes`
 * operation is left to its rule. `strict` refuses fields that the operation does not know.
 */
export function inputOf(exchange: Exchange, readBody: ReadBody, { strict = false } = {}): Fields {
  const { operation, request } = exchange
  const isRaw = operation.kind === 'bytes'
  const { params, query, body } = schemasOf(operation, strict)
  const results = [
    params.safeParse(request.params, inWords),
    query.safeParse(queryOf(operation, request), inWords),
    body.safeParse(isRaw ? {} : readBody(exchange), inWords),
  ]
  const issues = results.flatMap(({ error }) => error?.issues ?? [])
  if (issues.length > 0) throw fieldErrors(new z.ZodError(issues))
  return Object.assign({}, ...results.map(({ data }) => data), isRaw && { raw: rawRequest(exchange) })
}

interface Schemas {
  params: z.ZodType
  query: z.ZodType
  body: z.ZodType
}

// An operation has one dialect, and so one reading.
const schemas = new WeakMap<AnyOperation, Schemas>()

function schemasOf(operation: AnyOperation, strict: boolean): Schemas {
  const known = schemas.get(operation)
  if (known) return known
  const closed = (schema: z.ZodType) => (strict && schema instanceof z.ZodObject ? schema.strict() : schema)
  const { params = none, query = none, body = none } = operation
  const made = { params, query: closed(query), body: closed(body) }
  schemas.set(operation, made)
  return made
}

function queryOf(operation: AnyOperation, request: FastifyRequest): unknown {
  const query = { ...(request.query as Record<string, string | string[]>) }
  const mayRepeat = operation.repeated ?? []
  for (const name of mayRepeat) {
    const { [`${name}[]`]: bracketed } = query
    if (bracketed === undefined) continue
    query[name] = [bracketed, query[name] ?? []].flat()
    delete query[`${name}[]`]
  }
  const repeated = Object.keys(query).find((name) => Array.isArray(query[name]) && !mayRepeat.includes(name))
  if (repeated !== undefined) throw badField(repeated, 'must not be repeated')
  return query
}

/** The body as text; empty when there is none, or when it is a stream. */
export function bodyText(request: FastifyRequest): string {
  return Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''
}

/** The JSON that was sent; nothing where the body may be left out, and is. */
export function jsonBody({ operation, request }: Exchange): unknown {
  requireJson(request)
  const text = bodyText(request)
  if (text === '' && (operation.body === undefined || operation.bodyOptional)) return {}
  return parseJson(request.body as Buffer, text)
}

/** The same for clients that send a body also where the operation takes none: that one is not looked at. */
export function looseBody(exchange: Exchange): unknown {
  if (exchange.operation.body !== undefined) return jsonBody(exchange)
  requireJson(exchange.request)
  return {}
}

function requireJson(request: FastifyRequest): void {
  if (request.body instanceof Readable || isForm(request))
    throw new HubError('UnsupportedMediaType', 'Send the body as Content-Type: application/json.')
}

/** Whether the body is a form. */
export function isForm(request: FastifyRequest): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')
}

/** The fields of a form; one that is repeated becomes a list. */
export function formBody(request: FastifyRequest): unknown {
  const fields = new URLSearchParams(bodyText(request))
  const body = Object.fromEntries(
    [...new Set(fields.keys())].map((name) => {
      const values = fields.getAll(name)
      return [name, values.length === 1 ? values[0] : values]
    }),
  )
  refuseOddText(body)
  return body
}

function parseJson(bytes: Buffer, text: string): unknown {
  if (text === '') throw new HubError('BadRequest', 'The body is missing. Send JSON.')
  // Others are short enough for any number
  if (bytes.length > shortBytes && holdsMoreValues(bytes, mostValues))
    throw new HubError('PayloadTooLarge', 'The body has too many values. Split it into several requests.')
  const body = isUtf8(bytes) ? parsedOrNothing(text) : undefined
  if (body === undefined) throw new HubError('BadRequest', 'The body is not valid JSON.')
  return body
}

function parsedOrNothing(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text)
    refuseOddText(body)
    return body
  } catch (error) {
    if (error instanceof HubError) throw error
    return undefined
  }
}

// PostgreSQL stores neither NUL nor half of a surrogate pair; what is kept must be what was hashed for the audit log.
function refuseOddText(value: unknown): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw new HubError('BadRequest', 'The body must not contain NUL characters.')
    if (!value.isWellFormed()) throw new HubError('BadRequest', 'The body must not contain unpaired surrogates.')
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      refuseOddText(key)
      refuseOddText(part)
    }
  }
}
