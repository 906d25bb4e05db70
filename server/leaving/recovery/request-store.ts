import type { recovery } from '../../../api/index.ts'
import type { Db, Tx } from '../../store/database.ts'
import { rowOf, sql } from '../../store/sql.ts'

export interface RecoveryRequestRow {
  id: string
  org_id: string
  organization: string
  person_id: string
  person_name: string
  person_fullname: string
  path: recovery.RecoveryPath
  state: recovery.RecoveryRequestState
  reason: string
  opened_by: string
  opened_by_id: string
  domain: string | null
  lost_at: Date
  proof_found: boolean
  proof_checked_at: Date | null
  proof_problem: string | null
  approvals_needed: number
  cool_down_days: number
  waiting_since: Date | null
  halfway_told_at: Date | null
  effective_at: Date | null
  created_at: Date
  ended_at: Date | null
  ended_by: string | null
  note: string
  confirmations: { id: string; name: string; at: string }[]
}

const columns = sql`p.id, p.org_id, o.name organization, p.person_id, u.name person_name, u.fullname person_fullname, p.path, p.state, p.reason, p.opened_by, p.opened_by_id, p.domain,
  p.lost_at, p.proof_found, p.proof_checked_at, p.proof_problem, p.approvals_needed, p.cool_down_days, p.waiting_since,
  p.halfway_told_at, p.effective_at, p.created_at, p.ended_at, p.ended_by, p.note,
  coalesce((select json_agg(json_build_object('id', v.confirmed_by_id, 'name', v.name, 'at', v.at) order by v.at)
    from recovery_confirmations v where v.recovery_request_id = p.id), '[]') confirmations`
const living = sql`p.state in ('open', 'waiting')`

/** Finds a recovery request; with an organization only one of its own. */
export async function findRecoveryRequest(db: Db, id: string, orgId?: string): Promise<RecoveryRequestRow | undefined> {
  const { rows } =
    await sql<RecoveryRequestRow>`select ${columns} from recovery_requests p join ${rowOf('organizations', 'p.org_id')} o on true join ${rowOf('users', 'p.person_id')} u on true
    where p.id = ${id} and (${orgId ?? null}::text is null or p.org_id = ${orgId ?? null})`.execute(db)
  return rows[0]
}

/** Reads a recovery request, locked until the transaction ends. */
export async function lockRecoveryRequest(tx: Tx, id: string): Promise<RecoveryRequestRow | undefined> {
  await sql`select from recovery_requests where id = ${id} for update`.execute(tx)
  return findRecoveryRequest(tx, id)
}

/** Lists recovery requests, the latest first: of one organization, or of all. */
export async function listRecoveryRequests(
  db: Db,
  list: { orgId?: string | undefined; before?: string | undefined; limit: number },
): Promise<RecoveryRequestRow[]> {
  const { orgId, before, limit } = list
  const { rows } =
    await sql<RecoveryRequestRow>`select ${columns} from recovery_requests p join ${rowOf('organizations', 'p.org_id')} o on true join ${rowOf('users', 'p.person_id')} u on true
    where ${orgId === undefined ? sql`true` : sql`p.org_id = ${orgId}`} and ${before === undefined ? sql`true` : sql`p.id < ${before}`}
    order by p.id desc limit ${limit}`.execute(db)
  return rows
}

/** The ids of all recovery requests that have not ended, the oldest first. */
export async function findLivingRecoveryRequests(db: Db): Promise<string[]> {
  const { rows } = await sql<{
    id: string
  }>`select p.id from recovery_requests p where ${living} order by p.id`.execute(db)
  return rows.map(({ id }) => id)
}

/** How often someone asked an organization themselves since a moment, and how often in vain for a veto. */
export async function countRecent(
  tx: Tx,
  orgId: string,
  personId: string,
  since: Date,
): Promise<{ opened: number; vetoed: number }> {
  const { rows } = await sql<{ opened: number; vetoed: number }>`
    select count(*)::int opened, (count(*) filter (where state = 'vetoed'))::int vetoed from recovery_requests
    where org_id = ${orgId} and person_id = ${personId} and opened_by_id = ${personId} and created_at > ${since}`.execute(
    tx,
  )
  return rows[0] ?? { opened: 0, vetoed: 0 }
}

