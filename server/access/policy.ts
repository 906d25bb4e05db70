import type { collaborators, GroupRole, OrgRole, Plan } from '../../api/index.ts'
import { plans } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import type { Facts } from './facts.ts'

type CollaboratorRole = collaborators.CollaboratorRole

const ladder: Record<OrgRole, number> = { no_access: 0, read: 1, contributor: 2, write: 3, admin: 4 }

/** Whether a role reaches a rung of the ladder; no role reaches none. */
export function reaches(role: OrgRole | undefined | null, rung: OrgRole): boolean {
  return role !== undefined && role !== null && ladder[role] >= ladder[rung]
}

/** The features that need a plan, each with the lowest plan that has it. */
export const planFeatures = {
  memberRoles: 'team',
  resourceGroups: 'team',
  auditLog: 'team',
  require2fa: 'team',
} as const satisfies Record<string, Plan>
export type PlanFeature = keyof typeof planFeatures

/** Whether a plan has a feature. */
export function planHas(plan: Plan, feature: PlanFeature): boolean {
  return plans.indexOf(plan) >= plans.indexOf(planFeatures[feature])
}

/** What it takes, in words and as a test of the facts. The words are shown in refusals and in the reference. */
export const takes = {
  anyone: { words: 'nothing', test: () => true },
  signedIn: { words: 'an account', test: (f) => f.actor !== undefined },
  verified: { words: 'an account with a verified e-mail address', test: (f) => f.actor?.emailVerified === true },
  operator: { words: 'being operator of this installation', test: (f) => f.actor?.isOperator === true },
  console: { words: 'the command line on the server', test: (f) => f.actor?.via === 'console' },
  orgCreator: {
    words: 'a verified e-mail address, and being operator where only operators create organizations',
    test: (f) =>
      f.actor?.emailVerified === true && (f.actor.isOperator || f.instance.organizationCreation === 'everyone'),
  },
  member: { words: 'being a member', test: (f) => f.org?.role !== undefined },
  orgRead: { words: 'the role read or higher', test: (f) => reaches(f.org?.role, 'read') },
  orgWrite: { words: 'the role write or higher', test: (f) => reaches(f.org?.role, 'write') },
  orgAdmin: { words: 'the role admin', test: (f) => reaches(f.org?.role, 'admin') },
  provenAdmin: {
    words: 'the role admin, and no probation after a recovery',
    test: (f) => reaches(f.org?.role, 'admin') && !isOnProbation(f),
  },
  selfOrRead: {
    words: 'the role read or higher, or being the person',
    test: (f) => reaches(f.org?.role, 'read') || (f.org?.role !== undefined && f.actor?.id === f.subject?.id),
  },
  roleChanger: {
    words: 'the role write or higher, or admin where the organization says so',
    test: (f) => reaches(f.org?.role, f.org?.memberManagement ?? 'admin'),
  },
  groupCreator: {
    words: 'the role that the organization lets create resource groups',
    test: (f) => reaches(f.org?.role, f.org?.groupCreation ?? 'admin'),
  },
  formerAdmin: {
    words: 'the role admin, or being operator of this installation',
    test: (f) => reaches(f.org?.role, 'admin') || f.actor?.isOperator === true,
  },
  groupRead: { words: 'a role in the resource group', test: (f) => reaches(groupRole(f), 'read') },
  groupAdmin: { words: 'the role admin in the resource group', test: (f) => reaches(groupRole(f), 'admin') },
  groupsOrgAdmin: { words: 'the role admin in the organization', test: (f) => reaches(f.org?.role, 'admin') },
  repoRead: { words: 'read access to the repository', test: (f) => mayReadRepo(f) },
  repoWrite: { words: 'write access to the repository', test: (f) => mayEditRepo(f) || hasGrant(f, 'write') },
  repoEdit: {
    words: 'write access to the repository by a role, not by a grant on it alone',
    test: (f) => mayEditRepo(f),
  },
  repoMove: {
    words: 'write access to the repository by a role, and no probation after a recovery',
    test: (f) => mayEditRepo(f) && !isOnProbation(f),
  },
  repoAdmin: {
    words: 'owning the repository, or the role admin in its organization or its resource group',
    test: (f) => reaches(roleOnRepo(f), 'admin'),
  },
  repoAdminOrSelf: {
    words: 'being admin of the repository, or being the person',
    test: (f) =>
      reaches(roleOnRepo(f), 'admin') ||
      (f.actor !== undefined && f.repo !== undefined && f.actor.id === f.subject?.id),
  },
  repoCreate: { words: 'the role contributor or higher where the repository is to be', test: (f) => mayCreateRepo(f) },
  repoVisibility: {
    words: 'write access, and the role admin where the organization keeps repositories private',
    test: (f) => mayEditRepo(f) && (f.org?.repoVisibility !== 'private_only' || reaches(f.org.role, 'admin')),
  },
  repoOrgAdmin: { words: 'the role admin in the organization', test: (f) => reaches(f.org?.role, 'admin') },
} as const satisfies Record<string, { words: string; test: (facts: Facts) => boolean }>

