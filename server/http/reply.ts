import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { failedWith } from '../git/process/durable.ts'
import { type ErrorCode, HubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'
import { outOfSpace } from '../shares/disk.ts'
import { isUnavailable, NoFreeConnection } from '../store/conflict.ts'
import { dialectAt } from './dialects/choice.ts'
import type { Dialect, Refusal } from './dialects/dialect.ts'

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
  const dialect = (request.routeOptions.config as RouteConfig).dialect ?? dialectAt(request.url)
  const told = refusalOf(error)
  const refusal = asShown(request, dialect.refusal?.(told) ?? told)
  if (refusal.status >= 500) logFailure(request, refusal, error)
  if (reply.raw.headersSent) return reply.hijack()
  reply.header('X-Error-Message', headerText(refusal.message))
  if (!silentCodes.has(refusal.code as ErrorCode) && refusal.code !== 'Bug') reply.header('X-Error-Code', refusal.code)
  if (refusal.status === 401) reply.headers(dialect.challenge)
  reply.headers(refusal.extra.headers ?? {})
  reply.code(refusal.status)
  // As the Python client asks about cards, to show the answer as it is
  if (request.headers.accept === 'text/plain') return reply.type('text/plain; charset=utf-8').send(refusal.message)
  return reply.type(dialect.mediaType).send(dialect.errorBody(refusal))
}

// huggingface_hub puts a full stop of its own behind what a 403 says
function asShown({ headers }: FastifyRequest, refusal: Refusal): Refusal {
  if (refusal.status !== 403 || !/\bhf_hub\//.test(headers['user-agent'] ?? '')) return refusal
  const { status, code, message, extra } = refusal
  return { status, code, message: message.replace(/\.$/, ''), extra }
}

// Only a bug has a stack worth reading; what the hub does not offer is no failure, and a full disk was told of already.
function logFailure(request: FastifyRequest, refusal: Refusal, error: unknown): void {
  const requestId = request.id
  if (refusal.code === 'Bug') log.error({ requestId, err: error }, 'request failed')
  else if (quietCodes.has(refusal.code)) log.debug({ requestId }, refusal.message)
  else log.warn({ requestId, status: refusal.status, cause: causeOf(error) }, refusal.message)
}

function causeOf(error: unknown): string | undefined {
  return error instanceof Error && !(error instanceof HubError) ? error.message : undefined
}

const quietCodes = new Set<string>(['NotImplemented', 'InsufficientStorage', 'StorageLimit'] satisfies ErrorCode[])

interface RouteConfig {
  dialect?: Dialect
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof HubError) return error
  if (error instanceof NoFreeConnection) return unavailable('The server is busy. Try again shortly.')
  if (isUnavailable(error)) return unavailable('The database is currently unavailable. Try again shortly.')
  // 53100: PostgreSQL's own word for it
  if (failedWith(error, 'ENOSPC', 'EDQUOT', '53100')) return outOfSpace()
  const { statusCode, code, message } = error as FastifyError
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new HubError('PayloadTooLarge', 'The body is too large.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new HubError('UnsupportedMediaType', 'Send the body as Content-Type: application/json.')
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new HubError('BadRequest', message, { status: statusCode })
  return {
    status: 500,
    code: 'Bug',
    message: 'Something went wrong on the server. If it happens again, give a site admin the request ID.',
    extra: {},
  }
}

function unavailable(sentence: string): HubError {
  return new HubError('Unavailable', sentence, { headers: { 'Retry-After': '2' } })
}

// Header text must be ASCII on one line.
function headerText(sentence: string): string {
  return sentence
    .replace(/[’‘]/g, "'")
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 500)
}
