import type { Action } from './policy.ts'

/**
 * What rests on the person who does it, so that a service account can't: invitations count while their sender may invite,
 * votes are of people, and who belongs is for people to say.
 */
export const personalActions: ReadonlySet<Action> = new Set<Action>([
  'member.changeRole',
  'member.update',
  'member.remove',
  'member.bulk',
  'member.offboard',
  'invitation.create',
  'invitation.createMany',
  'invitation.resend',
  'inviteLink.create',
  'inviteLink.regenerate',
  'request.approve',
  'recovery.confirm',
  'recovery.veto',
  'group.addUsers',
  'group.changeRole',
  'group.removeUser',
])
