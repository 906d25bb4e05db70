import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Operation, ReplyKind, Target } from '../../../api/index.ts'
import type { Credential } from '../../access/facts.ts'
import type { Action } from '../../access/policy.ts'
import type { ErrorCode, HubError } from '../../kernel/errors.ts'
import type { InstanceKey } from '../../kernel/secret.ts'

// biome-ignore lint/suspicious/noExplicitAny: operations of every shape are served
export type AnyOperation = Operation<Action, any, any, any, any, ReplyKind>
export type Fields = Record<string, unknown>

/** One request, and where its answer goes. */
export interface Exchange {
  operation: AnyOperation
  dialect: Dialect
  request: FastifyRequest
  reply: FastifyReply
}

/** Why a request is refused; `Bug` is a failure of the hub itself. */
export interface Refusal {
  status: number
  code: ErrorCode | 'Bug'
  message: string
  extra: HubError['extra']
}

/** What it takes to know a caller: the key, and whether cookies go over TLS. */
export interface Door {
  readonly key: InstanceKey
  readonly publicUrl: string
}

/** How a family of clients speaks: how they identify themselves, what they send, and how they read a refusal. */
export interface Dialect {
  /** The caller, and what the request is about where the credential itself says so. */
  identify(request: FastifyRequest, door: Door): { credential: Credential; target?: Target }
  /** Everything an operation was called with, as one object; throws a `4xx` that names what is wrong. */
  parse(exchange: Exchange): Fields
  /** The type of its replies, refusals included. */
  mediaType: string
  /** The type of the bodies that it is sent; JSON where it isn't said. */
  bodyType?: string
  /** The body of a refusal. */
  errorBody(refusal: Refusal): string
  /** What that body holds, where it isn't `error` and `fields`. */
  error?: z.ZodType
  /** The refusal that its clients hear in the place of another one. */
  refusal?(refusal: Refusal): Refusal
  /** Headers of a `401`: how to identify oneself. */
  challenge: Record<string, string>
  /** Whether people work with git when their client speaks it. */
  isTransport: boolean
  /** Addresses that only its clients ask for, whether or not an operation has them. */
  addresses?: RegExp
}
