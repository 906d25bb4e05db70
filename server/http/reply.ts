import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { failedWith } from '../git/process/durable.ts'
import { diskIsFull } from '../git/process/process.ts'
import { type ErrorCode, HubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'
import { isUnavailable } from '../store/conflict.ts'

// The clients act on these codes; the others say no more than the status does.
const silentCodes = new Set<ErrorCode>([
  'BadRequest',
  'NotSignedIn',
  'BadCredentials',
  'Forbidden',
  'NotFound',
  'Conflict',
  'Unprocessable',
  'PreconditionFailed',
  'RangeNotSatisfiable',
  'NotImplemented',
])

/** Answers any error: a refusal as it says, a framework error as the `4xx` it is, a bug as `500` with the request id. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error)
  if (refusal.status >= 500) log.error({ requestId: request.id, err: error }, 'request failed')
  if (reply.raw.headersSent) return reply.hijack()
  reply.header('X-Error-Message', headerText(refusal.message))
  if (!silentCodes.has(refusal.code as ErrorCode) && refusal.code !== 'Bug') reply.header('X-Error-Code', refusal.code)
  const { scheme, mediaType } = request.routeOptions.config as RouteConfig
  if (refusal.status === 401) reply.headers(challenges(scheme))
  reply.headers(refusal.extra.headers ?? {})
  // git-lfs shows `message`
  const body = { error: refusal.message, ...(mediaType && { message: refusal.message }), ...refusal.extra.body }
  return reply
    .code(refusal.status)
    .type(mediaType ?? 'application/json; charset=utf-8')
    .send(JSON.stringify(body))
}

interface RouteConfig {
  scheme?: 'basic' | 'link'
  mediaType?: string
}

// git sends a password only after it was asked for one.
function challenges(scheme: RouteConfig['scheme']): Record<string, string> {
  if (scheme !== 'basic') return { 'WWW-Authenticate': 'Bearer realm="Guildhall"' }
  return {
    'WWW-Authenticate': 'Basic realm="Guildhall", charset="UTF-8"',
    'LFS-Authenticate': 'Basic realm="Guildhall"',
  }
}

interface Refusal {
  status: number
  code: ErrorCode | 'Bug'
  message: string
  extra: HubError['extra']
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof HubError) return error
  if (isUnavailable(error)) return unavailable()
  // 53100: PostgreSQL's own word for it
  if (failedWith(error, 'ENOSPC', 'EDQUOT', '53100')) return diskIsFull()
  const { statusCode, code, message } = error as FastifyError
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new HubError('PayloadTooLarge', 'The body is larger than this route takes.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new HubError('UnsupportedMediaType', 'Send the body as Content-Type: application/json.')
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new HubError('BadRequest', message, { status: statusCode })
  return {
    status: 500,
    code: 'Bug',
    message: 'Something went wrong here; it is logged under the request id.',
    extra: {},
  }
}

function unavailable(): HubError {
  return new HubError('Unavailable', 'The database cannot be reached at the moment; try again shortly.', {
    headers: { 'Retry-After': '2' },
  })
}

// Header text must be ASCII on one line.
function headerText(sentence: string): string {
  return sentence
    .replace(/[’‘]/g, "'")
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 500)
}

const mostSentences = 20
const mostFields = 1000
const longestFieldName = 200

/** A `400` that names every field that is wrong. */
export function fieldErrors(error: z.ZodError): HubError {
  const fields = error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        field: fieldName([...issue.path, key]),
        message: 'is not a field of this request',
      }))
    return [{ field: fieldName(issue.path), message: issue.message }]
  })
  const sentences = fields
    .slice(0, mostSentences)
    .map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
  if (fields.length > mostSentences) sentences.push(`and ${fields.length - mostSentences} more`)
  return new HubError('BadRequest', sentences.join('; '), { body: { fields: fields.slice(0, mostFields) } })
}

function fieldName(path: readonly PropertyKey[]): string {
  const name = path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name === '' ? String(key) : `${name}.${String(key)}`),
    '',
  )
  return name.slice(0, longestFieldName)
}
