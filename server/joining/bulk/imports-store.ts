import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

/** How many people a change of many came to. */
export interface Counts {
  changed: number
  invited: number
  removed: number
  revoked: number
}

export interface NewImport extends Counts {
  id: string
  orgId: string
  kind: 'members' | 'invitations'
  createdBy: string
  at: Date
  undo: string
}

/** Keeps what undoes a change of many, in the transaction that makes it. */
export async function insertImport(tx: Tx, row: NewImport): Promise<void> {
  const { id, orgId, kind, createdBy, at, changed, invited, removed, revoked, undo } = row
  await sql`insert into imports (id, org_id, kind, created_by, created_at, changed, invited, removed, revoked, undo)
    values (${id}, ${orgId}, ${kind}, ${createdBy}, ${at}, ${changed}, ${invited}, ${removed}, ${revoked}, ${undo})`.execute(
    tx,
  )
}

/** Forgets the oldest ones of an organization beyond a number. */
export async function deleteBeyond(tx: Tx, orgId: string, most: number): Promise<void> {
  await sql`delete from imports where org_id = ${orgId}
    and id <= (select id from imports where org_id = ${orgId} order by id desc offset ${most} limit 1)`.execute(tx)
}

export interface ImportRow extends Counts {
  id: string
  kind: 'members' | 'invitations'
  createdAt: Date
  createdBy: string | null
}

const columns = sql`i.id, i.kind, i.created_at "createdAt", u.name "createdBy", i.changed, i.invited, i.removed, i.revoked`
const from = sql`from imports i left join users u on u.id = i.created_by and u.state <> 'deleted'`

/** The imports of an organization after a moment, the newest first. */
export async function listImportRows(
  db: Db,
  { orgId, since, before, limit }: { orgId: string; since: Date; before: string | undefined; limit: number },
): Promise<ImportRow[]> {
  const { rows } = await sql<ImportRow>`select ${columns} ${from}
    where i.org_id = ${orgId} and i.created_at > ${since} and (${before ?? null}::text is null or i.id < ${before ?? null})
    order by i.id desc limit ${limit}`.execute(db)
  return rows
}

/** One import of an organization after a moment, with what undoes it. */
export async function findImport(
  db: Db,
  { orgId, id, since }: { orgId: string; id: string; since: Date },
): Promise<(ImportRow & { undo: string }) | undefined> {
  const { rows } = await sql<ImportRow & { undo: string }>`select ${columns}, i.undo ${from}
    where i.org_id = ${orgId} and i.id = ${id} and i.created_at > ${since}`.execute(db)
  return rows[0]
}

/** Forgets the imports before a moment. */
export async function deleteImportsBefore(db: Db, before: Date): Promise<void> {
  await sql`delete from imports where created_at <= ${before}`.execute(db)
}
