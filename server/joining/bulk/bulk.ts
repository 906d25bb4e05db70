import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import { requireFeature } from '../../access/authorize.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { recordMany } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { digest } from '../../kernel/secret.ts'
import type { LinksAndMail } from '../../mail/links.ts'
import { queueMails } from '../../mail/queue.ts'
import type { UndoLine } from '../../members/bulk/bulk-plan.ts'
import { inviteWishes, readWishes, type Wish, wishKey } from '../../members/bulk/bulk-rows.ts'
import { findGroupsNamed } from '../../members/membership/groups-named.ts'
import { rejoinBlocksAmong } from '../../members/membership/rejoin-blocks.ts'
import { freeSeats, reservesSeats } from '../../orgs/seats.ts'
import type { Db, Tx } from '../../store/database.ts'
import { attemptLimits, countAttempts, exhaustedAmong } from '../../users/guessing/attempts.ts'
import { lowerName } from '../../users/names/names.ts'
import { linkToShare } from '../entrance/entrance.ts'
import { type BulkChange, planOrApply } from './bulk-engine.ts'
import * as store from './bulk-store.ts'
import { type InvitePlan, type InviteState, judgeInvites } from './bulk-verdicts.ts'
import { keepImport } from './imports.ts'
import { inviteMany } from './invite-many.ts'
import { findPending } from './members-bulk-store.ts'
import { undoFile, undoInvitation } from './undo-file.ts'

type BulkPermit = Permit<'invitation.createMany'>
type Input = InputOf<typeof api.bulk.bulkInvite>
type Result = ResultOf<typeof api.bulk.bulkInvite>

/**
 * Invites many people: all invitations are written or none, without the rows that cannot be; the mails go out afterwards.
 * No verdict tells whether an account has an address, except where admins see the addresses of members anyway.
 */
export async function bulkInvite(db: Db, permit: BulkPermit, input: Input, links: LinksAndMail): Promise<Result> {
  const wishes = await readWishes(input, inviteWishes)
  const namesGroups = input.groups?.length || wishes.some(({ groups }) => groups?.length)
  if (namesGroups) requireFeature(permit.facts, 'resourceGroups')
  return planOrApply(db, input, changeOf(permit, wishes, input, links))
}

function changeOf(
  permit: BulkPermit,
  wishes: Wish[],
  input: Input,
  links: LinksAndMail,
): BulkChange<InvitePlan[], Result> {
  return {
    plan: async (tx, mode) => {
      if (mode === 'apply') {
        await recheck(tx, permit)
        await store.lockBulkInvitations(tx, permit.org.id)
      }
      return judgeInvites(await readState(tx, permit, wishes, input), wishes)
    },
    tell: async (_tx, plans) => resultOf(permit, input, plans),
    apply: async (tx, plans, { rows, counts, inverse: undo }) => {
      const { batch, tokens } = await carryOut(tx, permit, plans, input)
      await keepImport(tx, permit, {
        kind: 'invitations',
        changed: 0,
        invited: counts.mailed,
        removed: 0,
        revoked: 0,
        undo,
      })
      return { batch, rows: withLinks(rows, plans, (nth) => linkToShare(links, tokens[nth] ?? '')) }
    },
  }
}

/** The verdicts, with a link to share for each that was invited. */
function withLinks(
  rows: Result['rows'],
  plans: readonly InvitePlan[],
  linkOf: (nth: number) => string | null,
): Result['rows'] {
  let nth = 0
  return rows.map((row, index) => (plans[index]?.invite === undefined ? row : { ...row, link: linkOf(nth++) }))
}

async function carryOut(
  tx: Tx,
  permit: BulkPermit,
  plans: readonly InvitePlan[],
  { expiresInDays: days, message = '' }: Input,
): Promise<{ batch: string | null; tokens: string[] }> {
  const mailed = plans.filter(({ invite }) => invite !== undefined)
  if (mailed.length === 0) return { batch: null, tokens: [] }
  await countAttempts(
    tx,
    attemptLimits.invitationMail,
    mailed.map(({ key }) => key),
  )
  const invites = mailed.flatMap(({ invite }) => invite ?? [])
  const { events, mails, tokens } = await inviteMany(tx, permit, invites, { days, message: message.trim() })
  const batch = { id: newId(), orgId: permit.org.id, createdBy: permit.actor.id, total: mails.length, at: now() }
  await store.insertBatch(tx, batch)
  const queued = await queueMails(tx, permit, mails, batch.id)
  if (queued < mails.length) await store.setBatchTotal(tx, batch.id, queued)
  await recordMany(tx, permit, events)
  return { batch: batch.id, tokens }
}

async function readState(tx: Tx, permit: BulkPermit, wishes: Wish[], input: Input): Promise<InviteState> {
  const { org, actor } = permit
  const at = now()
  const names = wishes.flatMap(({ username }) => (username === undefined ? [] : [lowerName(username)]))
  const addresses = wishes.flatMap(({ email }) => email?.toLowerCase() ?? [])
  const accounts = await store.lockInvitees(tx, org.id, names, at)
  const userIds = accounts.map(({ id }) => id)
  const pending = await findPending(tx, org.id, { userIds, addresses }, at)
  const references = [input, ...wishes].flatMap(({ groups }) => groups?.map(({ id }) => id) ?? [])
  return {
    asked: await findGroupsNamed(tx, org.id, actor.id, references),
    callerRole: org.role,
    defaultRole: input.role ?? org.defaultRole,
    defaultGroups: input.groups,
    emailDomain: input.emailDomain,
    accounts: new Map(accounts.map((account) => [account.asked, account])),
    rejoinBlocks: await rejoinBlocksAmong(tx, org.id, userIds),
    memberAddresses: await store.findMembersInDomains(tx, org.id, addresses, at),
    pending: new Map(pending.map((row) => [row.userId ?? row.address?.toLowerCase() ?? '', row])),
    mailedOften: await exhaustedAmong(tx, attemptLimits.invitationMail, wishes.map(wishKey)),
    freeSeats: reservesSeats(org.plan) ? await freeSeats(tx, org.id) : null,
  }
}

async function resultOf(permit: BulkPermit, input: Input, plans: readonly InvitePlan[]): Promise<Result> {
  const mailed = plans.filter(({ invite }) => invite !== undefined).length
  return {
    mode: input.mode,
    applied: false,
    planHash: hashOf(permit, input, plans),
    batch: null,
    counts: { rows: plans.length, mailed, leftOut: plans.length - mailed },
    rows: plans.map(({ verdict }) => verdict),
    inverse: await undoFile(plans.flatMap(undoOf)),
  }
}

function undoOf({ invite, pending }: InvitePlan): UndoLine[] {
  if (invite === undefined) return []
  const { address, who } = invite
  return [undoInvitation(address === null ? { username: who } : { email: who }, pending)]
}

// Everything that makes a difference to who is invited to what, and by which words; a renewed invitation was sent again.
function hashOf(permit: BulkPermit, { expiresInDays, message = '' }: Input, plans: readonly InvitePlan[]): string {
  const rows = plans.map(({ verdict, invite, pending }) => [
    verdict.row,
    verdict.who,
    verdict.verdict,
    verdict.role,
    verdict.groups.map(({ id, role }) => [id, role]),
    invite?.userId,
    pending && [pending.id, pending.sentAt],
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
  if (batch === undefined) throw new HubError('NotFound', 'No bulk invitation with this ID.')
  return { ...batch, createdAt: batch.createdAt.toISOString() }
}
