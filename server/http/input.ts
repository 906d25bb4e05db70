import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Operation, ReplyKind } from '../../api/index.ts'
import type { Action } from '../access/policy.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { fieldErrors } from './reply.ts'

// biome-ignore lint/suspicious/noExplicitAny: operations of every shape are served
export type AnyOperation = Operation<Action, any, any, any, any, ReplyKind>
export type Fields = Record<string, unknown>

const none = z.object({})

/** Everything an operation was called with, as one object; throws a `4xx` that names what is wrong. */
export function inputOf(operation: AnyOperation, request: FastifyRequest): Fields {
  const { params, query, body } = schemasOf(operation)
  const results = [
    params.safeParse(request.params),
    query.safeParse(queryOf(operation, request)),
    body.safeParse(bodyOf(operation, request)),
  ]
  const issues = results.flatMap(({ error }) => error?.issues ?? [])
  if (issues.length > 0) throw fieldErrors(new z.ZodError(issues))
  return Object.assign({}, ...results.map(({ data }) => data))
}

interface Schemas {
  params: z.ZodType
  query: z.ZodType
  body: z.ZodType
}

const schemas = new WeakMap<AnyOperation, Schemas>()

// The published clients may send fields of their own; elsewhere an unknown one is a mistake that should be heard of:
// what it asks for (a `dryRun` in the body, say) would not be done.
function schemasOf(operation: AnyOperation): Schemas {
  const known = schemas.get(operation)
  if (known) return known
  const strict = (schema: z.ZodType) =>
    !operation.contract && schema instanceof z.ZodObject ? schema.strict() : schema
  const { params = none, query = none, body = none } = operation
  const made = { params, query: strict(query), body: strict(body) }
  schemas.set(operation, made)
  return made
}

function queryOf(operation: AnyOperation, request: FastifyRequest): unknown {
  const query = request.query as Record<string, string | string[]>
  const mayRepeat = operation.repeated ?? []
  for (const name of mayRepeat) {
    if (query[`${name}[]`] !== undefined) query[name] = [query[`${name}[]`] ?? [], query[name] ?? []].flat()
  }
  const repeated = Object.keys(query).find((name) => Array.isArray(query[name]) && !mayRepeat.includes(bare(name)))
  if (repeated !== undefined) throw badField(repeated, 'is given twice')
  return query
}

function bare(name: string): string {
  return name.replace(/\[\]$/, '')
}

/** The body as text; empty when there is none, or when it is a stream. */
export function bodyText(request: FastifyRequest): string {
  return Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''
}

function bodyOf(operation: AnyOperation, request: FastifyRequest): unknown {
  if (operation.kind === 'bytes') return {}
  if (request.body instanceof Readable)
    throw new HubError('UnsupportedMediaType', 'Send the body as Content-Type: application/json.')
  if (isForm(request)) return formOf(operation, request)
  const text = bodyText(request)
  if (operation.body === undefined && (operation.contract || text === '')) return {}
  if (text === '' && operation.bodyOptional) return {}
  return parseJson(request.body as Buffer, text)
}

function isForm(request: FastifyRequest): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')
}

function formOf(operation: AnyOperation, request: FastifyRequest): unknown {
  if (!operation.form) throw new HubError('UnsupportedMediaType', 'Send the body as Content-Type: application/json.')
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
  if (text === '') throw new HubError('BadRequest', 'The body is missing; send JSON.')
  const body = isUtf8(bytes) ? parsedOrNothing(text) : undefined
  if (body === undefined) throw new HubError('BadRequest', 'The body is not JSON.')
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
    if (value.includes('\0')) throw new HubError('BadRequest', 'The body must not hold NUL characters.')
    if (!value.isWellFormed()) throw new HubError('BadRequest', 'The body must not hold half of a surrogate pair.')
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      refuseOddText(key)
      refuseOddText(part)
    }
  }
}
