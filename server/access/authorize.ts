import type { Target } from '../../api/index.ts'
import { HubError } from '../kernel/errors.ts'
import type { Db } from '../store/database.ts'
import { systemAuthor } from './author.ts'
import { consoleActor, type Facts, loadFacts } from './facts.ts'
import type { AnyPermit, Caller, Hub, Permit } from './permit.ts'
import {
  type Action,
  isOnProbation,
  type PlanFeature,
  type PolicyRow,
  planFeatures,
  planHas,
  policy,
  takes,
} from './policy.ts'

/** Decides whether the caller may do the action on the target, and mints the permit; throws the refusal otherwise. */
export async function authorize<A extends Action>(
  db: Db,
  caller: Caller,
  action: A,
  target: Target = {},
): Promise<Permit<A>> {
  const facts = await loadFacts(db, caller.credential, target)
  if (caller.credential.kind === 'token' && facts.actor === undefined) throw badToken()
  if (caller.credential.kind === 'link' && facts.actor === undefined) throw deadLink()
  const decision = decide(action, facts)
  if (!decision.allowed) throw decision.refusal
  return mint(action, facts, caller)
}

/** The permit of work that nobody asks for at that moment: timers and queued jobs. Recorded as the system's. */
export function systemPermit(hub: Hub): AnyPermit {
  const facts: Facts = { actor: consoleActor, instance: { organizationCreation: 'operators' }, asksForGroup: false }
  return mint('operator.viewHealth', facts, { credential: { kind: 'console' }, request: systemAuthor.request, hub })
}

/** Asks for one more action in the course of another: the same caller, another action or target. */
export async function authorizeAlso<A extends Action>(
  db: Db,
  permit: AnyPermit,
  action: A,
  target: Target,
): Promise<Permit<A>> {
  return authorize(db, permit, action, target)
}

/** The refusal of a token that is unknown, expired, mistyped, or whose owner is gone. */
export function badToken(): HubError {
  return new HubError('BadCredentials', 'Invalid credentials in Authorization header')
}

/** The refusal of a signed link that is too old, not ours, or made for somebody who is gone. */
export function deadLink(): HubError {
  return new HubError('Forbidden', 'The link is not valid, or no longer; ask for a new one.')
}

function mint<A extends Action>(action: A, facts: Facts, caller: Caller): Permit<A> {
  const { credential, request, hub, idempotencyKey } = caller
  const { actor, org, group, subject, repo } = facts
  return {
    action,
    facts,
    actor,
    org,
    group,
    subject,
    repo,
    credential,
    request,
    hub,
    idempotencyKey,
  } as unknown as Permit<A>
}

/** The actions of one family (`member.`, `org.`) that the caller may do on the same things, by the same decision. */
export function allowedActions(permit: AnyPermit, family: string): Action[] {
  const actions = Object.keys(policy) as Action[]
  return actions.filter((action) => action.startsWith(family) && decide(action, permit.facts).allowed)
}

export type Decision = { allowed: true; reason: string } | { allowed: false; refusal: HubError }

/** The one decision. Order: who are you, does it exist for you, the plan, the requirements, your role, your token, the person. */
function decide(action: Action, facts: Facts): Decision {
  const row: PolicyRow = policy[action]
  const refusal =
    refuseStranger(row, facts) ??
    refuseMissing(row, facts) ??
    refusePlan(row, facts) ??
    refuseBlocked(row, facts) ??
    refuseRole(row, facts) ??
    refuseCredential(row, facts) ??
    refuseSubject(row, facts)
  return refusal ? { allowed: false, refusal } : { allowed: true, reason: takes[row.takes].words }
}

function refuseStranger(row: PolicyRow, facts: Facts): HubError | undefined {
  if (facts.actor !== undefined) return undefined
  if (row.on === 'repo')
    return facts.repo && takes.repoRead.test(facts)
      ? refuseAnonymous(row, facts)
      : new HubError('RepoNotFound', 'Invalid username or password.', { status: 401 })
  return refuseAnonymous(row, facts)
}

function refuseAnonymous(row: PolicyRow, facts: Facts): HubError | undefined {
  const open = row.takes === 'anyone' || (row.by === 'read' && takes[row.takes].test(facts))
  return open ? undefined : new HubError('NotSignedIn', 'Sign in, or send an access token.')
}

function refuseMissing(row: PolicyRow, facts: Facts): HubError | undefined {
  switch (row.on) {
    case 'instance':
      return undefined
    case 'org':
      return orgIsThere(facts) ? undefined : noSuchOrganization()
    case 'deletedOrg':
      return facts.org && facts.org.deletedAt !== null && takes.formerAdmin.test(facts)
        ? undefined
        : noSuchOrganization()
    case 'group':
      return refuseMissingGroup(facts)
    case 'repo':
      return takes.repoRead.test(facts) ? undefined : new HubError('RepoNotFound', 'Repository not found')
    case 'namespace':
      return refuseMissingNamespace(facts)
  }
}

