import type { Withheld } from '../../api/index.ts'
import { minuteSeconds, secondsFromNow } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import { within, withinSight } from './bounds.ts'
import type { Facts, OrgFacts } from './facts.ts'
import type { GateFacts } from './facts-row.ts'
import { type PlanFeature, planFeatures, planHas } from './ladder.ts'
import { asRepairing, breakGlassActions, ownAccountActions, personalActions } from './personal.ts'
import { type Action, type PolicyRow, policy, takesVerified } from './policy.ts'
import { type Ground, gateStops, groundsOf, meets, type Requirement, wordsOfRefusal } from './requirements.ts'

/** How long a sign-in counts as recent. */
export const recentSignInSeconds = 10 * minuteSeconds

/** Why something is refused. */
export type ReasonCode = Extract<
  ErrorCode,
  | 'NotSignedIn'
  | 'PlanRequired'
  | 'Forbidden'
  | 'TwoFactorRequired'
  | 'SsoRequired'
  | 'TokenRevoked'
  | 'TokenDenied'
  | 'TokenPending'
  | 'TokenKind'
  | 'TokenLifetime'
  | 'IpNotAllowed'
  | 'GatedRepo'
  | 'SessionRequired'
  | 'WriteTokenRequired'
  | 'TokenScope'
  | 'EmailNotVerified'
  | 'RecentSignInRequired'
  | 'NotFound'
  | 'RepoNotFound'
>

export interface Refused {
  allowed: false
  refused: ReasonCode
  /** What the caller is told; it never tells that a thing exists which they may not know of. */
  sentence: string
  /** What would change the answer, a sentence each: only for who may know that the thing exists. */
  mends: readonly string[]
  /** The HTTP status, where it is not the code's own. */
  status?: number
  /** The page on which the caller can change the answer. */
  page?: string
}

export type Decision = { allowed: true; grounds: readonly Ground[] } | Refused

/**
 * The one decision, from the facts alone. Order: who are you, does it exist for you, the plan, the scope of your token, the
 * requirements, the gate of the repository, your role, whose account yours is, your address, your token, the person, and how long ago you signed in.
 */
export function decide(action: Action, asked: Facts): Decision {
  const row: PolicyRow = policy[action]
  const read = asRepairing(action, asked)
  const facts = within(row, read)
  const excused = excusedFor(action, facts)
  return (
    refuseStranger(row, facts) ??
    refuseProvider(row, facts) ??
    refuseMissing(row, withinSight(row, read)) ??
    refusePlan(row, facts) ??
    refuseScope(row, facts) ??
    refuseService(action, facts) ??
    refuseWithheld(row, facts, excused) ??
    refuseGated(row, facts) ??
    refuseRole(row, facts, excused) ??
    refuseManaged(action, facts) ??
    refuseUnverified(row, facts) ??
    refuseCredential(row, facts) ??
    refuseSubject(row, facts) ??
    refuseStale(row, facts) ?? { allowed: true, grounds: groundsOf(row.requires, asCounted(facts, excused)) }
  )
}

function refuse(refused: ReasonCode, sentence: string, mends: readonly string[] = []): Refused {
  return { allowed: false, refused, sentence, mends }
}

function refuseStranger(row: PolicyRow, facts: Facts): Refused | undefined {
  if (facts.actor !== undefined) return undefined
  const isHidden = row.on === 'repo' && !meets('repoRead', facts)
  if (isHidden) return { ...refuse('RepoNotFound', 'Invalid username or password.'), status: 401 }
  if (gateStops(row.requires, facts)) return { ...refusedByGate(facts), status: 401 }
  const isOpen = row.requires === 'anyone' || (row.credential === 'read' && meets(row.requires, facts))
  return isOpen ? undefined : refuse('NotSignedIn', 'Sign in, or send an access token.', ['Sign in.'])
}

// Before anything is looked for: a SCIM token opens SCIM, and not even what everyone may see.
function refuseProvider({ provisions }: PolicyRow, { actor, org }: Facts): Refused | undefined {
  if (actor?.service?.kind !== 'scim') return undefined
  if (provisions) return actor.service.orgId === org?.id ? undefined : noSuchOrganization()
  return refuse('TokenScope', 'SCIM tokens only work on the SCIM endpoints of their organization. Use another token.', [
    'Use another token.',
  ])
}

