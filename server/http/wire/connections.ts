import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { BlockList, isIPv6, type Socket } from 'node:net'
import { networkOf } from '../../shares/network.ts'

/** How many connections there may be, and how slowly their callers may send and take. */
export interface ConnectionLimits {
  most: number
  /** From one network, unless a trusted proxy is in it. */
  mostOfNetwork: number
  /** Of a body or an answer that is under way, in each window. */
  leastBytes: number
  windowMs: number
  /** For pushes: git is silent while it compresses a large file. */
  pushWindowMs: number
}

const connectionLimits: ConnectionLimits = {
  most: 8192,
  mostOfNetwork: 2048,
  leastBytes: 16 * 1024,
  windowMs: 30_000,
  pushWindowMs: 300_000,
}

interface Watched {
  exchange: { request: IncomingMessage; response: ServerResponse } | undefined
  /** Since when, and from which count of bytes on, the caller is the one who is waited for. */
  waiting: { since: number; bytes: number } | undefined
}

const looksInWindow = 6

/**
 * Ends connections that would be held for nothing: those of a caller who neither sends what is announced nor takes what is
 * answered at the least pace, and those beyond the limits. `tooSlow` tells a caller whose answer has not begun.
 */
export function watchConnections(
  server: Server,
  trustedProxies: readonly string[],
  tooSlow: (socket: Socket) => void,
  limits: ConnectionLimits = connectionLimits,
): void {
  const watched = new Map<Socket, Watched>()
  const networks = new Map<string, number>()
  const proxies = blockListOf(trustedProxies)

  function counted(network: string, by: number): number {
    const count = (networks.get(network) ?? 0) + by
    if (count > 0) networks.set(network, count)
    else networks.delete(network)
    return count
  }

  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const network = networkOf(address)
    const isTooMany = counted(network, 1) > limits.mostOfNetwork && !holds(proxies, address)
    watched.set(socket, { exchange: undefined, waiting: undefined })
    socket.once('close', () => {
      counted(network, -1)
      watched.delete(socket)
    })
    if (isTooMany || watched.size > limits.most) socket.destroy()
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = watched.get(request.socket)
    if (connection) connection.exchange = { request, response }
  })
  const look = () => {
    for (const [socket, connection] of watched)
      if (isTooSlow(socket, connection, limits)) end(socket, connection, tooSlow)
  }
  const timer = setInterval(look, limits.windowMs / looksInWindow).unref()
  server.once('close', () => clearInterval(timer))
}

function isTooSlow(socket: Socket, connection: Watched, limits: ConnectionLimits): boolean {
  const bytes = movedBy(socket, connection)
  const { waiting } = connection
  if (bytes === undefined) connection.waiting = undefined
  else if (waiting === undefined || bytes - waiting.bytes >= limits.leastBytes)
    connection.waiting = { since: performance.now(), bytes }
  else return performance.now() - waiting.since > windowFor(connection, limits)
  return false
}

// What was moved so far where the caller is the one who holds things up; undefined where it is the hub.
function movedBy(socket: Socket, { exchange }: Watched): number | undefined {
  if (exchange === undefined) return undefined
  const untaken = untakenBytes(socket)
  if (untaken > 0) return socket.bytesWritten - untaken
  const { request } = exchange
  const isAwaited = !request.complete && request.readableLength === 0 && !socket.isPaused()
  return isAwaited ? socket.bytesRead : undefined
}

// `writableLength` counts a long answer as a whole until its last byte is taken; the handle knows better.
function untakenBytes(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { _handle?: { writeQueueSize?: number } | null }
  return handle?.writeQueueSize ?? socket.writableLength
}

function windowFor({ exchange }: Watched, limits: ConnectionLimits): number {
  const isPush = exchange?.request.url?.endsWith('/git-receive-pack') && !exchange.response.headersSent
  return isPush ? limits.pushWindowMs : limits.windowMs
}

function end(socket: Socket, { exchange }: Watched, tooSlow: (socket: Socket) => void): void {
  if (exchange?.response.headersSent) return void socket.destroy()
  tooSlow(socket)
  socket.destroySoon()
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}

function holds(list: BlockList, address: string): boolean {
  return address !== '' && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
