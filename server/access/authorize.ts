import { HubError } from '../kernel/errors.ts'
import type { Db } from '../store/database.ts'
import { within } from './bounds.ts'
import { type Decision, decide, type Refused, refuseFeature } from './decide.ts'
import { type AccessTarget, type Facts, loadFacts } from './facts.ts'
import type { PlanFeature } from './ladder.ts'
import type { Caller, Permit } from './permit.ts'
import { factsFor } from './personal.ts'
import { type Action, policy } from './policy.ts'
import { isOnProbation } from './requirements.ts'

/**
 * Decides whether the caller may do the action on the target, and mints the permit; throws the refusal otherwise. A permit
 * is a caller too: what takes one more action, or is about another target, asks again with it.
 */
export async function authorize<A extends Action>(
  db: Db,
  caller: Caller,
  action: A,
  target: AccessTarget = {},
): Promise<Permit<A>> {
  return permitOn(await loadFacts(db, caller.credential, target), caller, action)
}

/** Decides on facts that were just read, and mints the permit; throws the refusal otherwise. */
export function permitOn<A extends Action>(facts: Facts, caller: Caller, action: A): Permit<A> {
  if (caller.credential.kind === 'token' && facts.actor === undefined) throw badToken()
  if (caller.credential.kind === 'link' && facts.actor === undefined) throw deadLink()
  const decision = decide(action, facts)
  if (!decision.allowed) throw refusalOf(decision, caller.request.publicUrl)
  return mint(action, within(policy[action], factsFor(action, facts)), caller)
}

// Git and other programs show the sentence alone, so it ends with the address of the page.
function refusalOf({ refused, sentence, status, page }: Refused, publicUrl?: string): HubError {
  const withPage = page && publicUrl ? sentence.replace(/\.$/, `: ${publicUrl}${page}`) : sentence
  return new HubError(refused, withPage, status === undefined ? {} : { status })
}

/** The refusal of a token that is unknown, expired, mistyped, or whose owner is gone. */
export function badToken(): HubError {
  return new HubError('BadCredentials', 'Invalid credentials in Authorization header')
}

/** The refusal of a signed link that is too old, not ours, or made for someone who is gone. */
export function deadLink(): HubError {
  return new HubError('Forbidden', 'This link is invalid or has expired. Request a new one.')
}

function mint<A extends Action>(action: A, facts: Facts, caller: Caller): Permit<A> {
  const { credential, request, idempotencyKey } = caller
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
    idempotencyKey,
  } as unknown as Permit<A>
}

/**
 * The actions of one family (`member.`, `org.`) that the caller may do on the same things, by the same decision; those that
 * take a recent sign-in too, since the page asks for the password when it comes to that.
 */
export function allowedActions(facts: Facts, family: string): Action[] {
  const actions = Object.keys(policy) as Action[]
  return actions.filter((action) => action.startsWith(family) && isWithinReach(decide(action, facts)))
}

function isWithinReach(decision: Decision): boolean {
  return decision.allowed || decision.refused === 'RecentSignInRequired'
}

/** Throws `402` when a part of a request needs a feature that the plan of the organization does not have. */
export function requireFeature(facts: Facts, feature: PlanFeature): void {
  const refused = refuseFeature(feature, facts)
  if (refused) throw refusalOf(refused)
}

/** Throws `403` when the caller is on probation after a recovery; `what` is what they cannot do. */
export function refuseOnProbation(facts: Facts, what: string): void {
  if (!isOnProbation(facts)) return
  const until = facts.org?.probationUntil?.toISOString().slice(0, 10)
  throw new HubError('Forbidden', `You are on probation after a recovery until ${until}. You can’t ${what} until then.`)
}
