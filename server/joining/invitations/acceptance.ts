import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import { mayGrant, mayManageGroup } from '../../access/escalation.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { type NewEvent, record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { digest } from '../../kernel/secret.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import { queueMail } from '../../mail/queue.ts'
import { applyChanges } from '../../members/membership/membership.ts'
import type { ChangeSet } from '../../members/membership/membership-changes.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { ownId } from '../../users/accounts/accounts.ts'
import { mailAddressOf } from '../../users/addresses/mail-address.ts'
import { deadOffer, lockAccepted } from '../entrance/entrance.ts'
import { endInvitation, type GroupOffered } from '../entrance/invitations-store.ts'
import { joinByLink } from '../entrance/link-entrance.ts'
import { declinedMail, joinedMail } from '../entrance/mails.ts'
import { findOffer, listOffers, lockOffer, type OfferKey, type OfferRow } from '../entrance/offers-store.ts'
import { isVoid, personReply, whomOf } from '../entrance/reply.ts'

type Joining = typeof api.joining
type AnswerPermit = Permit<'invitation.accept'> | Permit<'invitation.decline'>
type Joined = ResultOf<Joining['acceptOffer']>

/** Lists the invitations that wait for the caller. */
export async function listMyInvitations(
  db: Db,
  permit: Permit<'invitation.listOwn'>,
  _input: unknown,
  links: Links,
): Promise<ResultOf<Joining['listMyInvitations']>> {
  const rows = await listOffers(db, ownId(permit), now())
  return rows
    .filter((row) => !isVoid(row))
    .map((row) => ({
      id: row.id,
      organization: organizationReply(row.org, links),
      email: row.address,
      role: row.role,
      groups: row.groups.map(({ name, role }) => ({ name, role })),
      message: row.message,
      invitedBy: personReply(row.inviter, links),
      sentAt: row.sent_at.toISOString(),
      expiresAt: row.expires_at.toISOString(),
    }))
}

/** An organization as those see it who are not in it yet. */
export function organizationReply({ name, fullname, is_verified: isVerified }: OfferRow['org'], links: Links) {
  return { name, fullname, isVerified, avatarUrl: avatarUrl(links, name) }
}

/** Makes the caller a member by the invitation or the invite link that the token belongs to. */
export async function acceptOffer(
  db: Db,
  permit: Permit<'invitation.accept'>,
  { token }: InputOf<Joining['acceptOffer']>,
): Promise<Joined> {
  const hash = digest(token)
  return (await accept(db, permit, { hash })) ?? (await joinByLink(db, permit, hash)) ?? dead()
}

/** Makes the caller a member by an invitation that waits for them. */
export async function acceptMyInvitation(
  db: Db,
  permit: Permit<'invitation.accept'>,
  { id }: InputOf<Joining['acceptMyInvitation']>,
): Promise<Joined> {
  return (await accept(db, permit, { id })) ?? dead()
}

function dead(): never {
  throw deadOffer()
}

async function accept(db: Db, permit: Permit<'invitation.accept'>, key: OfferKey): Promise<Joined | undefined> {
  const userId = ownId(permit)
  return transaction(db, async (tx) => {
    const seen = await findMine(tx, permit, key)
    if (seen === undefined) return undefined
    const inviterOf = (offer: OfferRow) => offer.invited_by
    const locked = await lockAccepted(tx, permit, { seen, lock: () => lockMine(tx, permit, key), inviterOf })
    if (locked === undefined) return undefined
    const { offer: row } = locked
    const inviterRole = row.invited_by === null ? row.inviter_role : locked.inviterRole
    if (row.is_member) throw new HubError('Conflict', `You are already a member of ${row.org.name}.`)
    if (!mayGrant(inviterRole, row.role)) return undefined
    const groups = row.groups.filter((group) => mayStillGive(row, group))
    await endInvitation(tx, row.id, 'accepted', { at: now(), acceptedBy: userId })
    await applyChanges(tx, permit, await entryOf(tx, permit, row, groups))
    return { organization: row.org.name, role: row.role }
  })
}

