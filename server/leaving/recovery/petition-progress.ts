import { type Author, systemAuthor } from '../../access/author.ts'
import { type NewEvent, record } from '../../audit/record.ts'
import { dayOf, daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { queueMail, queueMails } from '../../mail/queue.ts'
import { applyChanges } from '../../members/membership/membership.ts'
import type { Join, Person } from '../../members/membership/membership-changes.ts'
import { probationFromNow } from '../../members/membership/membership-probation.ts'
import { promotion } from '../../members/successors.ts'
import { holdAdmins } from '../../orgs/admins.ts'
import type { Tx } from '../../store/database.ts'
import { judge, type Verdict } from './petition-judge.ts'
import * as store from './petition-store.ts'
import { haltedMail, type Notice, noticeMail } from './recovery-mails.ts'
import { findWatchers, lockPerson } from './recovery-store.ts'

type PetitionRow = store.PetitionRow

const expiryDays = 30
const coolDownDays = 7
const longCoolDownDays = 14
const recentDays = 90
const operatorDays = 3

/** What a look at a petition led to. */
export type Outcome =
  | { what: 'unchanged' }
  | { what: 'begun' | 'halfway'; effectiveAt: Date }
  | { what: 'halted'; missing: string[] }
  | { what: 'done'; probationUntil: Date; ended: string[] }
  | { what: 'ended'; state: 'withdrawn' | 'expired'; note: string }

/**
 * Locks a petition with all that decides about it: the person and their membership, the organization, the petition, in
 * the order in which everybody locks. Undefined when there is none.
 */
export async function holdPetition(tx: Tx, id: string): Promise<PetitionRow | undefined> {
  const petition = await store.findPetition(tx, id)
  if (petition === undefined) return undefined
  await holdPlace(tx, petition.org_id, petition.person_id)
  return store.lockPetition(tx, id)
}

/** Locks a person, their membership and the organization. */
export async function holdPlace(tx: Tx, orgId: string, personId: string): Promise<void> {
  await lockPerson(tx, orgId, personId)
  await holdAdmins(tx, orgId)
}

/** Whether a petition has not ended. */
export function isLiving({ state }: Pick<PetitionRow, 'state'>): boolean {
  return state === 'open' || state === 'waiting'
}

/**
 * Moves a petition that is held as far as it may go: everything is judged anew, its time begins, goes on, stops or is
 * over. Mails go out with the step; the caller records it.
 */
export async function settle(tx: Tx, petition: PetitionRow): Promise<Outcome> {
  const verdict = await judge(tx, petition)
  if (verdict.over !== undefined) return end(tx, petition, { state: 'withdrawn', note: verdict.over })
  if (verdict.missing.length > 0) return lack(tx, petition, verdict)
  return petition.state === 'open' ? begin(tx, petition, verdict) : goOn(tx, petition, verdict)
}

async function end(
  tx: Tx,
  petition: PetitionRow,
  { state, note }: { state: 'withdrawn' | 'expired'; note: string },
): Promise<Outcome> {
  await store.endPetition(tx, petition.id, { state, by: 'system', note, at: now() })
  await tell(tx, petition, { at: 'end', how: note })
  return { what: 'ended', state, note }
}

async function lack(tx: Tx, petition: PetitionRow, verdict: Verdict): Promise<Outcome> {
  if (petition.created_at <= secondsFromNow(-expiryDays * daySeconds))
    return end(tx, petition, { state: 'expired', note: `It was not completed within ${expiryDays} days.` })
  if (petition.state === 'open') return { what: 'unchanged' }
  const { missing, person } = verdict
  await store.setOpenAgain(tx, petition.id)
  if (person?.email) await queueMail(tx, haltedMail(petition, missing, person.email))
  return { what: 'halted', missing }
}

async function begin(tx: Tx, petition: PetitionRow, verdict: Verdict): Promise<Outcome> {
  const days = daysOf(petition, verdict)
  if (days === 0) return takeEffect(tx, petition, verdict)
  const until = secondsFromNow(days * daySeconds)
  await store.setWaiting(tx, petition.id, { since: now(), until, days })
  await tell(tx, petition, { at: 'start', effectiveAt: until })
  return { what: 'begun', effectiveAt: until }
}

// Two operators act at once only where nobody is left who could say no, and neither has just been made one.
function daysOf({ path, approvals_needed }: PetitionRow, { loss, hasNewOperator }: Verdict): number {
  if (path === 'successor') return 0
  if (path === 'operators') return approvals_needed > 1 && !loss.hasVetoer && !hasNewOperator ? 0 : operatorDays
  const isRecent = loss.seenAt !== null && loss.seenAt > secondsFromNow(-recentDays * daySeconds)
  return isRecent ? longCoolDownDays : coolDownDays
}

async function goOn(tx: Tx, petition: PetitionRow, verdict: Verdict): Promise<Outcome> {
  const { waiting_since: since, effective_at: until } = petition
  if (since === null || until === null) return { what: 'unchanged' }
  const at = now()
  const totalMs = until.getTime() - since.getTime()
  if (petition.halfway_told_at !== null) return at >= until ? takeEffect(tx, petition, verdict) : { what: 'unchanged' }
  if (at.getTime() < since.getTime() + totalMs / 2) return { what: 'unchanged' }
  // A hub that stood still at half of the time leaves time to say no all the same.
  const effectiveAt = new Date(Math.max(until.getTime(), at.getTime() + totalMs / 4))
  await store.setHalfwayTold(tx, petition.id, at, effectiveAt)
  await tell(tx, petition, { at: 'halfway', effectiveAt })
  return { what: 'halfway', effectiveAt }
}

async function takeEffect(tx: Tx, petition: PetitionRow, { person }: Verdict): Promise<Outcome> {
  const { org_id: orgId, person_id: id, person_name: name } = petition
  const probationUntil = probationFromNow()
  const change = person?.role ? promotion({ id, name }) : joinAsAdmin({ id, name })
  await applyChanges(tx, systemAuthor, { orgId, changes: [{ ...change, probationUntil }], events: null })
  const at = now()
  await store.endPetition(tx, petition.id, { state: 'done', by: 'system', note: '', at })
  const note = `${petition.person_name} became admin by another petition.`
  const ending = { state: 'withdrawn', by: 'system', note, at } as const
  const ended = await store.endOthers(tx, orgId, petition.id, ending)
  await tell(tx, petition, { at: 'done', probationUntil })
  return { what: 'done', probationUntil, ended }
}

function joinAsAdmin(person: Person): Join {
  return { kind: 'join', person, role: 'admin', source: 'recovery' }
}

/** Tells everybody concerned about a petition, by mail. */
export async function tell(tx: Tx, petition: PetitionRow, notice: Notice): Promise<void> {
  const watchers = await findWatchers(tx, petition.org_id, petition.person_id, now())
  await queueMails(
    tx,
    watchers.map((to) => noticeMail(petition, notice, to)),
  )
}

/** Writes a step of a petition into the log of its organization, with what it led to. */
export async function recordStep(
  tx: Tx,
  author: Author,
  petition: PetitionRow,
  { step, outcome }: { step: Pick<NewEvent, 'type' | 'message'>; outcome: Outcome },
): Promise<void> {
  const { id, path, domain, person_id, person_name } = petition
  const { what, ...details } = outcome
  const data = {
    petition: { id, path, domain },
    user: { _id: person_id, user: person_name },
    ...(what !== 'unchanged' && { outcome: what, ...details }),
    ...(what === 'done' && { after: { role: 'admin' } }),
  }
  const type = what === 'done' ? 'org.recovery.complete' : step.type
  await record(tx, author, {
    type,
    message: `${step.message}${consequence(petition, outcome)}`,
    data,
    scope: petition.org_id,
  })
}

function consequence({ person_name: person }: PetitionRow, outcome: Outcome): string {
  switch (outcome.what) {
    case 'done':
      return `, by which ${person} is admin now, on probation until ${dayOf(outcome.probationUntil)}`
    case 'begun':
      return `; it takes effect on ${outcome.effectiveAt.toISOString()} unless it is stopped`
    default:
      return ''
  }
}

/** The refusal where a petition has ended, or never was. */
export function refuseEnded(petition: PetitionRow): void {
  if (!isLiving(petition)) throw new HubError('Conflict', `This petition has ended already: it is ${petition.state}.`)
}
