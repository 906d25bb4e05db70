import { connect, createServer, type Socket } from 'node:net'
import pg from 'pg'

/** A door in front of PostgreSQL that can be shut: connections are cut, and new ones come to nothing. */
export async function startGate(target: string) {
  const { host, port, user, database, password } = new pg.Client({ connectionString: target })
  const open = new Set<Socket>()
  let turnedAway = 0
  const make = () =>
    createServer((inside) => {
      const outside = host.startsWith('/') ? connect({ path: `${host}/.s.PGSQL.${port}` }) : connect({ host, port })
      for (const [socket, other] of [
        [inside, outside],
        [outside, inside],
      ] as const) {
        open.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => other.destroy())
        socket.pipe(other)
      }
    })
  let server = make()
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', () => resolve()))
  await listen(0)
  const own = (server.address() as { port: number }).port
  const shut = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of open) socket.destroy()
    open.clear()
    await closed
  }
  const secret = password ? `:${encodeURIComponent(password)}` : ''
  return {
    url: `postgres://${user}${secret}@127.0.0.1:${own}/${database}`,
    shut,
    open: async () => {
      if (server.listening) await shut()
      server = make()
      await listen(own)
    },
    /** Connections are cut, and new ones too as soon as they come: how many did is counted. */
    turnAway: async () => {
      await shut()
      server = createServer((inside) => {
        turnedAway++
        inside.destroy()
      })
      await listen(own)
    },
    turnedAway: () => turnedAway,
    /** Connections are cut; new ones come about, and hear nothing. */
    mute: async () => {
      await shut()
      server = createServer((inside) => {
        open.add(inside.on('error', () => undefined))
      })
      await listen(own)
    },
  }
}

/** A port where no one listens. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
