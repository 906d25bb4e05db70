import { ApiError } from '../api/index.ts'

/** What the exit code of every command says. */
export const exitCodes = { done: 0, failed: 1, usage: 2, broken: 3 } as const

/** Something the command cannot do, told in one sentence; exit code 1. */
export class Failure extends Error {
  readonly status: number | undefined
  readonly code: string | undefined

  constructor(sentence: string, status?: number, code?: string) {
    super(sentence)
    this.name = 'Failure'
    this.status = status
    this.code = code
  }
}

/** The command was called wrongly; exit code 2. */
export class UsageError extends Failure {
  constructor(sentence: string) {
    super(sentence, undefined, 'Usage')
    this.name = 'UsageError'
  }
}

/** An error as it is told to a script: the sentence, and status, code and request id where a server gave them. */
export interface Report {
  error: string
  status?: number
  code?: string
  fields?: unknown
  requestId?: string
}

/** Describes any error for {@link Report}; bugs keep their message. */
export function reportOf(error: unknown): Report {
  if (error instanceof ApiError) return ofServer(error)
  if (!(error instanceof Failure)) return { error: error instanceof Error ? error.message : String(error), code: 'Bug' }
  return without({ error: error.message, status: error.status, code: error.code })
}

/** The exit code that an error leads to. */
export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed
}

function ofServer(error: ApiError): Report {
  const { message, status, code, body, requestId } = error
  return without({
    error: message,
    status,
    code,
    fields: body.fields,
    requestId: status >= 500 ? requestId : undefined,
  })
}

function without(report: { error: string } & Record<string, unknown>): Report {
  return Object.fromEntries(Object.entries(report).filter(([, value]) => value !== undefined)) as unknown as Report
}
