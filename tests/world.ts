import { type OrgRole, tokens } from '../api/index.ts'
import { now, secondsFromNow } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import { digest, newToken, randomText, type TokenKind } from '../server/kernel/secret.ts'
import type { Db } from '../server/store/database.ts'
import { membership } from './caller-roles.ts'
import type { Content, Template } from './content.ts'
import { insertAll, newRows, type Rows } from './rows.ts'

/** The kinds of caller that every operation is tried by. */
export const callerKinds = [
  'anonymous',
  'stranger',
  'no_access',
  'read',
  'contributor',
  'write',
  'admin',
  'group_read',
  'group_admin',
  'former',
  'blocked',
  'no_sso',
  'external',
  'managed',
  'scim_token',
  'unverified',
  'other_admin',
  'collaborator_read',
  'collaborator_write',
  'gated',
  'gate_pending',
  'gate_accepted',
  'gate_rejected',
  'gate_expired',
  'gate_member',
  'gate_bypass',
  'operator',
  'read_token',
  'write_token',
  'fine_repo',
  'fine_group',
  'fine_org',
  'pending',
  'denied',
  'revoked',
  'expired',
  'service',
  'org_token',
] as const
export type CallerKind = (typeof callerKinds)[number]

/** What each kind of caller is, for the head of the snapshot. */
export const kindMeaning: Record<CallerKind, string> = {
  anonymous: 'no one signed in',
  stranger: 'an account that is no member',
  no_access: 'member with no_access, in no group',
  read: 'member with read',
  contributor: 'member with contributor',
  write: 'member with write',
  admin: 'member with admin',
  group_read: 'member with no_access, read in the group',
  group_admin: 'member with no_access, admin in the group',
  former: 'was admin, removed',
  blocked: 'admin without 2FA where the organization requires it',
  no_sso: 'admin without an SSO session where the organization enforces SSO',
  external: 'the same, as an external collaborator',
  managed: 'admin whose account the organization manages',
  scim_token: 'the identity provider, with a SCIM token',
  unverified: 'admin without a verified email address',
  other_admin: 'admin of another organization',
  collaborator_read: 'no member, with a read grant on the repository',
  collaborator_write: 'no member, with a write grant on the repository',
  gated: 'an account that is no member, where the repository is public and gated',
  gate_pending: 'the same, with a request that waits',
  gate_accepted: 'the same, accepted',
  gate_rejected: 'the same, rejected',
  gate_expired: 'the same, accepted until a moment ago',
  gate_member: 'member with write, where members have to ask too',
  gate_bypass: 'member with contributor who created the repository, where members have to ask too',
  operator: 'operator of the installation, no member',
  read_token: 'the admin, with a read token',
  write_token: 'the admin, with a write token',
  fine_repo: 'the admin, with a fine-grained token on the repository',
  fine_group: 'the admin, with a fine-grained token on the resource group',
  fine_org: 'the admin, with a fine-grained token on the organization',
  pending: 'the same, waiting for approval',
  denied: 'the same, denied',
  revoked: 'the same, revoked for the organization',
  expired: 'the same, expired',
  service: 'a service account, with a token on the organization',
  org_token: 'the API token of the organization',
}

/** A person as the world made them. */
export interface Made {
  id: string
  name: string
  emailId: string
}

/** One organization with people, a group and repositories, made again for one call. */
export interface World {
  org: { id: string; name: string }
  other: { id: string; name: string }
  group: { id: string; name: string }
  repo: { name: string; id: string }
  groupedRepo: { name: string; id: string }
  /** Admins beside the caller, so that the last-admin rule is not what answers. */
  admins: Made[]
  /** A member with `read`, in the group too. */
  target: Made
  /** A member with `read`, in no group. */
  bystander: Made
  outsider: Made
  caller: Made
  /** Headers that make a request the caller's. */
  headers: Record<string, string>
  sessionId: string
  passwordHash: string
  /** Gives the repository its files: asked for by what needs them, since it takes a while. */
  content(): Promise<Content>
}

