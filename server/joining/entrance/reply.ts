import type { joining } from '../../../api/index.ts'
import { mayGrant, mayInvite } from '../../access/escalation.ts'
import { now } from '../../kernel/clock.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import type { GroupOffered, InvitationRow, PersonRow } from './invitations-store.ts'
import type { LinkRow } from './links-store.ts'

/** A person as lists name them; null when there is no one. */
export function personReply(row: PersonRow | null, links: Links) {
  return row && { ...row, avatarUrl: avatarUrl(links, row.user) }
}

/** Whether a pending invitation does not work because its inviter lost the right to it. */
export function isVoid({ state, inviter_role, role }: Pick<InvitationRow, 'state' | 'inviter_role' | 'role'>): boolean {
  return state === 'pending' && !(mayInvite(inviter_role) && mayGrant(inviter_role, role))
}

/** Whether an invite link works, or why it doesn't. */
export function linkState(row: LinkRow): joining.InviteLink['state'] {
  if (row.revoked_at !== null) return 'revoked'
  if (row.expires_at <= now()) return 'expired'
  if (row.max_uses !== null && row.uses >= row.max_uses) return 'used_up'
  return mayInvite(row.creator_role) ? 'active' : 'void'
}

/** An invitation as admins see it. */
export function invitationReply(row: InvitationRow, links: Links): joining.Invitation {
  return {
    id: row.id,
    email: row.address,
    user: personReply(row.user, links),
    role: row.role,
    groups: row.groups.map(({ id, name, role }) => ({ id, name, role })),
    message: row.message,
    state: row.state,
    isVoid: isVoid(row),
    invitedBy: personReply(row.inviter, links),
    acceptedBy: personReply(row.accepted_by, links),
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
