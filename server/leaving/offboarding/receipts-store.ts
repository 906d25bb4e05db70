import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import type { HolderIn } from '../../users/holding.ts'

export interface ReceiptRow {
  id: string
  /** Canonical JSON. */
  receipt: string
  removed: number
  kept_out_until: Date | null
}

const columns = sql`f.id, f.receipt, f.removed, (select t.until from tombstones t where t.offboarding_id = f.id) kept_out_until`

/** The latest receipt of a person. */
export async function findLatestReceipt(db: Db, { orgId, userId }: HolderIn): Promise<ReceiptRow | undefined> {
  const { rows } = await sql<ReceiptRow>`select ${columns} from offboardings f
    where f.org_id = ${orgId} and f.user_id = ${userId} order by f.id desc limit 1`.execute(db)
  return rows[0]
}

/** One receipt of an organization. */
export async function findReceipt(db: Db, orgId: string, id: string): Promise<ReceiptRow | undefined> {
  const { rows } = await sql<ReceiptRow>`select ${columns} from offboardings f
    where f.org_id = ${orgId} and f.id = ${id}`.execute(db)
  return rows[0]
}

/** Receipts of an organization, the latest first. */
export async function listReceipts(
  db: Db,
  orgId: string,
  { before, most }: { before: string | undefined; most: number },
): Promise<ReceiptRow[]> {
  const { rows } = await sql<ReceiptRow>`select ${columns} from offboardings f
    where f.org_id = ${orgId} and (${before ?? null}::text is null or f.id < ${before ?? null})
    order by f.id desc limit ${most}`.execute(db)
  return rows
}

export interface NewReceipt extends HolderIn {
  id: string
  at: Date
  removed: number
  receipt: string
}

/** Keeps a receipt, and the person out until a moment. */
export async function insertReceipt(tx: Tx, written: NewReceipt, keptOutUntil: Date): Promise<void> {
  const { id, orgId, userId, at, removed, receipt } = written
  await sql`insert into offboardings (id, org_id, user_id, at, removed, receipt)
    values (${id}, ${orgId}, ${userId}, ${at}, ${removed}, ${receipt})`.execute(tx)
  await sql`insert into tombstones (org_id, user_id, offboarding_id, until) values (${orgId}, ${userId}, ${id}, ${keptOutUntil})
    on conflict (org_id, user_id) do update set offboarding_id = excluded.offboarding_id, until = excluded.until`.execute(
    tx,
  )
}

/** Lets the person of a receipt in again; false when nothing kept them out. */
export async function deleteTombstone(tx: Tx, orgId: string, offboardingId: string): Promise<boolean> {
  const { rows } = await sql`delete from tombstones where org_id = ${orgId} and offboarding_id = ${offboardingId}
    returning org_id`.execute(tx)
  return rows.length > 0
}
