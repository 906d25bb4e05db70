import { setTimeout as sleep } from 'node:timers/promises'
import type { Runner, RunnerOptions } from 'graphile-worker'
import type pg from 'pg'
import { log } from '../kernel/log.ts'
import type { Connection } from '../store/database.ts'
import { watchJobs } from './abandoned.ts'
import { openQueuePool } from './queue-pool.ts'

/** Which attempt at a job this is. */
export interface JobAttempt {
  attempt: number
  /** No one tries again after this one. */
  lastAttempt: boolean
}

/** Does one kind of job; what it throws is logged and tried again later, with growing waits. */
export type Task = (payload: unknown, attempt: JobAttempt) => Promise<void>

/**
 * A task that is due by the clock, once for all processes, and never begun while it runs in one of them: `cron` has the
 * five usual fields, in UTC.
 */
export interface Periodic {
  name: string
  cron: string
}

/** Tasks that wait for one another and for no one else. */
export interface Lane {
  tasks: Record<string, Task>
  periodic: Periodic[]
}

export interface WorkerOptions {
  connection: Connection
  lanes: readonly Lane[]
}

/** The worker of this process. */
export interface JobWorker {
  /** Ends after the jobs at hand, at the latest in a few seconds. */
  stop(): Promise<void>
}

const concurrentJobs = 2
const pollMs = 5000
const restartAfterMs = 1000
const dayMs = 86_400_000
const stopWithinMs = 8000
const periodicAttempts = 3

// With these the library handles the errors of giving a job back; without, losing PostgreSQL at that moment is an
// unhandled rejection that ends the process.
const safeReleases = { completeJobBatchDelay: 0, failJobBatchDelay: 0 }

/**
 * Works off the queue from now until stopped. It returns at once and loads its library in the background; when
 * PostgreSQL goes away it waits and carries on once it is back.
 */
export function startWorker(options: WorkerOptions): JobWorker {
  const stopping = new AbortController()
  // One to listen for each lane; jobs are handed out and given back in a moment
  const pool = openQueuePool(options.connection, options.lanes.length + 2)
  const lanes = options.lanes.map((lane) => keepRunning(lane, pool, stopping.signal))
  const ended = Promise.all(lanes).finally(() => pool.end())
  return {
    async stop() {
      stopping.abort()
      await Promise.race([ended, sleep(stopWithinMs, undefined, { ref: false })])
    },
  }
}

async function keepRunning(lane: Lane, pool: pg.Pool, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    try {
      await runUntilEnd(lane, pool, stopped)
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'the job queue stopped and is restarting')
    }
    await sleep(restartAfterMs, undefined, { signal: stopped }).catch(() => undefined)
  }
}

async function runUntilEnd(lane: Lane, pool: pg.Pool, stopped: AbortSignal): Promise<void> {
  const { run, parseCronItems, Logger } = await import('graphile-worker')
  if (stopped.aborted) return
  const watch = watchJobs()
  const settings: RunnerOptions = {
    pgPool: pool,
    concurrency: concurrentJobs,
    pollInterval: pollMs,
    noHandleSignals: true,
    preset: { worker: safeReleases },
    events: watch.events,
    logger: new Logger(() => writeLog),
    taskList: Object.fromEntries(Object.entries(lane.tasks).map(([name, task]) => [name, asGraphileTask(task)])),
    parsedCronItems: parseCronItems(lane.periodic.map(asCronItem)),
  }
  const runner = await run(settings)
  const endWatch = watch.begin(pool)
  const stop = () => void runner.stop().catch(() => undefined)
  stopped.addEventListener('abort', stop)
  if (stopped.aborted) stop()
  await ending(runner, () => {
    endWatch()
    stopped.removeEventListener('abort', stop)
  })
}

async function ending(runner: Runner, done: () => void): Promise<void> {
  try {
    await runner.promise
  } finally {
    done()
  }
}

function asGraphileTask(task: Task) {
  return (payload: unknown, { job }: { job: { attempts: number; max_attempts: number } }) =>
    task(payload, { attempt: job.attempts, lastAttempt: job.attempts >= job.max_attempts })
}

// What was due while no process ran is done once at the next start, if that is within a day.
function asCronItem({ name, cron }: Periodic) {
  const options = {
    backfillPeriod: dayMs,
    maxAttempts: periodicAttempts,
    // Of one queue one job runs at a time, whichever process has it
    queueName: `periodic:${name}`,
    jobKey: `periodic:${name}`,
    jobKeyMode: 'replace' as const,
  }
  return { task: name, match: cron, identifier: name, options }
}

const levels = { error: 'warn', warning: 'warn', info: 'debug', debug: 'trace' } as const

// Only the message: what else the library passes along may hold the payload of a job.
function writeLog(level: keyof typeof levels, message: string): void {
  log[levels[level]]({ part: 'queue' }, message)
}
