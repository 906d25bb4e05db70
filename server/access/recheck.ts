import type { Tx } from '../store/database.ts'
import { authorize } from './authorize.ts'
import { decide } from './decide.ts'
import { type AccessTarget, type Credential, type Facts, loadFacts } from './facts.ts'
import { type Held, lockStanding } from './hold-store.ts'
import type { AnyPermit } from './permit.ts'
import type { Action } from './policy.ts'

/** What else the change locks, so that it is locked in the one order. */
export interface Hold {
  /** The members who are about to be changed, by id. */
  members?: readonly string[]
  /** This change itself alters what the organization requires, or which tokens it trusts. */
  requirements?: boolean
}

/**
 * Decides a permit again in the transaction of the change, and answers a fresh one; throws the refusal when the right is
 * gone. What it rests on is locked first, the repository included, and stays so until the transaction ends: accounts,
 * memberships, requirements, repositories; lock rows of organizations, groups and chains afterwards.
 */
export async function recheck<P extends AnyPermit>(tx: Tx, permit: P, hold: Hold = {}): Promise<P> {
  await lockStanding(tx, heldOf(permit.facts, permit.credential, hold))
  const fresh: AnyPermit = await authorize(tx, permit, permit.action, targetOf(permit.facts))
  // A repository that has moved meanwhile is another organization's to give
  return fresh.facts.org?.id === permit.facts.org?.id ? (fresh as P) : recheck(tx, fresh as P, hold)
}

function heldOf(
  { actor, org, repo }: Facts,
  credential: Credential,
  { members = [], requirements = false }: Hold,
): Held {
  return {
    userId: credential.kind === 'console' ? null : (actor?.id ?? null),
    tokenId: actor?.token?.id ?? null,
    sessionId: credential.kind === 'link' ? credential.sessionId : (actor?.session?.id ?? null),
    orgId: org?.id ?? null,
    memberIds: members.filter((id) => id !== actor?.id),
    repoId: repo?.id ?? null,
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
export async function holdRight(tx: Tx, userId: string, action: Action, orgId: string): Promise<Facts | undefined> {
  const nothing = { tokenId: null, sessionId: null, memberIds: [], repoId: null, changesRequirements: false }
  await lockStanding(tx, { ...nothing, userId, orgId })
  const facts = await loadFacts(tx, { kind: 'person', userId }, { orgId })
  return decide(action, facts).allowed ? facts : undefined
}
