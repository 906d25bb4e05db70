import { EventEmitter } from 'node:events'
import type { WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import { log } from '../kernel/log.ts'
import { freeAbandonedJobs, nameConnection } from './store.ts'

const checkEveryMs = 10_000
const nameAfterMs = 300
const settledAfterMs = 10_000

/** Sees which jobs this process has in hand, and frees those that no one has. */
export interface JobWatch {
  /** For the library: it tells here what it does. */
  events: WorkerEvents
  /** Frees jobs now and from time to time, until the returned function is called. */
  begin(pool: pg.Pool): () => void
}

/**
 * A job is left behind, still marked as someone's, when its process is killed, or when the connection is cut while
 * the database hands the job out. The library would wait four hours.
 */
export function watchJobs(): JobWatch {
  const events: WorkerEvents = new EventEmitter()
  const inHand = new Set<string>()
  const self = { name: '' }
  events.on('pool:create', ({ workerPool }) => {
    self.name = workerPool.id
  })
  events.on('job:start', ({ job }) => inHand.add(job.id))
  // A job that is done is not off the list of the database at once.
  events.on('job:complete', ({ job }) => setTimeout(() => inHand.delete(job.id), settledAfterMs).unref())
  nameListener(events)
  return {
    events,
    begin(pool) {
      const free = () => void freeJobs(pool, { name: self.name, inHand: [...inHand] })
      free()
      const timer = setInterval(free, checkEveryMs)
      return () => clearInterval(timer)
    },
  }
}

// The listening connection carries the name of the worker as long as it lives: so others see who is alive. The library
// is about to speak on it, and a connection does one thing at a time; hence the pause.
function nameListener(events: WorkerEvents): void {
  events.on('pool:listen:success', ({ workerPool, client }) => {
    setTimeout(() => void nameConnection(client, workerPool.id).catch(() => undefined), nameAfterMs).unref()
  })
}

async function freeJobs(pool: pg.Pool, self: { name: string; inHand: string[] }): Promise<void> {
  try {
    const freed = await freeAbandonedJobs(pool, self)
    if (freed > 0) log.info({ jobs: freed }, 'took over abandoned jobs')
  } catch (error) {
    log.debug({ error: (error as Error).message }, 'could not look for abandoned jobs')
  }
}
