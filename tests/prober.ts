// Asks /healthz from a process of its own, which does nothing else, and tells the longest answer: node tests/prober.ts <hub>
// The time is the hub's then; a test that also starts git and signs in would measure itself.
import { setTimeout } from 'node:timers/promises'

const [, , hub = ''] = process.argv
const pauseMs = 10
let longestMs = 0
let began: number | undefined

// A question that has no answer yet counts with what it has waited so far.
process.on('message', () => {
  process.send?.(Math.max(longestMs, began === undefined ? 0 : performance.now() - began))
  longestMs = 0
})
process.on('disconnect', () => process.exit())

for (;;) {
  began = performance.now()
  const { status } = await fetch(`${hub}/healthz`)
  if (status !== 200) throw new Error(`/healthz answered ${status}`)
  longestMs = Math.max(longestMs, performance.now() - began)
  began = undefined
  await setTimeout(pauseMs)
}
