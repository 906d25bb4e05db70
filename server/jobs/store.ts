import type pg from 'pg'
import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** The number of the newest migration that the queue's tables have seen; 0 where there are none. */
export async function findNewestMigration(pool: pg.Pool): Promise<number> {
  const { rows: found } = await pool.query<{ name: string | null }>(
    `select to_regclass('graphile_worker.migrations')::text as name`,
  )
  if (!found[0]?.name) return 0
  const { rows } = await pool.query<{ id: number | null }>('select max(id) as id from graphile_worker.migrations')
  return rows[0]?.id ?? 0
}

export async function nameConnection(client: pg.ClientBase, name: string): Promise<void> {
  await client.query(`select set_config('application_name', $1, false)`, [name])
}

/**
 * Frees the jobs that a worker held which has no connection any more, and answers how many. The queue itself would
 * wait four hours. The times are those of the database, since it wrote them.
 */
export async function freeJobsOfTheDead(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ worker: string; jobs: number }>(`
    select locked_by as worker, count(*)::int as jobs from graphile_worker._private_jobs
    where locked_by is not null and locked_at < clock_timestamp() - interval '20 seconds'
      and not exists (select from pg_stat_activity where application_name = locked_by)
    group by locked_by`)
  if (rows.length === 0) return 0
  await pool.query('select graphile_worker.force_unlock_workers($1::text[])', [rows.map((row) => row.worker)])
  const count = rows.reduce((sum, row) => sum + row.jobs, 0)
  await pool.query(`select pg_notify('jobs:insert', json_build_object('count', $1::int)::text)`, [count])
  return count
}

/** How many jobs wait to be done, and how many were given up. */
export async function countJobs(db: Db): Promise<{ waiting: number; failed: number }> {
  const { rows } = await sql<{ waiting: number; failed: number }>`select
    count(*) filter (where attempts < max_attempts)::int as waiting,
    count(*) filter (where attempts >= max_attempts)::int as failed from graphile_worker._private_jobs`.execute(db)
  return rows[0] ?? { waiting: 0, failed: 0 }
}
