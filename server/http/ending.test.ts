import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { log } from '../kernel/log.ts'
import { endOnce, inTime } from './ending.ts'

log.level = 'silent'

/** Lets the time of this test pass only when told to. */
function holdTime({ mock }: TestContext): (ms: number) => Promise<void> {
  mock.timers.enable({ apis: ['setTimeout'] })
  return async (ms) => {
    mock.timers.tick(ms)
    await turn()
  }
}

const hang = () => new Promise<void>(() => undefined)

test('a step that hangs, and one that fails, do not keep the others from ending', async (context) => {
  const pass = holdTime(context)
  const did: string[] = []
  const steps = new AsyncDisposableStack()
  steps.defer(inTime(() => did.push('database')))
  steps.defer(
    inTime(() => {
      did.push('hangs')
      return hang()
    }),
  )
  steps.defer(inTime(() => Promise.reject(new Error('failed'))))
  steps.defer(inTime(() => did.push('queue')))
  let isDone = false
  void steps.disposeAsync().then(() => (isDone = true))
  await pass(0)
  assert.deepEqual([did, isDone], [['queue', 'hangs'], false])
  await pass(10_000)
  assert.deepEqual([did, isDone], [['queue', 'hangs', 'database'], true])
})

test('a hub that stops exits with 0, and is stopped once, however often it is asked to', async (context) => {
  const pass = holdTime(context)
  const did: unknown[] = []
  const end = endOnce(
    async () => void did.push('stop'),
    (code) => did.push(code),
  )
  end('SIGTERM')
  end('SIGINT')
  await pass(0)
  assert.deepEqual(did, ['stop', 0])
})

test('a hub that does not stop exits with 1', async (context) => {
  const pass = holdTime(context)
  const codes: number[] = []
  endOnce(hang, (code) => codes.push(code))('SIGTERM')
  await pass(24_999)
  assert.deepEqual(codes, [])
  await pass(1)
  assert.deepEqual(codes, [1])
})
