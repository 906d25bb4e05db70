import type { GroupRole, OrgRole } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import type { Actor, Facts, Grant, RepoFacts } from './facts.ts'
import { reaches } from './ladder.ts'

/** What gives a right: a row of the database, or what someone is. */
export interface Ground extends Partial<Grant<OrgRole>> {
  kind:
    | 'anyone'
    | 'account'
    | 'operator'
    | 'console'
    | 'membership'
    | 'group_role'
    | 'collaborator'
    | 'ownership'
    | 'public'
    | 'gate'
    | 'provisioning'
  /**
   * Of the account, the membership, the resource group, or the repository that gives it; null: everybody has it, or
   * the server's own user.
   */
  id: string | null
  /** The organization that access through a gate was granted to, where it is not the person. */
  organization?: string
}

/**
 * What an action requires: the words for it, shown in the reference and in refusals, and the grounds on which someone
 * meets it. Each of them is enough; none: it is not met. `refusal` has the words for one caller, where the reference
 * says more than concerns them.
 */
export const requirements = {
  anyone: { words: 'nothing', grounds: () => [anyone] },
  signedIn: { words: 'an account', grounds: account },
  operator: { words: 'a site admin account', grounds: operator },
  console: {
    words: 'the command line on the server',
    grounds: (f) => (f.actor?.via === 'console' ? account(f) : []),
  },
  orgCreator: {
    words: 'an account, and a site admin account if only site admins can create organizations',
    // Others are refused only where this is so
    refusal: () => 'a site admin account',
    grounds: (f) => (f.instance.organizationCreation === 'everyone' ? account(f) : operator(f)),
  },
  member: { words: 'a membership in the organization', grounds: (f) => membership(f, 'no_access') },
  orgRead: { words: 'the read role or higher', grounds: (f) => membership(f, 'read') },
  orgWrite: { words: 'the write role or higher', grounds: (f) => membership(f, 'write') },
  orgAdmin: { words: 'the admin role', grounds: orgAdmin },
  provenAdmin: {
    words: 'the admin role without probation after a recovery',
    refusal: (f) => (orgAdmin(f).length > 0 ? 'the admin role without probation after a recovery' : 'the admin role'),
    grounds: (f) => (isOnProbation(f) ? [] : orgAdmin(f)),
  },
  selfOrRead: {
    words: 'the read role or higher, unless it is about yourself',
    refusal: () => 'the read role or higher',
    grounds: (f) => membership(f, isSubject(f) ? 'no_access' : 'read'),
  },
  roleChanger: {
    words: 'the write role or higher (or admin, if the organization requires it)',
    refusal: (f) => (knowsSettings(f) ? roleWords[f.org?.memberManagement ?? 'admin'] : undefined),
    grounds: (f) => membership(f, f.org?.memberManagement ?? 'admin'),
  },
  groupCreator: {
    words: 'a role that the organization allows to create resource groups',
    refusal: (f) => (knowsSettings(f) ? roleWords[f.org?.groupCreation ?? 'admin'] : undefined),
    grounds: (f) => membership(f, f.org?.groupCreation ?? 'admin'),
  },
  formerAdmin: {
    words: 'the admin role or a site admin account',
    grounds: (f) => [...orgAdmin(f), ...operator(f)],
  },
  groupRead: { words: 'a role in the resource group', grounds: (f) => inGroup(f, 'read') },
  groupAdmin: { words: 'the admin role in the resource group', grounds: (f) => inGroup(f, 'admin') },
  groupsOrgAdmin: { words: 'the admin role in the organization', grounds: orgAdmin },
  repoRead: { words: 'read access to the repository', grounds: onRepoRead },
  repoReader: {
    words: 'an account with read access to the repository',
    grounds: (f) => (holder(f) === undefined ? [] : onRepoRead(f)),
  },
  repoContent: {
    words: 'read access to the repository and, if it is gated, access to its files',
    refusal: () => 'access to the files of the repository',
    grounds: (f) => throughGate(f, onRepoRead(f)),
  },
  repoWrite: {
    words: 'write access to the repository',
    grounds: (f) => [...onRepoEdit(f), ...collaborator(f, 'write')],
  },
  repoEdit: {
    words: 'write access to the repository by a role (collaborator access is not enough)',
    grounds: onRepoEdit,
  },
  gateReview: {
    words: 'write access to the repository by a role (collaborator access is not enough)',
    grounds: onRepoEdit,
  },
  repoMove: {
    words: 'write access to the repository by a role, without probation after a recovery',
    refusal: (f) =>
      onRepoEdit(f).length > 0
        ? 'write access without probation after a recovery'
        : 'write access to the repository by a role (collaborator access is not enough)',
    grounds: (f) => (isOnProbation(f) ? [] : onRepoEdit(f)),
  },
  repoAdmin: {
    words: 'ownership of the repository, or the admin role in its organization or resource group',
    grounds: (f) => onRepo(f, 'admin'),
  },
  repoAdminOrSelf: {
    words:
      'ownership of the repository or the admin role in its organization or resource group, unless it is about yourself',
    refusal: () => 'ownership of the repository, or the admin role in its organization or resource group',
    grounds: (f) => [...onRepo(f, 'admin'), ...(f.repo !== undefined && isSubject(f) ? account(f) : [])],
  },
  accessAdmin: {
    words: 'the admin role in the organization or the resource group',
    grounds: (f) => [...orgAdmin(f), ...groupAdmin(f)],
  },
  accessViewer: {
    words: 'the admin role in the organization or the resource group, unless it is about yourself',
    refusal: () => 'the admin role in the organization or the resource group',
    grounds: (f) => [...orgAdmin(f), ...groupAdmin(f), ...(isSubject(f) ? account(f) : [])],
  },
  repoCreate: {
    words: 'the contributor role or higher in the organization or resource group of the new repository',
    grounds: onRepoCreate,
  },
  repoVisibility: {
    words: 'write access by a role (or the admin role, if the organization keeps repositories private)',
    refusal: (f) =>
      knowsSettings(f) && f.org?.repoVisibility === 'private_only'
        ? 'the admin role, because the organization keeps repositories private'
        : 'write access to the repository by a role (collaborator access is not enough)',
    grounds: (f) => (f.org?.repoVisibility === 'private_only' ? orgAdmin(f) : onRepoEdit(f)),
  },
  provisioner: {
    words: 'a SCIM token of the organization, or the admin role',
    grounds: (f) => [...orgAdmin(f), ...provisioning(f)],
  },
  repoOrgAdmin: { words: 'the admin role in the organization', grounds: orgAdmin },
} as const satisfies Record<string, RequirementRow>

