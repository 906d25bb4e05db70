import type { HTTPMethods } from 'fastify'
import { addressesOf, type InputOf, type ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { HubError } from '../kernel/errors.ts'
import { asCaller, callerOf } from '../shares/caller.ts'
import type { Db } from '../store/database.ts'
import { noteFailure } from '../users/guessing/failures.ts'
import { asGone } from './admit.ts'
import { inShareOf, type Made } from './answering.ts'
import { admitCounted } from './counting.ts'
import { dialectOf } from './dialects/choice.ts'
import type { AnyOperation, Fields } from './dialects/dialect.ts'
import { sendOnce } from './send.ts'
import type { Server } from './services.ts'
import { routePath } from './wire/route-path.ts'

/** What answers an operation. `services` is what it uses of the installation: given where the routes are listed. */
type Rule<O extends AnyOperation, S = undefined> = (
  db: Db,
  permit: Permit<O['action']>,
  input: InputOf<O>,
  services: S,
) => Promise<ResultOf<O>>
type AnyRule = (db: Db, permit: Permit, input: Fields, services: unknown) => Promise<unknown>

/** Serves an operation by a rule: the only path from a request to a rule. */
export function serve<O extends AnyOperation>(server: Server, operation: O, rule: Rule<O>): void
export function serve<O extends AnyOperation, S>(server: Server, operation: O, rule: Rule<O, S>, services: S): void
export function serve(server: Server, operation: AnyOperation, rule: unknown, services?: unknown): void {
  server.operations.push(operation)
  const anyRule = rule as AnyRule
  const dialect = dialectOf(operation)
  for (const { path, repoType } of addressesOf(operation.path)) {
    server.app.route({
      method: methodsOf(operation),
      url: routePath(path),
      exposeHeadRoute: operation.kind !== 'bytes',
      ...(operation.maxBodyBytes !== undefined && { bodyLimit: operation.maxBodyBytes }),
      config: { dialect },
      handler: async (request, reply) => {
        const exchange = { operation, dialect, request, reply }
        const { permit, input } = await admitCounted(server, exchange, repoType)
        server.presence.note(permit.facts, dialect.isTransport)
        const work = () =>
          anyRule(server.db, permit, input, services).catch((error) => asRefused(server, permit, error))
        const caller = callerOf(permit.actor?.id, permit.request.ip)
        const answer = (made: Made) => sendOnce(server, { ...exchange, made }, permit, work)
        return asCaller(caller, () => inShareOf(caller, operation, answer))
      },
    })
  }
}

// A limit that was reached is told to operators too, whatever it is of.
async function asRefused(server: Server, permit: Permit, error: unknown): Promise<never> {
  if (error instanceof HubError && error.code === 'TooManyRequests') {
    const message = `reached a limit with ${permit.action}`
    await noteFailure(server.db, permit, {
      type: 'limit.reach',
      message,
      user: permit.actor,
      about: `${permit.action} ${permit.actor?.id ?? ''}`,
      data: { action: permit.action },
    })
  }
  return asGone(server, permit, error)
}

function methodsOf(operation: AnyOperation): HTTPMethods[] {
  const method = operation.method.toUpperCase() as HTTPMethods
  return method === 'GET' && operation.kind === 'bytes' ? ['GET', 'HEAD'] : [method]
}