let serial = 0

interface Materials {
  passwordHash: string
  template: Template
}

/** Makes a world in which the caller is of one kind. */
export async function makeWorld(db: Db, kind: CallerKind, materials: Materials): Promise<World> {
  const [world] = await makeWorlds(db, [kind], materials)
  return world as World
}

/** Makes a world for each kind of caller, all with one statement a table. */
export async function makeWorlds(db: Db, kinds: readonly CallerKind[], materials: Materials): Promise<World[]> {
  const rows = newRows()
  const worlds = kinds.map((kind) => addWorld(rows, kind, materials))
  await insertAll(db, rows)
  return worlds
}

function addWorld(rows: Rows, kind: CallerKind, { passwordHash, template }: Materials): World {
  const mark = (serial++).toString(36).padStart(4, '0')
  const token_policy = kind === 'pending' || kind === 'denied' ? 'approval' : 'any'
  const sso_mode = kind === 'no_sso' || kind === 'external' ? 'enforced' : 'off'
  const org = addOrg(rows, `org-${mark}`, { require_2fa: kind === 'blocked', token_policy, sso_mode })
  const other = addOrg(rows, `other-${mark}`)
  const person = (role: string, more: Partial<Person> = {}) =>
    addPerson(rows, { name: `${role}-${mark}`, passwordHash, ...more })
  const hasTwoFactor = kind === 'blocked'
  const first = person('first', { hasTwoFactor })
  const second = person('second', { hasTwoFactor })
  const target = person('target')
  const bystander = person('bystander')
  const outsider = person('outsider')
  const state = ofOrganization[kind] === undefined ? 'active' : 'service'
  const caller = person('caller', { isOperator: kind === 'operator', isVerified: kind !== 'unverified', state })
  if (kind === 'managed') manage(rows, org.id, caller)
  join(rows, org.id, first, 'admin')
  join(rows, org.id, second, 'admin')
  join(rows, other.id, outsider, 'admin')
  join(rows, org.id, target, 'read')
  join(rows, org.id, bystander, 'read')
  const group = addGroup(rows, org.id, `Group ${mark}`)
  giveGroupRole(rows, { orgId: org.id, groupId: group.id, userId: target.id, role: 'read' })
  const repo = addRepo(rows, org, first, null, `plain-${mark}`)
  const groupedRepo = addRepo(rows, org, first, group.id, `grouped-${mark}`)
  const world = { org, other, group, repo, groupedRepo, admins: [first, second], target, bystander, outsider, caller }
  place(rows, world, kind)
  const content = () => template.copyTo(repo.id)
  return { ...world, ...credentials(rows, kind, world), passwordHash, content }
}

type Placed = Pick<World, 'org' | 'other' | 'group' | 'repo' | 'caller'>

const onOrg = ({ org }: Placed) => ({ org_id: org.id, permissions: [...tokens.permissionsOn.org] })

// Everything that can be given on each
const scopes = {
  fine_repo: ({ repo }: Placed) => ({ repo_id: repo.id, permissions: [...tokens.permissionsOn.model] }),
  fine_group: ({ group }: Placed) => ({ group_id: group.id, permissions: [...tokens.permissionsOn['resource-group']] }),
  fine_org: onOrg,
  pending: onOrg,
  denied: onOrg,
  revoked: onOrg,
  expired: onOrg,
  service: onOrg,
  org_token: ({ org }: Placed) => ({ org_id: org.id, permissions: ['org.read', 'repo.content.read'] }),
}

const ofOrganization: Partial<Record<CallerKind, 'service_account' | 'organization' | 'scim'>> = {
  service: 'service_account',
  org_token: 'organization',
  scim_token: 'scim',
}

