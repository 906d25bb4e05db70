import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import { requireFeature } from '../../access/authorize.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import type { Links, LinksAndMail } from '../../mail/links.ts'
import { queueMail } from '../../mail/queue.ts'
import { type NamedGroup, resolveGroups } from '../../members/membership/groups-named.ts'
import { refuseToOffer } from '../../members/membership/rejoin-blocks.ts'
import { reserveSeat } from '../../orgs/seats.ts'
import { refusedBy } from '../../store/conflict.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { mailAddressOf } from '../../users/addresses/mail-address.ts'
import { attemptLimits, countAttempt } from '../../users/guessing/attempts.ts'
import { lowerName } from '../../users/names/names.ts'
import { linkToShare, newInvitationToken } from '../entrance/entrance.ts'
import { isMember } from '../entrance/entrance-store.ts'
import * as store from '../entrance/invitations-store.ts'
import { refuseOffer } from '../entrance/inviting.ts'
import { invitationMail } from '../entrance/mails.ts'
import { invitationData, invitationReply, whomOf } from '../entrance/reply.ts'

type Joining = typeof api.joining
type InvitePermit = Permit<'invitation.create'> | Permit<'invitation.resend'>

/** Lists invitations, the newest first. */
export async function listInvitations(
  db: Db,
  permit: Permit<'invitation.list'>,
  { state, search, cursor, limit }: InputOf<Joining['listInvitations']>,
  links: Links,
): Promise<ResultOf<Joining['listInvitations']>> {
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, 1)
  const list = { orgId: permit.org.id, state, search, before, limit: limit + 1, at: now() }
  const page = pageOf(await store.listInvitationRows(db, list), limit, ({ id }) => [id])
  return { items: page.items.map((row) => invitationReply(row, links)), next: page.next }
}

/**
 * Invites a person by username or email address; a second call renews the pending invitation. The answer never tells whether an
 * account has the address: the mail does, to its owner.
 */
export async function createInvitation(
  db: Db,
  permit: Permit<'invitation.create'>,
  input: InputOf<Joining['createInvitation']>,
  links: LinksAndMail,
): Promise<ResultOf<Joining['createInvitation']>> {
  const role = input.role ?? permit.org.defaultRole
  refuseOffer(permit.org.role ?? null, { role, groups: [] })
  if (input.groups?.length) requireFeature(permit.facts, 'resourceGroups')
  await countAttempt(db, attemptLimits.invitationMail, attemptKey(input))
  return transaction(db, async (tx) => {
    const account = await lockInvited(tx, permit, input)
    const groups = await resolveGroups(tx, permit.org.id, permit.actor.id, {
      field: 'groups',
      entries: input.groups ?? [],
    })
    refuseOffer(permit.org.role ?? null, { role, groups })
    const { token, proof, hash } = newInvitationToken()
    const { id, renewed, hadExpired } = await store.putInvitation(tx, {
      id: newId(),
      orgId: permit.org.id,
      userId: account?.id ?? null,
      address: input.email ?? null,
      role,
      message: input.message?.trim() ?? '',
      days: input.expiresInDays,
      hash,
      invitedBy: permit.actor.id,
      at: now(),
      expiresAt: secondsFromNow(input.expiresInDays * daySeconds),
    })
    if (!renewed || hadExpired) await reserveSeat(tx, permit.org.id)
    await setGroups(tx, id, groups)
    const row = await getInvitation(tx, permit, id)
    await mailInvitation(tx, permit, row, { token, proof })
    await record(tx, permit, {
      type: row.user === null ? 'org.invite.email' : 'org.invite_user',
      message: `invited ${whomOf(row)} with the ${role} role`,
      data: { invitation: invitationData(row), renewed },
    })
    return { ...invitationReply(row, links), link: linkToShare(links, token) }
  })
}

function attemptKey({ email, username }: { email?: string | undefined; username?: string | undefined }): string {
  return email?.toLowerCase() ?? lowerName(username ?? '')
}

// Decides the permit again; the account of who is invited by name is locked with the caller's.
async function lockInvited(
  tx: Tx,
  permit: Permit<'invitation.create'>,
  { email, username }: { email?: string | undefined; username?: string | undefined },
): Promise<{ id: string } | undefined> {
  if (email !== undefined) {
    await recheck(tx, permit)
    return undefined
  }
  const account = await store.findAccountNamed(tx, lowerName(username ?? ''))
  if (account === undefined) throw badField('username', 'is not the name of an active account.')
  await recheck(tx, permit, { others: [account.id] })
  await refuseInvitee(tx, permit.org.id, account)
  return account
}

