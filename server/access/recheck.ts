import { now } from '../kernel/clock.ts'
import { type CompiledQuery, inOneTrip, type Tx } from '../store/database.ts'
import { permitOn } from './authorize.ts'
import { decide } from './decide.ts'
import { type AccessTarget, askFacts, type Credential, type Facts } from './facts.ts'
import { type Held, lockingOf } from './hold-store.ts'
import type { Permit } from './permit.ts'
import type { Action } from './policy.ts'

const longestWaitMs = 1000

/** What else the change locks, so that it is locked in the one order. */
export interface Hold {
  /** The accounts that are about to be changed, by id: the caller's own too. */
  accounts?: readonly string[]
  /** Other accounts that the change rests on or lets in, by id. */
  others?: readonly string[]
  /** The members who are about to be changed, by id. */
  members?: readonly string[]
  /** This change itself alters what the organization requires, or which tokens it trusts. */
  requirements?: boolean
}

/**
 * Decides a permit again in the transaction of the change, and answers a fresh one; throws the refusal when the right is
 * gone. What it rests on is locked first, the repository included, and stays so until the transaction ends. Lock what is
 * locked besides afterwards, in the order of docs/decisions/order-of-locks.md.
 */
export async function recheck<P extends Permit>(tx: Tx, permit: P, hold: Hold = {}): Promise<P> {
  return (await recheckAndRead(tx, permit, hold, [])).permit
}

/** The same, and sends along what the change reads once everything is locked: all of it takes one round trip. */
export async function recheckAndRead<P extends Permit>(
  tx: Tx,
  permit: P,
  hold: Hold,
  reads: readonly CompiledQuery[],
): Promise<Rechecked<P>> {
  const begun = now().getTime()
  const found = await lockAndDecide(tx, permit, hold, reads)
  // A repository that has moved meanwhile is another organization's to give; who waited long may have expired meanwhile.
  const isCurrent = found.permit.facts.org?.id === permit.facts.org?.id && now().getTime() - begun < longestWaitMs
  // The second time nothing is left to wait for: the repository is locked, and so cannot move again.
  return isCurrent ? found : lockAndDecide(tx, found.permit, hold, reads)
}

interface Rechecked<P> {
  permit: P
  rows: unknown[][]
}

async function lockAndDecide<P extends Permit>(
  tx: Tx,
  permit: P,
  hold: Hold,
  reads: readonly CompiledQuery[],
): Promise<Rechecked<P>> {
  const asked = askFacts(permit.credential, targetOf(permit.facts))
  const locking = lockingOf(tx, heldOf(permit.facts, permit.credential, hold))
  const [found = [], ...rows] = await afterLocking(tx, locking, [asked.query, ...reads])
  return { permit: permitOn(asked.read(found), permit as Permit, permit.action) as P, rows }
}

async function afterLocking(
  tx: Tx,
  locking: CompiledQuery | undefined,
  reads: readonly CompiledQuery[],
): Promise<unknown[][]> {
  if (locking === undefined) return inOneTrip(tx, reads)
  return (await inOneTrip(tx, [locking, ...reads])).slice(1)
}

function heldOf(
  { actor, org, repo }: Facts,
  credential: Credential,
  { accounts = [], others = [], members = [], requirements = false }: Hold,
): Held {
  return {
    userId: credential.kind === 'console' ? null : (actor?.id ?? null),
    otherIds: others,
    accountIds: accounts,
    tokenId: actor?.token?.id ?? null,
    sessionId: credential.kind === 'link' ? credential.sessionId : (actor?.session?.id ?? null),
    orgId: org?.id ?? null,
    memberIds: members,
    repoId: repo?.id ?? null,
    ssoSession: org?.ssoMode === 'enforced',
    changesRequirements: requirements,
  }
}

// By ids: names may have changed meanwhile.
function targetOf({ org, group, subject, repo, namespaceUser }: Facts): AccessTarget {
  return {
    ...(repo ? { repoId: repo.id } : { orgId: org?.id, namespaceUserId: namespaceUser?.id }),
    group: group?.id,
    subjectId: subject?.id,
  }
}

/**
 * Whether a person may do an action in an organization at this moment, by the same decision as if they asked themselves;
 * their right stays until the transaction ends. Answers the facts, or undefined when they may not.
 */
export async function lockRight(tx: Tx, userId: string, action: Action, orgId: string): Promise<Facts | undefined> {
  const nothing = {
    ...{ otherIds: [], accountIds: [], tokenId: null, sessionId: null, memberIds: [], repoId: null },
    ...{ ssoSession: false, changesRequirements: false },
  }
  const asked = askFacts({ kind: 'person', userId }, { orgId })
  const [found = []] = await afterLocking(tx, lockingOf(tx, { ...nothing, userId, orgId }), [asked.query])
  const facts = asked.read(found)
  return decide(action, facts).allowed ? facts : undefined
}
