import type pg from 'pg'

/** The number of the newest migration that the queue's tables have seen; 0 where there are none. */
export async function findNewestMigration(pool: pg.Pool): Promise<number> {
  const { rows: found } = await pool.query<{ name: string | null }>(`select to_regclass('graphile_worker.migrations')::text as name`)
  if (!found[0]?.name) return 0
  const { rows } = await pool.query<{ id: number | null }>('select max(id) as id from graphile_worker.migrations')
  return rows[0]?.id ?? 0
}
