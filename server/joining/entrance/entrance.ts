import type { joining, OrgRole, SsoMode } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { lockRight, recheck } from '../../access/recheck.ts'
import { HubError } from '../../kernel/errors.ts'
import { digest, randomText } from '../../kernel/secret.ts'
import type { LinksAndMail } from '../../mail/links.ts'
import { ChangedMeanwhile } from '../../store/conflict.ts'
import type { Tx } from '../../store/database.ts'

const secretLength = 43

/** The secret of a link into an organization, and what is kept of it. */
export function newJoinToken(): { token: string; hash: Buffer; last4: string } {
  const token = randomText(secretLength)
  return { token, hash: digest(token), last4: token.slice(-4) }
}

/**
 * The secret of an invitation, and a proof that its mail alone carries. The secret follows from the proof and not the other
 * way round, so that a copy of the link without it proves nothing.
 */
export function newInvitationToken(): { token: string; proof: string; hash: Buffer } {
  const proof = randomText(secretLength)
  const token = tokenOfProof(proof)
  return { token, proof, hash: digest(token) }
}

/** The secret of the invitation that a proof belongs to. */
export function tokenOfProof(proof: string): string {
  return digest(`invitation ${proof}`).toString('hex')
}

/** Where a link into an organization leads to. Its secret stands behind `#`, which browsers send to no server. */
export function joinPath(token: string): string {
  return `/join#token=${token}`
}

/**
 * The link that the inviter shares where no email is sent; null where one is. It lacks the proof of the email: the person
 * who opens it still has to verify the address.
 */
export function linkToShare({ publicUrl, sendsMail }: LinksAndMail, token: string): string | null {
  return sendsMail ? null : `${publicUrl}${joinPath(token)}`
}

/** The one refusal of an invitation or a link that does not work, whatever the reason. */
export function deadOffer(): HubError {
  return new HubError(
    'NotFound',
    'This invitation doesn’t work. It has expired, was used or revoked, or is for another account. Sign in with the account or email address that was invited, or ask for a new invitation.',
  )
}

/** What became of an invite link that lets no one in any more, after its name. */
export const linkEndings = {
  expired: 'has expired',
  used_up: 'has reached its maximum number of uses',
  revoked: 'was revoked',
  void: 'no longer works',
} as const satisfies Record<Exclude<joining.InviteLink['state'], 'active'>, string>

/** The refusal of an invite link that has ended: who has its secret may know that it did, and of which organization it is. */
export function endedLink(org: string, state: keyof typeof linkEndings): HubError {
  return new HubError(
    'InviteLinkEnded',
    `This invite link to ${org} ${linkEndings[state]}. Ask an admin for a new one.`,
  )
}

/** Refuses an invite link of an organization whose people join by SSO, and leads there. */
export function refuseWithSso(org: string, mode: SsoMode, publicUrl = ''): void {
  if (mode === 'off') return
  const link = `${publicUrl}/sso/${encodeURIComponent(org)}`
  throw new HubError('Conflict', `${org} uses single sign-on (SSO), so invite links don’t work. Join here: ${link}`)
}

/** An invitation or an invite link as it was seen, how it is locked and read again, and who answers for it. */
interface Accepting<Offer> {
  seen: Offer
  lock(): Promise<Offer | undefined>
  inviterOf(offer: Offer): string | null
}

/**
 * Decides the permit of a newcomer again, locks what they accept, and tells which role its inviter has by the one decision:
 * none where they may not invite any more. The accounts of both are locked first, as who offboards either does too.
 * Undefined where the offer is gone by then.
 */
export async function lockAccepted<Offer extends { org_id: string }>(
  tx: Tx,
  permit: Permit<'invitation.accept'>,
  { seen, lock, inviterOf }: Accepting<Offer>,
): Promise<{ offer: Offer; inviterRole: OrgRole | undefined } | undefined> {
  const inviterId = inviterOf(seen)
  await recheck(tx, permit, { others: inviterId === null ? [] : [inviterId] })
  const inviterRole = await lockInviter(tx, seen.org_id, inviterId)
  const offer = await lock()
  if (offer === undefined) return undefined
  // Another member answers for it since, whose account would be locked too late.
  if (inviterOf(offer) !== inviterId) throw new ChangedMeanwhile()
  return { offer, inviterRole }
}

async function lockInviter(tx: Tx, orgId: string, inviterId: string | null): Promise<OrgRole | undefined> {
  if (inviterId === null) return undefined
  return (await lockRight(tx, inviterId, 'invitation.create', orgId))?.org?.role
}