function place(rows: Rows, { org, other, group, repo, caller }: Placed, kind: CallerKind): void {
  const own = ofOrganization[kind]
  if (own !== undefined)
    rows.service_accounts.push({ id: caller.id, org_id: org.id, kind: own, username: `${org.name}--${own}` })
  const role = membership[kind]
  if (role) join(rows, org.id, caller, role, kind === 'external')
  if (kind === 'other_admin') join(rows, other.id, caller, 'admin')
  const grant = { collaborator_read: 'read', collaborator_write: 'write' } as const
  if (kind === 'collaborator_read' || kind === 'collaborator_write')
    rows.repo_collaborators.push({ repo_id: repo.id, user_id: caller.id, role: grant[kind], added_at: now() })
  if (isBehindGate(kind)) addGate(rows, { repo, caller }, kind)
  const roles = { group_read: 'read', group_admin: 'admin' } as const
  if (kind === 'group_read' || kind === 'group_admin')
    giveGroupRole(rows, { orgId: org.id, groupId: group.id, userId: caller.id, role: roles[kind] })
}

const gateStates = {
  gated: undefined,
  gate_pending: 'pending',
  gate_accepted: 'accepted',
  gate_rejected: 'rejected',
  gate_expired: 'accepted',
  gate_member: undefined,
  gate_bypass: undefined,
} as const

function isBehindGate(kind: CallerKind): kind is keyof typeof gateStates {
  return kind in gateStates
}

function addGate(rows: Rows, { repo, caller }: Pick<Placed, 'repo' | 'caller'>, kind: keyof typeof gateStates): void {
  const row = rows.repositories.find(({ id }) => id === repo.id)
  const gate_members = kind === 'gate_member' || kind === 'gate_bypass'
  if (row) Object.assign(row, { private: false, gate: 'manual', gate_members })
  if (row && kind === 'gate_bypass') row.creator_id = caller.id
  const state = gateStates[kind]
  if (state === undefined) return
  const expires_at = kind === 'gate_expired' ? secondsFromNow(-1) : null
  const key = { id: newId(), repo_id: repo.id, user_id: caller.id }
  rows.gate_requests.push({ ...key, state, created_at: now(), asked: true, expires_at })
}

function credentials(rows: Rows, kind: CallerKind, placed: Placed): Pick<World, 'headers' | 'sessionId'> {
  const { caller } = placed
  if (kind === 'anonymous') return { headers: {}, sessionId: newId() }
  const role = tokenRoles[kind]
  if (role !== undefined) {
    const expires_at = kind === 'expired' ? secondsFromNow(-1) : null
    const letter = letters[kind]
    const { token, id } = addToken(rows, caller, { role, name: 'world', expires_at, letter })
    if (kind in scopes) rows.token_scopes.push({ token_id: id, ...scopes[kind as keyof typeof scopes](placed) })
    if (kind === 'denied' || kind === 'revoked')
      rows.token_states.push({ org_id: placed.org.id, token_id: id, state: kind, changed_at: now() })
    return { headers: { authorization: `Bearer ${token}` }, sessionId: newId() }
  }
  const secret = randomText(40)
  const id = newId()
  const times = { created_at: now(), last_seen_at: now(), rotated_at: now(), confirmed_at: now() }
  rows.sessions.push({ id, user_id: caller.id, hash: digest(secret), ...times, expires_at: secondsFromNow(3600) })
  return { headers: { cookie: `guildhall_session=${secret}`, 'sec-fetch-site': 'same-origin' }, sessionId: id }
}

const letters: Partial<Record<CallerKind, TokenKind>> = {
  service: 'service',
  org_token: 'organization',
  scim_token: 'scim',
}

const tokenRoles: Partial<Record<CallerKind, tokens.TokenRole>> = {
  read_token: 'read',
  write_token: 'write',
  fine_repo: 'fineGrained',
  fine_group: 'fineGrained',
  fine_org: 'fineGrained',
  pending: 'fineGrained',
  denied: 'fineGrained',
  revoked: 'fineGrained',
  expired: 'fineGrained',
  service: 'fineGrained',
  org_token: 'fineGrained',
  scim_token: 'fineGrained',
}