function refuseMissing(row: PolicyRow, facts: Facts): Refused | undefined {
  switch (row.on) {
    case 'instance':
      return undefined
    case 'org':
      return orgIsThere(facts) ? undefined : noSuchOrganization()
    case 'deletedOrg':
      return facts.org && facts.org.deletedAt !== null && meets('formerAdmin', facts) ? undefined : noSuchOrganization()
    case 'group':
      return refuseMissingGroup(facts)
    case 'repo':
      return meets('repoRead', facts) ? undefined : (tellWall('repoRead', facts) ?? noSuchRepository())
    case 'namespace':
      return refuseMissingNamespace(facts)
  }
}

function orgIsThere(facts: Facts): boolean {
  return facts.org !== undefined && facts.org.deletedAt === null
}

function noSuchOrganization(): Refused {
  return refuse('NotFound', 'Organization not found')
}

function noSuchRepository(): Refused {
  return refuse('RepoNotFound', 'Repository not found')
}

function refuseMissingGroup(facts: Facts): Refused | undefined {
  if (!orgIsThere(facts)) return noSuchOrganization()
  const withheld = tellWithheld(facts.org)
  if (withheld) return withheld
  // Strangers learn nothing about groups: one answer for those that are there and those that are not.
  if (facts.org?.role === undefined)
    return refuse('Forbidden', 'Only members of the organization can see its resource groups.')
  return facts.group && meets('groupRead', facts) ? undefined : refuse('NotFound', 'Resource group not found')
}

function refuseMissingNamespace(facts: Facts): Refused | undefined {
  if (facts.org === undefined)
    return facts.namespaceUser ? undefined : refuse('NotFound', 'No user or organization with this name.')
  if (facts.org.deletedAt !== null) return noSuchOrganization()
  const seesGroup = !facts.asksForGroup || (facts.group && meets('groupRead', facts))
  if (seesGroup) return undefined
  return refuse('Forbidden', 'This resource group doesn’t exist, or you can’t create repositories in it.')
}

function refusePlan(row: PolicyRow, facts: Facts): Refused | undefined {
  return row.plan === undefined ? undefined : refuseFeature(row.plan, facts)
}

/** The refusal of a feature that the plan of the organization does not have. */
export function refuseFeature(feature: PlanFeature, { org }: Facts): Refused | undefined {
  if (org === undefined || planHas(org.plan, feature)) return undefined
  const plan = planFeatures[feature]
  const sentence = `This feature requires the ${plan} plan or higher. The organization is on the ${org.plan} plan.`
  return refuse('PlanRequired', sentence, [`Move the organization to the ${plan} plan or higher.`])
}

// Whatever the owner may do there: the token must not tell where they belong.
function refuseScope(row: PolicyRow, facts: Facts): Refused | undefined {
  if (!facts.isOutOfScope) return undefined
  const isOpen = meets(row.requires, facts) && (row.credential === 'read' || row.permission !== undefined)
  if (isOpen) return undefined
  if (gateStops(row.requires, facts)) return readsGated(facts) ? undefined : unreadGated
  return row.credential === 'session' ? needsSession : outOfScope(row)
}

function readsGated({ bounds }: Facts): boolean {
  return typeof bounds === 'object' && bounds.readsGated
}

const unreadGated = refuse(
  'TokenScope',
  'This token can’t read this gated repository. Edit the token to name the repository, or to read public gated repositories.',
  ['Give the token the permission repo.content.read here, or let it read public gated repositories.'],
)

function outOfScope({ permission, permissionOn }: PolicyRow): Refused {
  if (permission === undefined)
    return refuse('TokenScope', 'Fine-grained tokens can’t do this. Sign in with a browser, or use another token.', [
      'Sign in, or use a token with the read or write role.',
    ])
  const where = permissionOn === undefined ? 'here' : 'in the whole organization'
  return refuse('TokenScope', `This token doesn’t have the permission ${permission} ${where}. Edit the token first.`, [
    `Give the token the permission ${permission} ${where}.`,
  ])
}

function refuseService(action: Action, { actor }: Facts): Refused | undefined {
  if (actor?.service === undefined || !personalActions.has(action)) return undefined
  return refuse('Forbidden', 'Service accounts can’t do this. Sign in as a member.', ['Sign in as a member.'])
}

