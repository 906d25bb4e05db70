import { type Actor, consoleActor } from './facts.ts'

/** What the request said about itself. */
export interface RequestInfo {
  id: string
  ip: string
  /** From where it came, where organizations may judge that: undefined on the console, empty where it is not known. */
  address?: string | undefined
  /** The country that it came from, by its two letters: empty where it is not known, undefined where the instance can’t tell. */
  country?: string | undefined
  userAgent: string | undefined
  /** What the browser shows of its sign-ins before. */
  device?: string | undefined
  /** The address of the instance, for what is said to its sender. */
  publicUrl?: string
}

/** A request with an `Idempotency-Key`. */
export interface KeyedRequest {
  key: string
  /** ID of this attempt. Once another process has taken the request over, this one can no longer write. */
  claim: string
}

/** In whose name something is recorded, and by which request. A permit is one. */
export interface Author {
  readonly actor: Actor | undefined
  readonly request: RequestInfo
  /** Set by a request with an `Idempotency-Key`: marks it as applied in the transaction that records the change. */
  readonly idempotencyKey: KeyedRequest | undefined
  /** The organization whose log an event goes to, unless the event names another. */
  readonly org?: { readonly id: string } | undefined
}

/** The author of what no one asks for at that moment: timers, queued jobs, the start of the server. */
export const systemAuthor: Author = {
  actor: consoleActor,
  request: { id: 'job', ip: '', userAgent: undefined },
  idempotencyKey: undefined,
}
