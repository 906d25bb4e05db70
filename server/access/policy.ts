import type { TokenPermission } from '../../api/index.ts'
import type { PlanFeature } from './ladder.ts'
import type { Requirement } from './requirements.ts'

/**
 * What an action is about: `instance`, an `org`anization, a deleted one, a `group` in one, a `repo`sitory, or a
 * `namespace` to create in.
 */
export type Scope = 'instance' | 'org' | 'deletedOrg' | 'group' | 'repo' | 'namespace'

/** One row of the policy. */
export interface PolicyRow {
  on: Scope
  requires: Requirement
  /** What a fine-grained token needs for it; none has what is about oneself, or the installation. */
  permission?: TokenPermission
  /** Where it needs that, other than on the thing itself: what also changes who reaches other things takes the organization. */
  permissionOn?: 'org'
  /** A fine-grained token can do it whatever its scope is. */
  anyToken?: true
  /** The least a caller must come with: a `read` or `write` token, or a session of the account itself. */
  credential: 'read' | 'write' | 'session'
  plan?: PlanFeature
  /** The path names a person who must be a member. */
  subject?: true
  /**
   * Whether it takes an account with a verified address. Unless said, whatever takes a write token and an account does: an
   * unverified one may look, take care of itself, and go.
   */
  verified?: boolean
  /** Takes a sign-in, or a confirmation of it, within the last ten minutes: it decides about an account, or reveals secrets. */
  recent?: true
  /** What identity providers do: open to SCIM tokens, which open nothing else. */
  provisions?: true
  /** Allowed also to members whom the 2FA requirement or SSO keeps out. */
  evenIfBlocked?: true
}

/** Whether an action is closed to an account without a verified address. */
export function takesVerified({ verified, credential, requires }: PolicyRow): boolean {
  return verified ?? (credential === 'write' && requires !== 'anyone')
}

const provisioning = { on: 'org', requires: 'provisioner', plan: 'scim', provisions: true } as const

