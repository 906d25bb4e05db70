import type { Db } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** What lists show of a repository. */
export interface Metadata {
  head: string | null
  card: Record<string, unknown>
  tags: string[]
  /** Fields of the card that lists show. */
  fields: { library_name?: string | undefined; pipeline_tag?: string | undefined; sdk?: string | undefined }
  gitBytes: number
}

/** Saves what was read from the main branch of a repository. */
export async function saveMetadata(db: Db, id: string, metadata: Metadata): Promise<void> {
  const { head, tags, fields, gitBytes } = metadata
  const card = JSON.stringify(metadata.card)
  await sql`update repositories set head = ${head}, card = ${card}::jsonb, card_bytes = ${Buffer.byteLength(card)},
      tags = ${tags}::text[], library_name = ${fields.library_name ?? null}, pipeline_tag = ${fields.pipeline_tag ?? null},
      sdk = ${fields.sdk ?? null}, git_bytes = ${gitBytes}
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
