import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { mayCall } from './addresses.ts'
import { OutboundError, openOutbound } from './outbound.ts'

let answers: RequestListener = () => {}
let port = 0
const server = createServer((request, reply) => answers(request, reply))

before(
  () =>
    new Promise<void>((done) =>
      server.listen(0, '127.0.0.1', () => {
        port = (server.address() as AddressInfo).port
        done()
      }),
    ),
)
after(() => server.closeAllConnections())
after(() => server.close())

const loopback = openOutbound(['127.0.0.0/8', '::1'])

test('no private address is called, however it is written, unless the operator allows it', () => {
  const refused = [
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    'ff02::1',
  ]
  for (const address of refused) assert.equal(mayCall(address, 'https:', []), false, address)
  for (const address of ['93.184.216.34', '2606:2800:220:1::1']) {
    assert.equal(mayCall(address, 'https:', []), true, address)
    assert.equal(mayCall(address, 'http:', []), false, `${address} in the clear`)
  }
  assert.equal(mayCall('10.1.2.3', 'http:', ['10.0.0.0/8']), true)
  assert.equal(mayCall('::ffff:10.1.2.3', 'http:', ['10.0.0.0/8']), true)
  assert.equal(mayCall('11.1.2.3', 'http:', ['10.0.0.0/8']), false)
})

test('a name is refused for the addresses that it has', async () => {
  const closed = openOutbound([])
  for (const url of [
    `http://localhost:${port}/`,
    `https://localhost:${port}/`,
    `http://127.0.0.1:${port}/`,
    'https://[::1]/',
    'https://0x7f.1/',
    'file:///etc/passwd',
    'https://me:secret@example.org/',
  ])
    await assert.rejects(closed.fetch(url), OutboundError, url)
})

test('a document comes with its status, and no redirect is followed', async () => {
  answers = (request, reply) => {
    if (request.url === '/away') return reply.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    return reply
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ path: request.url, method: request.method }))
  }
  const reply = await loopback.fetch(`http://localhost:${port}/here`, { method: 'POST', body: 'x' })
  assert.deepEqual([reply.status, await reply.json()], [200, { path: '/here', method: 'POST' }])
  assert.equal((await loopback.fetch(`http://127.0.0.1:${port}/away`)).status, 302)
})

test('what is too large or too slow is cut off', async () => {
  const strict = openOutbound(['127.0.0.1'], { patienceMs: 300, maxBytes: 1000 })
  answers = (request, reply) => {
    if (request.url === '/large') return reply.end('x'.repeat(2000))
    // Headers at once, and a body that never ends
    return reply.writeHead(200).flushHeaders()
  }
  await assert.rejects(strict.fetch(`http://127.0.0.1:${port}/large`), /too large/)
  await assert.rejects(strict.fetch(`http://127.0.0.1:${port}/slow`), /did not answer in time/)
  await assert.rejects(strict.fetch('http://127.0.0.1:1/'), /could not be reached/)
})
