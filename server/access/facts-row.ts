import type {
  collaborators,
  GroupRole,
  GroupRoleSource,
  gated,
  MemberSource,
  OrgRole,
  Plan,
  RepoType,
  SsoMode,
  TokenPermission,
} from '../../api/index.ts'
import { isInEuropeanUnion } from '../countries/european-union.ts'
import { now } from '../kernel/clock.ts'
import type { ServiceKind } from './service.ts'
import type { StoredSettings } from './settings.ts'
import type { TokenState } from './token-rules.ts'

/** The facts as the database gives them; parts not asked for, or not there, are null. */
export interface FactsRow extends StoredSettings {
  organization_creation: 'everyone' | 'operators'
  actor_id: string
  actor_name: string
  actor_fullname: string
  actor_is_operator: boolean
  actor_two_factor: boolean
  actor_email_verified: boolean
  /** The organization that owns the account of the caller. */
  actor_managed_by: string | null
  /** Asked where the caller may come with the token of a service account: its organization, unless that is deleted. */
  actor_is_service?: boolean
  service_org_id?: string | null
  service_kind?: ServiceKind | null
  skips_network?: boolean | null
  token_id: string
  token_name: string
  token_role: 'read' | 'write' | 'fineGrained'
  token_last4: string
  token_created_at: Date
  token_expires_at: Date | null
  token_last_used_at: Date | null
  /** Asked where the caller may come with a fine-grained token. */
  token_reads_gated?: boolean
  session_id: string
  session_expires_at: Date
  session_rotated_at: Date
  session_last_seen_at: Date
  session_confirmed_at: Date
  session_is_previous: boolean
  org_id: string
  org_name: string
  org_fullname: string
  org_details: string
  org_website: string
  org_plan: Plan
  org_is_verified: boolean
  org_created_at: Date
  org_deleted_at: Date | null
  adminless_since: Date | null
  member_id: string
  member_role: OrgRole | null
  member_live: boolean
  member_probation_until: Date | null
  meets_two_factor: boolean
  sso_mode: SsoMode
  org_is_managed: boolean
  /** SSO is enforced and the caller has no live session; asked where they come with a session or a token. */
  lacks_sso?: boolean
  /** Until when they are in without it, to repair it; asked where they come with a session. */
  break_glass_until?: Date | null
  /** What the organization decided about the token; asked where the caller comes with one, or with a link made with one. */
  token_state?: TokenState | null
  group_id: string
  group_name: string
  group_managed_by: 'manual' | 'scim'
  group_role: GroupRole | null
  subject_id: string
  subject_name: string
  subject_fullname: string
  subject_role: OrgRole | null
  repo_id: string
  repo_type: RepoType
  repo_name: string
  repo_namespace: string
  repo_private: boolean
  repo_creator_id: string | null
  repo_owner_id: string
  repo_group_id: string | null
  repo_group_role: GroupRole | null
  repo_collaborator_role: collaborators.CollaboratorRole | null
  repo_gate: gated.GateMode | null
  repo_gate_members: boolean
  repo_gate_eu_disallowed: boolean
  /** Where the request of the caller stands, and what their organizations were granted; asked of gated repositories. */
  repo_gate_request: GateRequestRow | null
  repo_gate_organization: GateGrantRow | null
  namespace_user_id: string
  namespace_user_name: string
  /** What the scope of a fine-grained token says about each thing; asked where the caller may come with one. */
  scope_own?: TokenPermission[] | null
  scope_org?: TokenPermission[] | null
  scope_group?: TokenPermission[] | null
  scope_repo?: TokenPermission[] | null
  scope_repo_group?: TokenPermission[] | null
  /** Where what gives access came from: asked for to explain a decision. */
  details?: DetailRow
}

/** What stands behind each grant; times as the database writes them into JSON. */
export interface DetailRow {
  member?: { source: MemberSource; since: string; until: string | null }
  group?: GroupRoleRow[] | null
  repoGroup?: GroupRoleRow[] | null
  collaborator?: { since: string; grantedBy: string | null; until: string | null } | null
}

/** Access through the gate of a repository; times as the database writes them into JSON. */
export interface GateGrantRow {
  id: string
  since: string | null
  grantedBy: string | null
  until: string | null
  /** The organization that it was granted to. */
  organization?: string
}

export interface GateRequestRow extends GateGrantRow {
  state: gated.RequestState | 'expired'
}

export interface GroupRoleRow {
  role: GroupRole
  source: GroupRoleSource
  since: string
  grantedBy: string | null
}

/** What stands between who can see a repository and its files. */
export interface GateFacts {
  mode: gated.GateMode
  /** Members of the organization need access too. */
  asksMembers: boolean
  /** Where the request of the caller stands; undefined: they never asked, and were not granted access. */
  state: gated.RequestState | 'expired' | undefined
  /** What lets the caller through. */
  grants: readonly GateGrant[]
  /** The card keeps people in the European Union out, and the request comes from there. */
  isBarred: boolean
}

/** Access through a gate, by its ID: to a person, or to an organization of theirs. */
interface GateGrant {
  id: string
  since: Date
  grantedBy: string | null
  until: Date | null
  organization?: string
}

/**
 * The gate of the repository in a row of facts. What a person was granted is left out while requirements keep them out, and
 * where the card does.
 */
export function gateOf(
  row: FactsRow,
  mode: gated.GateMode,
  { isKeptOut, country }: { isKeptOut: boolean; country: string | undefined },
): GateFacts {
  const { repo_gate_request: request, repo_gate_organization: organization } = row
  const state = stateOf(request)
  const rows = [...(request && state === 'accepted' ? [request] : []), ...(organization ? [organization] : [])]
  const isBarred = row.repo_gate_eu_disallowed && isInEuropeanUnion(country)
  const grants = isKeptOut || isBarred ? [] : rows.map(gateGrantOf)
  return { mode, asksMembers: row.repo_gate_members, state, grants, isBarred }
}

function stateOf(request: FactsRow['repo_gate_request']): GateFacts['state'] {
  if (request?.state !== 'accepted' || request.until === null) return request?.state
  return new Date(request.until) > now() ? 'accepted' : 'expired'
}

function gateGrantOf({ id, since, grantedBy, until, organization }: GateGrantRow): GateGrant {
  const grant = { id, since: new Date(since ?? 0), grantedBy, until: dateOf(until) }
  return organization === undefined ? grant : { ...grant, organization }
}

/** The person whom the path names, in a row of facts. */
export function subjectOf({
  subject_id: id,
  subject_name: name,
  subject_fullname: fullname,
  subject_role: role,
}: FactsRow) {
  return { id, name, fullname, role: role ?? undefined }
}

/** A time as the database writes it into JSON. */
export function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}

/** What a fine-grained token is permitted on the things that are asked about, and on the namespace of its owner. */
export type Scope = Readonly<Record<'own' | 'org' | 'group' | 'repo' | 'repoGroup', readonly TokenPermission[]>> & {
  /** Gated repositories that everyone can see, where the owner was given access. */
  readsGated: boolean
}

/** The scope of the token in a row of facts. */
export function scopeOf(row: FactsRow): Scope {
  return {
    readsGated: row.token_reads_gated === true,
    own: row.scope_own ?? [],
    org: row.scope_org ?? [],
    group: row.scope_group ?? [],
    repo: row.scope_repo ?? [],
    repoGroup: row.scope_repo_group ?? [],
  }
}