async function refuseInvitee(tx: Tx, orgId: string, account: { id: string; name: string }): Promise<void> {
  if (await isMember(tx, orgId, account.id, now()))
    throw new HubError('Conflict', `${account.name} is already a member of the organization.`)
  await refuseToOffer(tx, orgId, account)
}

async function setGroups(tx: Tx, id: string, groups: readonly NamedGroup[]): Promise<void> {
  const given = groups.flatMap(({ id: groupId, role }) => (role === null ? [] : [{ id: groupId, role }]))
  try {
    await store.setInvitationGroups(tx, id, given)
  } catch (error) {
    if (refusedBy(error) === undefined) throw error
    throw new HubError('Forbidden', 'groups: One of the groups has just been deleted. No invitations were sent.')
  }
}

async function getInvitation(
  tx: Tx,
  permit: InvitePermit | Permit<'invitation.revoke'>,
  id: string,
): Promise<store.InvitationRow> {
  const row = await store.findInvitation(tx, permit.org.id, id, now())
  if (row === undefined) throw new HubError('NotFound', 'No invitation with this ID.')
  return row
}

// By name it goes to the account's address; who has none verified finds it in their settings.
async function mailInvitation(
  tx: Tx,
  permit: InvitePermit,
  row: store.InvitationRow,
  secrets: { token: string; proof: string },
): Promise<void> {
  const to = row.address ?? (await mailAddressOf(tx, row.user_id))
  if (to === undefined) return
  const recipient = row.address === null ? 'account' : await store.findRecipient(tx, permit.org.id, to, now())
  const { role, message, expires_at: expiresAt } = row
  const letter = { to, org: permit.org.name, by: permit.actor.name, role, message, expiresAt, ...secrets, recipient }
  await queueMail(tx, permit, invitationMail(letter))
}

/** Mails an invitation once more with a new link, in the name of the caller and for as many days again. */
export async function resendInvitation(
  db: Db,
  permit: Permit<'invitation.resend'>,
  { id }: InputOf<Joining['resendInvitation']>,
  links: LinksAndMail,
): Promise<ResultOf<Joining['resendInvitation']>> {
  const known = await store.findInvitation(db, permit.org.id, id, now())
  if (known) await countAttempt(db, attemptLimits.invitationMail, attemptKey(attempted(known)))
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    await store.lockInvitation(tx, permit.org.id, id)
    const before = await getInvitation(tx, permit, id)
    refuseEnded(before, ['pending', 'expired'])
    refuseOffer(permit.org.role ?? null, { role: before.role, groups: [] })
    const { token, proof, hash } = newInvitationToken()
    const expiresAt = secondsFromNow(before.lifetime_days * daySeconds)
    await renew(tx, { id, hash, invitedBy: permit.actor.id, at: now(), expiresAt })
    if (before.state === 'expired') await reserveSeat(tx, permit.org.id)
    const row = await getInvitation(tx, permit, id)
    await mailInvitation(tx, permit, row, { token, proof })
    await record(tx, permit, {
      type: 'org.invite.resend',
      message: `resent the invitation for ${whomOf(row)}`,
      data: {
        invitation: invitationData(row),
        before: { expiresAt: before.expires_at, invitedBy: before.inviter?.user },
      },
    })
    return { ...invitationReply(row, links), link: linkToShare(links, token) }
  })
}

function attempted({ user, address }: store.InvitationRow): {
  email: string | undefined
  username: string | undefined
} {
  return { email: address ?? undefined, username: user?.user }
}

async function renew(tx: Tx, resend: store.Resend): Promise<void> {
  try {
    await store.renewInvitation(tx, resend)
  } catch (error) {
    if (refusedBy(error) === undefined) throw error
    throw new HubError('Conflict', 'A newer invitation for the same person is pending. Resend that one.')
  }
}

/** Takes a pending invitation back. */
export async function revokeInvitation(
  db: Db,
  permit: Permit<'invitation.revoke'>,
  { id }: InputOf<Joining['revokeInvitation']>,
  links: Links,
): Promise<ResultOf<Joining['revokeInvitation']>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    await store.lockInvitation(tx, permit.org.id, id)
    const before = await getInvitation(tx, permit, id)
    refuseEnded(before, ['pending'])
    await store.endInvitation(tx, id, 'revoked', { at: now() })
    const row = await getInvitation(tx, permit, id)
    await record(tx, permit, {
      type: 'org.invite.revoke',
      message: `revoked the invitation for ${whomOf(row)}`,
      data: { invitation: invitationData(row) },
    })
    return invitationReply(row, links)
  })
}

function refuseEnded(row: store.InvitationRow, open: string[]): void {
  if (open.includes(row.state)) return
  throw new HubError(
    'Conflict',
    `This invitation is already ${row.state}. ${row.state === 'expired' ? 'Resend it' : 'Create a new one'} instead.`,
  )
}
