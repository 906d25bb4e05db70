import type { OrgRole } from '../../../api/index.ts'
import { mayGrant } from '../../access/escalation.ts'
import { lockRight } from '../../access/recheck.ts'
import { HubError } from '../../kernel/errors.ts'
import { digest, randomText } from '../../kernel/secret.ts'
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

/** Where a link into an organization leads to. */
export function joinPath(token: string): string {
  return `/join/${token}`
}

/** The one refusal of an invitation or a link that does not work, whatever the reason. */
export function deadOffer(): HubError {
  return new HubError(
    'NotFound',
    'This invitation does not work: it has expired, was used or revoked, or is for another account. Sign in with the account or address that was invited, or ask for a new one.',
  )
}

/** Whether a person may still invite with this role, by the one decision; asked again whenever what they offered is used. */
export async function stillMayInvite(
  tx: Tx,
  { orgId, inviterId }: { orgId: string; inviterId: string | null },
  role: OrgRole,
): Promise<boolean> {
  const facts = inviterId === null ? undefined : await lockRight(tx, inviterId, 'invitation.create', orgId)
  return mayGrant(facts?.org?.role, role)
}
