import type * as api from '../../../api/index.ts'
import type { InputOf, OrgRole, ResultOf } from '../../../api/index.ts'
import { mayGrant } from '../../access/escalation.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { type NewEvent, record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import type { Links } from '../../mail/links.ts'
import { queueMail } from '../../mail/queue.ts'
import { applyChanges } from '../../members/membership/membership.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { mailAddressOf } from '../../users/addresses/mail-address.ts'
import { isMember } from '../entrance/entrance-store.ts'
import { approvedMail, rejectedMail } from '../entrance/mails.ts'
import { personReply } from '../entrance/reply.ts'
import { askAgainFrom } from './asking.ts'
import { decideRequest, findRequester, listRequestRows, lockRequest, type RequestRow } from './requests-store.ts'

type Requests = typeof api.requests
type DecidePermit = Permit<'request.approve'> | Permit<'request.reject'>

/** Lists requests to join, the newest first. */
export async function listRequests(
  db: Db,
  permit: Permit<'request.list'>,
  { state, cursor, limit }: InputOf<Requests['listRequests']>,
  links: Links,
): Promise<ResultOf<Requests['listRequests']>> {
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, 1)
  const rows = await listRequestRows(db, { orgId: permit.org.id, state, before, limit: limit + 1 })
  const page = pageOf(rows, limit, ({ id }) => [id])
  return { items: page.items.map((row) => requestReply(row, links)), next: page.next }
}

/** Makes the person who asked a member; approving again changes nothing. */
export async function approveRequest(
  db: Db,
  permit: Permit<'request.approve'>,
  input: InputOf<Requests['approveRequest']>,
  links: Links,
): Promise<ResultOf<Requests['approveRequest']>> {
  const role = input.role ?? permit.org.defaultRole
  if (!mayGrant(permit.org.role, role)) throw new HubError('Forbidden', 'Only admins can make someone an admin.')
  return transaction(db, async (tx) => {
    const askedBy = await findRequester(tx, permit.org.id, input.id)
    await recheck(tx, permit, { others: askedBy === undefined ? [] : [askedBy] })
    const row = await getRequest(tx, permit, input.id)
    if (row.state === 'approved') return requestReply(row, links)
    refuseDecided(row)
    if (!row.is_active) throw new HubError('Conflict', 'This account is suspended or deleted.')
    await decideRequest(tx, { id: row.id, state: 'approved', role, reason: '', by: permit.actor.name, at: now() })
    await letIn(tx, permit, row, role)
    return requestReply(await getRequest(tx, permit, row.id), links)
  })
}

// Who came in by another door meanwhile keeps the role they have.
async function letIn(tx: Tx, permit: Permit<'request.approve'>, row: RequestRow, role: OrgRole): Promise<void> {
  const { org, actor } = permit
  const person = { id: row.user_id, name: row.user.user }
  const wasMember = await isMember(tx, org.id, person.id, now())
  const to = wasMember ? undefined : await mailAddressOf(tx, person.id)
  const join = { kind: 'join', person, role, source: row.source, letInBy: actor.id } as const
  await applyChanges(tx, permit, {
    orgId: org.id,
    changes: wasMember ? [] : [join],
    mails: () => (to === undefined ? [] : [approvedMail({ to, org: org.name, role })]),
    events: () => [approvalEvent(row, role, wasMember)],
  })
}

function approvalEvent(row: RequestRow, role: OrgRole, wasMember: boolean): NewEvent {
  return {
    type: 'org.join_request.approve',
    message: `approved the request of ${row.user.user} to join, with the ${role} role`,
    data: { ...requestData(row), role, source: row.source, ...(wasMember && { wasMember }) },
  }
}

/** Rejects a request, and tells the person why; rejecting again changes nothing. */
export async function rejectRequest(
  db: Db,
  permit: Permit<'request.reject'>,
  input: InputOf<Requests['rejectRequest']>,
  links: Links,
): Promise<ResultOf<Requests['rejectRequest']>> {
  const reason = input.reason?.trim() ?? ''
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await getRequest(tx, permit, input.id)
    if (row.state === 'rejected') return requestReply(row, links)
    refuseDecided(row)
    const at = now()
    await decideRequest(tx, { id: row.id, state: 'rejected', role: null, reason, by: permit.actor.name, at })
    const to = await mailAddressOf(tx, row.user_id)
    if (to !== undefined)
      await queueMail(tx, permit, rejectedMail({ to, org: permit.org.name, reason, again: askAgainFrom(at) }))
    const reply = requestReply(await getRequest(tx, permit, row.id), links)
    await record(tx, permit, {
      type: 'org.join_request.reject',
      message: `rejected the request of ${row.user.user} to join`,
      data: { ...requestData(row), reason },
    })
    return reply
  })
}

function refuseDecided({ state }: RequestRow): void {
  if (state !== 'pending') throw new HubError('Conflict', `This request is already ${state}.`)
}

async function getRequest(tx: Tx, permit: DecidePermit, id: string): Promise<RequestRow> {
  const row = await lockRequest(tx, permit.org.id, id)
  if (row === undefined) throw new HubError('NotFound', 'No request with this ID.')
  return row
}

function requestReply(row: RequestRow, links: Links): api.requests.JoinRequest {
  const { user, fullname } = row.user
  return {
    id: row.id,
    user: personReply(row.user, links) ?? { user, fullname, avatarUrl: '' },
    message: row.message,
    source: row.source,
    inviteLink: row.link,
    state: row.state,
    role: row.role,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    decidedBy: row.decided_by,
  }
}

function requestData(row: RequestRow): Record<string, unknown> {
  return { user: { _id: row.user_id, user: row.user.user }, request: { id: row.id } }
}
