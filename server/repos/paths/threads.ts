import { once } from 'node:events'
import { parentPort, Worker } from 'node:worker_threads'
import { openSlots, type Share } from '../../shares/slots.ts'
import { notWhileHeld } from '../../store/held.ts'

/** Threads for reading what other people wrote: no one else waits for it, and one that takes too long is ended. */
export interface Threads<Question, Answer> {
  /** Answers undefined when the time was up or the memory; throws `503` when the caller, or all, wait for too many. */
  ask(question: Question): Promise<Answer | undefined>
}

export interface ThreadOptions {
  places: number
  share: Partial<Share>
  /** For one question, from the moment a thread has it. */
  longestMs: number
  /** For a thread, where that is more than usual. */
  longestWaitMs?: number
}

const longestStartMs = 30_000
const idleMs = 30_000
const mostMegabytes = 256
const ready = 'ready'

/** Threads that run this script, started when they are needed; the script calls {@link answerQuestions}. */
export function openThreads<Question, Answer>(script: URL, options: ThreadOptions): Threads<Question, Answer> {
  const places = openSlots(options)
  const idle = new Set<Worker>()
  let ending: NodeJS.Timeout | undefined

  function rest(worker: Worker): void {
    worker.unref()
    idle.add(worker)
    clearTimeout(ending)
    ending = setTimeout(endIdle, idleMs).unref()
  }

  function endIdle(): void {
    for (const worker of idle) end(worker)
    idle.clear()
  }

  async function take(): Promise<Worker> {
    const [worker = await startWorker(script)] = idle
    idle.delete(worker)
    worker.ref()
    return worker
  }

  return {
    async ask(question) {
      notWhileHeld('a question to a thread')
      const leave = await places.enter()
      try {
        const worker = await take()
        const answer = await askWorker(worker, question, options.longestMs)
        if (answer === undefined) end(worker)
        else rest(worker)
        return answer as Answer | undefined
      } finally {
        leave()
      }
    },
  }
}

async function startWorker(script: URL): Promise<Worker> {
  const worker = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: mostMegabytes } })
  await once(worker, 'message', { signal: AbortSignal.timeout(longestStartMs) })
  // Out of memory is an event that ends the hub when nothing listens
  worker.on('error', () => undefined)
  return worker
}

function askWorker(worker: Worker, question: unknown, longestMs: number): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const giveUp = () => resolve(undefined)
  const timer = setTimeout(giveUp, longestMs)
  worker.once('message', resolve)
  worker.once('exit', giveUp)
  worker.postMessage(question)
  return promise.finally(() => {
    clearTimeout(timer)
    worker.removeListener('message', resolve)
    worker.removeListener('exit', giveUp)
  })
}

function end(worker: Worker): void {
  void worker.terminate()
}

/** Answers each question of {@link Threads} in this thread, one after the other. */
export function answerQuestions<Question, Answer>(answer: (question: Question) => Answer): void {
  parentPort?.on('message', (question: Question) => parentPort?.postMessage(answer(question)))
  parentPort?.postMessage(ready)
}
