import type {
  collaborators,
  GroupRole,
  GroupRoleSource,
  MemberSource,
  OrgRole,
  Plan,
  RepoType,
  SsoMode,
  Target,
  Withheld,
} from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import { type CompiledQuery, type Db, whenSent } from '../store/database.ts'
import { unmetByAddress } from './address-rules.ts'
import type { RequestInfo } from './author.ts'
import {
  dateOf,
  type FactsRow,
  type GateFacts,
  type GroupRoleRow,
  gateOf,
  type Scope,
  scopeOf,
  subjectOf,
} from './facts-row.ts'
import { type Service, type ServiceKind, serviceOf } from './service.ts'
import { type StoredSettings, settingsIn } from './settings.ts'
import { findFacts, findFactsOfMany, queryOfFacts, theRow } from './store.ts'
import { unmetByToken } from './token-rules.ts'

export type { Service, ServiceKind }

/** What a caller shows at the door; `console` is the socket that only the server's own user can reach. */
export type Credential =
  | { kind: 'none' }
  /** `isScoped`: a fine-grained token. Its scope is read only where this is said; without it, it reaches nothing. */
  | ({ kind: 'token'; hash: Buffer; isScoped?: boolean } & From)
  | ({ kind: 'session'; hash: Buffer } & From)
  /** A token, asked about by its ID: what it may do, independent of the caller. */
  | { kind: 'tokenId'; id: string }
  /** A person, asked about: what they may when they come themselves. */
  | { kind: 'person'; userId: string }
  /** A signed link: made for this person, with this token or session; void once that is gone. */
  | ({ kind: 'link'; userId: string; isScoped?: boolean } & MadeWith & From)
  | { kind: 'console' }

/** The token or the session that a link was asked for with. */
type MadeWith = Record<'tokenId' | 'tokenLast4' | 'sessionId', string | null>

/** The address and the country that a request came from, which organizations and gates may judge. */
type From = Pick<RequestInfo, 'address' | 'country'>

/** A credential as it was shown in a request from there. */
export function shownFrom(credential: Credential, { address, country }: From): Credential {
  const { kind } = credential
  return kind === 'token' || kind === 'session' || kind === 'link' ? { ...credential, address, country } : credential
}

export interface Actor {
  id: string
  name: string
  fullname: string
  isOperator: boolean
  hasTwoFactor: boolean
  emailVerified: boolean
  via: 'token' | 'session' | 'console'
  /** The organization that owns the account. */
  managedBy?: string
  /** A service account, or the identity of an organization: it belongs to that organization. */
  service?: Service
  token?: {
    id: string
    name: string
    role: 'read' | 'write' | 'fineGrained'
    last4: string
    createdAt: Date
    expiresAt: Date | null
    lastUsedAt: Date | null
  }
  session?: { id: string; expiresAt: Date; rotatedAt: Date; lastSeenAt: Date; confirmedAt: Date; isPrevious: boolean }
}

/** What an action is asked about: as a request names it, or by the ids of what was found before. */
export interface AccessTarget extends Target {
  orgId?: string | undefined
  /** Several repositories, whose facts are read at once. */
  repoIds?: readonly string[] | undefined
  subjectId?: string | undefined
  namespaceUserId?: string | undefined
}

/** What the token at hand may reach at most: everything that its owner may, only to read, or what its scope says. */
export type Bounds = 'everything' | 'reading' | Scope

/** A role, and where it came from; of the latter more than the role is known only where it was asked for. */
export interface Grant<Role> {
  role: Role
  source?: MemberSource | GroupRoleSource
  since?: Date
  grantedBy?: string | null
  until?: Date | null
}

/** The membership of the caller, whether or not its role counts. */
export interface Standing extends Grant<OrgRole> {
  /** The id of the membership. */
  id: string
  withheld: readonly Withheld[]
}

export interface OrgFacts extends StoredSettings {
  id: string
  name: string
  fullname: string
  details: string
  website: string
  plan: Plan
  isVerified: boolean
  createdAt: Date
  deletedAt: Date | null
  adminlessSince: Date | null
  standing: Standing | undefined
  /** The caller's role, when it counts. */
  role: OrgRole | undefined
  ssoMode: SsoMode
  isManaged: boolean
  /** Until when the caller is in without SSO, to repair it. */
  breakGlassUntil: Date | null
  /** Until when the caller's membership is on probation, if it ever was. */
  probationUntil: Date | null
}

