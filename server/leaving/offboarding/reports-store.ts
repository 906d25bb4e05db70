import type { Db, Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'
import type { HolderIn } from '../../users/holding.ts'

export interface ReportRow {
  id: string
  /** Canonical JSON. */
  report: string
  removed: number
  rejoin_blocked_until: Date | null
}

const columns = sql`f.id, f.report, f.removed, (select t.until from rejoin_blocks t where t.offboarding_id = f.id) rejoin_blocked_until`

/** The latest report of a person. */
export async function findLatestReport(db: Db, { orgId, userId }: HolderIn): Promise<ReportRow | undefined> {
  const { rows } = await sql<ReportRow>`select ${columns} from offboardings f
    where f.org_id = ${orgId} and f.user_id = ${userId} order by f.id desc limit 1`.execute(db)
  return rows[0]
}

/** One report of an organization. */
export async function findReport(db: Db, orgId: string, id: string): Promise<ReportRow | undefined> {
  const { rows } = await sql<ReportRow>`select ${columns} from offboardings f
    where f.org_id = ${orgId} and f.id = ${id}`.execute(db)
  return rows[0]
}

/** Offboarding reports of an organization, the latest first. */
export async function listReports(
  db: Db,
  orgId: string,
  { before, most }: { before: string | undefined; most: number },
): Promise<ReportRow[]> {
  const { rows } = await sql<ReportRow>`select ${columns} from offboardings f
    where f.org_id = ${orgId} and (${before ?? null}::text is null or f.id < ${before ?? null})
    order by f.id desc limit ${most}`.execute(db)
  return rows
}

export interface NewReport extends HolderIn {
  id: string
  at: Date
  removed: number
  report: string
}

/** Saves an offboarding report and sets the rejoin block. */
export async function insertReport(tx: Tx, written: NewReport, rejoinBlockedUntil: Date): Promise<void> {
  const { id, orgId, userId, at, removed, report } = written
  await sql`insert into offboardings (id, org_id, user_id, at, removed, report)
    values (${id}, ${orgId}, ${userId}, ${at}, ${removed}, ${report})`.execute(tx)
  await sql`insert into rejoin_blocks (org_id, user_id, offboarding_id, until) values (${orgId}, ${userId}, ${id}, ${rejoinBlockedUntil})
    on conflict (org_id, user_id) do update set offboarding_id = excluded.offboarding_id, until = excluded.until`.execute(
    tx,
  )
}

/** Deletes the rejoin block of an offboarding; false when there was none. */
export async function deleteRejoinBlock(tx: Tx, orgId: string, offboardingId: string): Promise<boolean> {
  const { rows } = await sql`delete from rejoin_blocks where org_id = ${orgId} and offboarding_id = ${offboardingId}
    returning org_id`.execute(tx)
  return rows.length > 0
}
