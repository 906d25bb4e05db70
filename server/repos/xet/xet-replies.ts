import type { RawReply } from '../../../api/index.ts'
import { HubError } from '../../kernel/errors.ts'

/** An answer in JSON, as the clients read it. */
export function casReply(body: object): RawReply {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

/** A refusal for lack of space as one that clients take for final: they would send everything again otherwise. */
export function asCas(error: unknown): unknown {
  const isFull = error instanceof HubError && (error.code === 'StorageLimit' || error.code === 'InsufficientStorage')
  return isFull ? new HubError(error.code, error.message, { ...error.extra, status: 413 }) : error
}
