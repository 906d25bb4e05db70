import type { collaborators, GroupRole, OrgRole, Plan, RepoType, Target } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import type { Db } from '../store/database.ts'
import { type FactsRow, findFacts } from './store.ts'

/** What a caller shows at the door; `console` is the socket that only the server's own user can reach. */
export type Credential =
  | { kind: 'none' }
  | { kind: 'token'; hash: Buffer }
  | { kind: 'session'; hash: Buffer }
  /** A signed link: made for this person, with this token or session; void once that is gone. */
  | { kind: 'link'; userId: string; tokenId: string | null; sessionId: string | null }
  | { kind: 'console' }

export interface Actor {
  id: string
  name: string
  fullname: string
  isOperator: boolean
  hasTwoFactor: boolean
  emailVerified: boolean
  via: 'token' | 'session' | 'console'
  token?: {
    id: string
    name: string
    role: 'read' | 'write' | 'fineGrained'
    last4: string
    createdAt: Date
    expiresAt: Date | null
    lastUsedAt: Date | null
  }
  session?: { id: string; expiresAt: Date; rotatedAt: Date; lastSeenAt: Date; isPrevious: boolean }
}

export interface OrgFacts {
  id: string
  name: string
  fullname: string
  details: string
  website: string
  plan: Plan
  isVerified: boolean
  createdAt: Date
  deletedAt: Date | null
  memberManagement: 'write' | 'admin'
  defaultRole: Exclude<OrgRole, 'admin'>
  groupCreation: Exclude<OrgRole, 'no_access'>
  allowJoinRequests: boolean
  userApproval: boolean
  hideMembers: boolean
  repoVisibility: 'public' | 'private' | 'private_only'
  require2fa: boolean
  require2faFrom: Date | null
  adminlessSince: Date | null
  /** The caller's role, when it counts. */
  role: OrgRole | undefined
  /** The caller's role, when the organization's requirements keep them out. */
  blockedRole: OrgRole | undefined
  /** The caller's role, when the organization has ended its trust in the token at hand. */
  distrustedRole: OrgRole | undefined
  /** Until when the caller's membership is on probation, if it ever was. */
  probationUntil: Date | null
}

/** Everything a decision needs, read in one statement. */
export interface Facts {
  actor?: Actor
  instance: { organizationCreation: 'everyone' | 'operators' }
  org?: OrgFacts
  asksForGroup: boolean
  group?: { id: string; name: string; managedBy: 'manual' | 'scim'; role: GroupRole | undefined }
  subject?: { id: string; name: string; fullname: string; role: OrgRole | undefined }
  repo?: RepoFacts
  /** The person whose namespace is asked for. */
  namespaceUser?: { id: string; name: string }
}

export interface RepoFacts {
  id: string
  type: RepoType
  name: string
  namespace: string
  private: boolean
  creatorId: string | null
  ownerId: string
  groupId: string | null
  /** The caller's role in the repository's group. */
  groupRole: GroupRole | undefined
  /** The caller's grant on this one repository. */
  collaboratorRole: collaborators.CollaboratorRole | undefined
}

/** The author of what is done from the server's own command line. */
export const consoleActor: Actor = {
  id: '000000000000000000000000',
  name: 'system',
  fullname: 'Command line on the server',
  isOperator: true,
  hasTwoFactor: true,
  emailVerified: true,
  via: 'console',
}

/** Reads the facts about a caller and what they ask for. */
export async function loadFacts(db: Db, credential: Credential, target: Target): Promise<Facts> {
  const row = await findFacts(db, credential, target, now())
  return factsOf(row, credential, target)
}

function factsOf(row: FactsRow, credential: Credential, target: Target): Facts {
  const actor = credential.kind === 'console' ? consoleActor : actorOf(row)
  const facts: Facts = {
    instance: { organizationCreation: row.organization_creation },
    asksForGroup: target.group !== undefined,
  }
  if (actor) facts.actor = actor
  if (row.org_id) facts.org = orgOf(row, actor)
  if (row.group_id)
    facts.group = {
      id: row.group_id,
      name: row.group_name,
      managedBy: row.group_managed_by,
      role: row.group_role ?? undefined,
    }
  if (row.subject_id)
    facts.subject = {
      id: row.subject_id,
      name: row.subject_name,
      fullname: row.subject_fullname,
      role: row.subject_role ?? undefined,
    }
  if (row.repo_id) facts.repo = repoOf(row)
  const namespaceUser = namespaceUserOf(row, target, actor)
  if (namespaceUser) facts.namespaceUser = namespaceUser
  takeBlockedRights(facts, keepsOut(row, actor) || row.token_revoked === true)
  return facts
}

