import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { HubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'
import { sendError } from './reply.ts'

test('only a bug is an error in the log; what is refused on purpose has no stack there', async (context) => {
  const said: { level: string; fields: Record<string, unknown> }[] = []
  for (const level of ['error', 'warn'] as const)
    context.mock.method(log, level, (fields: Record<string, unknown>) => said.push({ level, fields }))
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' })
  const rows: [error: Error, status: number, levels: string[]][] = [
    [new HubError('NotFound', 'Not found'), 404, []],
    [new HubError('NotImplemented', 'Collections are not supported by this server.'), 501, []],
    [new HubError('Unavailable', 'The server is busy.'), 503, ['warn']],
    [away, 503, ['warn']],
    [new TypeError('a bug'), 500, ['error']],
  ]
  for (const [error, status, levels] of rows) {
    said.length = 0
    const app = Fastify()
    app.setErrorHandler(sendError)
    app.get('/', async () => {
      throw error
    })
    assert.equal((await app.inject('/')).statusCode, status)
    assert.deepEqual(
      said.map(({ level }) => level),
      levels,
      error.message,
    )
    const hasStack = said.some(({ fields }) => Object.values(fields).some((value) => value instanceof Error))
    assert.equal(hasStack, status === 500)
    if (error === away) assert.equal(said[0]?.fields.cause, 'connect ECONNREFUSED')
  }
})