function refuseWithheld(row: PolicyRow, facts: Facts, excused: readonly Withheld[]): Refused | undefined {
  if (meets(row.requires, asCounted(facts, excused))) return undefined
  return tellWithheld(facts.org) ?? tellWall(row.requires, facts)
}

const needsApproval = ['Ask an admin of the organization to approve the token.']

/** What withholds a role, in the order in which it is told, the first of them alone. */
const tellings: Partial<Record<Withheld, Refused>> = {
  token_revoked: refuse(
    'TokenRevoked',
    'This organization no longer trusts this token. Create a new token in your settings. The old one still works elsewhere.',
    ['Create a new token, or sign in.'],
  ),
  token_denied: refuse(
    'TokenDenied',
    'An admin of this organization denied this token. Ask an admin to approve it, or use another token.',
    needsApproval,
  ),
  token_kind: {
    ...refuse('TokenKind', 'This organization only accepts fine-grained tokens. Create one in your settings.', [
      'Use a fine-grained token, or sign in.',
    ]),
    page: '/settings/tokens',
  },
  token_lifetime: {
    ...refuse(
      'TokenLifetime',
      'This token lasts longer than this organization allows. Create a token that expires sooner in your settings.',
      ['Use a token that expires sooner, or sign in.'],
    ),
    page: '/settings/tokens',
  },
  token_pending: refuse(
    'TokenPending',
    'This token is waiting for approval by an admin of this organization.',
    needsApproval,
  ),
  ip: refuse(
    'IpNotAllowed',
    'This organization can only be accessed from its own networks. Connect to its network or VPN, then try again.',
    ['Connect from an IP address that the organization allows.'],
  ),
  mfa: {
    ...refuse(
      'TwoFactorRequired',
      'This organization requires two-factor authentication (2FA). Turn it on to regain access.',
      ['Turn on two-factor authentication (2FA).'],
    ),
    page: '/settings/authentication',
  },
  sso: refuse('SsoRequired', 'This organization requires single sign-on (SSO). Sign in with SSO to regain access.', [
    'Sign in with SSO.',
  ]),
}

function telling(withheld: readonly Withheld[], org: OrgFacts | undefined): Refused | undefined {
  const reasons = Object.keys(tellings) as (keyof typeof tellings)[]
  const reason = reasons.find((each) => withheld.includes(each))
  const told = reason && tellings[reason]
  return told && reason === 'sso' && org ? { ...told, page: `/sso/${org.name}` } : told
}

// Of a membership that has expired nothing is told: the person is no longer a member.
function tellWithheld(org: OrgFacts | undefined): Refused | undefined {
  const withheld = org?.standing?.withheld ?? []
  return withheld.includes('expired') ? undefined : telling(withheld, org)
}

// Only for those who would see the repository if nothing were withheld: to all others it is missing, as it would be then.
function tellWall(requires: Requirement, { wall, org }: Facts): Refused | undefined {
  return wall && meets(requires, wall.without) ? telling(wall.withheld, org) : undefined
}

function refuseGated(row: PolicyRow, facts: Facts): Refused | undefined {
  return gateStops(row.requires, facts) ? refusedByGate(facts) : undefined
}

function refuseRole(row: PolicyRow, facts: Facts, excused: readonly Withheld[]): Refused | undefined {
  if (meets(row.requires, asCounted(facts, excused))) return undefined
  const words = wordsOfRefusal(row.requires, facts)
  return refuse('Forbidden', `You need ${words} to do this.`, [`Get ${words}.`])
}

const readers: readonly Requirement[] = ['repoReader', 'repoContent']

// An organization that owns an account keeps it from having a life elsewhere. Asking to read something changes nothing there.
function refuseManaged(action: Action, { actor, org }: Facts): Refused | undefined {
  const { on, credential, requires }: PolicyRow = policy[action]
  if (actor?.managedBy === undefined) return undefined
  if (ownAccountActions.has(action))
    return refuse('Forbidden', 'Your organization manages your account, so you can’t do this. Ask an admin.', [
      'Use an account of your own.',
    ])
  const isElsewhere = on !== 'instance' && org?.id !== actor.managedBy
  if (!isElsewhere || credential === 'read' || readers.includes(requires)) return undefined
  const sentence = 'Your organization manages your account, so you can only change things in that organization.'
  return refuse('Forbidden', sentence, ['Use an account of your own.'])
}

