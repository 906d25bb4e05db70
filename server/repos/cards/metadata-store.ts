import type { Db } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** What lists show of a repository. */
export interface Metadata {
  head: string | null
  card: Record<string, unknown>
  tags: string[]
  gitBytes: number
}

/** Saves what was read from the main branch of a repository. */
export async function saveMetadata(db: Db, id: string, { head, card, tags, gitBytes }: Metadata): Promise<void> {
  await sql`update repositories set head = ${head}, card = ${JSON.stringify(card)}::jsonb, tags = ${tags}::text[],
      git_bytes = ${gitBytes}
    where id = ${id}`.execute(db)
}

/** Lists repositories whose content changed since they were last tidied, those that wait longest first. */
export async function findUntidy(db: Db, most: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from repositories
    where pushed_at is not null and (tidied_at is null or tidied_at < pushed_at) order by pushed_at limit ${most}`.execute(
    db,
  )
  return rows.map(({ id }) => id)
}

/** Notes that a repository was tidied as it was at that time. */
export async function markTidied(db: Db, id: string, tidiedAt: Date): Promise<void> {
  await sql`update repositories set tidied_at = ${tidiedAt} where id = ${id}`.execute(db)
}
