import type { joining } from '../../api/index.ts'
import { mayGrant, mayInvite } from '../access/escalation.ts'
import type { AnyPermit } from '../access/permit.ts'
import { avatarUrl } from '../users/accounts.ts'
import type { GroupOffered, InvitationRow, PersonRow } from './invitations-store.ts'

/** A person as lists name them; null when there is nobody. */
export function personReply(permit: AnyPermit, row: PersonRow | null) {
  return row && { ...row, avatarUrl: avatarUrl(permit.hub, row.user) }
}

/** Whether a pending invitation does not work because its inviter lost the right to it. */
export function isVoid({ state, inviter_role, role }: Pick<InvitationRow, 'state' | 'inviter_role' | 'role'>): boolean {
  return state === 'pending' && !(mayInvite(inviter_role) && mayGrant(inviter_role, role))
}

/** An invitation as admins see it. */
export function invitationReply(permit: AnyPermit, row: InvitationRow): joining.Invitation {
  return {
    id: row.id,
    email: row.address,
    user: personReply(permit, row.user),
    role: row.role,
    groups: row.groups.map(({ id, name, role }) => ({ id, name, role })),
    message: row.message,
    state: row.state,
    isVoid: isVoid(row),
    invitedBy: personReply(permit, row.inviter),
    acceptedBy: personReply(permit, row.accepted_by),
    createdAt: row.created_at.toISOString(),
    sentAt: row.sent_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    endedAt: (row.ended_at ?? (row.state === 'expired' ? row.expires_at : null))?.toISOString() ?? null,
  }
}

/** Whom an invitation is for, in a word: the name or the address that the inviter gave. */
export function whomOf({ user, address }: Pick<InvitationRow, 'user' | 'address'>): string {
  return user?.user ?? address ?? 'somebody'
}

interface InvitationKept extends Pick<InvitationRow, 'id' | 'address' | 'role' | 'expires_at'> {
  user: Pick<PersonRow, 'user'> | null
  inviter: Pick<PersonRow, 'user'> | null
  groups: readonly Pick<GroupOffered, 'id' | 'name' | 'role'>[]
}

/** An invitation as the audit log keeps it. */
export function invitationData(row: InvitationKept): Record<string, unknown> {
  return {
    id: row.id,
    ...(row.user ? { user: row.user.user } : { email: row.address }),
    role: row.role,
    resourceGroups: row.groups.map(({ id, name, role }) => ({ id, name, role })),
    expiresAt: row.expires_at,
    invitedBy: row.inviter?.user ?? null,
  }
}
