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
 * Frees the jobs that a worker held which has no connection any more, and those marked as this worker's own that it
 * has not in hand; answers how many. The times are those of the database, since it wrote them.
 */
export async function freeAbandonedJobs(pool: pg.Pool, self: { name: string; inHand: string[] }): Promise<number> {
  const { rowCount } = await pool.query(
    `update graphile_worker._private_jobs set locked_at = null, locked_by = null
    where locked_by is not null and case when locked_by = $1
      then locked_at < clock_timestamp() - interval '5 seconds' and id <> all($2::bigint[])
      else locked_at < clock_timestamp() - interval '20 seconds'
        and not exists (select from pg_stat_activity where application_name = locked_by) end`,
    [self.name, self.inHand],
  )
  const freed = (rowCount ?? 0) + (await freeAbandonedQueues(pool))
  if (freed > 0) await pool.query(`select pg_notify('jobs:insert', json_build_object('count', $1::int)::text)`, [freed])
  return freed
}

// A queue is locked and unlocked in one statement with its job: one whose job is not locked is nobody's.
async function freeAbandonedQueues(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `update graphile_worker._private_job_queues q set locked_at = null, locked_by = null
    where q.locked_at < clock_timestamp() - interval '5 seconds' and not exists (
      select from graphile_worker._private_jobs j where j.job_queue_id = q.id and j.locked_at is not null)`,
  )
  return rowCount ?? 0
}

/** How many jobs wait to be done, and how many were given up. */
export async function countJobs(db: Db): Promise<{ waiting: number; failed: number }> {
  const { rows } = await sql<{ waiting: number; failed: number }>`select
    count(*) filter (where attempts < max_attempts)::int as waiting,
    count(*) filter (where attempts >= max_attempts)::int as failed from graphile_worker._private_jobs`.execute(db)
  return rows[0] ?? { waiting: 0, failed: 0 }
}
