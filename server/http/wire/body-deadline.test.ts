import assert from 'node:assert/strict'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import Fastify from 'fastify'
import { until } from '../../../tests/until.ts'
import { endLateBodies } from './body-deadline.ts'

const app = Fastify({ bodyLimit: 1024 })
const open: Socket[] = []

before(async () => {
  const isJson = (request: { headers: { 'content-type'?: string | undefined } }) =>
    request.headers['content-type'] === 'application/json'
  const tooLate = (socket: Socket) => void socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n')
  endLateBodies(app, isJson, tooLate, { withinMs: 300, bytesPerSecond: 1e9 })
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.post('/', async () => 'done')
  await app.listen()
})

after(async () => {
  for (const socket of open) socket.destroy()
  await app.close()
})

function post(type: string, body: string): { socket: Socket; heard: () => string; isOver: () => boolean } {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  open.push(socket)
  let [heard, over] = ['', false]
  socket.on('data', (chunk) => (heard += chunk))
  socket.on('error', () => undefined)
  socket.on('close', () => {
    over = true
  })
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 1000\r\n\r\n${body}`)
  return { socket, heard: () => heard, isOver: () => over }
}

test('a parsed body that trickles in ends at its deadline, and is told', async () => {
  const late = post('application/json', '{')
  const trickle = setInterval(() => late.socket.write(' '), 20)
  await until(late.isOver)
  clearInterval(trickle)
  assert.match(late.heard(), /^HTTP\/1\.1 408 /)
})

test('a body that is whole in time is answered, and its connection stays for the next request', async () => {
  const whole = post('application/json', JSON.stringify('x'.repeat(998)))
  await until(() => whole.heard().includes('done'))
  const late = post('application/json', '{')
  await until(late.isOver)
  assert.equal(whole.isOver(), false)
})

test('a body that is taken as a stream has no deadline', async () => {
  const stream = post('application/octet-stream', 'x')
  const late = post('application/json', '{')
  await until(late.isOver)
  assert.equal(stream.isOver(), false)
})