/** Everything a decision needs, read in one statement. What the requirements of the organization withhold is left out. */
export interface Facts {
  actor?: Actor
  bounds: Bounds
  /** The scope of the token does not cover what is asked: only what everyone may counts, and the grants are left out. */
  isOutOfScope?: true
  /** The role counts because the caller repairs SSO: for other actions it does not. */
  isRepairing?: true
  instance: { organizationCreation: 'everyone' | 'operators' }
  org?: OrgFacts
  asksForGroup: boolean
  group?: GroupFacts
  subject?: { id: string; name: string; fullname: string; role: OrgRole | undefined }
  repo?: RepoFacts
  /** The person whose namespace is asked for. */
  namespaceUser?: { id: string; name: string }
  /** What the organization of the repository at hand withholds until it is mended, and the facts as they would be then. */
  wall?: { withheld: readonly Withheld[]; without: Facts }
}

interface GroupFacts {
  id: string
  name: string
  managedBy: 'manual' | 'scim'
  /** The roles of the caller in the group, the highest first. */
  grants: readonly Grant<GroupRole>[]
  role: GroupRole | undefined
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
  /** The roles of the caller in the repository's group, the highest first. */
  groupGrants: readonly Grant<GroupRole>[]
  /** The caller's access as a collaborator on this one repository. */
  collaborator: Grant<collaborators.CollaboratorRole> | undefined
  gate: GateFacts | undefined
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

/** Reads the facts about a caller and what they ask for; with `detail`, also where what gives access came from. */
export async function loadFacts(
  db: Db,
  credential: Credential,
  target: AccessTarget,
  { detail = false } = {},
): Promise<Facts> {
  const row = await findFacts(db, credential, target, { at: whenSent, detail })
  return factsOf(row, credential, target)
}

/** The statement that reads facts, to be sent with others, and what its rows say. */
export function askFacts(
  credential: Credential,
  target: AccessTarget,
): { query: CompiledQuery; read: (rows: unknown[]) => Facts } {
  return {
    query: queryOfFacts(credential, target, { at: now(), detail: false }),
    read: (rows) => factsOf(theRow(rows as FactsRow[]), credential, target),
  }
}

/** Reads the facts about several people towards one thing, or of one person towards several repositories, with detail. */
export async function loadFactsOfMany(db: Db, people: readonly string[], target: AccessTarget): Promise<Facts[]> {
  const rows = await findFactsOfMany(db, people, target, now())
  return rows.map((row) => factsOf(row, { kind: 'person', userId: row.actor_id }, target))
}

// What is withheld is taken out here, before anybody asks whether a thing exists: it looks missing to who cannot reach it.
function factsOf(row: FactsRow, credential: Credential, target: AccessTarget): Facts {
  const actor = credential.kind === 'console' ? consoleActor : actorOf(row)
  const unmet = unmetRequirements(row, 'address' in credential ? credential.address : undefined)
  const read = { row, actor, target, country: 'country' in credential ? credential.country : undefined }
  const facts = factsWithout(unmet, read)
  const isMendable = unmet.length > 0 && !unmet.includes('token_revoked')
  if (isMendable && row.repo_id) facts.wall = { withheld: unmet, without: factsWithout([], read) }
  return facts
}

interface Read {
  row: FactsRow
  actor: Actor | undefined
  target: AccessTarget
  country: string | undefined
}

function factsWithout(unmet: Withheld[], { row, actor, target, country }: Read): Facts {
  const facts: Facts = {
    bounds: boundsOf(row, actor),
    instance: { organizationCreation: row.organization_creation },
    asksForGroup: target.group !== undefined,
  }
  if (actor) facts.actor = actor
  if (row.org_id) facts.org = orgOf(row, standingOf(row, unmet))
  const isMember = facts.org?.role !== undefined
  if (row.group_id) facts.group = groupOf(row, isMember)
  if (row.subject_id) facts.subject = subjectOf(row)
  if (row.repo_id) facts.repo = repoOf(row, { isMember, isKeptOut: unmet.length > 0, country })
  const namespaceUser = namespaceUserOf(row, target, actor)
  if (namespaceUser) facts.namespaceUser = namespaceUser
  return facts
}

function boundsOf(row: FactsRow, actor: Actor | undefined): Bounds {
  const role = actor?.token?.role
  if (role === 'fineGrained') return scopeOf(row)
  return role === 'read' ? 'reading' : 'everything'
}

// What the organization asks of its members it asks of everybody who is a collaborator on one of its repositories.
function unmetRequirements(row: FactsRow, address: string | undefined): Withheld[] {
  if (!row.org_id || !row.actor_id) return []
  const unmet: Withheld[] = []
  const byToken = row.token_id ? unmetByToken(tokenOf(row), row, row.token_state ?? null) : []
  const byAddress = row.actor_is_service && row.skips_network ? [] : unmetByAddress(address, row)
  // Of the organization's own tokens no policy is asked, and a program can’t turn on 2FA
  if (row.actor_is_service) return [...byToken.filter((reason) => reason === 'token_revoked'), ...byAddress]
  unmet.push(...byToken, ...byAddress)
  if (!row.meets_two_factor) unmet.push('mfa')
  if (row.lacks_sso) unmet.push('sso')
  return unmet
}

function standingOf(row: FactsRow, unmet: Withheld[]): Standing | undefined {
  const service = serviceOf(row)
  if (service?.orgId === row.org_id) return { id: row.actor_id, role: service.role, withheld: unmet }
  if (row.member_role === null) return undefined
  const standing: Standing = {
    id: row.member_id,
    role: row.member_role,
    withheld: row.member_live ? unmet : [...unmet, 'expired'],
  }
  const detail = row.details?.member
  if (detail === undefined) return standing
  return { ...standing, source: detail.source, since: new Date(detail.since), until: dateOf(detail.until) }
}

// A namespace that is left out of what asks for one is the caller's own.
function namespaceUserOf(row: FactsRow, target: AccessTarget, actor: Actor | undefined): Facts['namespaceUser'] {
  if (row.namespace_user_id) return { id: row.namespace_user_id, name: row.namespace_user_name }
  const isLeftOut = 'namespace' in target && target.namespace === undefined
  return isLeftOut ? actor && { id: actor.id, name: actor.name } : undefined
}

function actorOf(row: FactsRow): Actor | undefined {
  const service = serviceOf(row)
  if (!row.actor_id || (row.actor_is_service && service === undefined)) return undefined
  const actor: Actor = {
    id: row.actor_id,
    name: row.actor_name,
    fullname: row.actor_fullname,
    isOperator: row.actor_is_operator,
    hasTwoFactor: row.actor_two_factor || service !== undefined,
    emailVerified: row.actor_email_verified || service !== undefined,
    via: row.token_id ? 'token' : 'session',
  }
  if (row.actor_managed_by) actor.managedBy = row.actor_managed_by
  if (service) actor.service = service
  if (row.token_id) actor.token = tokenOf(row)
  if (row.session_id) {
    actor.session = {
      id: row.session_id,
      expiresAt: row.session_expires_at,
      rotatedAt: row.session_rotated_at,
      lastSeenAt: row.session_last_seen_at,
      confirmedAt: row.session_confirmed_at,
      isPrevious: row.session_is_previous,
    }
  }
  return actor
}

function tokenOf(row: FactsRow): NonNullable<Actor['token']> {
  return {
    id: row.token_id,
    name: row.token_name,
    role: row.token_role,
    last4: row.token_last4,
    createdAt: row.token_created_at,
    expiresAt: row.token_expires_at,
    lastUsedAt: row.token_last_used_at,
  }
}

function orgOf(row: FactsRow, standing: Standing | undefined): OrgFacts {
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
    ...settingsIn(row),
    adminlessSince: row.adminless_since,
    ssoMode: row.sso_mode,
    isManaged: row.org_is_managed,
    breakGlassUntil: row.break_glass_until ?? null,
    standing,
    role: standing?.withheld.length === 0 ? standing.role : undefined,
    probationUntil: row.member_probation_until,
  }
}

