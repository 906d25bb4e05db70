// Asks /healthz from a process of its own, which does nothing else, and tells the longest answer: node tests/prober.ts <hub>
// The time is the hub's then; a test that also starts git and signs in would measure itself. A bare server, in a process of
// its own too, is asked the same: what it takes is the machine's part.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** The longest answers since the last question, in ms. */
export interface Longest {
  hubMs: number
  bareMs: number
}

const [, , hub = ''] = process.argv
const pauseMs = 10

if (hub === 'bare') answerOk()
else await probe()

function answerOk(): void {
  const server = createServer((_request, response) => response.end('ok'))
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.on('disconnect', () => process.exit())
}

async function probe(): Promise<void> {
  const ofHub = watch(`${hub}/healthz`)
  let ofBare = () => 0
  process.on('message', () => process.send?.({ hubMs: ofHub(), bareMs: ofBare() } satisfies Longest))
  process.on('disconnect', () => process.exit())
  const [port] = await once(fork(fileURLToPath(import.meta.url), ['bare']), 'message')
  ofBare = watch(`http://127.0.0.1:${port}/`)
}

/** Asks an address again and again; the answer tells the longest time since it was called last. */
function watch(url: string): () => number {
  let longestMs = 0
  let began: number | undefined
  const ask = async () => {
    for (;;) {
      began = performance.now()
      const { status } = await fetch(url)
      if (status !== 200) throw new Error(`${url} answered ${status}`)
      longestMs = Math.max(longestMs, performance.now() - began)
      began = undefined
      await setTimeout(pauseMs)
    }
  }
  void ask()
  return () => {
    // A question that has no answer yet counts with what it has waited so far.
    const most = Math.max(longestMs, began === undefined ? 0 : performance.now() - began)
    longestMs = 0
    return most
  }
}