/** The policy: every action, and what it requires. */
export const policy = {
  'instance.view': { on: 'instance', requires: 'anyone', credential: 'read' },
  'instance.setup': { on: 'instance', requires: 'anyone', credential: 'write' },
  'namespace.view': { on: 'instance', requires: 'anyone', credential: 'read' },
  'user.view': { on: 'instance', requires: 'anyone', credential: 'read' },
  'search.quick': { on: 'instance', requires: 'anyone', credential: 'read' },
  'account.create': { on: 'instance', requires: 'anyone', credential: 'write' },
  'account.requestPasswordReset': { on: 'instance', requires: 'anyone', credential: 'write' },
  'account.resetPassword': { on: 'instance', requires: 'anyone', credential: 'write' },
  'email.viewClaim': { on: 'instance', requires: 'anyone', credential: 'read' },
  'email.verify': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'email.rejectClaim': { on: 'instance', requires: 'anyone', credential: 'write' },
  'session.create': { on: 'instance', requires: 'anyone', credential: 'write' },
  'session.delete': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'account.whoami': { on: 'instance', requires: 'signedIn', credential: 'read', anyToken: true },
  'account.view': { on: 'instance', requires: 'signedIn', credential: 'read' },
  'account.listSso': { on: 'instance', requires: 'signedIn', credential: 'read' },
  'account.organizations': { on: 'instance', requires: 'signedIn', credential: 'read' },
  'account.notifications': { on: 'instance', requires: 'signedIn', credential: 'read' },
  'account.update': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'account.delete': { on: 'instance', requires: 'signedIn', credential: 'session', recent: true },
  'email.list': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'email.create': { on: 'instance', requires: 'signedIn', credential: 'session', recent: true },
  'email.update': { on: 'instance', requires: 'signedIn', credential: 'session', recent: true },
  'email.resend': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'email.delete': { on: 'instance', requires: 'signedIn', credential: 'session', recent: true },
  'session.confirm': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'session.list': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'session.end': { on: 'instance', requires: 'signedIn', credential: 'session', recent: true },
  'twoFactor.view': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'twoFactor.begin': { on: 'instance', requires: 'signedIn', credential: 'session', recent: true },
  'twoFactor.enable': { on: 'instance', requires: 'signedIn', credential: 'session', recent: true },
  'twoFactor.renewRecoveryCodes': { on: 'instance', requires: 'signedIn', credential: 'session', recent: true },
  'twoFactor.disable': { on: 'instance', requires: 'signedIn', credential: 'session', recent: true },
  'token.list': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'token.create': { on: 'instance', requires: 'signedIn', credential: 'session', verified: true, recent: true },
  'token.update': { on: 'instance', requires: 'signedIn', credential: 'session', verified: true, recent: true },
  'token.delete': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'token.rotate': { on: 'instance', requires: 'signedIn', credential: 'session', verified: true, recent: true },
  'token.reportLeak': { on: 'instance', requires: 'anyone', credential: 'write' },
  'device.request': { on: 'instance', requires: 'anyone', credential: 'write' },
  'device.issueToken': { on: 'instance', requires: 'anyone', credential: 'write' },
  'device.view': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'device.approve': { on: 'instance', requires: 'signedIn', credential: 'session', verified: true, recent: true },
  'device.deny': { on: 'instance', requires: 'signedIn', credential: 'session' },
  'repo.list': { on: 'instance', requires: 'anyone', credential: 'read' },
  'repo.listOwn': { on: 'instance', requires: 'signedIn', credential: 'read' },

  'org.create': { on: 'instance', requires: 'orgCreator', credential: 'write' },
  'org.view': { on: 'org', requires: 'anyone', permission: 'org.read', credential: 'read' },
  'org.viewSettings': { on: 'org', requires: 'orgRead', permission: 'org.read', credential: 'read' },
  'org.update': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'org.updateSettings': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'org.delete': { on: 'org', requires: 'provenAdmin', permission: 'org.write', credential: 'session', recent: true },
  'org.restore': { on: 'deletedOrg', requires: 'formerAdmin', permission: 'org.write', credential: 'write' },
  'sso.viewMetadata': { on: 'org', requires: 'anyone', permission: 'org.read', credential: 'read' },
  'sso.answer': { on: 'org', requires: 'anyone', permission: 'org.read', credential: 'write' },
  'org.viewSuccessors': { on: 'org', requires: 'orgRead', permission: 'org.read', credential: 'read' },
  'org.updateSuccessors': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },

  'member.list': { on: 'org', requires: 'anyone', permission: 'org.read', credential: 'read' },
  'member.summary': { on: 'org', requires: 'orgRead', permission: 'org.read', credential: 'read' },
  'member.view': { on: 'org', requires: 'selfOrRead', permission: 'org.read', credential: 'read', subject: true },
  'member.changeRole': {
    on: 'org',
    requires: 'roleChanger',
    permission: 'org.write',
    credential: 'write',
    plan: 'memberRoles',
    subject: true,
  },
  'member.update': {
    on: 'org',
    requires: 'roleChanger',
    permission: 'org.write',
    credential: 'write',
    plan: 'memberRoles',
    subject: true,
  },
  'member.remove': {
    on: 'org',
    requires: 'orgAdmin',
    permission: 'org.write',
    credential: 'write',
    subject: true,
  },
  'member.bulk': {
    on: 'org',
    requires: 'orgAdmin',
    permission: 'org.write',
    credential: 'write',
    plan: 'memberRoles',
  },
  'import.view': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'member.export': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'member.offboard': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'offboarding.list': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'offboarding.view': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'offboarding.allowRejoin': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'member.leave': { on: 'org', requires: 'member', credential: 'write', verified: false, evenIfBlocked: true },

  'serviceAccount.list': { on: 'org', requires: 'orgAdmin', credential: 'read' },
  'serviceAccount.create': { on: 'org', requires: 'orgAdmin', credential: 'write' },
  'serviceAccount.update': { on: 'org', requires: 'orgAdmin', credential: 'write' },
  'serviceAccount.delete': { on: 'org', requires: 'orgAdmin', credential: 'write' },
  'serviceToken.create': { on: 'org', requires: 'orgAdmin', credential: 'write' },
  'serviceToken.update': { on: 'org', requires: 'orgAdmin', credential: 'write' },
  'serviceToken.delete': { on: 'org', requires: 'orgAdmin', credential: 'write' },
  'serviceToken.rotate': { on: 'org', requires: 'orgAdmin', credential: 'write' },

  'orgToken.view': { on: 'org', requires: 'orgRead', credential: 'read' },
  'orgToken.reveal': { on: 'org', requires: 'orgRead', credential: 'write', recent: true },
  'orgToken.refresh': { on: 'org', requires: 'orgAdmin', credential: 'write', recent: true },

  'invitation.list': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'invitation.create': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'invitation.createMany': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'invitation.viewBatch': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'invitation.resend': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'invitation.revoke': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'invitation.view': { on: 'instance', requires: 'anyone', credential: 'read' },
  'invitation.askAgain': { on: 'instance', requires: 'anyone', credential: 'write' },
  'invitation.listOwn': { on: 'instance', requires: 'signedIn', credential: 'read' },
  'invitation.accept': { on: 'instance', requires: 'signedIn', credential: 'write' },
  'invitation.decline': { on: 'instance', requires: 'signedIn', credential: 'write', verified: false },
  'inviteLink.list': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'inviteLink.create': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'inviteLink.regenerate': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'inviteLink.revoke': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'org.viewDoors': { on: 'org', requires: 'signedIn', credential: 'read' },
  'org.join': { on: 'org', requires: 'signedIn', credential: 'write' },
  'org.withdrawRequest': { on: 'org', requires: 'signedIn', credential: 'write', verified: false },
  'request.list': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'request.approve': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'request.reject': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },

  'scim.read': { ...provisioning, permission: 'org.read', credential: 'read' },
  'scim.write': { ...provisioning, permission: 'org.write', credential: 'write' },
  'scim.view': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read', plan: 'scim' },
  'scim.link': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write', plan: 'scim' },
  'scim.decide': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write', plan: 'scim' },
  'scimToken.create': { on: 'org', requires: 'orgAdmin', credential: 'write', plan: 'scim', recent: true },
  'scimToken.rotate': { on: 'org', requires: 'orgAdmin', credential: 'write', plan: 'scim', recent: true },
  'scimToken.revoke': { on: 'org', requires: 'orgAdmin', credential: 'write', plan: 'scim' },

  'orgToken.list': {
    on: 'org',
    requires: 'orgAdmin',
    permission: 'org.read',
    credential: 'read',
    plan: 'tokenManagement',
  },
  'orgToken.review': {
    on: 'org',
    requires: 'orgAdmin',
    permission: 'org.write',
    credential: 'write',
    plan: 'tokenManagement',
  },
  'orgToken.revoke': {
    on: 'org',
    requires: 'orgAdmin',
    permission: 'org.write',
    credential: 'write',
    plan: 'tokenManagement',
  },

  'domain.list': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'domain.create': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'domain.verify': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },
  'domain.remove': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write' },

  'sso.viewEntrance': { on: 'org', requires: 'anyone', credential: 'read' },
  'sso.signIn': { on: 'org', requires: 'signedIn', credential: 'session', verified: true },
  'sso.enter': { on: 'org', requires: 'anyone', permission: 'org.read', credential: 'write' },
  'sso.signOut': { on: 'org', requires: 'member', credential: 'session', verified: false, evenIfBlocked: true },
  'sso.backchannelLogout': { on: 'org', requires: 'anyone', permission: 'org.read', credential: 'write' },
  'sso.view': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'sso.update': { on: 'org', requires: 'orgAdmin', credential: 'session', verified: true, recent: true },
  'sso.test': { on: 'org', requires: 'orgAdmin', credential: 'session', verified: true },
  'sso.createCodes': { on: 'org', requires: 'orgAdmin', credential: 'session', verified: true, recent: true },
  'sso.viewManaged': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read', plan: 'scim' },
  'sso.convert': {
    on: 'org',
    requires: 'provenAdmin',
    credential: 'write',
    plan: 'scim',
    recent: true,
  },
  'sso.unlink': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write', subject: true },
  'sso.setExternal': { on: 'org', requires: 'orgAdmin', permission: 'org.write', credential: 'write', subject: true },
  'sso.breakGlass': { on: 'org', requires: 'orgAdmin', credential: 'session', recent: true, evenIfBlocked: true },

  'billing.view': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'activity.view': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },

  'recovery.view': { on: 'org', requires: 'member', permission: 'org.read', credential: 'read', evenIfBlocked: true },
  'recovery.viewRequest': {
    on: 'org',
    requires: 'member',
    permission: 'org.read',
    credential: 'read',
    evenIfBlocked: true,
  },
  'recovery.request': { on: 'org', requires: 'member', credential: 'write' },
  'recovery.check': { on: 'org', requires: 'member', credential: 'write' },
  'recovery.withdraw': { on: 'org', requires: 'member', credential: 'write', verified: false, evenIfBlocked: true },
  'recovery.confirm': { on: 'org', requires: 'orgWrite', permission: 'org.write', credential: 'write' },
  'recovery.veto': {
    on: 'org',
    requires: 'orgAdmin',
    permission: 'org.write',
    credential: 'write',
    verified: false,
    evenIfBlocked: true,
  },

  'access.explain': { on: 'org', requires: 'accessViewer', permission: 'org.read', credential: 'read' },
  'access.whoCan': { on: 'org', requires: 'accessAdmin', permission: 'org.read', credential: 'read' },

  'group.list': { on: 'org', requires: 'member', permission: 'org.read', credential: 'read', plan: 'resourceGroups' },
  'group.create': {
    on: 'org',
    requires: 'groupCreator',
    permission: 'resourceGroup.write',
    credential: 'write',
    plan: 'resourceGroups',
  },
  'group.view': {
    on: 'group',
    requires: 'groupRead',
    permission: 'org.read',
    credential: 'read',
    plan: 'resourceGroups',
  },
  'group.update': {
    on: 'group',
    requires: 'groupAdmin',
    permission: 'resourceGroup.write',
    credential: 'write',
    plan: 'resourceGroups',
  },
  'group.configure': {
    on: 'group',
    requires: 'groupAdmin',
    permission: 'resourceGroup.write',
    credential: 'write',
    plan: 'resourceGroups',
  },
  'group.addUsers': {
    on: 'group',
    requires: 'groupAdmin',
    permission: 'resourceGroup.write',
    credential: 'write',
    plan: 'resourceGroups',
  },
  'group.changeRole': {
    on: 'group',
    requires: 'groupAdmin',
    permission: 'resourceGroup.write',
    credential: 'write',
    plan: 'resourceGroups',
  },
  'group.removeUser': {
    on: 'group',
    requires: 'groupAdmin',
    permission: 'resourceGroup.write',
    credential: 'write',
    plan: 'resourceGroups',
  },
  'group.delete': {
    on: 'group',
    requires: 'groupsOrgAdmin',
    permission: 'resourceGroup.write',
    permissionOn: 'org',
    credential: 'write',
    plan: 'resourceGroups',
  },

  'org.viewStorage': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },
  'repo.listOrg': { on: 'org', requires: 'member', permission: 'repo.content.read', credential: 'read' },
  'repo.create': { on: 'namespace', requires: 'repoCreate', permission: 'repo.write', credential: 'write' },
  'repo.view': { on: 'repo', requires: 'repoRead', permission: 'repo.content.read', credential: 'read' },
  'repo.read': { on: 'repo', requires: 'repoContent', permission: 'repo.content.read', credential: 'read' },
  'repo.write': { on: 'repo', requires: 'repoWrite', permission: 'repo.write', credential: 'write' },
  'repo.duplicate': { on: 'repo', requires: 'repoContent', permission: 'repo.content.read', credential: 'write' },
  'repo.viewGroup': { on: 'repo', requires: 'repoRead', permission: 'repo.content.read', credential: 'read' },
  'repo.updateSettings': { on: 'repo', requires: 'repoVisibility', permission: 'repo.write', credential: 'write' },
  'repo.delete': { on: 'repo', requires: 'repoEdit', permission: 'repo.write', credential: 'write' },
  'repo.move': { on: 'repo', requires: 'repoMove', permission: 'repo.write', credential: 'write' },
  'repo.setGroup': {
    on: 'repo',
    requires: 'repoOrgAdmin',
    permission: 'resourceGroup.write',
    permissionOn: 'org',
    credential: 'write',
    plan: 'resourceGroups',
  },

  'gate.view': { on: 'repo', requires: 'repoRead', permission: 'repo.content.read', credential: 'read' },
  'gate.request': { on: 'repo', requires: 'repoReader', credential: 'write' },
  'gate.withdraw': { on: 'repo', requires: 'repoReader', credential: 'write', verified: false },
  'gate.review': { on: 'repo', requires: 'gateReview', permission: 'repo.write', credential: 'read' },
  'gate.handle': { on: 'repo', requires: 'gateReview', permission: 'repo.write', credential: 'write' },

  'card.validate': { on: 'instance', requires: 'anyone', credential: 'read' },

  'collaborator.list': { on: 'repo', requires: 'repoAdminOrSelf', permission: 'repo.write', credential: 'read' },
  'collaborator.set': { on: 'repo', requires: 'repoAdmin', permission: 'repo.write', credential: 'write' },
  'collaborator.remove': { on: 'repo', requires: 'repoAdminOrSelf', permission: 'repo.write', credential: 'write' },
  'collaborator.listOrg': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read' },

  'audit.search': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read', plan: 'auditLog' },
  'audit.export': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read', plan: 'auditLog' },
  'audit.verify': { on: 'org', requires: 'orgAdmin', permission: 'org.read', credential: 'read', plan: 'auditLog' },

  'operator.viewSettings': { on: 'instance', requires: 'operator', credential: 'read' },
  'operator.updateSettings': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.viewHealth': { on: 'instance', requires: 'operator', credential: 'read' },
  'operator.listPeople': { on: 'instance', requires: 'operator', credential: 'read' },
  'operator.createPerson': { on: 'instance', requires: 'operator', credential: 'session', recent: true },
  'operator.updatePerson': { on: 'instance', requires: 'operator', credential: 'session', recent: true },
  'operator.createToken': { on: 'instance', requires: 'console', credential: 'write' },
  'operator.listOrganizations': { on: 'instance', requires: 'operator', credential: 'read' },
  'operator.createOrganization': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.updateOrganization': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.listStorage': { on: 'instance', requires: 'operator', credential: 'read' },
  'operator.setStorageLimit': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.listRecoveries': { on: 'instance', requires: 'operator', credential: 'read' },
  'operator.requestRecovery': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.approveRecovery': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.withdrawRecovery': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.relaxSso': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.addMember': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.listOutbox': { on: 'instance', requires: 'operator', credential: 'session', recent: true },
  'operator.readMail': { on: 'instance', requires: 'operator', credential: 'session', recent: true },
  'operator.revealMail': { on: 'instance', requires: 'operator', credential: 'session', recent: true },
  'operator.retryMail': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.viewAuditLog': { on: 'instance', requires: 'operator', credential: 'read' },
  'operator.checkRepositories': { on: 'instance', requires: 'operator', credential: 'read' },
  'operator.resetXet': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.listOwnerless': { on: 'instance', requires: 'operator', credential: 'read' },
  'operator.deleteOwnerless': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.transferOwnerless': { on: 'instance', requires: 'operator', credential: 'write' },
  'operator.rotateKey': { on: 'instance', requires: 'console', credential: 'write' },
  'operator.fillDemo': { on: 'instance', requires: 'operator', credential: 'write' },
} as const satisfies Record<string, PolicyRow>

export type Action = keyof typeof policy
