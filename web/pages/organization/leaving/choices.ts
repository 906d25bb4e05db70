import type { leaving, members, ReplyOf } from '../../../../api/index.ts'

/** What an offboarding would do. */
export type Plan = ReplyOf<typeof leaving.offboardMember>

/** What was chosen on the way. */
export interface Choices {
  /** Whether someone takes over, or no one; undefined until it is chosen. */
  owner: 'successor' | 'nobody' | undefined
  successor: members.Member | undefined
  invitations: 'revoke' | 'reassign'
  reason: string
}

/** Before anything was chosen. */
export const noChoices: Choices = { owner: undefined, successor: undefined, invitations: 'revoke', reason: '' }

/** Whether someone has to be found who takes over. */
export function needsSomebody({ needsOwner }: Plan): boolean {
  return needsOwner.groups.length > 0 || needsOwner.repositoryCount > 0
}

/** How many invitations and links of theirs are alive. */
export function liveInvitations({ has }: Plan): number {
  return has.invitationsSent.length + has.inviteLinks.length
}