export interface NewRecoveryRequest {
  id: string
  orgId: string
  personId: string
  path: recovery.RecoveryPath
  reason: string
  openedBy: { id: string; name: string }
  domain: string | null
  lostAt: Date
  approvalsNeeded: number
  at: Date
}

/** Inserts a recovery request; false when one for the same person lives already. */
export async function insertRecoveryRequest(tx: Tx, recoveryRequest: NewRecoveryRequest): Promise<boolean> {
  const { openedBy } = recoveryRequest
  const { rows } = await sql`
    insert into recovery_requests (id, org_id, person_id, path, reason, opened_by, opened_by_id, domain, lost_at, approvals_needed, created_at)
    values (${recoveryRequest.id}, ${recoveryRequest.orgId}, ${recoveryRequest.personId}, ${recoveryRequest.path}, ${recoveryRequest.reason}, ${openedBy.name}, ${openedBy.id},
      ${recoveryRequest.domain}, ${recoveryRequest.lostAt}, ${recoveryRequest.approvalsNeeded}, ${recoveryRequest.at})
    on conflict (org_id, person_id) where state in ('open', 'waiting') do nothing returning id`.execute(tx)
  return rows.length > 0
}

/** Adds a voice for a recovery request; false when it was given before. */
export async function insertConfirmation(
  tx: Tx,
  recoveryRequestId: string,
  confirmation: { id: string; name: string },
  at: Date,
): Promise<boolean> {
  const { rows } = await sql`
    insert into recovery_confirmations (recovery_request_id, confirmed_by_id, name, at) values (${recoveryRequestId}, ${confirmation.id}, ${confirmation.name}, ${at})
    on conflict (recovery_request_id, confirmed_by_id) do nothing returning confirmed_by_id`.execute(tx)
  return rows.length > 0
}

/** Writes what a look into the DNS found. */
export async function setProof(
  tx: Tx,
  id: string,
  { found, problem, at }: { found: boolean; problem: string | null; at: Date | null },
): Promise<void> {
  await sql`update recovery_requests set proof_found = ${found}, proof_checked_at = ${at}, proof_problem = ${problem} where id = ${id}`.execute(
    tx,
  )
}

/** Lets the time of a recovery request begin. */
export async function setWaiting(
  tx: Tx,
  id: string,
  { since, until, days }: { since: Date; until: Date; days: number },
): Promise<void> {
  await sql`update recovery_requests set state = 'waiting', waiting_since = ${since}, effective_at = ${until}, cool_down_days = ${days},
    halfway_told_at = null where id = ${id}`.execute(tx)
}

/** Stops the time of a recovery request: something is missing again. */
export async function setOpenAgain(tx: Tx, id: string): Promise<void> {
  await sql`update recovery_requests set state = 'open', waiting_since = null, effective_at = null, halfway_told_at = null
    where id = ${id}`.execute(tx)
}

/** Notes that those concerned were told at half of the time, and when the recovery request takes effect. */
export async function setHalfwayTold(tx: Tx, id: string, at: Date, effectiveAt: Date): Promise<void> {
  await sql`update recovery_requests set halfway_told_at = ${at}, effective_at = ${effectiveAt} where id = ${id}`.execute(
    tx,
  )
}

export interface Ending {
  state: 'done' | 'vetoed' | 'withdrawn' | 'expired'
  by: string
  note: string
  at: Date
}

/** Ends a recovery request. */
export async function endRecoveryRequest(tx: Tx, id: string, { state, by, note, at }: Ending): Promise<void> {
  await sql`update recovery_requests set state = ${state}, effective_at = null, ended_at = ${at}, ended_by = ${by}, note = ${note}
    where id = ${id}`.execute(tx)
}

/** Ends all living recovery requests of an organization but one; answers their ids. */
export async function endOthers(
  tx: Tx,
  orgId: string,
  except: string,
  { state, by, note, at }: Ending,
): Promise<string[]> {
  const { rows } = await sql<{
    id: string
  }>`update recovery_requests p set state = ${state}, effective_at = null, ended_at = ${at}, ended_by = ${by}, note = ${note}
    where p.org_id = ${orgId} and p.id <> ${except} and ${living} returning p.id`.execute(tx)
  return rows.map(({ id }) => id)
}