interface RequirementRow {
  words: string
  refusal?: (facts: Facts) => string | undefined
  grounds: (facts: Facts) => readonly Ground[]
}

export type Requirement = keyof typeof requirements

const roleWords: Record<OrgRole, string> = {
  admin: 'the admin role',
  write: 'the write role or higher',
  contributor: 'the contributor role or higher',
  read: 'the read role or higher',
  no_access: 'a membership in the organization',
}

// Strangers must not learn from a refusal how an organization is set.
function knowsSettings(facts: Facts): boolean {
  return membership(facts, 'read').length > 0
}

/** What someone who does not meet a requirement needs. */
export function wordsOfRefusal(requirement: Requirement, facts: Facts): string {
  const row: RequirementRow = requirements[requirement]
  return row.refusal?.(facts) ?? row.words
}

/** The grounds on which what an action requires is met; none: it is not. */
export function groundsOf(requirement: Requirement, facts: Facts): readonly Ground[] {
  return requirements[requirement].grounds(facts)
}

/** Whether what an action requires is met. */
export function meets(requirement: Requirement, facts: Facts): boolean {
  return groundsOf(requirement, facts).length > 0
}

const anyone: Ground = { kind: 'anyone', id: null }

// Whose account gives a right: no one's where the scope of their token does not cover what is asked.
function holder({ actor, isOutOfScope }: Facts): Actor | undefined {
  return isOutOfScope ? undefined : actor
}

function account(facts: Facts): Ground[] {
  const actor = holder(facts)
  if (actor === undefined) return []
  return [actor.via === 'console' ? { kind: 'console', id: null } : { kind: 'account', id: actor.id }]
}

function operator(facts: Facts): Ground[] {
  const actor = holder(facts)
  if (!actor?.isOperator) return []
  return actor.via === 'console' ? account(facts) : [{ kind: 'operator', id: actor.id }]
}

function membership({ org }: Facts, rung: OrgRole): Ground[] {
  if (org?.standing === undefined || !reaches(org.role, rung)) return []
  const { withheld: _, ...grant } = org.standing
  return [{ kind: 'membership', ...grant }]
}

function orgAdmin(facts: Facts): Ground[] {
  return membership(facts, 'admin')
}

// The identity provider of the organization, by one of its SCIM tokens.
function provisioning({ actor, org }: Facts): Ground[] {
  const isProvider = actor?.service?.kind === 'scim' && actor.service.orgId === org?.id
  return isProvider && org?.role !== undefined ? [{ kind: 'provisioning', id: actor.id }] : []
}

function groupRoles(id: string, grants: readonly Grant<GroupRole>[], rung: OrgRole): Ground[] {
  return grants.filter(({ role }) => reaches(role, rung)).map((grant) => ({ kind: 'group_role', id, ...grant }))
}

// Admins of the organization have every role in all of its groups.
function inGroup(facts: Facts, rung: GroupRole): Ground[] {
  const { group } = facts
  return [...orgAdmin(facts), ...(group === undefined ? [] : groupRoles(group.id, group.grants, rung))]
}