/** Stores a token of a person and answers it; nothing is recorded or mailed. */
export async function makeToken(
  db: Db,
  person: { id: string },
  role: tokens.TokenRole,
  name = 'world',
): Promise<string> {
  const rows = newRows()
  const { token } = addToken(rows, person, { role, name })
  await insertAll(db, rows)
  return token
}

interface NewToken {
  role: tokens.TokenRole
  name: string
  expires_at?: Date | null
  letter?: TokenKind | undefined
}

function addToken(rows: Rows, person: { id: string }, { role, name, expires_at = null, letter }: NewToken) {
  const [id, token] = [newId(), newToken(letter ?? (role === 'fineGrained' ? 'fineGrained' : 'user'))]
  const told = { hash: digest(token), last4: token.slice(-4) }
  rows.access_tokens.push({ id, user_id: person.id, name, role, ...told, created_at: now(), expires_at })
  return { id, token }
}

function addOrg(
  rows: Rows,
  name: string,
  more: { require_2fa?: boolean; token_policy?: string; sso_mode?: string } = {},
) {
  const id = newId()
  rows.organizations.push({ id, name, fullname: name, plan: 'plus', created_at: now(), ...more })
  rows.names.push({ lower_name: name, name, org_id: id, user_id: null, current: true })
  return { id, name }
}

interface Person {
  name: string
  passwordHash: string
  isOperator?: boolean
  isVerified?: boolean
  hasTwoFactor?: boolean
  state?: 'active' | 'service'
}

function addPerson(rows: Rows, person: Person): Made {
  const { name, passwordHash, isOperator, isVerified, hasTwoFactor, state = 'active' } = person
  const id = newId()
  const emailId = newId()
  rows.users.push({
    id,
    name,
    fullname: name,
    password_hash: passwordHash,
    is_operator: isOperator ?? false,
    state,
    totp_enabled_at: hasTwoFactor ? now() : null,
    created_at: now(),
  })
  rows.names.push({ lower_name: name, name, user_id: id, org_id: null, current: true })
  rows.emails.push({
    id: emailId,
    user_id: id,
    address: `${name}@example.org`,
    verified_at: isVerified === false ? null : now(),
    is_primary: true,
    created_at: now(),
  })
  return { id, name, emailId }
}

function manage(rows: Rows, orgId: string, { id }: Made): void {
  const row = rows.users.find((user) => user.id === id)
  if (row) Object.assign(row, { managed_by: orgId, password_hash: null })
}

function join(rows: Rows, orgId: string, person: Made, role: OrgRole, is_external = false): void {
  const told = { role, source: 'manual' as const, joined_at: now(), search: '', is_external }
  rows.memberships.push({ id: newId(), org_id: orgId, user_id: person.id, ...told })
}

function addGroup(rows: Rows, orgId: string, name: string) {
  const id = newId()
  rows.resource_groups.push({ id, org_id: orgId, name, created_at: now() })
  return { id, name }
}

function giveGroupRole(
  rows: Rows,
  { orgId, groupId, userId, role }: { orgId: string; groupId: string; userId: string; role: 'read' | 'admin' },
): void {
  const told = { source: 'manual' as const, role, added_at: now() }
  rows.group_roles.push({ group_id: groupId, org_id: orgId, user_id: userId, ...told })
}

function addRepo(rows: Rows, org: { id: string; name: string }, creator: Made, groupId: string | null, name: string) {
  const id = newId()
  const told = { private: true, creator_id: creator.id, group_id: groupId, created_at: now(), updated_at: now() }
  rows.repositories.push({ id, type: 'model', org_id: org.id, name, ...told })
  rows.repository_names.push({ owner_id: org.id, type: 'model', lower_name: name, repo_id: id, current: true })
  return { id, name }
}
