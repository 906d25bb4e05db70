import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { paced } from './pace.ts'

const pace = { graceMs: 100, bytesPerSecond: 1_000_000 }

async function read(body: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0
  for await (const piece of paced(body, pace)) bytes += piece.byteLength
  return bytes
}

test('a body that comes in time passes, however long its receiver takes', async () => {
  const body = Readable.from([Buffer.alloc(10), Buffer.alloc(20), Buffer.alloc(30)])
  let bytes = 0
  for await (const piece of paced(body, { ...pace, bytesPerSecond: 1 })) {
    bytes += piece.byteLength
    await sleep(60)
  }
  assert.equal(bytes, 60)
})

test('a body that stops, or never begins, is refused', async () => {
  const slow = { code: 'BadRequest', extra: { status: 408, headers: { Connection: 'close' } } }
  await assert.rejects(read(new PassThrough()), slow)
  const begun = new PassThrough()
  begun.write(Buffer.alloc(1000))
  await assert.rejects(read(begun), slow)
})

test('a body that came quickly and then stops is refused as soon as any other', { timeout: 20_000 }, async () => {
  const begun = new PassThrough()
  begun.write(Buffer.alloc(10_000))
  const asked = async () => {
    for await (const piece of paced(begun, { graceMs: 100, bytesPerSecond: 10 })) assert.equal(piece.byteLength, 10_000)
  }
  await assert.rejects(asked(), { code: 'BadRequest' })
})

test('a body that trickles steadily is refused, too', async () => {
  async function* trickle(): AsyncGenerator<Uint8Array> {
    for (;;) {
      await sleep(5)
      yield Buffer.alloc(1)
    }
  }
  await assert.rejects(read(trickle()), { code: 'BadRequest' })
})
