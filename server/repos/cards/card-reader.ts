import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { openThreads } from '../paths/threads.ts'
import { type Card, headOfCard, wrong } from './card-head.ts'

const longestMs = 500
const mostKeptBytes = 8 * 1024 * 1024
// The machine may just have been busy
const failureKeptMs = 600_000

const threads = openThreads<string, Card>(new URL('./card-worker.ts', import.meta.url), {
  places: 2,
  share: { held: 1, waiting: 20 },
  longestMs,
})
const kept = new LRUCache<string, Card>({ maxSize: mostKeptBytes, sizeCalculation: bytesOfCard })

/** What a README says that has no metadata. */
export const noCard: Card = { data: {}, problems: [], found: false }

/**
 * Reads the metadata at the head of a README in a thread of its own, which is ended when it takes too long: the text
 * comes from anybody. What came of it is kept.
 */
export async function readCard(text: string): Promise<Card> {
  const head = headOfCard(text)
  if (head === undefined) return noCard
  const key = createHash('sha256').update(head).digest('base64')
  const known = kept.get(key)
  if (known) return known
  const card = await threads.ask(head)
  if (card) kept.set(key, card)
  else kept.set(key, tooLong, { ttl: failureKeptMs })
  return card ?? tooLong
}

/** What is said of a card that took too long; it may not another time. */
export const tooLong = wrong('The metadata takes too long to read. Simplify it.')

/** What a card takes in memory, about. */
export function bytesOfCard(card: Card): number {
  return 2 * JSON.stringify(card).length + 300
}
