import { consoleActor } from '../../access/facts.ts'
import { daySeconds, now } from '../../kernel/clock.ts'
import { isKeptOut } from '../../members/membership/tombstones.ts'
import { isPublicMailbox } from '../../orgs/public-mailboxes.ts'
import type { Db } from '../../store/database.ts'
import type { PetitionRow } from './petition-store.ts'
import { findLoss, type Loss } from './recovery-standing.ts'
import { findPersonFacts, findProvableDomains, findQuorum, listApprovals, type PersonFacts } from './recovery-store.ts'

const largestQuorum = 3
const newOperatorDays = 3

/** What stands in the way of a petition at this moment. */
export interface Verdict {
  loss: Loss
  person: PersonFacts | undefined
  /** Why it can come to nothing any more, in a sentence. */
  over: string | undefined
  /** What it lacks, each in a few words. */
  missing: string[]
  /** Somebody who approved was made operator only just before. */
  hasNewOperator: boolean
}

/** Judges a petition by what is true now, whatever was true when it was opened: asked again whenever it takes a step. */
export async function judge(db: Db, petition: PetitionRow): Promise<Verdict> {
  const loss = await findLoss(db, petition.org_id, petition.person_id)
  const person = await findPersonFacts(db, petition.org_id, petition.person_id, now())
  const over = whyOver(petition, loss, person) ?? (await whyKeptOut(db, petition, person))
  const missing = over === undefined && person !== undefined ? await whatIsMissing(db, petition, person) : []
  const hasNewOperator = petition.path === 'operators' && (await isByNewOperator(db, petition))
  return { loss, person, over, missing, hasNewOperator }
}

function whyOver(petition: PetitionRow, loss: Loss, person: PersonFacts | undefined): string | undefined {
  if (loss.isDeleted) return 'The organization was deleted.'
  if (loss.kind === 'none') return 'The organization has an admin again.'
  if (loss.since > petition.created_at) return 'The organization had an admin meanwhile.'
  if (person === undefined || !person.is_active) return 'The account of the person is not active any more.'
  if (petition.path !== 'operators' && person.role === null) return `${person.name} is no member any more.`
  return undefined
}

// A petition of operators needs no membership, and could outlast an offboarding.
async function whyKeptOut(db: Db, petition: PetitionRow, person: PersonFacts | undefined): Promise<string | undefined> {
  if (person?.role !== null || !(await isKeptOut(db, petition.org_id, petition.person_id))) return undefined
  return `${person.name} cannot join the organization at the moment.`
}

async function whatIsMissing(db: Db, petition: PetitionRow, person: PersonFacts): Promise<string[]> {
  const missing: string[] = []
  if (!person.is_verified) missing.push(`a verified address of ${person.name}`)
  if (!person.has_factor) missing.push(`two-factor sign-in of ${person.name}, which the organization requires`)
  if (petition.path === 'domain') missing.push(...(await whatProofMisses(db, petition)))
  if (petition.path === 'operators' && !(await isApproved(db, petition)))
    missing.push('the approval of a second operator')
  return missing
}

async function whatProofMisses(db: Db, petition: PetitionRow): Promise<string[]> {
  const missing: string[] = []
  const domains = await provableDomains(db, petition.org_id, petition.person_id, petition.lost_at)
  if (!domains.includes(petition.domain ?? ''))
    missing.push(`the verification of ${petition.domain}, or the person's verified address in it`)
  if (!petition.proof_found) missing.push('the record in the DNS')
  const { needed, confirmedBy } = await quorumOf(db, petition)
  if (confirmedBy.length < needed) missing.push(`${needed - confirmedBy.length} more confirmations`)
  return missing
}

/** The domains by which somebody could prove an organization theirs; where anybody can have an address, it proves nothing. */
export async function provableDomains(db: Db, orgId: string, personId: string, before: Date): Promise<string[]> {
  const domains = await findProvableDomains(db, orgId, personId, before)
  return domains.filter((domain) => !isPublicMailbox(domain))
}

/** How many members have to confirm, and who has and still may. */
export async function quorumOf(db: Db, petition: PetitionRow): Promise<{ needed: number; confirmedBy: string[] }> {
  const key = {
    orgId: petition.org_id,
    personId: petition.person_id,
    petitionId: petition.id,
    lostAt: petition.lost_at,
  }
  const { pool, confirmed } = await findQuorum(db, key, now())
  return { needed: Math.min(largestQuorum, Math.ceil(pool / 2)), confirmedBy: confirmed }
}

// Whoever is to become admin does not approve that alone: with their own voice it takes that of another operator's account.
async function isApproved(db: Db, petition: PetitionRow): Promise<boolean> {
  const approvals = await listApprovals(db, petition.id, consoleActor.id)
  if (approvals.length < petition.approvals_needed) return false
  const isOwn = approvals.some(({ id }) => id === petition.person_id)
  return !isOwn || approvals.some(({ id, has_account }) => has_account && id !== petition.person_id)
}

// An operator can make another one: who was made one just before is no second person to act at once with.
async function isByNewOperator(db: Db, petition: PetitionRow): Promise<boolean> {
  const newFrom = petition.created_at.getTime() - newOperatorDays * daySeconds * 1000
  const approvals = await listApprovals(db, petition.id, consoleActor.id)
  return approvals.some(({ operator_since: since }) => since !== null && since.getTime() > newFrom)
}