function groupOf(row: FactsRow, isMember: boolean): GroupFacts {
  const grants = isMember ? groupGrants(row.group_role, row.details?.group) : []
  return {
    id: row.group_id,
    name: row.group_name,
    managedBy: row.group_managed_by,
    grants,
    role: grants[0]?.role,
  }
}

function groupGrants(highest: GroupRole | null, rows: GroupRoleRow[] | null | undefined): Grant<GroupRole>[] {
  if (highest === null) return []
  return rows?.map((row) => ({ ...row, since: new Date(row.since) })) ?? [{ role: highest }]
}

type Seen = Pick<Read, 'country'> & { isMember: boolean; isKeptOut: boolean }

function repoOf(row: FactsRow, { isMember, isKeptOut, country }: Seen): RepoFacts {
  return {
    id: row.repo_id,
    type: row.repo_type,
    name: row.repo_name,
    namespace: row.repo_namespace,
    private: row.repo_private,
    creatorId: row.repo_creator_id,
    ownerId: row.repo_owner_id,
    groupId: row.repo_group_id,
    groupGrants: isMember ? groupGrants(row.repo_group_role, row.details?.repoGroup) : [],
    collaborator: isKeptOut ? undefined : collaboratorOf(row),
    gate: row.repo_gate === null ? undefined : gateOf(row, row.repo_gate, { isKeptOut, country }),
  }
}

function collaboratorOf({ repo_collaborator_role: role, details }: FactsRow): RepoFacts['collaborator'] {
  if (role === null) return undefined
  const detail = details?.collaborator
  if (!detail) return { role }
  return { role, since: new Date(detail.since), grantedBy: detail.grantedBy, until: dateOf(detail.until) }
}
