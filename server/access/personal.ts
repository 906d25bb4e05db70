import type { Facts } from './facts.ts'
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

type RepairTopic = 'sso' | 'scim' | 'scimToken' | 'member' | 'offboarding' | 'audit'

// The type asks for every action of these topics, so that none is forgotten
const repairing: Record<Extract<Action, `${RepairTopic}.${string}`>, boolean> = {
  'sso.viewMetadata': false,
  'sso.answer': false,
  'sso.viewEntrance': false,
  'sso.signIn': false,
  'sso.signOut': false,
  'sso.enter': false,
  'sso.viewManaged': true,
  'sso.convert': false,
  'sso.backchannelLogout': false,
  'sso.view': true,
  'sso.update': true,
  'sso.test': true,
  'sso.createCodes': true,
  'sso.unlink': true,
  'sso.setExternal': true,
  'sso.breakGlass': false,
  'scim.read': false,
  'scim.write': false,
  'scim.view': true,
  'scim.link': true,
  'scim.decide': true,
  'scimToken.create': true,
  'scimToken.rotate': true,
  'scimToken.revoke': true,
  'member.list': true,
  'member.summary': true,
  'member.view': true,
  'member.changeRole': true,
  'member.update': true,
  'member.remove': true,
  'member.bulk': false,
  'member.export': false,
  'member.offboard': true,
  'member.leave': false,
  'offboarding.list': true,
  'offboarding.view': true,
  'offboarding.allowRejoin': true,
  'audit.search': true,
  'audit.export': true,
  'audit.verify': true,
}

const repairActions = Object.keys(repairing) as (keyof typeof repairing)[]

/**
 * What an admin can do who got in without SSO, to repair it: the pages of SSO, SCIM, members, and the audit log, and what
 * every page of the settings reads.
 */
export const breakGlassActions: ReadonlySet<Action> = new Set<Action>([
  'org.view',
  'org.viewSettings',
  'org.viewSuccessors',
  'org.updateSuccessors',
  ...repairActions.filter((action) => repairing[action]),
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

/** The facts as they count for an action: to someone who repairs SSO, as if they had signed in with it. */
export function factsFor(action: Action, facts: Facts): Facts {
  const { org } = facts
  const isIn = org?.standing?.withheld.every((reason) => reason === 'sso') && org.standing.withheld.length > 0
  if (!isIn || !org?.standing || !org.breakGlassUntil || !breakGlassActions.has(action)) return facts
  const counting = { ...org, role: org.standing.role, standing: { ...org.standing, withheld: [] } }
  return { ...facts, org: counting, isRepairing: true }
}

/** The facts about another action: what one lets someone do who repairs SSO says nothing about the others. */
export function asRepairing(action: Action, facts: Facts): Facts {
  const { org } = facts
  if (!facts.isRepairing || breakGlassActions.has(action) || org?.standing === undefined) return facts
  return { ...facts, org: { ...org, role: undefined, standing: { ...org.standing, withheld: ['sso'] } } }
}
