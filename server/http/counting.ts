import type { FastifyRequest } from 'fastify'
import { type Caller, callerOf } from '../shares/caller.ts'
import type { Bucket } from '../users/rates/limits.ts'
import { type Admitted, admit } from './admit.ts'
import { clientAddress } from './authenticate.ts'
import { isConsole } from './dialects/caller.ts'
import type { Exchange } from './dialects/dialect.ts'
import type { Server } from './services.ts'

/**
 * Admits a request, and counts it for its caller: what is left stands in the headers of every answer. One that is refused
 * counts for its network, since no one is known to have sent it; `429` comes before the refusal.
 */
export async function admitCounted(
  server: Server,
  exchange: Exchange,
  repoType: string | undefined,
): Promise<Admitted> {
  const { request, reply } = exchange
  // The console of the server itself has no address, and no limit.
  if (isConsole(request)) return admit(server, exchange, repoType)
  const bucket = bucketOf(exchange)
  const admitted = await admit(server, exchange, repoType).catch(async (refusal) => {
    reply.headers(await server.rates.count(bucket, networkCaller(request)))
    throw refusal
  })
  const { actor } = admitted.permit
  const caller = actor === undefined ? networkCaller(request) : callerOf(actor.id, '')
  reply.headers(await server.rates.count(bucket, caller))
  return admitted
}

/** Counts a page for the network that asks for it. */
export async function countPage(server: Server, request: FastifyRequest): Promise<Record<string, string>> {
  return server.rates.count('pages', networkCaller(request))
}

function bucketOf({ operation, dialect }: Exchange): Bucket {
  const isDownload = operation.method === 'get' && operation.kind === 'bytes'
  return dialect.isTransport || isDownload ? 'resolvers' : 'api'
}

function networkCaller(request: FastifyRequest): Caller {
  return callerOf(undefined, clientAddress(request))
}
