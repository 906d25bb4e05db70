import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import { requireFeature } from '../../access/authorize.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { type NewEvent, recordMany } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { mapPaced } from '../../kernel/pace.ts'
import { memberWishes, readWishes, type Wish, wishKey } from '../../members/bulk/bulk-rows.ts'
import { readAccounts, readOrgState } from '../../members/bulk/bulk-state.ts'
import { applyChanges } from '../../members/membership/membership.ts'
import { memberEvents } from '../../members/membership/membership-events.ts'
import { type Held, type HeldKey, lockPeople, readPeople } from '../../members/membership/membership-lock.ts'
import { rejoinBlocksAmong } from '../../members/membership/rejoin-blocks.ts'
import { reserveSeat } from '../../orgs/seats.ts'
import type { Db, Tx } from '../../store/database.ts'
import { attemptLimits, countAttempts, exhaustedAmong } from '../../users/guessing/attempts.ts'
import { lowerName } from '../../users/names/names.ts'
import { type BulkChange, planOrApply } from './bulk-engine.ts'
import { keepImport } from './imports.ts'
import { inviteMany } from './members-bulk-invite.ts'
import { type Judged, markTwice, type Plan, personKey, planWish, stepsOf } from './members-bulk-plan.ts'
import { problemsOf, refusalOfErrors, removalLimitOf, removalProblem, resultOf } from './members-bulk-result.ts'
import { findPending, lockPending, revokeMany } from './members-bulk-store.ts'
import { invitationEvent } from './members-bulk-words.ts'

type BulkPermit = Permit<'member.bulk'>
type Input = InputOf<typeof api.bulk.bulkMembers>
type Result = ResultOf<typeof api.bulk.bulkMembers>

/**
 * Changes, invites and removes many people as one change: judged on how everybody would be afterwards, so that the order
 * of the rows says nothing, and done whole or not at all.
 */
export async function bulkMembers(db: Db, permit: BulkPermit, input: Input): Promise<Result> {
  const wishes = await readWishes(input, memberWishes)
  if (wishes.some(({ groups }) => groups?.length)) requireFeature(permit.facts, 'resourceGroups')
  return planOrApply(db, input, changeOf(permit, wishes, input))
}

interface Planned {
  held: Held
  plans: Plan[]
  limit: number
}

function changeOf(permit: BulkPermit, wishes: Wish[], { removalLimit }: Input): BulkChange<Planned, Result> {
  return {
    plan: async (tx, mode) => {
      const accounts = await readAccounts(tx, wishes)
      const key = keyOf(permit, accounts)
      if (mode === 'apply') await recheck(tx, permit, { members: key.userIds })
      const held = mode === 'apply' ? await lockPeople(tx, key) : await readPeople(tx, key)
      const judged = await readJudged(tx, permit, wishes, { accounts, held })
      const plans = await planAll(judged, wishes)
      return { held, plans, limit: removalLimitOf(judged.memberCount, removalLimit) }
    },
    tell: async (tx, { plans, limit }, mode) => {
      const problems = mode === 'plan' ? await problemsOf(tx, permit, plans, limit) : []
      return resultOf({ orgId: permit.org.id, mode, limit, problems, plans })
    },
    apply: async (tx, { held, plans, limit }, told) => {
      refuseErrors(told)
      refuseManyRemovals(plans, limit)
      await carryOut(tx, permit, plans, held)
      const { change: changed, invite: invited, remove: removed, revoke: revoked } = told.counts
      await keepImport(tx, permit, { kind: 'members', changed, invited, removed, revoked, undo: told.inverse })
      return {}
    },
  }
}

function refuseManyRemovals(plans: readonly Plan[], limit: number): void {
  const problem = removalProblem(plans, limit)
  if (problem !== undefined) throw new HubError('Conflict', problem, { body: { problems: [problem] } })
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
    rejoinBlocks: await rejoinBlocksAmong(tx, orgId, strangers),
    mailedOften: await exhaustedAmong(tx, attemptLimits.invitationMail, invited.map(wishKey)),
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
    throw new HubError(
      'Conflict',
      'An invitation has just been accepted or declined. Nothing was changed. Make a new plan.',
    )
  await revokeMany(tx, ids, now())
}
