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
  'gate.request',
  'gate.withdraw',
  'group.addUsers',
  'group.changeRole',
  'group.removeUser',
  'sso.unlink',
  'sso.setExternal',
])

/**
 * What an admin can do who got in without SSO, to repair it: the pages of SSO, members, and the audit log, and what every
 * page of the settings reads.
 */
export const breakGlassActions: ReadonlySet<Action> = new Set<Action>([
  'org.view',
  'org.viewSettings',
  'sso.view',
  'sso.update',
  'sso.test',
  'sso.createCodes',
  'sso.unlink',
  'sso.setExternal',
  'org.viewSuccessors',
  'org.updateSuccessors',
  'member.list',
  'member.summary',
  'member.view',
  'member.changeRole',
  'member.update',
  'member.remove',
  'member.offboard',
  'offboarding.list',
  'offboarding.view',
  'offboarding.allowRejoin',
  'audit.search',
  'audit.export',
  'audit.verify',
  'scim.view',
  'scim.link',
  'scim.decide',
  'scimToken.create',
  'scimToken.rotate',
  'scimToken.revoke',
])

/** What takes an account of one's own: closed to accounts that an organization manages. */
export const ownAccountActions: ReadonlySet<Action> = new Set<Action>([
  'account.delete',
  'email.verify',
  'email.create',
  'email.update',
  'email.resend',
  'email.delete',
  'session.confirm',
  'twoFactor.begin',
  'twoFactor.enable',
  'twoFactor.renewRecoveryCodes',
  'twoFactor.disable',
  'org.create',
  'org.join',
  'invitation.accept',
  'member.leave',
])
