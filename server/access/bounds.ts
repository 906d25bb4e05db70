import type { TokenPermission } from '../../api/index.ts'
import type { Facts, RepoFacts } from './facts.ts'
import type { Scope } from './facts-row.ts'
import type { PolicyRow } from './policy.ts'

/** What decides which permissions cover an action. */
type Covered = Pick<PolicyRow, 'on' | 'permission' | 'permissionOn' | 'anyToken' | 'provisions'>

/** Which permissions are enough for one: who may change something may look at it. */
const enough: Record<TokenPermission, readonly TokenPermission[]> = {
  'repo.content.read': ['repo.content.read', 'repo.write'],
  'repo.write': ['repo.write'],
  'org.read': ['org.read', 'org.write'],
  'org.write': ['org.write'],
  'resourceGroup.write': ['resourceGroup.write'],
}

/**
 * The facts that count for an action: all of them, or, where the scope of a fine-grained token does not cover it, without
 * the account and everything that it holds, as if the caller were not known here.
 */
export function within(row: Covered, facts: Facts): Facts {
  if (typeof facts.bounds === 'string' || covers(row, facts.bounds, facts)) return facts
  const { wall: _, ...bounded }: Facts = { ...facts, isOutOfScope: true }
  if (facts.org) bounded.org = { ...facts.org, standing: undefined, role: undefined }
  if (facts.group) bounded.group = { ...facts.group, grants: [], role: undefined }
  if (facts.repo) {
    const gate = gateWithin(row, facts.bounds, facts.repo)
    bounded.repo = { ...facts.repo, groupGrants: [], collaborator: undefined, gate }
  }
  return bounded
}

// What was granted counts for reading where the token says so, and everyone can see the repository.
function gateWithin({ on, permission }: Covered, scope: Scope, { gate, private: isPrivate }: RepoFacts) {
  if (gate === undefined) return undefined
  const opens = scope.readsGated && !isPrivate && on === 'repo' && permission === 'repo.content.read'
  return opens ? gate : { ...gate, state: undefined, grants: [] }
}

/** The same for whether the thing that an action is about is there at all. */
export function withinSight(row: PolicyRow, facts: Facts): Facts {
  if (row.on === 'repo') return within({ on: 'repo', permission: 'repo.content.read' }, facts)
  return row.on === 'group' ? within({ on: 'group', permission: 'org.read' }, facts) : within(row, facts)
}

function covers(row: Covered, scope: Scope, facts: Facts): boolean {
  if (facts.actor?.service?.kind === 'scim') return row.provisions === true
  if (row.permission === undefined) return row.anyToken === true
  const words = row.on === 'group' ? [...enough[row.permission], 'resourceGroup.write'] : enough[row.permission]
  return given(row, scope, facts).some((permission) => words.includes(permission))
}

// Where a thing stands in another, the permissions on either count.
function given(row: Covered, scope: Scope, facts: Facts): readonly TokenPermission[] {
  switch (row.permissionOn ?? row.on) {
    case 'repo':
      // For a service account, permissions on single repositories replace those on the organization
      if (facts.actor?.service && scope.repo.length > 0) return scope.repo
      return [...scope.repo, ...scope.repoGroup, ...scope.org, ...(isOwn(facts.repo?.ownerId, facts) ? scope.own : [])]
    case 'group':
      return [...scope.group, ...scope.org]
    case 'namespace':
      if (facts.org === undefined) return isOwn(facts.namespaceUser?.id, facts) ? scope.own : []
      return [...scope.org, ...(facts.asksForGroup ? scope.group : [])]
    default:
      return scope.org
  }
}

function isOwn(ownerId: string | undefined, { actor }: Facts): boolean {
  return ownerId !== undefined && ownerId === actor?.id
}
