import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/authorize.ts'
import { record } from '../audit/record.ts'
import { daySeconds, now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { queueMail } from '../mail/queue.ts'
import { isKeptOut, refuseTombstone } from '../members/tombstones.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { ownId } from '../users/accounts.ts'
import { findAdminAddresses, isMember } from './entrance-store.ts'
import { requestMail } from './mails.ts'
import { findLatestRequest, insertRequest, type RequestRow, takesRequests, withdrawPending } from './requests-store.ts'

type Requests = typeof api.requests
type JoinPermit = Permit<'org.join'>
type Answer = ResultOf<Requests['joinOrganization']>

const againAfterMs = 30 * daySeconds * 1000

/** Tells how the caller could become a member, and how their last request stands. */
export async function getDoors(
  db: Db,
  permit: Permit<'org.viewDoors'>,
  _input: InputOf<Requests['getDoors']>,
): Promise<ResultOf<Requests['getDoors']>> {
  const { org } = permit
  const userId = ownId(permit)
  const [member, latest, keptOut] = await Promise.all([
    isMember(db, org.id, userId, now()),
    findLatestRequest(db, org.id, userId),
    isKeptOut(db, org.id, userId),
  ])
  const isOpen = org.allowJoinRequests && permit.actor.emailVerified && !keptOut
  return {
    isMember: member,
    domain: null,
    mayJoin: false,
    mayRequest: isOpen && !member && latest?.state !== 'pending' && mayAskAgainAt(latest) === null,
    request: latest === undefined ? null : ownRequest(latest),
  }
}

function ownRequest(row: RequestRow) {
  const { id, state, reason, created_at } = row
  const again = mayAskAgainAt(row)?.toISOString() ?? null
  return { id, state, reason, createdAt: created_at.toISOString(), mayAskAgainAt: again }
}

/** When somebody who was rejected may ask again; null when they may now. */
function mayAskAgainAt(row: RequestRow | undefined): Date | null {
  if (row?.state !== 'rejected' || row.decided_at === null) return null
  const again = new Date(row.decided_at.getTime() + againAfterMs)
  return again > now() ? again : null
}

/** When somebody who is rejected now may ask again. */
export function askAgainFrom(at: Date): Date {
  return new Date(at.getTime() + againAfterMs)
}

/** Joins an organization, or asks to, whichever it allows the caller. */
export async function joinOrganization(
  db: Db,
  permit: JoinPermit,
  { message }: InputOf<Requests['joinOrganization']>,
): Promise<Answer> {
  const userId = ownId(permit)
  return transaction(db, async (tx) => {
    if (await isMember(tx, permit.org.id, userId, now()))
      throw new HubError('Conflict', `You are a member of ${permit.org.name} already.`)
    await refuseTombstone(tx, permit.org.id, userId)
    if (!(await takesRequests(tx, permit.org.id)))
      throw new HubError(
        'Forbidden',
        `${permit.org.name} takes no requests to join; ask one of its admins to invite you.`,
      )
    return ask(tx, permit, { message: message?.trim() ?? '', source: 'request' })
  })
}

/** Puts the caller into the queue of people whom admins decide about, and tells the admins. */
async function ask(
  tx: Tx,
  permit: JoinPermit,
  { message, source }: { message: string; source: 'request' | 'domain' },
): Promise<Answer> {
  const { org, actor } = permit
  const again = mayAskAgainAt(await findLatestRequest(tx, org.id, actor.id))
  if (again !== null)
    throw new HubError(
      'Conflict',
      `Your last request was rejected; you may ask again from ${again.toISOString().slice(0, 10)} on.`,
    )
  const id = newId()
  const isNew = await insertRequest(tx, { id, orgId: org.id, userId: actor.id, message, source, at: now() })
  if (!isNew) throw new HubError('Conflict', 'Your request waits already; an admin will decide about it.')
  for (const to of await findAdminAddresses(tx, org.id, now()))
    await queueMail(tx, requestMail(permit, { to, org: org.name, user: actor.name, message }))
  await record(tx, permit, {
    type: 'org.join_request.create',
    message: 'asked to join',
    data: { user: { _id: actor.id, user: actor.name }, request: { id, source } },
  })
  return { outcome: 'requested', role: null, request: id }
}

/** Takes back the caller's request that waits. */
export async function withdrawRequest(
  db: Db,
  permit: Permit<'org.withdrawRequest'>,
  _input: InputOf<Requests['withdrawRequest']>,
): Promise<ResultOf<Requests['withdrawRequest']>> {
  const userId = ownId(permit)
  return transaction(db, async (tx) => {
    const id = await withdrawPending(tx, permit.org.id, userId, now())
    if (id === undefined) throw new HubError('NotFound', 'No request of yours waits here.')
    await record(tx, permit, {
      type: 'org.join_request.withdraw',
      message: 'took back their request to join',
      data: { user: { _id: userId, user: permit.actor.name }, request: { id } },
    })
    return { success: true }
  })
}