function orgIsThere(facts: Facts): boolean {
  return facts.org !== undefined && facts.org.deletedAt === null
}

function noSuchOrganization(): HubError {
  return new HubError('NotFound', 'Organization not found')
}

function refuseMissingGroup(facts: Facts): HubError | undefined {
  if (!orgIsThere(facts)) return noSuchOrganization()
  const blocked = refuseDistrusted(facts) ?? blockedByTwoFactor(facts)
  if (blocked) return blocked
  // Strangers learn nothing about groups: one answer for those that are there and those that are not.
  if (facts.org?.role === undefined)
    return new HubError('Forbidden', 'Only members of the organization see its resource groups.')
  return facts.group && takes.groupRead.test(facts) ? undefined : new HubError('NotFound', 'Resource group not found')
}

function refuseMissingNamespace(facts: Facts): HubError | undefined {
  if (facts.org === undefined) {
    return facts.namespaceUser
      ? undefined
      : new HubError('NotFound', 'There is no person or organization of this name.')
  }
  if (facts.org.deletedAt !== null) return noSuchOrganization()
  const seesGroup = !facts.asksForGroup || (facts.group && takes.groupRead.test(facts))
  return seesGroup
    ? undefined
    : new HubError(
        'Forbidden',
        'The resource group is not one of this organization that you may create repositories in.',
      )
}

function refusePlan(row: PolicyRow, facts: Facts): HubError | undefined {
  return row.plan === undefined ? undefined : refuseFeature(row.plan, facts)
}

function refuseFeature(feature: PlanFeature, facts: Facts): HubError | undefined {
  if (facts.org === undefined || planHas(facts.org.plan, feature)) return undefined
  return new HubError(
    'PlanRequired',
    `This needs the plan ${planFeatures[feature]} or higher; the organization has ${facts.org.plan}.`,
  )
}

/** Throws `402` when a part of a request needs a feature that the plan of the organization does not have. */
export function requireFeature(permit: AnyPermit, feature: PlanFeature): void {
  const refusal = refuseFeature(feature, permit.facts)
  if (refusal) throw refusal
}

/** Throws `403` when the caller is on probation after a recovery; `what` it is that has to wait. */
export function refuseOnProbation(permit: AnyPermit, what: string): void {
  if (!isOnProbation(permit.facts)) return
  const until = permit.facts.org?.probationUntil?.toISOString().slice(0, 10)
  throw new HubError(
    'Forbidden',
    `You are on probation after a recovery, until ${until}: ${what} has to wait until then.`,
  )
}

function refuseBlocked(row: PolicyRow, facts: Facts): HubError | undefined {
  if (takes[row.takes].test(facts)) return undefined
  return refuseDistrusted(facts) ?? (row.evenIfBlocked ? undefined : blockedByTwoFactor(facts))
}

function refuseDistrusted(facts: Facts): HubError | undefined {
  if (facts.org?.distrustedRole === undefined) return undefined
  return new HubError(
    'TokenRevoked',
    'The organization has ended its trust in this token; make a new one in your settings. Elsewhere it goes on working.',
  )
}

function blockedByTwoFactor(facts: Facts): HubError | undefined {
  if (facts.org?.blockedRole === undefined) return undefined
  return new HubError(
    'TwoFactorRequired',
    'The organization requires two-factor sign-in. Turn it on in your settings, under Authentication, to get back in.',
  )
}

function refuseRole(row: PolicyRow, facts: Facts): HubError | undefined {
  if (takes[row.takes].test(row.evenIfBlocked ? unblocked(facts) : facts)) return undefined
  if ((row.takes === 'orgCreator' || row.takes === 'verified') && facts.actor?.emailVerified === false) {
    return new HubError('EmailNotVerified', 'Verify your e-mail address first; the link is in the mail you got.')
  }
  return new HubError('Forbidden', `This takes ${takes[row.takes].words}.`)
}

// What is allowed even to those kept out still takes the role it takes: theirs, as if it counted.
function unblocked(facts: Facts): Facts {
  const { org } = facts
  return org?.blockedRole === undefined ? facts : { ...facts, org: { ...org, role: org.blockedRole } }
}

function refuseCredential(row: PolicyRow, facts: Facts): HubError | undefined {
  const token = facts.actor?.token
  if (token === undefined || row.by === 'read') return undefined
  if (row.by === 'session')
    return new HubError('SessionRequired', 'Access tokens cannot do this; sign in with a browser.')
  return token.role === 'write'
    ? undefined
    : new HubError('WriteTokenRequired', 'This token may only read; use one with the role write.')
}

function refuseSubject(row: PolicyRow, facts: Facts): HubError | undefined {
  if (!row.subject || facts.subject?.role !== undefined) return undefined
  return new HubError('NotFound', 'There is no member of this name.')
}
