import { type Author, systemAuthor } from '../../access/author.ts'
import { type NewEvent, record } from '../../audit/record.ts'
import { dayOf, daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { queueMail, queueMails } from '../../mail/queue.ts'
import { applyChanges } from '../../members/membership/membership.ts'
import type { Join, Person } from '../../members/membership/membership-changes.ts'
import { probationFromNow } from '../../members/membership/membership-probation.ts'
import { promotion } from '../../members/successors.ts'
import { findWatchers, lockAdmins } from '../../orgs/admins.ts'
import type { Tx } from '../../store/database.ts'
import { haltedMail, type Notice, noticeMail } from './recovery-mails.ts'
import { lockPerson } from './recovery-store.ts'
import { judge, type Verdict } from './request-judge.ts'
import * as store from './request-store.ts'

type RecoveryRequestRow = store.RecoveryRequestRow

const expiryDays = 30
const coolDownDays = 7
const longCoolDownDays = 14
const recentDays = 90
const operatorDays = 3

/** What a look at a recovery request led to. */
export type Outcome =
  | { what: 'unchanged' }
  | { what: 'begun' | 'halfway'; effectiveAt: Date }
  | { what: 'halted'; missing: string[] }
  | { what: 'done'; probationUntil: Date; ended: string[] }
  | { what: 'ended'; state: 'withdrawn' | 'expired'; note: string }

/**
 * Locks a recovery request with all that decides about it: the person and their membership, the organization, the recovery request, in
 * the order in which everybody locks. Undefined when there is none.
 */
export async function lockRecoveryRequest(tx: Tx, id: string): Promise<RecoveryRequestRow | undefined> {
  const recoveryRequest = await store.findRecoveryRequest(tx, id)
  if (recoveryRequest === undefined) return undefined
  await lockPlace(tx, recoveryRequest.org_id, recoveryRequest.person_id)
  return store.lockRecoveryRequest(tx, id)
}

/** Locks a person, their membership and the organization. */
export async function lockPlace(tx: Tx, orgId: string, personId: string): Promise<void> {
  await lockPerson(tx, orgId, personId)
  await lockAdmins(tx, orgId)
}

/** Whether a recovery request has not ended. */
export function isLiving({ state }: Pick<RecoveryRequestRow, 'state'>): boolean {
  return state === 'open' || state === 'waiting'
}

/**
 * Moves a recovery request that is held as far as it may go: everything is judged again, its time begins, goes on, stops or is
 * over. Mails go out with the step; the caller records it.
 */
export async function settle(tx: Tx, recoveryRequest: RecoveryRequestRow): Promise<Outcome> {
  const verdict = await judge(tx, recoveryRequest)
  if (verdict.over !== undefined) return end(tx, recoveryRequest, { state: 'withdrawn', note: verdict.over })
  if (verdict.missing.length > 0) return lack(tx, recoveryRequest, verdict)
  return recoveryRequest.state === 'open' ? begin(tx, recoveryRequest, verdict) : goOn(tx, recoveryRequest, verdict)
}

async function end(
  tx: Tx,
  recoveryRequest: RecoveryRequestRow,
  { state, note }: { state: 'withdrawn' | 'expired'; note: string },
): Promise<Outcome> {
  await store.endRecoveryRequest(tx, recoveryRequest.id, { state, by: 'system', note, at: now() })
  await tell(tx, recoveryRequest, { at: 'end', how: note })
  return { what: 'ended', state, note }
}

async function lack(tx: Tx, recoveryRequest: RecoveryRequestRow, verdict: Verdict): Promise<Outcome> {
  if (recoveryRequest.created_at <= secondsFromNow(-expiryDays * daySeconds))
    return end(tx, recoveryRequest, {
      state: 'expired',
      note: `The request was not completed within ${expiryDays} days.`,
    })
  if (recoveryRequest.state === 'open') return { what: 'unchanged' }
  const { missing, person } = verdict
  await store.setOpenAgain(tx, recoveryRequest.id)
  if (person?.email) await queueMail(tx, systemAuthor, haltedMail(recoveryRequest, missing, person.email))
  return { what: 'halted', missing }
}

async function begin(tx: Tx, recoveryRequest: RecoveryRequestRow, verdict: Verdict): Promise<Outcome> {
  const days = daysOf(recoveryRequest, verdict)
  if (days === 0) return takeEffect(tx, recoveryRequest, verdict)
  const until = secondsFromNow(days * daySeconds)
  await store.setWaiting(tx, recoveryRequest.id, { since: now(), until, days })
  await tell(tx, recoveryRequest, { at: 'start', effectiveAt: until })
  return { what: 'begun', effectiveAt: until }
}

// Two operators act at once only where no one is left who could say no, and neither has just been made one.
function daysOf({ path, approvals_needed }: RecoveryRequestRow, { loss, hasNewOperator }: Verdict): number {
  if (path === 'successor') return 0
  if (path === 'operators') return approvals_needed > 1 && !loss.hasVetoer && !hasNewOperator ? 0 : operatorDays
  const isRecent = loss.seenAt !== null && loss.seenAt > secondsFromNow(-recentDays * daySeconds)
  return isRecent ? longCoolDownDays : coolDownDays
}

async function goOn(tx: Tx, recoveryRequest: RecoveryRequestRow, verdict: Verdict): Promise<Outcome> {
  const { waiting_since: since, effective_at: until } = recoveryRequest
  if (since === null || until === null) return { what: 'unchanged' }
  const at = now()
  const totalMs = until.getTime() - since.getTime()
  if (recoveryRequest.halfway_told_at !== null)
    return at >= until ? takeEffect(tx, recoveryRequest, verdict) : { what: 'unchanged' }
  if (at.getTime() < since.getTime() + totalMs / 2) return { what: 'unchanged' }
  // A hub that stood still at half of the time leaves time to say no all the same.
  const effectiveAt = new Date(Math.max(until.getTime(), at.getTime() + totalMs / 4))
  await store.setHalfwayTold(tx, recoveryRequest.id, at, effectiveAt)
  await tell(tx, recoveryRequest, { at: 'halfway', effectiveAt })
  return { what: 'halfway', effectiveAt }
}

async function takeEffect(tx: Tx, recoveryRequest: RecoveryRequestRow, { person }: Verdict): Promise<Outcome> {
  const { org_id: orgId, person_id: id, person_name: name } = recoveryRequest
  const probationUntil = probationFromNow()
  const change = person?.role ? promotion({ id, name }) : joinAsAdmin({ id, name })
  await applyChanges(tx, systemAuthor, { orgId, changes: [{ ...change, probationUntil }], events: null })
  const at = now()
  await store.endRecoveryRequest(tx, recoveryRequest.id, { state: 'done', by: 'system', note: '', at })
  const note = `${recoveryRequest.person_name} became an admin through another recovery request.`
  const ending = { state: 'withdrawn', by: 'system', note, at } as const
  const ended = await store.endOthers(tx, orgId, recoveryRequest.id, ending)
  await tell(tx, recoveryRequest, { at: 'done', probationUntil })
  return { what: 'done', probationUntil, ended }
}

function joinAsAdmin(person: Person): Join {
  return { kind: 'join', person, role: 'admin', source: 'recovery' }
}

/** Tells everybody concerned about a recovery request, by mail. */
export async function tell(tx: Tx, recoveryRequest: RecoveryRequestRow, notice: Notice): Promise<void> {
  const watchers = await findWatchers(tx, recoveryRequest.org_id, recoveryRequest.person_id)
  await queueMails(
    tx,
    systemAuthor,
    watchers.map((to) => noticeMail(recoveryRequest, notice, to)),
  )
}

/** Writes a step of a recovery request into the log of its organization, with what it led to. */
export async function recordStep(
  tx: Tx,
  author: Author,
  recoveryRequest: RecoveryRequestRow,
  { step, outcome }: { step: Pick<NewEvent, 'type' | 'message'>; outcome: Outcome },
): Promise<void> {
  const { id, path, domain, person_id, person_name } = recoveryRequest
  const { what, ...details } = outcome
  const data = {
    recoveryRequest: { id, path, domain },
    user: { _id: person_id, user: person_name },
    ...(what !== 'unchanged' && { outcome: what, ...details }),
    ...(what === 'done' && { after: { role: 'admin' } }),
  }
  const type = what === 'done' ? 'org.recovery.complete' : step.type
  await record(tx, author, {
    type,
    message: `${step.message}${consequence(recoveryRequest, outcome)}`,
    data,
    scope: recoveryRequest.org_id,
  })
}

function consequence({ person_name: person }: RecoveryRequestRow, outcome: Outcome): string {
  switch (outcome.what) {
    case 'done':
      return `. ${person} is now an admin, on probation until ${dayOf(outcome.probationUntil)}`
    case 'begun':
      return `. The request takes effect on ${outcome.effectiveAt.toISOString()} unless an admin objects`
    default:
      return ''
  }
}

/** The refusal where a recovery request has ended, or never was. */
export function refuseEnded(recoveryRequest: RecoveryRequestRow): void {
  if (!isLiving(recoveryRequest))
    throw new HubError('Conflict', `This recovery request has already ended (${recoveryRequest.state}).`)
}
