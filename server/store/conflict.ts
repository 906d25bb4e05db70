/** The constraint that refused a write, or undefined when the error is something else. */
export function refusedBy(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, constraint } = error as { code?: string; constraint?: string }
  return code?.startsWith('23') ? (constraint ?? 'unnamed') : undefined
}

// Class 08 connection exception, 57P0x operator intervention, 53x insufficient resources (PostgreSQL, appendix A).
const unavailableStates = /^(08(?!P01)|57P0|53)/
const unavailableSystem = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EACCES'])
const unavailableMessages =
  /connection terminated|timeout exceeded when trying to connect|timeout expired|query read timeout|client has encountered a connection error|not queryable|driver has already been destroyed/i

/** All connections were in use, and none came free in time. The database itself is well. */
export class NoFreeConnection extends Error {
  constructor(options: ErrorOptions) {
    super('all database connections are in use', options)
    this.name = 'NoFreeConnection'
  }
}

/** Whether an error says that the database cannot be reached now, and may be soon. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string' && (unavailableStates.test(code) || isSocketError(error, code))) return true
  return unavailableMessages.test(error.message)
}

function isSocketError(error: Error, code: string): boolean {
  const syscall = (error as { syscall?: unknown }).syscall
  return unavailableSystem.has(code) && (syscall === 'connect' || syscall === 'read' || syscall === 'write')
}

/** What was read to know what to lock is different now: the transaction is tried again, as after a serialization failure. */
export class ChangedMeanwhile extends Error {
  readonly code = '40001'
}
