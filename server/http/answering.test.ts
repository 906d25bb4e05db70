import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import Fastify from 'fastify'
import { z } from 'zod'
import * as api from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { inShareOf } from './answering.ts'
import { dialectOf } from './dialects/choice.ts'
import { sendOnce } from './send.ts'
import type { Server } from './services.ts'

const caller = (id: string) => ({ id, isAnonymous: false })

function counted() {
  const now = { atWork: 0, most: 0, made: 0 }
  const make = async () => {
    now.most = Math.max(now.most, ++now.atWork)
    for (let turn = 0; turn < 3; turn++) await setImmediate()
    now.atWork--
    now.made++
  }
  return { now, make }
}

test('of a hundred lists that one caller asks for, six are in the making at once, and all are made', async () => {
  const { now, make } = counted()
  await Promise.all(Array.from({ length: 100 }, () => inShareOf(caller('eve'), api.files.listTree, make)))
  assert.deepEqual(now, { atWork: 0, most: 6, made: 100 })
})

test('the lists of one caller hold up no one else', async () => {
  const order: string[] = []
  const list = (who: string) => inShareOf(caller(who), api.files.listTree, async () => void order.push(who))
  await Promise.all([...Array.from({ length: 50 }, () => list('eve')), list('ada')])
  assert.ok(order.indexOf('ada') <= 6, String(order.indexOf('ada')))
})

test('what is sent piece by piece, and what changes something, waits for nothing', async () => {
  for (const operation of [api.git.infoRefs, api.repos.updateRepoSettings]) {
    const { now, make } = counted()
    await Promise.all(Array.from({ length: 20 }, () => inShareOf(caller('eve'), operation, make)))
    assert.equal(now.most, 20)
  }
})

test('an answer that fails gives back its place', async () => {
  const fails = () => Promise.reject(new Error('no'))
  for (let time = 0; time < 10; time++) await assert.rejects(inShareOf(caller('eve'), api.files.listTree, fails), /no/)
})

test('answers that are made and taken slowly hold up no other', async () => {
  const taken = Promise.withResolvers<void>()
  const slow = Array.from({ length: 12 }, () =>
    inShareOf(caller('eve'), api.files.listTree, async (made) => {
      made(1024 * 1024)
      await taken.promise
    }),
  )
  await inShareOf(caller('eve'), api.files.listTree, async () => undefined)
  taken.resolve()
  await Promise.all(slow)
})

test('an answer that no one reads is made, and holds no place', async (t) => {
  const app = Fastify()
  t.after(() => app.close())
  const operation = { ...api.files.listTree, kind: 'json', reply: z.string() } as const
  const dialect = dialectOf(operation)
  const long = 'x'.repeat(5 * 1024 * 1024)
  const made: string[] = []
  app.get('/:name', (request, reply) =>
    inShareOf(caller('eve'), operation, (noteMade) => {
      const exchange = { operation, dialect, request, reply, made: noteMade }
      return sendOnce({} as Server, exchange, {} as Permit, async () => {
        made.push(request.url)
        return request.url === '/short' ? 'short' : long
      })
    }),
  )
  const url = new URL(await app.listen())
  const deaf = Array.from({ length: 6 }, () => {
    const socket = connect(Number(url.port), url.hostname).pause()
    socket.write('GET /long HTTP/1.1\r\nHost: hub\r\n\r\n')
    return socket
  })
  t.after(() => deaf.map((socket) => socket.destroy()))
  while (made.length < deaf.length) await setImmediate()
  assert.equal(await (await fetch(`${url}short`, { signal: AbortSignal.timeout(10_000) })).text(), '"short"')
})

test('answers that are made and are not taken have a bound, which ends with them', async () => {
  for (let time = 0; time < 2; time++) {
    const taken = Promise.withResolvers<void>()
    let begun = 0
    const large = Array.from({ length: 20 }, () =>
      inShareOf(caller('eve'), api.files.listTree, async (made) => {
        begun++
        made(8 * 1024 * 1024)
        await taken.promise
      }),
    )
    for (let turn = 0; turn < 50; turn++) await setImmediate()
    // Four that are made, and six that hold their places
    assert.equal(begun, 10)
    taken.resolve()
    await Promise.all(large)
  }
})
