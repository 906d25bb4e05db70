import { createHash, type Hash } from 'node:crypto'
import { readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import type { DigestAnswer, DigestOrder } from './digest.ts'

// Small enough that what was read is hashed from the cache of the processor
const buffer = Buffer.allocUnsafeSlow(256 * 1024)
const hashes = new Map<number, Hash>()

parentPort?.on('message', (order: DigestOrder) => {
  parentPort?.postMessage(answerTo(order))
})

function answerTo(order: DigestOrder): DigestAnswer {
  const hash = hashes.get(order.file) ?? createHash('sha256')
  hashes.set(order.file, hash)
  try {
    readInto(hash, order)
    if (!order.isLast) return {}
    return { hex: hash.digest('hex') }
  } catch (error) {
    return { problem: String(error) }
  } finally {
    if (order.isLast) hashes.delete(order.file)
  }
}

function readInto(hash: Hash, { fd, from, to }: DigestOrder): void {
  for (let at = from; at < to; ) {
    const bytes = readSync(fd, buffer, 0, Math.min(buffer.length, to - at), at)
    if (bytes === 0) throw new Error('the file is shorter than what was written to it')
    hash.update(buffer.subarray(0, bytes))
    at += bytes
  }
}
