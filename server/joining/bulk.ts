import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { requireFeature } from '../access/authorize.ts'
import type { Permit } from '../access/permit.ts'
import { recordMany } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { digest } from '../kernel/secret.ts'
import { queueMails } from '../mail/queue.ts'
import { findGroupsNamed } from '../members/groups-named.ts'
import { keptOutAmong } from '../members/tombstones.ts'
import { freeSeats, reservesSeats } from '../orgs/seats.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { attemptLimits, countAttempts, exhaustedAmong } from '../users/attempts.ts'
import { lowerName } from '../users/names.ts'
import { type InviteWish, inviteWishesOf } from './bulk-rows.ts'
import * as store from './bulk-store.ts'
import { type InvitePlan, type InviteState, judgeInvites, wishKey } from './bulk-verdicts.ts'
import { inviteMany } from './invite-many.ts'

type BulkPermit = Permit<'invitation.createMany'>
type Input = InputOf<typeof api.bulk.bulkInvite>
type Result = ResultOf<typeof api.bulk.bulkInvite>

/**
 * Invites many people: a plan gives every row a verdict, and applying takes the hash of that plan; a plan that would
 * come out differently by now is refused. All invitations are written or none; the mails go out afterwards. No verdict
 * tells whether an account has an address, except where admins see the addresses of members anyway.
 */
export async function bulkInvite(db: Db, permit: BulkPermit, input: Input): Promise<Result> {
  const wishes = await inviteWishesOf(input)
  const namesGroups = input.groups?.length || wishes.some(({ groups }) => groups?.length)
  if (namesGroups) requireFeature(permit, 'resourceGroups')
  if (input.mode === 'plan')
    return transaction(db, async (tx) => resultOf(permit, input, await plan(tx, permit, wishes, input)))
  if (input.planHash === undefined)
    throw badField('planHash', 'is needed to apply: make a plan first, and send its hash.')
  return transaction(db, (tx) => apply(tx, permit, wishes, input))
}

async function apply(tx: Tx, permit: BulkPermit, wishes: InviteWish[], input: Input): Promise<Result> {
  await store.lockBulkInvitations(tx, permit.org.id)
  const plans = await plan(tx, permit, wishes, input)
  const result = resultOf(permit, input, plans)
  if (result.planHash !== input.planHash)
    throw new HubError(
      'Conflict',
      'The plan would come out differently now: something changed meanwhile, or the request is another one. Make a new plan, look at it, and apply that.',
    )
  return { ...result, applied: true, batch: await carryOut(tx, permit, plans, input) }
}

async function carryOut(
  tx: Tx,
  permit: BulkPermit,
  plans: readonly InvitePlan[],
  { expiresInDays: days, message = '' }: Input,
): Promise<string | null> {
  const mailed = plans.filter(({ invite }) => invite !== undefined)
  if (mailed.length === 0) return null
  await countAttempts(
    tx,
    attemptLimits.invitationMail,
    mailed.map(({ key }) => key),
  )
  const invites = mailed.flatMap(({ invite }) => invite ?? [])
  const { events, mails } = await inviteMany(tx, permit, invites, { days, message: message.trim() })
  const batch = { id: newId(), orgId: permit.org.id, createdBy: permit.actor.id, total: mails.length, at: now() }
  await store.insertBatch(tx, batch)
  await queueMails(tx, mails, batch.id)
  await recordMany(tx, permit, events)
  return batch.id
}

async function plan(tx: Tx, permit: BulkPermit, wishes: InviteWish[], input: Input): Promise<InvitePlan[]> {
  return judgeInvites(await readState(tx, permit, wishes, input), wishes)
}

async function readState(tx: Tx, permit: BulkPermit, wishes: InviteWish[], input: Input): Promise<InviteState> {
  const { org, actor } = permit
  const at = now()
  const names = wishes.flatMap(({ username }) => (username === undefined ? [] : [lowerName(username)]))
  const addresses = wishes.flatMap(({ email }) => email?.toLowerCase() ?? [])
  const accounts = await store.holdInvitees(tx, org.id, names, at)
  const userIds = accounts.map(({ id }) => id)
  const waiting = await store.findWaiting(tx, org.id, { userIds, addresses }, at)
  const references = [input, ...wishes].flatMap(({ groups }) => groups?.map(({ id }) => id) ?? [])
  return {
    asked: await findGroupsNamed(tx, org.id, actor.id, references),
    callerRole: org.role,
    defaultRole: input.role ?? org.defaultRole,
    defaultGroups: input.groups,
    emailDomain: input.emailDomain?.trim().replace(/^@/, '').toLowerCase() || undefined,
    accounts: new Map(accounts.map((account) => [account.asked, account])),
    keptOut: await keptOutAmong(tx, org.id, userIds),
    memberAddresses: await store.findMembersInDomains(tx, org.id, addresses, at),
    waiting: new Map(waiting.map((row) => [row.key, row])),
    mailedOften: await exhaustedAmong(tx, attemptLimits.invitationMail, wishes.map(wishKey)),
    freeSeats: reservesSeats(org.plan) ? await freeSeats(tx, org.id) : null,
  }
}

function resultOf(permit: BulkPermit, input: Input, plans: readonly InvitePlan[]): Result {
  const mailed = plans.filter(({ invite }) => invite !== undefined).length
  return {
    mode: input.mode,
    applied: false,
    planHash: hashOf(permit, input, plans),
    batch: null,
    counts: { rows: plans.length, mailed, leftOut: plans.length - mailed },
    rows: plans.map(({ verdict }) => verdict),
  }
}

// Everything that makes a difference to who is invited to what, and by which words; a renewed invitation was sent anew.
function hashOf(permit: BulkPermit, { expiresInDays, message = '' }: Input, plans: readonly InvitePlan[]): string {
  const rows = plans.map(({ verdict, invite, waiting }) => [
    verdict.row,
    verdict.who,
    verdict.verdict,
    verdict.role,
    verdict.groups.map(({ id, role }) => [id, role]),
    invite?.userId,
    waiting && [waiting.id, waiting.sentAt],
  ])
  return digest(JSON.stringify([permit.org.id, expiresInDays, message.trim(), rows])).toString('base64url')
}

/** How far the mails of a bulk invitation are. */
export async function getInvitationBatch(
  db: Db,
  permit: Permit<'invitation.viewBatch'>,
  { id }: InputOf<typeof api.bulk.getInvitationBatch>,
): Promise<ResultOf<typeof api.bulk.getInvitationBatch>> {
  const batch = await store.findBatch(db, permit.org.id, id)
  if (batch === undefined) throw new HubError('NotFound', 'The organization has no bulk invitation of this id.')
  return { ...batch, createdAt: batch.createdAt.toISOString() }
}
