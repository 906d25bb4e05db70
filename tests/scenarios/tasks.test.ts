// What is due by the clock, in one process and in several. Tasks are held up on purpose; what may go on meanwhile is
// waited for, and what may not is proven by something that came after it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { hubLanes } from '../../server/http/tasks.ts'
import { type Lane, startWorker } from '../../server/jobs/worker.ts'
import type { Db } from '../../server/store/database.ts'
import { holding } from '../holding.ts'
import { startTestHub } from '../hub.ts'
import { openQueueLab } from '../queue-lab.ts'
import { until } from '../until.ts'

const { databaseUrl, db, afterTest } = await openQueueLab()

test('everything that a hub can do from time to time is due by the clock', async () => {
  const hub = await startTestHub()
  for (const { tasks, periodic } of hubLanes(hub.db, hub.running.server.hub, undefined)) {
    const due = periodic.map(({ name }) => name)
    assert.deepEqual(
      due.sort(),
      Object.keys(tasks)
        .filter((name) => name !== 'send_mail')
        .sort(),
    )
  }
})

test('what is due by the clock is caught up with at the start', async () => {
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  await missedFor('each_minute')
  work({ tasks: { each_minute: async () => resolve() }, periodic: [{ name: 'each_minute', cron: '* * * * *' }] })
  await begun
})

test('a periodic task that runs in one process is not begun by another; its next turn comes after it', async () => {
  const running = { now: 0, most: 0, ended: 0 }
  const gate = Promise.withResolvers<void>()
  const marks: string[] = []
  afterTest(gate.resolve)
  const lane = (process: string): Lane => ({
    tasks: {
      each_minute: async () => {
        running.most = Math.max(running.most, ++running.now)
        await gate.promise
        running.now--
        running.ended++
      },
      mark: async () => void marks.push(process),
    },
    periodic: [{ name: 'each_minute', cron: '* * * * *' }],
  })
  await missedFor('each_minute')
  work(lane('first'))
  await until(() => running.now === 1)
  // The clock strikes again while it runs
  await missedFor('each_minute')
  work(lane('second'))
  await until(async () => (await jobs('each_minute')).length === 2)
  // Jobs are handed out oldest first: whichever process does this one has passed the task over
  for (let n = 1; n <= 4; n++) {
    await sql`select graphile_worker.add_job('mark')`.execute(db)
    await until(() => marks.length === n)
  }
  assert.deepEqual(running, { now: 1, most: 1, ended: 0 })
  assert.deepEqual(
    (await jobs('each_minute')).map(({ locked }) => locked),
    [true, false],
  )
  gate.resolve()
  await until(() => running.ended >= 2)
  assert.equal(running.most, 1)
})

test('a task whose process was killed is not held up by what it left behind', async () => {
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  await sql`select graphile_worker.add_job('each_minute', queue_name => 'periodic:each_minute')`.execute(db)
  for (const table of ['_private_jobs', '_private_job_queues'])
    await sql`update graphile_worker.${sql.raw(table)} set locked_by = 'pool-of-the-dead',
      locked_at = clock_timestamp() - interval '1 minute'`.execute(db)
  work({ tasks: { each_minute: async () => resolve() }, periodic: [] })
  await begun
})

test('mail goes out while every place for other work is taken by tasks that do not end', async () => {
  const hub = await startTestHub()
  // Counting seats and deleting old weeks wait for these tables.
  const held = await holding(hub.db, async (tx) => {
    await sql`lock table seat_days, activity_weeks in access exclusive mode`.execute(tx)
  })
  afterTest(held.release)
  await sql`select graphile_worker.add_job('count_seats'), graphile_worker.add_job('forget_old_weeks')`.execute(hub.db)
  await until(async () => (await lockedTasks(hub.db)).length === 2)
  await hub.request(undefined, 'POST', '/api/signup', {
    username: 'newcomer',
    email: 'newcomer@example.org',
    password: 'correct horse battery',
  })
  await until(async () => (await sql`select from mails where state = 'kept'`.execute(hub.db)).rows.length === 1)
  assert.deepEqual(await lockedTasks(hub.db), ['count_seats', 'forget_old_weeks'], 'they wait still')
})

function work(lane: Lane): void {
  const worker = startWorker({ connection: databaseUrl, lanes: [lane] })
  afterTest(() => worker.stop())
}

// Known for long and not done lately: it is due at once for the process that starts next.
async function missedFor(name: string): Promise<void> {
  await sql`insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
    values (${name}, now() - interval '1 day', now() - interval '5 minutes')
    on conflict (identifier) do update set last_execution = excluded.last_execution`.execute(db)
}

async function jobs(name: string): Promise<{ locked: boolean }[]> {
  const { rows } = await sql<{ locked: boolean }>`select j.locked_at is not null as locked
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where t.identifier = ${name} order by j.id`.execute(db)
  return rows
}

async function lockedTasks(of: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select t.identifier as name
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where j.locked_at is not null and t.identifier <> 'send_mail' order by name`.execute(of)
  return rows.map(({ name }) => name)
}
