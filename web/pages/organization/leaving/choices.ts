import type { leaving, members, ReplyOf } from '../../../../api/index.ts'

/** What an offboarding would do. */
export type Plan = ReplyOf<typeof leaving.offboardMember>

/** What was chosen in the steps. */
export interface Choices {
  /** Whether a member takes over, or no one; undefined until it is chosen. */
  owner: 'successor' | 'nobody' | undefined
  successor: members.Member | undefined
  invitations: 'revoke' | 'reassign'
  reason: string
}

/** Before anything was chosen. */
export const noChoices: Choices = { owner: undefined, successor: undefined, invitations: 'revoke', reason: '' }

/** Whether anything has no other owner. */
export function needsSomebody({ needsOwner }: Plan): boolean {
  const { groups, repositoryCount, serviceAccounts } = needsOwner
  return groups.length > 0 || repositoryCount > 0 || serviceAccounts.length > 0
}

/** How many of their invitations and links still work. */
export function liveInvitations({ has }: Plan): number {
  return has.invitationsSent.length + has.inviteLinks.length
}
