import { after, afterEach } from 'node:test'
import { sql } from 'kysely'
import { migrateJobs } from '../server/jobs/migrate.ts'
import { log } from '../server/kernel/log.ts'
import { instanceKey } from '../server/keys/instance-key.ts'
import { type Db, openDatabase } from '../server/store/database.ts'
import { startGate } from './gate.ts'
import { testSecret } from './hub.ts'
import { makeDatabase, startTestPostgres } from './postgres.ts'
import { type SmtpOptions, startSmtp } from './smtp.ts'
import { until } from './until.ts'

/** A database with a queue and no hub. Each test leaves neither mails nor jobs to the next. */
export interface QueueLab {
  databaseUrl: string
  db: Db
  /** What a test started ends with it, the last thing first. */
  afterTest(step: () => unknown): void
  /** How many mails are in which state. */
  states(): Promise<Record<string, number>>
  /** The jobs that are left, oldest first. */
  jobs(): Promise<{ attempts: number; locked: boolean; error: string | null; payload: unknown }[]>
  /** Makes jobs due now that wait for their next attempt. */
  hurry(): Promise<void>
  startSmtp(options?: SmtpOptions, port?: number): ReturnType<typeof startSmtp>
  startGate(): ReturnType<typeof startGate>
}

/** Opens the lab for the tests of one file. */
export async function openQueueLab(): Promise<QueueLab> {
  log.level = 'silent'
  const postgres = await startTestPostgres()
  const { url, drop } = await makeDatabase(postgres.url)
  const { db, close } = openDatabase(url, () => undefined, '', instanceKey(testSecret))
  await migrateJobs(url)
  const steps: (() => unknown)[] = []
  afterEach(async () => {
    for (const step of steps.splice(0).reverse()) await step()
    await sql`delete from mails`.execute(db)
    await sql`delete from graphile_worker._private_jobs`.execute(db)
    await sql`delete from graphile_worker._private_known_crontabs`.execute(db)
  })
  after(async () => {
    await close()
    await drop()
    await postgres.stop()
  })
  const afterTest = (step: () => unknown) => void steps.push(step)
  return {
    databaseUrl: url,
    db,
    afterTest,
    states: () => mailStates(db),
    jobs: () => listJobs(db),
    hurry: () => hurryJobs(db),
    async startSmtp(options, port) {
      const smtp = await startSmtp(options, port)
      afterTest(smtp.stop)
      return smtp
    },
    async startGate() {
      const gate = await startGate(url)
      afterTest(gate.shut)
      return gate
    },
  }
}

async function mailStates(db: Db): Promise<Record<string, number>> {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*)::int as count from mails group by state`.execute(db)
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

async function listJobs(db: Db) {
  const { rows } = await sql<{ attempts: number; locked: boolean; error: string | null; payload: unknown }>`
    select attempts, locked_by is not null as locked, last_error as error, payload
    from graphile_worker._private_jobs order by id`.execute(db)
  return rows
}

async function hurryJobs(db: Db): Promise<void> {
  await until(async () => (await listJobs(db)).every(({ locked }) => !locked))
  await sql`update graphile_worker._private_jobs set run_at = clock_timestamp() - interval '1 second'
    where locked_by is null`.execute(db)
  await sql`select pg_notify('jobs:insert', '{"count":2}')`.execute(db)
}