// Of the repository at hand the group that it is in, whichever other group is named beside it.
function groupAdmin({ group, repo }: Facts): Ground[] {
  if (repo !== undefined) return repo.groupId ? groupRoles(repo.groupId, repo.groupGrants, 'admin') : []
  return group === undefined ? [] : groupRoles(group.id, group.grants, 'admin')
}

function ownership(facts: Facts): Ground[] {
  const { repo } = facts
  const actor = holder(facts)
  if (actor === undefined || repo?.ownerId !== actor.id) return []
  return [{ kind: 'ownership', id: repo.id, role: 'admin' }]
}

// The role that counts for a repository: the group's where it sits in one, the organization's elsewhere.
function onRepo(facts: Facts, rung: OrgRole): Ground[] {
  const { repo } = facts
  if (repo === undefined) return []
  const byRole =
    repo.groupId === null
      ? membership(facts, rung)
      : [...orgAdmin(facts), ...groupRoles(repo.groupId, repo.groupGrants, rung)]
  return [...ownership(facts), ...byRole]
}

// Collaborator access to this one repository; of it and a role the higher counts.
function collaborator({ repo }: Facts, rung: 'read' | 'write'): Ground[] {
  const grant = repo?.collaborator
  return repo && grant && reaches(grant.role, rung) ? [{ kind: 'collaborator', id: repo.id, ...grant }] : []
}

function onRepoRead(facts: Facts): Ground[] {
  const { repo } = facts
  if (repo === undefined) return []
  const open: Ground[] = repo.private ? [] : [{ kind: 'public', id: repo.id }]
  return [...open, ...onRepo(facts, 'read'), ...collaborator(facts, 'read')]
}

// A member whom the gate keeps from the files can't change them either, nor let themselves in.
function onRepoEdit(facts: Facts): Ground[] {
  const grounds = onRepo(facts, isCreator(facts) ? 'contributor' : 'write')
  return throughGate(facts, onRepoRead(facts)).length > 0 ? grounds : []
}

// The grounds to read that the gate lets through, and what opens it.
function throughGate(facts: Facts, grounds: readonly Ground[]): readonly Ground[] {
  const gate = facts.repo?.gate
  if (gate === undefined || grounds.length === 0) return grounds
  const free = grounds.filter((ground) => passesGate(ground, facts))
  // What opens the gate gives nothing to who can't see the repository without it
  const opensFor = free.length < grounds.length
  return opensFor ? [...free, ...gate.grants.map((grant): Ground => ({ kind: 'gate', ...grant }))] : free
}

// Collaborator access is access to this one repository that an admin gave by name, as what opens the gate is.
function passesGate({ kind, role }: Ground, facts: Facts): boolean {
  if (kind === 'ownership' || kind === 'collaborator') return true
  if (kind === 'public') return false
  return facts.repo?.gate?.asksMembers !== true || role === 'admin' || isCreator(facts)
}

/** Whether the gate of the repository is all that stands between the caller and what an action requires. */
export function gateStops(requirement: Requirement, facts: Facts): boolean {
  const { repo } = facts
  if (repo?.gate === undefined || meets(requirement, facts)) return false
  return meets(requirement, { ...facts, repo: { ...repo, gate: undefined } })
}

function isCreator(facts: Facts): boolean {
  const actor = holder(facts)
  return actor !== undefined && facts.repo?.creatorId === actor.id
}

function onRepoCreate(facts: Facts): Ground[] {
  if (facts.org === undefined) return facts.namespaceUser?.id === facts.actor?.id ? account(facts) : []
  return facts.asksForGroup ? inGroup(facts, 'contributor') : membership(facts, 'contributor')
}

function isSubject(facts: Facts): boolean {
  const actor = holder(facts)
  return actor !== undefined && actor.id === facts.subject?.id
}

/** Whether the caller is on probation in the organization at hand, after a recovery. */
export function isOnProbation(facts: Facts): boolean {
  const until = facts.org?.probationUntil ?? null
  return until !== null && until > now()
}

/** Whether someone has every right in every resource group of the organization, and sees all of them. */
export function managesEveryGroup(facts: Facts): boolean {
  return meets('groupsOrgAdmin', facts)
}

/**
 * Whether someone decides about the namespace at hand (its old names, and what leaves it): their own, or as an admin that
 * of an organization.
 */
export function managesNamespace(facts: Facts): boolean {
  return facts.org === undefined || meets('provenAdmin', facts)
}

/** Whether someone sees which resource group the repository at hand is in. */
export function seesGroupOfRepo(facts: Facts): boolean {
  return managesEveryGroup(facts) || groupRoleOnRepo(facts.repo) !== undefined
}

function groupRoleOnRepo(repo: RepoFacts | undefined): GroupRole | undefined {
  return repo?.groupGrants[0]?.role
}
