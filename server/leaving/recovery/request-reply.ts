import type { recovery } from '../../../api/index.ts'
import { allowedActions } from '../../access/authorize.ts'
import type { Facts } from '../../access/facts.ts'
import type { InstanceKey } from '../../kernel/secret.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { recordOf } from './recovery-proof.ts'
import { quorumOf } from './request-judge.ts'
import { isLiving } from './request-progress.ts'
import type { RecoveryRequestRow } from './request-store.ts'

type RecoveryRequest = recovery.RecoveryRequest

/** What recovery requests are shown with: addresses, and the key that their DNS records are made with. */
export interface RecoveryRequestView {
  links: Links
  key: InstanceKey
}

/** A recovery request as those see it who may; the record for the DNS is told to its person alone. */
export async function recoveryRequestReply(
  db: Db,
  facts: Facts,
  row: RecoveryRequestRow,
  { key, links }: RecoveryRequestView,
): Promise<RecoveryRequest> {
  const isOwn = facts.actor?.id === row.person_id
  return {
    id: row.id,
    organization: row.organization,
    path: row.path,
    state: row.state,
    person: { user: row.person_name, fullname: row.person_fullname, avatarUrl: avatarUrl(links, row.person_name) },
    openedBy: row.opened_by,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    domain: row.domain,
    record: row.path === 'domain' && isOwn ? recordOf(key, row) : null,
    proof: row.path === 'domain' ? proofOf(row) : null,
    quorum: row.path === 'domain' ? await quorumReply(db, row) : null,
    approvals:
      row.path === 'operators'
        ? { needed: row.approvals_needed, approvedBy: row.confirmations.map(({ name }) => name) }
        : null,
    coolDownDays: row.cool_down_days,
    effectiveAt: row.effective_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    endedBy: row.ended_by,
    timeline: timelineOf(row),
    may: mayOf(facts, row, isOwn),
  }
}

function proofOf({ proof_found, proof_checked_at, proof_problem }: RecoveryRequestRow): RecoveryRequest['proof'] {
  return { found: proof_found, checkedAt: proof_checked_at?.toISOString() ?? null, problem: proof_problem }
}

// Who confirmed one that has ended is told as it was then.
async function quorumReply(db: Db, row: RecoveryRequestRow): Promise<RecoveryRequest['quorum']> {
  if (isLiving(row)) return quorumOf(db, row)
  const confirmedBy = row.confirmations.map(({ name }) => name)
  return { needed: confirmedBy.length, confirmedBy }
}

function mayOf(facts: Facts, row: RecoveryRequestRow, isOwn: boolean): RecoveryRequest['may'] {
  if (!isLiving(row)) return []
  const may: RecoveryRequest['may'] = []
  const hasSpoken = row.confirmations.some(({ id }) => id === facts.actor?.id)
  if (facts.org !== undefined && facts.org.id === row.org_id) {
    const actions = allowedActions(facts, 'recovery.')
    if (row.path === 'domain' && !isOwn && !hasSpoken && actions.includes('recovery.confirm')) may.push('confirm')
    if (actions.includes('recovery.veto')) may.push('veto')
  }
  if (isOwn && row.path === 'domain') may.push('check')
  const isOperators = row.path === 'operators' && facts.actor?.isOperator === true
  if (isOperators && !hasSpoken) may.push('approve')
  if (isOwn || isOperators) may.push('withdraw')
  return may
}

const endings: Record<'done' | 'vetoed' | 'withdrawn' | 'expired', (row: RecoveryRequestRow) => string> = {
  done: ({ person_name }) => `${person_name} became an admin.`,
  vetoed: ({ ended_by }) => `Stopped by ${ended_by}.`,
  withdrawn: ({ ended_by, note }) => note || `Withdrawn by ${ended_by}.`,
  expired: ({ note }) => note,
}

function timelineOf(row: RecoveryRequestRow): RecoveryRequest['timeline'] {
  const past: { at: Date; what: string }[] = [
    { at: row.created_at, what: `Opened by ${row.opened_by}.` },
    ...row.confirmations
      .filter(({ id }) => id !== row.opened_by_id)
      .map(({ name, at }) => ({
        at: new Date(at),
        what: row.path === 'operators' ? `Approved by ${name}.` : `Confirmed by ${name}.`,
      })),
  ]
  if (row.waiting_since)
    past.push({
      at: row.waiting_since,
      what: 'The request was complete. The waiting period started, and everyone was notified.',
    })
  if (row.halfway_told_at)
    past.push({ at: row.halfway_told_at, what: 'Half of the waiting period passed, and everyone was notified again.' })
  if (row.ended_at && !isEndless(row.state)) past.push({ at: row.ended_at, what: endings[row.state](row) })
  past.sort((one, other) => one.at.getTime() - other.at.getTime())
  return [...past, ...dueOf(row)].map(({ at, what }) => ({ at: at.toISOString(), what }))
}

function isEndless(state: RecoveryRequestRow['state']): state is 'open' | 'waiting' {
  return state === 'open' || state === 'waiting'
}

function dueOf({ waiting_since: since, effective_at: until, halfway_told_at, person_name }: RecoveryRequestRow) {
  if (since === null || until === null) return []
  const half = new Date((since.getTime() + until.getTime()) / 2)
  const effect = { at: until, what: `${person_name} becomes an admin, unless an admin objects.` }
  return halfway_told_at === null ? [{ at: half, what: 'Everyone is notified again.' }, effect] : [effect]
}
