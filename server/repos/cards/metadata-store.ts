import type { gated } from '../../../api/index.ts'
import type { Db } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** What lists show of a repository. */
export interface Metadata {
  head: string | null
  /** Undefined: the one that is kept stays. */
  card: { data: Record<string, unknown>; form: gated.GateForm } | undefined
  tags: string[]
  /** Fields of the card that lists show. */
  fields: { library_name?: string | undefined; pipeline_tag?: string | undefined; sdk?: string | undefined }
  gitBytes: number
}

/** Saves what was read from the main branch of a repository. */
export async function saveMetadata(db: Db, id: string, metadata: Metadata): Promise<void> {
  const { head, tags, fields, gitBytes } = metadata
  const card = metadata.card === undefined ? null : JSON.stringify(metadata.card.data)
  const form = metadata.card === undefined ? null : JSON.stringify(metadata.card.form)
  await sql`update repositories set head = ${head}, card = coalesce(${card}::jsonb, card), gate_form = coalesce(${form}::jsonb, gate_form),
      card_bytes = coalesce(${card === null ? null : Buffer.byteLength(card)}::int, card_bytes),
      tags = ${tags}::text[], library_name = ${fields.library_name ?? null}, pipeline_tag = ${fields.pipeline_tag ?? null},
      sdk = ${fields.sdk ?? null}, git_bytes = ${gitBytes}
    where id = ${id}`.execute(db)
}

/** Lists repositories whose content changed since they were last tidied, or that have commits to forget, the longest waiting first. */
export async function findUntidy(
  db: Db,
  most: number,
  quietBefore: Date,
): Promise<{ id: string; prune_wanted_at: Date | null }[]> {
  const { rows } = await sql<{ id: string; prune_wanted_at: Date | null }>`
    select id, prune_wanted_at from repositories
    where pushed_at is not null and (tidied_at is null or tidied_at < pushed_at) or prune_wanted_at < ${quietBefore}
    order by coalesce(prune_wanted_at, pushed_at) limit ${most}`.execute(db)
  return rows
}

/** Notes that commits which were out of reach at that time are gone. */
export async function markPruned(db: Db, id: string, wantedAt: Date): Promise<void> {
  await sql`update repositories set prune_wanted_at = null
    where id = ${id} and date_trunc('milliseconds', prune_wanted_at) <= ${wantedAt}`.execute(db)
}

/** Notes that a repository was tidied as it was at that time. */
export async function markTidied(db: Db, id: string, tidiedAt: Date): Promise<void> {
  await sql`update repositories set tidied_at = ${tidiedAt} where id = ${id}`.execute(db)
}
