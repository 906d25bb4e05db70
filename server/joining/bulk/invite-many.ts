import type { OrgRole } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import type { NewEvent } from '../../audit/record.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { mapPaced } from '../../kernel/pace.ts'
import type { Mail } from '../../mail/templates.ts'
import type { NamedGroup } from '../../members/membership/groups-named.ts'
import { refusedBy } from '../../store/conflict.ts'
import type { Tx } from '../../store/database.ts'
import { mailAddressesOf } from '../../users/addresses/mail-address.ts'
import { newInvitationToken } from '../entrance/entrance.ts'
import { invitationMail, type Recipient } from '../entrance/mails.ts'
import { invitationData } from '../entrance/reply.ts'
import * as store from './invite-many-store.ts'

/** An invitee: an account, or an email address. */
export interface Invite {
  userId: string | null
  address: string | null
  /** Name of the account, or the address. */
  who: string
  role: OrgRole
  groups: readonly NamedGroup[]
}

/** What all of them get: how many days, and words of the inviter's. */
export interface InviteTerms {
  days: number
  message: string
}

/**
 * Writes invitations that were found right, in as many statements for one as for thousands. Answers one event for each
 * and the mails, for the caller to record and queue, and the secret of each link; no one may be named twice.
 */
export async function inviteMany(
  tx: Tx,
  permit: Permit<'invitation.createMany'> | Permit<'member.bulk'>,
  invites: readonly Invite[],
  { days, message }: InviteTerms,
): Promise<{ events: NewEvent[]; mails: Mail[]; tokens: string[] }> {
  if (invites.length === 0) return { events: [], mails: [], tokens: [] }
  const expiresAt = secondsFromNow(days * daySeconds)
  const terms = { orgId: permit.org.id, invitedBy: permit.actor.id, message, days, at: now(), expiresAt }
  const writes = await mapPaced(invites, (invite) => ({ id: newId(), ...invite, ...newInvitationToken() }))
  const ids = await store.putInvitations(tx, terms, writes)
  const written = writes.map((write) => ({
    ...write,
    id: ids.get(write) ?? write.id,
    renewed: ids.get(write) !== write.id,
  }))
  await setGroups(tx, written)
  return {
    events: await mapPaced(written, (invite) => eventOf(permit, invite, expiresAt)),
    mails: await mailsOf(tx, permit, written, terms),
    tokens: written.map(({ token }) => token),
  }
}

interface Written extends Invite {
  id: string
  token: string
  proof: string
  renewed: boolean
}

async function setGroups(tx: Tx, written: readonly Written[]): Promise<void> {
  const groups = written.flatMap(({ id: invitationId, groups }) =>
    groups.flatMap(({ id: groupId, role }) => (role === null ? [] : [{ invitationId, groupId, role }])),
  )
  const ids = written.map(({ id }) => id)
  try {
    await store.setGroupsOfMany(tx, ids, groups)
  } catch (error) {
    if (refusedBy(error) === undefined) throw error
    throw new HubError('Conflict', 'groups: One of the groups has just been deleted. No invitations were sent.')
  }
}

function eventOf(
  permit: Permit<'invitation.createMany'> | Permit<'member.bulk'>,
  { id, userId, who, role, groups, renewed }: Written,
  expiresAt: Date,
): NewEvent {
  const given = groups.flatMap((group) => (group.role === null ? [] : [{ ...group, role: group.role }]))
  const whom = userId === null ? { user: null, address: who } : { user: { user: who }, address: null }
  const row = { id, ...whom, role, groups: given, expires_at: expiresAt, inviter: { user: permit.actor.name } }
  return {
    type: userId === null ? 'org.invite.email' : 'org.invite_user',
    message: `invited ${who} with the ${role} role`,
    data: { invitation: invitationData(row), renewed },
  }
}

// By name it goes to the account's address; who has none verified finds it in their settings.
async function mailsOf(
  tx: Tx,
  permit: Permit<'invitation.createMany'> | Permit<'member.bulk'>,
  written: readonly Written[],
  { orgId, message, at, expiresAt }: store.ManyTerms,
): Promise<Mail[]> {
  const addresses = written.flatMap(({ address }) => address?.toLowerCase() ?? [])
  const recipients = await store.findRecipients(tx, orgId, addresses, at)
  const mailAddresses = await mailAddressesOf(
    tx,
    written.flatMap(({ userId }) => userId ?? []),
  )
  const mails = await mapPaced(written, ({ userId, address, role, token, proof }) => {
    const to = address ?? mailAddresses.get(userId ?? '')
    if (to === undefined) return []
    const recipient: Recipient = address === null ? 'account' : (recipients.get(address.toLowerCase()) ?? 'no_account')
    const letter = {
      to,
      org: permit.org.name,
      by: permit.actor.name,
      role,
      message,
      expiresAt,
      token,
      proof,
      recipient,
    }
    return [invitationMail(letter)]
  })
  return mails.flat()
}
