import { Worker } from 'node:worker_threads'
import { openTurns } from '../git/turns.ts'
import { HubError } from '../kernel/errors.ts'
import { type Card, headOfCard, parseHead } from './card-head.ts'

// A head as short as this is read at once, whatever is in it.
const shortHead = 4000
const longestMs = 5000
const mostWaiting = 50
const idleMs = 30_000

let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined
let waiting = 0
const turn = openTurns()

/**
 * Reads the metadata at the head of a README. Long ones are read in a thread of their own, which is ended when it takes
 * too long: the text comes from anybody, and nobody else is to wait for it.
 */
export async function readCard(text: string): Promise<Card> {
  const head = headOfCard(text)
  if (head === undefined) return { data: {}, problems: [], found: false }
  if (head.length <= shortHead) return parseHead(head)
  if (waiting >= mostWaiting) throw new HubError('Unavailable', 'Too many cards are being read; try again in a moment.')
  waiting++
  const endTurn = await turn('cards')
  try {
    return await inThread(head)
  } finally {
    waiting--
    endTurn()
  }
}

function inThread(head: string): Promise<Card> {
  clearTimeout(idle)
  thread ??= new Worker(new URL('./card-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  })
  const worker = thread
  const { promise, resolve } = Promise.withResolvers<Card>()
  const giveUp = () => {
    endThread(worker)
    resolve({ data: {}, problems: ['The metadata takes too long to read; make it simpler.'], found: true })
  }
  const timer = setTimeout(giveUp, longestMs)
  worker.once('message', resolve)
  worker.once('error', giveUp)
  worker.ref()
  worker.postMessage(head)
  return promise.finally(() => {
    clearTimeout(timer)
    worker.removeListener('message', resolve)
    worker.removeListener('error', giveUp)
    idle = setTimeout(() => endThread(worker), idleMs).unref()
    worker.unref()
  })
}

function endThread(worker: Worker): void {
  if (thread === worker) thread = undefined
  worker.on('error', () => undefined)
  void worker.terminate()
}
