import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { until } from '../../../tests/until.ts'
import { watchConnections } from './connections.ts'

const limits = { most: 6, mostOfNetwork: 4, leastBytes: 10_000, windowMs: 400, pushWindowMs: 60_000 }
const longAnswer = 'x'.repeat(40_000_000)
const open: Socket[] = []

/** A server that reads a body and then answers at length; what it was sent is counted. */
async function start(trustedProxies: string[] = []): Promise<{ server: Server; got: () => number }> {
  let bytes = 0
  const server = createServer(async (request, response) => {
    try {
      for await (const chunk of request) bytes += chunk.length
      response.end(longAnswer)
    } catch {
      // The caller is gone
    }
  })
  watchConnections(server, trustedProxies, (socket) => socket.end('HTTP/1.1 408 Request Timeout\r\n\r\n'), limits)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, got: () => bytes }
}

interface Client {
  socket: Socket
  /** What it heard so far, cut. */
  heard(): string
  count(): number
  isOver(): boolean
}

function client(server: Server, text: string): Client {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  open.push(socket)
  let [heard, count, over] = ['', 0, false]
  socket.on('data', (chunk) => {
    count += chunk.length
    if (heard.length < 100) heard += chunk.toString('latin1', 0, 100)
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    over = true
  })
  socket.write(text)
  return { socket, heard: () => heard, count: () => count, isOver: () => over }
}

const post = (path: string) => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n`
const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

after(() => {
  for (const socket of open) socket.destroy()
})

describe('a connection', () => {
  let server: Server
  let got: () => number
  before(async () => {
    ;({ server, got } = await start())
  })
  after(() => server.closeAllConnections())
  after(() => server.close())

  it('ends when its body does not come', async () => {
    const one = client(server, `${post('/')}some of it`)
    await until(one.isOver)
    assert.match(one.heard(), /^HTTP\/1\.1 408 /)
  })

  it('ends when its answer is not taken', async () => {
    const one = client(server, get)
    one.socket.pause()
    const [inside] = await Promise.all([once(server, 'connection').then(([socket]) => socket as Socket)])
    await until(() => inside.destroyed)
    assert.ok(inside.bytesWritten > 0)
  })

  it('stays while body and answer come and go slowly, and while the caller waits for the hub', async () => {
    const slow = client(server, post('/'))
    for (let sent = 0; sent < 100_000; sent += 5000) {
      slow.socket.write(Buffer.alloc(5000))
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    await until(() => got() >= 100_000)
    let began = performance.now()
    slow.socket.on('data', () => {
      slow.socket.pause()
      setTimeout(() => slow.socket.resume(), 5)
    })
    await until(() => slow.count() > 3_000_000)
    began = performance.now() - began
    assert.equal(slow.isOver(), false)
    assert.match(slow.heard(), /^HTTP\/1\.1 200 /)
    slow.socket.destroy()
  })

  it('may be silent for longer in a push, which compresses a file', async () => {
    const push = client(server, post('/ada/m.git/git-receive-pack'))
    const other = client(server, post('/'))
    await until(other.isOver)
    assert.equal(push.isOver(), false)
    push.socket.destroy()
  })
})

describe('connections', () => {
  it('are counted for each network, unless a proxy is in it, and in all', async () => {
    for (const [proxies, most] of [
      [[], limits.mostOfNetwork],
      [['127.0.0.0/8'], limits.most],
    ] as const) {
      const { server } = await start([...proxies])
      const clients = Array.from({ length: 9 }, () => client(server, ''))
      await until(() => clients.filter((one) => one.isOver()).length === 9 - most)
      for (const one of clients) one.socket.destroy()
      await until(() => clients.every((one) => one.isOver()))
      const again = client(server, get)
      await until(() => again.count() > 0)
      again.socket.destroy()
      server.close()
    }
  })
})