function refuseUnverified(row: PolicyRow, { actor }: Facts): Refused | undefined {
  if (actor?.emailVerified !== false || !takesVerified(row)) return undefined
  const sentence =
    'Verify your email address first. Open the link in the verification email, or request a new one in your settings.'
  return refuse('EmailNotVerified', sentence, ['Verify an email address.'])
}

// What does not stand in the way of an action: of some nothing that the member can mend, and of what repairs SSO its absence.
function excusedFor(action: Action, { org }: Facts): Withheld[] {
  const row: PolicyRow = policy[action]
  const isRepairing = org?.breakGlassUntil && breakGlassActions.has(action)
  return [...(row.evenIfBlocked ? (['mfa', 'sso'] as const) : []), ...(isRepairing ? (['sso'] as const) : [])]
}

// What is allowed even to members who are kept out still requires a role: theirs, as if it counted.
function asCounted(facts: Facts, excused: readonly Withheld[]): Facts {
  const { org } = facts
  if (excused.length === 0 || org?.standing === undefined) return facts
  return org.standing.withheld.every((reason) => excused.includes(reason))
    ? { ...facts, org: { ...org, role: org.standing.role } }
    : facts
}

const needsSession = refuse('SessionRequired', 'Access tokens can’t do this. Sign in with a browser.', ['Sign in.'])

function refuseCredential(row: PolicyRow, { actor, bounds }: Facts): Refused | undefined {
  if (actor?.token === undefined || row.credential === 'read') return undefined
  if (row.credential === 'session') return needsSession
  if (bounds !== 'reading') return undefined
  const sentence = 'This token is read-only. Use a token with the write role.'
  return refuse('WriteTokenRequired', sentence, ['Use a token with the write role.'])
}

function refuseSubject(row: PolicyRow, facts: Facts): Refused | undefined {
  if (!row.subject || facts.subject?.role !== undefined) return undefined
  return refuse('NotFound', 'No member with this name.')
}

// The page asks for the password and tries again, so this comes last: nothing else stands in the way by then.
function refuseStale(row: PolicyRow, { actor }: Facts): Refused | undefined {
  const session = actor?.session
  if (!row.recent || session === undefined) return undefined
  if (session.confirmedAt > secondsFromNow(-recentSignInSeconds)) return undefined
  const sentence = actor?.managedBy
    ? 'Sign in with single sign-on (SSO) again to confirm it’s you.'
    : 'Enter your password again to confirm it’s you.'
  return refuse('RecentSignInRequired', sentence, ['Sign in again.'])
}

const prefixes = { model: '', dataset: '/datasets', space: '/spaces' } as const

// Of someone whom the gate of a repository keeps out. The clients look for the first sentence.
function refusedByGate({ actor, repo }: Facts): Refused {
  const { type = 'model', namespace, name } = repo ?? {}
  const id = `${namespace}/${name}`
  const standing = actor === undefined ? 'anonymous' : (repo?.gate?.state ?? 'none')
  const { sentence, mend } = nextSteps[actor !== undefined && repo?.gate?.isBarred ? 'barred' : standing]
  return {
    allowed: false,
    refused: 'GatedRepo',
    sentence: `Access to ${type} ${id} is restricted and you are not in the authorized list. ${sentence}`,
    mends: [mend],
    page: `${prefixes[type]}/${id}`,
  }
}

type GateStanding = 'anonymous' | 'none' | 'barred' | NonNullable<GateFacts['state']>

const asks = {
  sentence: 'Visit its page to ask for access.',
  mend: 'Request access to the repository, or have an author grant it.',
}

// What the person does next: the address of the page follows.
const nextSteps: Record<GateStanding, { sentence: string; mend: string }> = {
  anonymous: { sentence: 'Sign in, then visit its page to ask for access.', mend: 'Sign in.' },
  none: asks,
  barred: {
    sentence: 'It isn’t available in the European Union, and this request comes from there. See its page.',
    mend: 'Send the request from outside the European Union.',
  },
  expired: { ...asks, sentence: 'Your access has expired. Visit its page to ask for access again.' },
  accepted: asks,
  pending: {
    sentence: 'Your request is awaiting a review from its authors. See its page.',
    mend: 'Accept the access request.',
  },
  rejected: {
    sentence: 'Your request was rejected by its authors. See its page.',
    mend: 'Accept the access request that was rejected.',
  },
}
