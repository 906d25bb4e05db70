import { consoleActor } from '../../access/facts.ts'
import { daySeconds, now } from '../../kernel/clock.ts'
import { hasRejoinBlock } from '../../members/membership/rejoin-blocks.ts'
import { isPublicMailbox } from '../../orgs/public-mailboxes.ts'
import type { Db } from '../../store/database.ts'
import { findLoss, type Loss } from './recovery-loss.ts'
import { findPersonFacts, findProvableDomains, findQuorum, listApprovals, type PersonFacts } from './recovery-store.ts'
import type { RecoveryRequestRow } from './request-store.ts'

const largestQuorum = 3
const newOperatorDays = 3

/** What stands in the way of a recovery request at this moment. */
export interface Verdict {
  loss: Loss
  person: PersonFacts | undefined
  /** Why it can come to nothing any more, in a sentence. */
  over: string | undefined
  /** What it lacks, each in a few words. */
  missing: string[]
  /** Someone who approved was made operator only just before. */
  hasNewOperator: boolean
}

/** Judges a recovery request by what is true now, whatever was true when it was opened: asked again whenever it takes a step. */
export async function judge(db: Db, recoveryRequest: RecoveryRequestRow): Promise<Verdict> {
  const loss = await findLoss(db, recoveryRequest.org_id, recoveryRequest.person_id)
  const person = await findPersonFacts(db, recoveryRequest.org_id, recoveryRequest.person_id, now())
  const over = whyOver(recoveryRequest, loss, person) ?? (await whyKeptOut(db, recoveryRequest, person))
  const missing = over === undefined && person !== undefined ? await whatIsMissing(db, recoveryRequest, person) : []
  const hasNewOperator = recoveryRequest.path === 'operators' && (await isByNewOperator(db, recoveryRequest))
  return { loss, person, over, missing, hasNewOperator }
}

function whyOver(recoveryRequest: RecoveryRequestRow, loss: Loss, person: PersonFacts | undefined): string | undefined {
  if (loss.isDeleted) return 'The organization was deleted.'
  if (loss.kind === 'none') return 'The organization has an active admin again.'
  if (loss.since > recoveryRequest.created_at) return 'The organization had an active admin in the meantime.'
  if (person === undefined || !person.is_active) return 'The account of the person is no longer active.'
  if (recoveryRequest.path !== 'operators' && person.role === null) return `${person.name} is no longer a member.`
  return undefined
}

// A recovery request of operators needs no membership, and could outlast an offboarding.
async function whyKeptOut(
  db: Db,
  recoveryRequest: RecoveryRequestRow,
  person: PersonFacts | undefined,
): Promise<string | undefined> {
  if (person?.role !== null || !(await hasRejoinBlock(db, recoveryRequest.org_id, recoveryRequest.person_id)))
    return undefined
  return `${person.name} has a rejoin block.`
}

async function whatIsMissing(db: Db, recoveryRequest: RecoveryRequestRow, person: PersonFacts): Promise<string[]> {
  const missing: string[] = []
  if (!person.is_verified) missing.push(`a verified email address of ${person.name}`)
  if (!person.has_factor) missing.push(`2FA for ${person.name} (required by the organization)`)
  if (recoveryRequest.path === 'domain') missing.push(...(await whatProofMisses(db, recoveryRequest)))
  if (recoveryRequest.path === 'operators' && !(await isApproved(db, recoveryRequest)))
    missing.push('approval by a second site admin')
  return missing
}

async function whatProofMisses(db: Db, recoveryRequest: RecoveryRequestRow): Promise<string[]> {
  const missing: string[] = []
  const domains = await provableDomains(db, recoveryRequest.org_id, recoveryRequest.person_id, recoveryRequest.lost_at)
  if (!domains.includes(recoveryRequest.domain ?? ''))
    missing.push(`a verified email address in the verified domain ${recoveryRequest.domain}`)
  if (!recoveryRequest.proof_found) missing.push('the DNS record')
  const { needed, confirmedBy } = await quorumOf(db, recoveryRequest)
  if (confirmedBy.length < needed)
    missing.push(
      `${needed - confirmedBy.length} more ${needed - confirmedBy.length === 1 ? 'confirmation' : 'confirmations'}`,
    )
  return missing
}

/** The domains by which someone could prove an organization theirs; where anybody can have an address, it proves nothing. */
export async function provableDomains(db: Db, orgId: string, personId: string, before: Date): Promise<string[]> {
  const domains = await findProvableDomains(db, orgId, personId, before)
  return domains.filter((domain) => !isPublicMailbox(domain))
}

/** How many members have to confirm, and who has and still may. */
export async function quorumOf(
  db: Db,
  recoveryRequest: RecoveryRequestRow,
): Promise<{ needed: number; confirmedBy: string[] }> {
  const key = {
    orgId: recoveryRequest.org_id,
    personId: recoveryRequest.person_id,
    recoveryRequestId: recoveryRequest.id,
    lostAt: recoveryRequest.lost_at,
  }
  const { pool, confirmed } = await findQuorum(db, key, now())
  return { needed: Math.min(largestQuorum, Math.ceil(pool / 2)), confirmedBy: confirmed }
}

// Operators can't approve their own recovery alone: it takes another operator's account, too.
async function isApproved(db: Db, recoveryRequest: RecoveryRequestRow): Promise<boolean> {
  const approvals = await listApprovals(db, recoveryRequest.id, consoleActor.id)
  if (approvals.length < recoveryRequest.approvals_needed) return false
  const isOwn = approvals.some(({ id }) => id === recoveryRequest.person_id)
  return !isOwn || approvals.some(({ id, has_account }) => has_account && id !== recoveryRequest.person_id)
}

// An operator can make another one: who was made one just before is no second person to act at once with.
async function isByNewOperator(db: Db, recoveryRequest: RecoveryRequestRow): Promise<boolean> {
  const newFrom = recoveryRequest.created_at.getTime() - newOperatorDays * daySeconds * 1000
  const approvals = await listApprovals(db, recoveryRequest.id, consoleActor.id)
  return approvals.some(({ operator_since: since }) => since !== null && since.getTime() > newFrom)
}
