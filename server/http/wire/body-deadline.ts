import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** How long a body may take: so long, and more for a large one. */
export interface BodyDeadline {
  withinMs: number
  bytesPerSecond: number
}

const usual: BodyDeadline = { withinMs: 60_000, bytesPerSecond: 256 * 1024 }

/**
 * Ends requests whose body is to be parsed and is not whole in time, however steadily it trickles in: nothing can be decided
 * before its end. `tooLate` tells the caller.
 */
export function endLateBodies(
  app: FastifyInstance,
  isParsed: (request: FastifyRequest) => boolean,
  tooLate: (socket: Socket) => void,
  deadline: BodyDeadline = usual,
): void {
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (hasBody(request) && isParsed(request)) {
      const timer = setTimeout(
        () => {
          tooLate(request.raw.socket)
          request.raw.socket.destroySoon()
        },
        millisecondsFor(request, deadline),
      )
      const over = () => clearTimeout(timer)
      request.raw.once('end', over)
      reply.raw.once('close', over)
    }
    done(null, payload)
  })
}

function hasBody({ method, headers }: FastifyRequest): boolean {
  const isRead = method !== 'GET' && method !== 'HEAD'
  return isRead && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)
}

function millisecondsFor(
  { headers, routeOptions }: FastifyRequest,
  { withinMs, bytesPerSecond }: BodyDeadline,
): number {
  const most = routeOptions.bodyLimit ?? 0
  const bytes = Math.min(Number(headers['content-length'] ?? most), most)
  return withinMs + (bytes / bytesPerSecond) * 1000
}
