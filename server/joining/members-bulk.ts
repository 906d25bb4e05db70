import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { requireFeature } from '../access/authorize.ts'
import type { Permit } from '../access/permit.ts'
import { type NewEvent, recordMany } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { mapPaced } from '../kernel/pace.ts'
import { type Wish, wishesOf } from '../members/bulk-rows.ts'
import { readAccounts, readOrgState } from '../members/bulk-state.ts'
import { applyChanges } from '../members/membership.ts'
import { memberEvents } from '../members/membership-events.ts'
import { type Held, type HeldKey, holdPeople, readPeople } from '../members/membership-hold.ts'
import { keptOutAmong } from '../members/tombstones.ts'
import { reserveSeat } from '../orgs/seats.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { attemptLimits, countAttempts, exhaustedAmong } from '../users/attempts.ts'
import { lowerName } from '../users/names.ts'
import { inviteMany } from './members-bulk-invite.ts'
import { type Judged, mailKey, markTwice, type Plan, personKey, planWish, stepsOf } from './members-bulk-plan.ts'
import { problemsOf, refusalOfErrors, removalLimitOf, removalProblem, resultOf } from './members-bulk-result.ts'
import { findPending, lockPending, revokeMany } from './members-bulk-store.ts'
import { invitationEvent } from './members-bulk-words.ts'

type BulkPermit = Permit<'member.bulk'>
type Input = InputOf<typeof api.bulk.bulkMembers>
type Result = ResultOf<typeof api.bulk.bulkMembers>

/**
 * Changes, invites and removes many people as one change: judged on how everybody would be afterwards, so that the order
 * of the rows says nothing, and done whole or not at all. A plan tells; applying takes the hash of the plan, and is
 * refused when the plan would come out differently by now.
 */
export async function bulkMembers(db: Db, permit: BulkPermit, input: Input): Promise<Result> {
  const wishes = await wishesOf(input)
  if (wishes.some(({ groups }) => groups?.length)) requireFeature(permit, 'resourceGroups')
  if (input.mode === 'plan') return transaction(db, (tx) => plan(tx, permit, wishes, input))
  if (input.planHash === undefined)
    throw badField('planHash', 'is needed to apply: make a plan first, and send its hash.')
  return transaction(db, (tx) => apply(tx, permit, wishes, input))
}

async function plan(tx: Tx, permit: BulkPermit, wishes: Wish[], input: Input): Promise<Result> {
  const accounts = await readAccounts(tx, wishes)
  const held = await readPeople(tx, keyOf(permit, accounts))
  const judged = await readJudged(tx, permit, wishes, { accounts, held })
  const plans = await planAll(judged, wishes)
  const limit = removalLimitOf(judged.memberCount, input.removalLimit)
  const problems = await problemsOf(tx, permit, plans, limit)
  return resultOf({ orgId: permit.org.id, mode: 'plan', limit, problems, plans })
}

async function apply(tx: Tx, permit: BulkPermit, wishes: Wish[], input: Input): Promise<Result> {
  const accounts = await readAccounts(tx, wishes)
  const held = await holdPeople(tx, keyOf(permit, accounts))
  const judged = await readJudged(tx, permit, wishes, { accounts, held })
  const plans = await planAll(judged, wishes)
  const limit = removalLimitOf(judged.memberCount, input.removalLimit)
  const result = await resultOf({ orgId: permit.org.id, mode: 'apply', limit, problems: [], plans })
  refuseStale(result, input.planHash)
  refuseErrors(result)
  const problem = removalProblem(plans, limit)
  if (problem !== undefined) throw new HubError('Conflict', problem, { body: { problems: [problem] } })
  await carryOut(tx, permit, plans, held)
  return { ...result, applied: true }
}

function keyOf({ org, actor }: BulkPermit, accounts: Judged['accounts']): HeldKey {
  const userIds = [...new Set([...accounts.values()].map(({ id }) => id))]
  return { orgId: org.id, userIds, callerId: actor.id }
}

async function readJudged(
  tx: Tx,
  permit: BulkPermit,
  wishes: readonly Wish[],
  { accounts, held }: Pick<Judged, 'accounts' | 'held'>,
): Promise<Judged> {
  const { id: orgId, defaultRole } = permit.org
  const references = [...new Set(wishes.flatMap(({ groups }) => groups?.map(({ id }) => id) ?? []))]
  const state = await readOrgState(tx, permit, held, references)
  const strangers = keyOf(permit, accounts).userIds.filter((id) => !held.members.has(id))
  const addresses = wishes.flatMap(({ email }) => email?.toLowerCase() ?? [])
  const invited = wishes.filter(({ op }) => op === 'invite')
  const waiting = await findPending(tx, orgId, { userIds: strangers, addresses }, now())
  return {
    ...state,
    accounts,
    defaultRole,
    pending: new Map(waiting.map((pending) => [pending.userId ?? pending.address?.toLowerCase() ?? '', pending])),
    keptOut: await keptOutAmong(tx, orgId, strangers),
    mailedOften: await exhaustedAmong(tx, attemptLimits.invitationMail, invited.map(mailKey)),
  }
}

async function planAll(judged: Judged, wishes: readonly Wish[]): Promise<Plan[]> {
  const plans = await mapPaced(wishes, (wish) => ({
    key: personKey(judged, wish),
    wish,
    plan: planWish(judged, wish),
  }))
  return markTwice(plans)
}

function refuseStale({ planHash }: Result, asked: string | undefined): void {
  if (planHash === asked) return
  throw new HubError(
    'Conflict',
    'The plan would come out differently now: somebody changed these people, or the request is another one. Make a new plan, look at it, and apply that.',
  )
}

function refuseErrors(result: Result): void {
  if (result.counts.error > 0) throw refusalOfErrors(result)
}

async function carryOut(tx: Tx, permit: BulkPermit, plans: readonly Plan[], held: Held): Promise<void> {
  const changes = stepsOf(plans).map(({ change }) => change)
  const invited = plans.filter((plan) => plan.kind === 'invite')
  const revoked = plans.filter((plan) => plan.kind === 'revoke')
  await revoke(
    tx,
    revoked.map(({ pending }) => pending.id),
  )
  const events: NewEvent[] = revoked.map((plan) => invitationEvent(plan))
  await countAttempts(
    tx,
    attemptLimits.invitationMail,
    invited.map(({ verdict: { who } }) => lowerName(who)),
  )
  events.push(...(await inviteMany(tx, permit, invited)))
  const steps = await applyChanges(tx, permit, { orgId: permit.org.id, changes, by: permit, events: null }, held)
  if (invited.some(({ pending }) => pending === undefined)) await reserveSeat(tx, permit.org.id)
  events.push(...(await memberEvents(steps)))
  await recordMany(tx, permit, events)
}

async function revoke(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const waiting = await lockPending(tx, ids)
  if (waiting.length < ids.length)
    throw new HubError('Conflict', 'An invitation has just been answered. Nothing was changed; make a new plan.')
  await revokeMany(tx, ids, now())
}