/** Whether the caller is on probation in the organization at hand, after a recovery. */
export function isOnProbation(facts: Facts): boolean {
  const until = facts.org?.probationUntil ?? null
  return until !== null && until > now()
}

/** The role somebody effectively has in the group at hand: admins of the organization have all. */
function groupRole(facts: Facts): GroupRole | undefined {
  return reaches(facts.org?.role, 'admin') ? 'admin' : facts.group?.role
}

/** Whether somebody has every right in every resource group of the organization, and sees all of them. */
export function managesEveryGroup(facts: Facts): boolean {
  return takes.groupsOrgAdmin.test(facts)
}

/** Whether somebody sees which resource group the repository at hand is in. */
export function seesGroupOfRepo(facts: Facts): boolean {
  return managesEveryGroup(facts) || facts.repo?.groupRole !== undefined
}

function ownsRepo(facts: Facts): boolean {
  return facts.actor !== undefined && facts.repo?.ownerId === facts.actor.id
}

// The role that counts for a repository: the group's where it sits in one, the organization's elsewhere.
function roleOnRepo(facts: Facts): OrgRole | undefined {
  if (ownsRepo(facts) || reaches(facts.org?.role, 'admin')) return 'admin'
  return facts.repo?.groupId === null ? facts.org?.role : facts.repo?.groupRole
}

// A grant on this one repository; of it and a role the higher counts.
function hasGrant(facts: Facts, rung: CollaboratorRole): boolean {
  return reaches(facts.repo?.collaboratorRole, rung)
}

function mayReadRepo(facts: Facts): boolean {
  if (facts.repo === undefined) return false
  return !facts.repo.private || reaches(roleOnRepo(facts), 'read') || hasGrant(facts, 'read')
}

function mayEditRepo(facts: Facts): boolean {
  const role = roleOnRepo(facts)
  if (reaches(role, 'write')) return true
  return reaches(role, 'contributor') && facts.repo?.creatorId === facts.actor?.id
}

function mayCreateRepo(facts: Facts): boolean {
  if (facts.org === undefined) return facts.actor !== undefined && facts.namespaceUser?.id === facts.actor.id
  return reaches(facts.asksForGroup ? groupRole(facts) : facts.org.role, 'contributor')
}

export type Take = keyof typeof takes

/**
 * What an action is about: `instance`, an `org`anization, a deleted one, a `group` in one, a `repo`sitory, or a
 * `namespace` to create in.
 */
export type Scope = 'instance' | 'org' | 'deletedOrg' | 'group' | 'repo' | 'namespace'

/** One row of the policy. `by` is the least a caller must come with: a `read` or `write` token, or a session of the account itself. */
export interface PolicyRow {
  on: Scope
  takes: Take
  by: 'read' | 'write' | 'session'
  plan?: PlanFeature
  /** The path names a person who must be a member. */
  subject?: true
  /** Allowed also to members whom the two-factor requirement keeps out. */
  evenIfBlocked?: true
}

