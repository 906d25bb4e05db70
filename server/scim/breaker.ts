import { canonicalText } from '../../api/index.ts'
import { isAdminRole } from '../access/escalation.ts'
import type { Permit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { tellAdmins } from '../joining/invitations/provisioned.ts'
import { hourSeconds, minuteSeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { digest } from '../kernel/secret.ts'
import type { Held } from '../members/membership/membership-lock.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import * as store from './breaker-store.ts'
import { heldMail } from './mails.ts'

// An identity provider that is set up wrongly, or taken over, must not empty an organization in one night.

const windowSeconds = 10 * minuteSeconds
const leastRemovals = 5
const shareOfMembers = 0.2
const mostAdmins = 1
const heldSeconds = 72 * hourSeconds
const retryAfterSeconds = 1800

/** A request that may remove people. */
export interface RemovalAsked extends store.HeldRequest {
  /** What it does, in words for admins. */
  summary: string
  /** An admin has approved it: it is not counted again. */
  isApproved?: true
}

/** A removal that is beyond the limit. It rolls the transaction back, and waits for an admin. */
export class HeldBack extends Error {
  readonly asked: RemovalAsked
  readonly people: number

  constructor(asked: RemovalAsked, people: number) {
    super('held back')
    this.asked = asked
    this.people = people
  }
}

/** Locks the window in which removals are counted. Call it before anything is written, and {@link countRemovals} once it is known who goes. */
export async function holdWindow(tx: Tx, { org }: Permit<'scim.write'>): Promise<store.Window> {
  return store.lockWindow(tx, org.id, { at: now(), since: secondsFromNow(-windowSeconds) })
}

/** Counts people as removed; throws {@link HeldBack} where that is more than the window allows, or the request waits already. */
export async function countRemovals(
  tx: Tx,
  { org }: Permit<'scim.write'>,
  window: store.Window,
  { asked, people }: { asked: RemovalAsked; people: readonly store.Removal[] },
): Promise<void> {
  if (people.length === 0 || asked.isApproved) return
  const key = { orgId: org.id, fingerprint: fingerprintOf(asked) }
  const decision = await store.findDecision(tx, key, { at: now(), deniedSince: secondsFromNow(-heldSeconds) })
  if (decision === 'denied')
    throw new HubError('Forbidden', 'An admin of the organization denied this removal. It can be approved under SCIM.')
  const counted = await store.listRemovals(tx, org.id)
  const known = new Set(counted.map(({ userId }) => userId))
  const all = [...counted, ...people.filter(({ userId }) => !known.has(userId))]
  const admins = new Set([...counted, ...people].filter(({ wasAdmin }) => wasAdmin).map(({ userId }) => userId))
  const most = Math.max(leastRemovals, Math.floor(window.members * shareOfMembers))
  if (decision === 'waiting' || all.length > most || admins.size > mostAdmins) throw new HeldBack(asked, people.length)
  await store.insertRemovals(tx, org.id, people, now())
}

/** People as they are removed from an organization. */
export function removalsOf(held: Held, userIds: readonly string[]): store.Removal[] {
  return userIds.flatMap((userId) => {
    const member = held.members.get(userId)
    return member === undefined ? [] : [{ userId, wasAdmin: isAdminRole(member.role) }]
  })
}

// What the request does: if it is sent again, both wait as one.
function fingerprintOf({ method, resource, id, body }: store.HeldRequest): Buffer {
  return digest(canonicalText({ method, resource, id, body: body ?? null }))
}

/** Keeps a removal for an admin to decide about, and answers the refusal that the identity provider gets. */
export async function keepHeld(db: Db, permit: Permit<'scim.write'>, { asked, people }: HeldBack): Promise<HubError> {
  const { method, resource, id, body, summary } = asked
  await transaction(db, async (tx) => {
    const row = { id: newId(), orgId: permit.org.id, fingerprint: fingerprintOf(asked), people, summary, at: now() }
    const request = { method, resource, id, body: body ?? null }
    const others = await store.insertHeld(tx, { ...row, request, expiresAt: secondsFromNow(heldSeconds) })
    if (others === undefined) return
    // The first of many tells of all
    if (others === 0) await tellAdmins(tx, permit.org.id, (to) => heldMail({ to, org: permit.org.name, summary }))
    const message = `held back a removal by SCIM: ${summary}`
    await record(tx, permit, { type: 'scim.removal.hold', message, data: { held: row.id, people, request } })
  })
  return new HubError(
    'Unavailable',
    'Too many removals in a short time. This one waits for an admin of the organization to approve it under SCIM.',
    { headers: { 'Retry-After': String(retryAfterSeconds) } },
  )
}