// An invitation to an address is for the account that has verified it; others hear what everybody hears, unless they name the
// address themselves and only have to verify it.
async function findMine(tx: Tx, permit: AnswerPermit, key: OfferKey): Promise<OfferRow | undefined> {
  const row = await findOffer(tx, key, ownId(permit), now())
  if (row === undefined || isVoid(row)) return undefined
  if (row.is_mine) return row
  if (!row.names_address || 'id' in key) throw deadOffer()
  throw new HubError(
    'EmailNotVerified',
    'Verify the invited email address first. Open the link in the verification email.',
  )
}

async function lockMine(tx: Tx, permit: AnswerPermit, key: OfferKey): Promise<OfferRow | undefined> {
  await lockOffer(tx, key)
  return findMine(tx, permit, key)
}

function mayStillGive(row: OfferRow, group: GroupOffered): boolean {
  return group.managed_by === 'manual' && mayManageGroup(row.inviter_role, group.inviter_role)
}

async function entryOf(
  tx: Tx,
  permit: Permit<'invitation.accept'>,
  row: OfferRow,
  groups: readonly GroupOffered[],
): Promise<ChangeSet> {
  const { id, name } = permit.actor
  const by = row.inviter?.user ?? 'system'
  const to = await mailAddressOf(tx, row.invited_by)
  const join = {
    kind: 'join',
    person: { id, name },
    role: row.role,
    source: sourceOf(row),
    letInBy: row.invited_by,
    groups: groups.map((group) => ({ groupId: group.id, role: group.role, by })),
  } as const
  return {
    orgId: row.org_id,
    changes: [join],
    mails: () => (to === undefined ? [] : [joinedMail({ to, org: row.org.name, user: name }, 'your invitation')]),
    events: () => [entryEvent({ id, name }, row, groups)],
  }
}

function sourceOf({ is_provisioned }: OfferRow): 'scim' | 'invitation' {
  return is_provisioned ? 'scim' : 'invitation'
}

function noInviter({ is_provisioned }: OfferRow): string {
  return is_provisioned ? 'the identity provider' : 'a deleted account'
}

function entryEvent(person: { id: string; name: string }, row: OfferRow, groups: readonly GroupOffered[]): NewEvent {
  const dropped = row.groups.filter((group) => !groups.includes(group)).map(({ name }) => name)
  return {
    type: 'org.invite.accept',
    message: `joined with the ${row.role} role through an invitation from ${row.inviter?.user ?? noInviter(row)}`,
    data: {
      user: { _id: person.id, user: person.name },
      role: row.role,
      source: sourceOf(row),
      invitation: { id: row.id, invitedBy: row.inviter?.user ?? null },
      resourceGroups: groups.map(({ id, name, role }) => ({ id, name, role })),
      ...(dropped.length > 0 && { resourceGroupsDropped: dropped }),
    },
    scope: row.org_id,
  }
}

/** Declines the invitation that the token belongs to. */
export async function declineOffer(
  db: Db,
  permit: Permit<'invitation.decline'>,
  { token }: InputOf<Joining['declineOffer']>,
): Promise<ResultOf<Joining['declineOffer']>> {
  return decline(db, permit, { hash: digest(token) })
}

/** Declines an invitation that waits for the caller. */
export async function declineMyInvitation(
  db: Db,
  permit: Permit<'invitation.decline'>,
  { id }: InputOf<Joining['declineMyInvitation']>,
): Promise<ResultOf<Joining['declineMyInvitation']>> {
  return decline(db, permit, { id })
}

async function decline(db: Db, permit: Permit<'invitation.decline'>, key: OfferKey): Promise<{ success: boolean }> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockMine(tx, permit, key)
    if (row === undefined) throw deadOffer()
    await endInvitation(tx, row.id, 'declined', { at: now() })
    const to = await mailAddressOf(tx, row.invited_by)
    if (to !== undefined) await queueMail(tx, permit, declinedMail({ to, org: row.org.name, whom: whomOf(row) }))
    await record(tx, permit, {
      type: 'org.invite.decline',
      message: 'declined an invitation',
      data: { invitation: { id: row.id, invitedBy: row.inviter?.user ?? null }, role: row.role },
      scope: row.org_id,
    })
    return { success: true }
  })
}
