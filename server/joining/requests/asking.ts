import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Author } from '../../access/author.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { dayOf, daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { queueMail } from '../../mail/queue.ts'
import { applyChanges } from '../../members/membership/membership.ts'
import { hasRejoinBlock, refuseBlocked } from '../../members/membership/rejoin-blocks.ts'
import { type DomainDoor, doorFor, lockDoorFor } from '../../orgs/domains.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { ownId } from '../../users/accounts/accounts.ts'
import { linkEndings } from '../entrance/entrance.ts'
import { findAdminAddresses, isMember } from '../entrance/entrance-store.ts'
import { cameByDomainMail, requestMail } from '../entrance/mails.ts'
import {
  type AskedLink,
  countRequests,
  findLatestRequest,
  insertRequest,
  type RequestRow,
  takesRequests,
  withdrawPending,
} from './requests-store.ts'

type Requests = typeof api.requests
type JoinPermit = Permit<'org.join'>
type Answer = ResultOf<Requests['joinOrganization']>

const againAfterMs = 30 * daySeconds * 1000
/** Asking again after withdrawing is asking again: admins get a mail each time. */
export const mostAskedADay = 3

/** Tells how the caller could become a member, and how their last request stands. */
export async function getDoors(
  db: Db,
  permit: Permit<'org.viewDoors'>,
  _input: InputOf<Requests['getDoors']>,
): Promise<ResultOf<Requests['getDoors']>> {
  const { org } = permit
  const userId = ownId(permit)
  const [member, latest, rejoinBlocks, door] = await Promise.all([
    isMember(db, org.id, userId, now()),
    findLatestRequest(db, org.id, userId),
    hasRejoinBlock(db, org.id, userId),
    doorFor(db, org.id, userId),
  ])
  const isFree = !member && !rejoinBlocks
  const mayJoin = isFree && door !== undefined && !door.takesApproval && rejectedAtDoorUntil(latest) === null
  const mayWait = latest?.state !== 'pending' && mayAskAgainAt(latest) === null
  const mayAsk = isFree && !mayJoin && mayWait
  const { emailVerified } = permit.actor
  return {
    isMember: member,
    domain: door?.domain ?? null,
    mayJoin,
    role: mayJoin ? org.defaultRole : null,
    mayRequest: mayAsk && (door?.takesApproval === true || (org.allowJoinRequests && emailVerified)),
    mustVerify: mayAsk && door === undefined && org.allowJoinRequests && !emailVerified,
    request: latest === undefined ? null : ownRequest(latest),
  }
}

function ownRequest(row: RequestRow) {
  const { id, state, reason, created_at } = row
  const again = mayAskAgainAt(row)?.toISOString() ?? null
  return { id, state, reason, createdAt: created_at.toISOString(), mayAskAgainAt: again }
}

/** When someone who was rejected may ask again; null when they may now. */
function mayAskAgainAt(row: RequestRow | undefined): Date | null {
  if (row?.state !== 'rejected' || row.decided_at === null) return null
  const again = new Date(row.decided_at.getTime() + againAfterMs)
  return again > now() ? again : null
}

// Who was rejected at the door of a domain does not slip through when it takes no approval any more.
function rejectedAtDoorUntil(row: RequestRow | undefined): Date | null {
  return row?.source === 'domain' ? mayAskAgainAt(row) : null
}

/** When someone who is rejected now may ask again. */
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
  const words = message?.trim() ?? ''
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const door = await lockDoorFor(tx, permit.org.id, userId)
    if (await isMember(tx, permit.org.id, userId, now()))
      throw new HubError('Conflict', `You are already a member of ${permit.org.name}.`)
    await refuseBlocked(tx, permit.org.id, [userId])
    const asked = { org: permit.org, actor: permit.actor, message: words }
    if (door?.takesApproval) return ask(tx, permit, { ...asked, source: 'domain', domain: door.domain })
    if (door !== undefined) return goIn(tx, permit, door)
    if (!(await takesRequests(tx, permit.org.id)))
      throw new HubError('Forbidden', `${permit.org.name} doesn’t accept requests to join. Ask an admin to invite you.`)
    return ask(tx, permit, { ...asked, source: 'request' })
  })
}