/** The policy: every action, and what it takes. */
export const policy = {
  'instance.view': { on: 'instance', takes: 'anyone', by: 'read' },
  'instance.setup': { on: 'instance', takes: 'anyone', by: 'write' },
  'namespace.view': { on: 'instance', takes: 'anyone', by: 'read' },
  'user.view': { on: 'instance', takes: 'anyone', by: 'read' },
  'search.quick': { on: 'instance', takes: 'anyone', by: 'read' },
  'account.create': { on: 'instance', takes: 'anyone', by: 'write' },
  'account.requestPasswordReset': { on: 'instance', takes: 'anyone', by: 'write' },
  'account.resetPassword': { on: 'instance', takes: 'anyone', by: 'write' },
  'email.verify': { on: 'instance', takes: 'anyone', by: 'write' },
  'session.create': { on: 'instance', takes: 'anyone', by: 'write' },
  'session.delete': { on: 'instance', takes: 'signedIn', by: 'session' },
  'account.whoami': { on: 'instance', takes: 'signedIn', by: 'read' },
  'account.view': { on: 'instance', takes: 'signedIn', by: 'read' },
  'account.organizations': { on: 'instance', takes: 'signedIn', by: 'read' },
  'account.update': { on: 'instance', takes: 'signedIn', by: 'session' },
  'account.delete': { on: 'instance', takes: 'signedIn', by: 'session' },
  'email.list': { on: 'instance', takes: 'signedIn', by: 'session' },
  'email.create': { on: 'instance', takes: 'signedIn', by: 'session' },
  'email.update': { on: 'instance', takes: 'signedIn', by: 'session' },
  'email.resend': { on: 'instance', takes: 'signedIn', by: 'session' },
  'email.delete': { on: 'instance', takes: 'signedIn', by: 'session' },
  'session.list': { on: 'instance', takes: 'signedIn', by: 'session' },
  'session.end': { on: 'instance', takes: 'signedIn', by: 'session' },
  'twoFactor.view': { on: 'instance', takes: 'signedIn', by: 'session' },
  'twoFactor.begin': { on: 'instance', takes: 'signedIn', by: 'session' },
  'twoFactor.enable': { on: 'instance', takes: 'signedIn', by: 'session' },
  'twoFactor.renewRecoveryCodes': { on: 'instance', takes: 'signedIn', by: 'session' },
  'twoFactor.disable': { on: 'instance', takes: 'signedIn', by: 'session' },
  'token.list': { on: 'instance', takes: 'signedIn', by: 'session' },
  'token.create': { on: 'instance', takes: 'signedIn', by: 'session' },
  'token.update': { on: 'instance', takes: 'signedIn', by: 'session' },
  'token.delete': { on: 'instance', takes: 'signedIn', by: 'session' },
  'token.rotate': { on: 'instance', takes: 'signedIn', by: 'session' },
  'repo.list': { on: 'instance', takes: 'anyone', by: 'read' },
  'repo.listOwn': { on: 'instance', takes: 'signedIn', by: 'read' },

  'org.create': { on: 'instance', takes: 'orgCreator', by: 'write' },
  'org.view': { on: 'org', takes: 'anyone', by: 'read' },
  'org.viewSettings': { on: 'org', takes: 'orgRead', by: 'read' },
  'org.update': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'org.updateSettings': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'org.delete': { on: 'org', takes: 'provenAdmin', by: 'write' },
  'org.restore': { on: 'deletedOrg', takes: 'formerAdmin', by: 'write' },
  'org.viewSuccessors': { on: 'org', takes: 'orgRead', by: 'read' },
  'org.updateSuccessors': { on: 'org', takes: 'orgAdmin', by: 'write' },

  'member.list': { on: 'org', takes: 'anyone', by: 'read' },
  'member.summary': { on: 'org', takes: 'orgRead', by: 'read' },
  'member.view': { on: 'org', takes: 'selfOrRead', by: 'read', subject: true },
  'member.changeRole': { on: 'org', takes: 'roleChanger', by: 'write', plan: 'memberRoles', subject: true },
  'member.update': { on: 'org', takes: 'roleChanger', by: 'write', plan: 'memberRoles', subject: true },
  'member.remove': { on: 'org', takes: 'orgAdmin', by: 'write', subject: true },
  'member.bulk': { on: 'org', takes: 'orgAdmin', by: 'write', plan: 'memberRoles' },
  'member.export': { on: 'org', takes: 'orgAdmin', by: 'read' },
  'member.offboard': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'offboarding.list': { on: 'org', takes: 'orgAdmin', by: 'read' },
  'offboarding.view': { on: 'org', takes: 'orgAdmin', by: 'read' },
  'offboarding.lift': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'member.leave': { on: 'org', takes: 'member', by: 'write', evenIfBlocked: true },

  'invitation.list': { on: 'org', takes: 'orgAdmin', by: 'read' },
  'invitation.create': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'invitation.createMany': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'invitation.viewBatch': { on: 'org', takes: 'orgAdmin', by: 'read' },
  'invitation.resend': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'invitation.revoke': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'invitation.view': { on: 'instance', takes: 'anyone', by: 'read' },
  'invitation.listOwn': { on: 'instance', takes: 'signedIn', by: 'read' },
  'invitation.accept': { on: 'instance', takes: 'signedIn', by: 'write' },
  'invitation.decline': { on: 'instance', takes: 'signedIn', by: 'write' },
  'inviteLink.list': { on: 'org', takes: 'orgAdmin', by: 'read' },
  'inviteLink.create': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'inviteLink.regenerate': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'inviteLink.revoke': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'org.viewDoors': { on: 'org', takes: 'signedIn', by: 'read' },
  'org.join': { on: 'org', takes: 'verified', by: 'write' },
  'org.withdrawRequest': { on: 'org', takes: 'signedIn', by: 'write' },
  'request.list': { on: 'org', takes: 'orgAdmin', by: 'read' },
  'request.approve': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'request.reject': { on: 'org', takes: 'orgAdmin', by: 'write' },

  'domain.list': { on: 'org', takes: 'orgAdmin', by: 'read' },
  'domain.create': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'domain.verify': { on: 'org', takes: 'orgAdmin', by: 'write' },
  'domain.remove': { on: 'org', takes: 'orgAdmin', by: 'write' },

  'billing.view': { on: 'org', takes: 'orgAdmin', by: 'read' },
  'activity.view': { on: 'org', takes: 'orgAdmin', by: 'read' },

  'recovery.view': { on: 'org', takes: 'member', by: 'read', evenIfBlocked: true },
  'recovery.viewPetition': { on: 'org', takes: 'member', by: 'read', evenIfBlocked: true },
  'recovery.petition': { on: 'org', takes: 'member', by: 'write' },
  'recovery.check': { on: 'org', takes: 'member', by: 'write' },
  'recovery.withdraw': { on: 'org', takes: 'member', by: 'write', evenIfBlocked: true },
  'recovery.confirm': { on: 'org', takes: 'orgWrite', by: 'write' },
  'recovery.veto': { on: 'org', takes: 'orgAdmin', by: 'write', evenIfBlocked: true },

  'group.list': { on: 'org', takes: 'member', by: 'read', plan: 'resourceGroups' },
  'group.create': { on: 'org', takes: 'groupCreator', by: 'write', plan: 'resourceGroups' },
  'group.view': { on: 'group', takes: 'groupRead', by: 'read', plan: 'resourceGroups' },
  'group.update': { on: 'group', takes: 'groupAdmin', by: 'write', plan: 'resourceGroups' },
  'group.configure': { on: 'group', takes: 'groupAdmin', by: 'write', plan: 'resourceGroups' },
  'group.addUsers': { on: 'group', takes: 'groupAdmin', by: 'write', plan: 'resourceGroups' },
  'group.changeRole': { on: 'group', takes: 'groupAdmin', by: 'write', plan: 'resourceGroups' },
  'group.removeUser': { on: 'group', takes: 'groupAdmin', by: 'write', plan: 'resourceGroups' },
  'group.delete': { on: 'group', takes: 'groupsOrgAdmin', by: 'write', plan: 'resourceGroups' },

  'repo.listOrg': { on: 'org', takes: 'member', by: 'read' },
  'repo.create': { on: 'namespace', takes: 'repoCreate', by: 'write' },
  'repo.view': { on: 'repo', takes: 'repoRead', by: 'read' },
  'repo.read': { on: 'repo', takes: 'repoRead', by: 'read' },
  'repo.write': { on: 'repo', takes: 'repoWrite', by: 'write' },
  'repo.duplicate': { on: 'repo', takes: 'repoRead', by: 'write' },
  'repo.viewGroup': { on: 'repo', takes: 'repoRead', by: 'read' },
  'repo.updateSettings': { on: 'repo', takes: 'repoVisibility', by: 'write' },
  'repo.delete': { on: 'repo', takes: 'repoEdit', by: 'write' },
  'repo.move': { on: 'repo', takes: 'repoMove', by: 'write' },
  'repo.setGroup': { on: 'repo', takes: 'repoOrgAdmin', by: 'write', plan: 'resourceGroups' },

  'card.validate': { on: 'instance', takes: 'anyone', by: 'read' },

  'collaborator.list': { on: 'repo', takes: 'repoAdminOrSelf', by: 'read' },
  'collaborator.set': { on: 'repo', takes: 'repoAdmin', by: 'write' },
  'collaborator.remove': { on: 'repo', takes: 'repoAdminOrSelf', by: 'write' },
  'collaborator.listOrg': { on: 'org', takes: 'orgAdmin', by: 'read' },

  'audit.search': { on: 'org', takes: 'orgAdmin', by: 'read', plan: 'auditLog' },
  'audit.export': { on: 'org', takes: 'orgAdmin', by: 'read', plan: 'auditLog' },
  'audit.verify': { on: 'org', takes: 'orgAdmin', by: 'read', plan: 'auditLog' },

  'operator.viewSettings': { on: 'instance', takes: 'operator', by: 'read' },
  'operator.updateSettings': { on: 'instance', takes: 'operator', by: 'write' },
  'operator.viewHealth': { on: 'instance', takes: 'operator', by: 'read' },
  'operator.listPeople': { on: 'instance', takes: 'operator', by: 'read' },
  'operator.createPerson': { on: 'instance', takes: 'operator', by: 'write' },
  'operator.updatePerson': { on: 'instance', takes: 'operator', by: 'write' },
  'operator.createToken': { on: 'instance', takes: 'console', by: 'write' },
  'operator.listOrganizations': { on: 'instance', takes: 'operator', by: 'read' },
  'operator.createOrganization': { on: 'instance', takes: 'operator', by: 'write' },
  'operator.updateOrganization': { on: 'instance', takes: 'operator', by: 'write' },
  'operator.listRecoveries': { on: 'instance', takes: 'operator', by: 'read' },
  'operator.petition': { on: 'instance', takes: 'operator', by: 'write' },
  'operator.approvePetition': { on: 'instance', takes: 'operator', by: 'write' },
  'operator.withdrawPetition': { on: 'instance', takes: 'operator', by: 'write' },
  'operator.addMember': { on: 'instance', takes: 'operator', by: 'write' },
  'operator.listOutbox': { on: 'instance', takes: 'operator', by: 'session' },
  'operator.retryMail': { on: 'instance', takes: 'operator', by: 'write' },
  'operator.viewAuditLog': { on: 'instance', takes: 'operator', by: 'read' },
  'operator.checkRepositories': { on: 'instance', takes: 'operator', by: 'read' },
  'operator.fillDemo': { on: 'instance', takes: 'operator', by: 'write' },
} as const satisfies Record<string, PolicyRow>

export type Action = keyof typeof policy