// A membership that the organization keeps out, or a token that it does not trust, gives no group role either; and what
// the organization asks of its members it asks of everybody who holds a grant.
function takeBlockedRights(facts: Facts, isKeptOut: boolean): void {
  if (facts.org?.blockedRole !== undefined || facts.org?.distrustedRole !== undefined) {
    if (facts.group) facts.group.role = undefined
    if (facts.repo) facts.repo.groupRole = undefined
  }
  if (facts.repo && facts.org && isKeptOut) facts.repo.collaboratorRole = undefined
}

// A namespace that is left out of what asks for one is the caller's own.
function namespaceUserOf(row: FactsRow, target: Target, actor: Actor | undefined): Facts['namespaceUser'] {
  if (row.namespace_user_id) return { id: row.namespace_user_id, name: row.namespace_user_name }
  const isLeftOut = 'namespace' in target && target.namespace === undefined
  return isLeftOut ? actor && { id: actor.id, name: actor.name } : undefined
}

function actorOf(row: FactsRow): Actor | undefined {
  if (!row.actor_id) return undefined
  const actor: Actor = {
    id: row.actor_id,
    name: row.actor_name,
    fullname: row.actor_fullname,
    isOperator: row.actor_is_operator,
    hasTwoFactor: row.actor_two_factor,
    emailVerified: row.actor_email_verified,
    via: row.token_id ? 'token' : 'session',
  }
  if (row.token_id) {
    actor.token = {
      id: row.token_id,
      name: row.token_name,
      role: row.token_role,
      last4: row.token_last4,
      createdAt: row.token_created_at,
      expiresAt: row.token_expires_at,
      lastUsedAt: row.token_last_used_at,
    }
  }
  if (row.session_id) {
    actor.session = {
      id: row.session_id,
      expiresAt: row.session_expires_at,
      rotatedAt: row.session_rotated_at,
      lastSeenAt: row.session_last_seen_at,
      isPrevious: row.session_is_previous,
    }
  }
  return actor
}

function keepsOut(row: FactsRow, actor: Actor | undefined): boolean {
  const required = row.require_2fa && (row.require_2fa_from === null || row.require_2fa_from <= now())
  return required && actor?.hasTwoFactor === false
}

function orgOf(row: FactsRow, actor: Actor | undefined): OrgFacts {
  const role = row.member_role ?? undefined
  const distrusted = row.token_revoked === true
  const blocked = !distrusted && keepsOut(row, actor)
  return {
    id: row.org_id,
    name: row.org_name,
    fullname: row.org_fullname,
    details: row.org_details,
    website: row.org_website,
    plan: row.org_plan,
    isVerified: row.org_is_verified,
    createdAt: row.org_created_at,
    deletedAt: row.org_deleted_at,
    memberManagement: row.member_management,
    defaultRole: row.default_role,
    groupCreation: row.group_creation,
    allowJoinRequests: row.allow_join_requests,
    userApproval: row.user_approval,
    hideMembers: row.hide_members,
    repoVisibility: row.repo_visibility,
    require2fa: row.require_2fa,
    require2faFrom: row.require_2fa_from,
    adminlessSince: row.adminless_since,
    role: blocked || distrusted ? undefined : role,
    blockedRole: blocked ? role : undefined,
    distrustedRole: distrusted ? role : undefined,
    probationUntil: row.member_probation_until,
  }
}

function repoOf(row: FactsRow): RepoFacts {
  return {
    id: row.repo_id,
    type: row.repo_type,
    name: row.repo_name,
    namespace: row.repo_namespace,
    private: row.repo_private,
    creatorId: row.repo_creator_id,
    ownerId: row.repo_owner_id,
    groupId: row.repo_group_id,
    groupRole: row.repo_group_role ?? undefined,
    collaboratorRole: row.repo_collaborator_role ?? undefined,
  }
}