/** Makes the caller a member by the domain of their address, with the default role, and tells the admins. */
async function goIn(tx: Tx, permit: JoinPermit, { domain, role }: DomainDoor): Promise<Answer> {
  const { org, actor } = permit
  refuseUntil(rejectedAtDoorUntil(await findLatestRequest(tx, org.id, actor.id)))
  const person = { id: actor.id, name: actor.name }
  const addresses = await findAdminAddresses(tx, org.id, now())
  const letter = { org: org.name, user: actor.name, domain, role }
  await applyChanges(tx, permit, {
    orgId: org.id,
    changes: [{ kind: 'join', person, role, source: 'domain' }],
    mails: () => addresses.map((to) => cameByDomainMail({ to, ...letter })),
    events: () => [
      {
        type: 'org.join.from_domain',
        message: `joined with the ${role} role through an email address at ${domain}`,
        data: { user: { _id: person.id, user: person.name }, role, source: 'domain', domain },
      },
    ],
  })
  return { outcome: 'joined', role, request: null }
}

function refuseUntil(again: Date | null): void {
  if (again === null) return
  throw new HubError('Conflict', `Your last request was rejected. You can ask again from ${dayOf(again)}.`)
}

interface Named {
  id: string
  name: string
}

interface Asked {
  org: Named
  actor: Named
  message: string
  source: 'request' | 'domain'
  domain?: string
  /** The invite link that let the person in no more. */
  link?: AskedLink & { state: keyof typeof linkEndings }
}

/** Puts someone into the queue of people whom admins decide about, and tells the admins. */
export async function ask(tx: Tx, by: Author, { org, actor, message, source, domain, link }: Asked): Promise<Answer> {
  const latest = await findLatestRequest(tx, org.id, actor.id)
  refuseUntil(mayAskAgainAt(latest))
  const [id, linkId] = [newId(), link?.id ?? null]
  const isNew = await insertRequest(tx, { id, orgId: org.id, userId: actor.id, message, source, linkId, at: now() })
  if (!isNew) throw askedBefore(link !== undefined && latest?.state !== 'pending')
  await refuseAskedOften(tx, org, actor)
  const letter = { org: org.name, user: actor.name, message, domain, link: link && linkWords(org.name, link) }
  for (const to of await findAdminAddresses(tx, org.id, now())) await queueMail(tx, by, requestMail({ to, ...letter }))
  await record(tx, by, {
    type: 'org.join_request.create',
    message: link === undefined ? 'requested to join' : `requested to join on the page of ${linkWords(org.name, link)}`,
    data: {
      user: { _id: actor.id, user: actor.name },
      request: { id, source, ...(domain !== undefined && { domain }), ...(link && { inviteLink: linkKept(link) }) },
    },
  })
  return { outcome: 'requested', role: null, request: id }
}

function askedBefore(withLink: boolean): HubError {
  const sentence = withLink
    ? 'You have already asked with this invite link. Ask an admin to invite you.'
    : 'You have already requested to join. An admin will review your request.'
  return new HubError('Conflict', sentence)
}

function linkKept({ id, label, last4 }: AskedLink): Record<string, unknown> {
  return { id, label, last4 }
}

function linkWords(org: string, { label, last4, state }: NonNullable<Asked['link']>): string {
  const name = label === '' ? `the invite link ending in ${last4}` : `the invite link “${label}”`
  return `${name} to ${org}, which ${linkEndings[state]}`
}

async function refuseAskedOften(tx: Tx, org: Named, actor: Named): Promise<void> {
  const asked = await countRequests(tx, { orgId: org.id, userId: actor.id, since: secondsFromNow(-daySeconds) })
  if (asked <= mostAskedADay) return
  const sentence = `You have requested to join ${org.name} ${mostAskedADay} times today. Try again tomorrow.`
  throw new HubError('TooManyRequests', sentence, { headers: { 'Retry-After': String(daySeconds) } })
}

/** Withdraws the caller's pending request. */
export async function withdrawRequest(
  db: Db,
  permit: Permit<'org.withdrawRequest'>,
  _input: InputOf<Requests['withdrawRequest']>,
): Promise<ResultOf<Requests['withdrawRequest']>> {
  const userId = ownId(permit)
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const id = await withdrawPending(tx, permit.org.id, userId, now())
    if (id === undefined) throw new HubError('NotFound', 'You have no pending request to join this organization.')
    await record(tx, permit, {
      type: 'org.join_request.withdraw',
      message: 'withdrew their request to join',
      data: { user: { _id: userId, user: permit.actor.name }, request: { id } },
    })
    return { success: true }
  })
}
